// "Read" and "Difference": texts to be changed, or with marks of who wrote which words.

import { autosize, byId, findAll, setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { draft, live, onChange, updateDraft } from "../base/store.js";
import { t } from "../base/strings.js";
import { authorshipOfTexts, drawMarked, drawShares } from "../work/authorship.js";
import { optimizedText } from "./optimization.js";

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
    } catch (error) {
      expectApiError(error);
      if (asked !== wanted) return;
      setText(said, error.kind === "offline" ? t("marks_offline") : error.message);
      if (error.kind === "offline") timer = setTimeout(compare, AGAIN_MS);
    }
  }

  function draw() {
    // Marks of an earlier wording would be wrong about this one.
    const marks = draft.marked && Boolean(wanted) && drawn === wanted;
    const wasMarked = !marked.hidden;
    field.classList.toggle("as-marks", marks);
    marked.hidden = !marks;
    hint.hidden = !marks;
    shares.hidden = !drawn;
    if (wasMarked && !marks) autosize(field);
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
    updateDraft({ marked: false });
    requestAnimationFrame(() => field.focus());
  });
}

const isWritten = () => live.partialText === null && !draft.rewriting && Boolean(draft.machineText && draft.result.trim());
const textsSoFar = () => ({ idea: draft.textIdea, machine: draft.machineText, edited: draft.result });

differenceIn({
  field: byId("result"),
  marked: byId("result-marked"),
  authors: byId("authors"),
  texts: () => (isWritten() ? textsSoFar() : null),
});
differenceIn({
  field: byId("optimized"),
  marked: byId("optimized-marked"),
  authors: byId("optimized-authors"),
  texts: () =>
    isWritten() && !draft.optimizing && optimizedText().trim()
      ? { ...textsSoFar(), optimized: draft.optimized.machineText, sent: draft.optimized.text }
      : null,
});

const switches = findAll(".page-text [data-see]");
onChange(() => {
  for (const button of switches) button.setAttribute("aria-pressed", String((button.dataset.see === "difference") === draft.marked));
});
for (const button of switches) {
  button.addEventListener("click", () => updateDraft({ marked: button.dataset.see === "difference" }));
}
