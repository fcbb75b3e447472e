// "Read" and "Difference": texts to be changed, or with marks of who wrote which words.

import { Trouble } from "../base/api.js";
import { byId, fit, setText } from "../base/dom.js";
import { change, draft, live, onChange } from "../base/store.js";
import { word } from "../base/words.js";
import { authorshipOfTexts, drawMarked, drawShares } from "../work/marks.js";
import { fittedText } from "./fitting.js";

const IDLE_MS = 500; // after the last key
const AGAIN_MS = 4000;

/** Has the text of a field seen with marks, too; `texts()` gives those that led to it, or null. */
function differenceIn({ field, marked, authors, texts }) {
  const shares = authors.querySelector(".shares");
  const said = authors.querySelector(".authors-said");
  const hint = authors.querySelector(".hint");
  let wanted = ""; // the texts that are on the page
  let drawn = ""; // those of which the marks are
  let timer = 0;

  async function compare() {
    const asked = wanted;
    try {
      const authorship = await authorshipOfTexts(JSON.parse(asked));
      // Somebody typed on meanwhile: that is asked for on its own.
      if (asked !== wanted) return;
      drawn = asked;
      drawMarked(marked, authorship);
      drawShares(shares, authorship);
      setText(said, "");
      draw();
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      if (asked !== wanted) return;
      setText(said, trouble.kind === "offline" ? word("marks_offline") : trouble.sentence);
      if (trouble.kind === "offline") timer = setTimeout(compare, AGAIN_MS);
    }
  }

  function draw() {
    // Marks of an earlier wording would tell a lie about this one.
    const marks = draft.marked && Boolean(wanted) && drawn === wanted;
    const wasMarked = !marked.hidden;
    field.classList.toggle("as-marks", marks);
    marked.hidden = !marks;
    hint.hidden = !marks;
    shares.hidden = !drawn;
    if (wasMarked && !marks) fit(field);
  }

  function drawAnew() {
    const found = texts();
    const key = found ? JSON.stringify(found) : "";
    authors.hidden = !found;
    if (key !== wanted) {
      const typed = Boolean(wanted);
      wanted = key;
      clearTimeout(timer);
      if (key) timer = setTimeout(compare, typed ? IDLE_MS : 0);
      else drawn = "";
    }
    draw();
  }

  onChange(drawAnew);
  // Who touches a word wants to change it.
  marked.addEventListener("click", () => {
    change({ marked: false });
    requestAnimationFrame(() => field.focus());
  });
}

const isWritten = () => live.writing === null && !draft.rewriting && Boolean(draft.machineText && draft.result.trim());
const textsSoFar = () => ({ idea: draft.textIdea, machine: draft.machineText, edited: draft.result });

differenceIn({
  field: byId("result"),
  marked: byId("result-marked"),
  authors: byId("authors"),
  texts: () => (isWritten() ? textsSoFar() : null),
});
differenceIn({
  field: byId("fitted"),
  marked: byId("fitted-marked"),
  authors: byId("fitted-authors"),
  texts: () =>
    isWritten() && !draft.fitting && fittedText().trim()
      ? { ...textsSoFar(), fitted: draft.fitted.machineText, sent: draft.fitted.text }
      : null,
});

const switches = [...document.querySelectorAll(".page-text [data-see]")];
onChange(() => {
  for (const button of switches) button.setAttribute("aria-pressed", String((button.dataset.see === "difference") === draft.marked));
});
for (const button of switches) {
  button.addEventListener("click", () => change({ marked: button.dataset.see === "difference" }));
}
