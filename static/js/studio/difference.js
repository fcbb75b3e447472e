// "Read" and "Difference": the new text to be changed, or with marks of who wrote which words.

import { byId, setText } from "../base/dom.js";
import { Trouble } from "../base/api.js";
import { change, draft, live, onChange } from "../base/store.js";
import { word } from "../base/words.js";
import { authorshipOfTexts, drawMarked, drawShares } from "../work/marks.js";

const IDLE_MS = 500; // after the last key
const AGAIN_MS = 4000;

const field = byId("result");
const marked = byId("result-marked");
const box = byId("authors");
const switches = [...document.querySelectorAll(".page-text [data-see]")];

let wanted = ""; // the texts that are on the page
let drawn = ""; // those of which the marks are
let timer = 0;

const textsOf = () => ({ idea: draft.textIdea, machine: draft.machineText, edited: draft.result });
const isThere = () => live.writing === null && !draft.rewriting && Boolean(draft.machineText && draft.result.trim());

async function compare() {
  const texts = wanted;
  try {
    const authorship = await authorshipOfTexts(JSON.parse(texts));
    // Somebody typed on meanwhile: that is asked for on its own.
    if (texts !== wanted) return;
    drawn = texts;
    drawMarked(marked, authorship);
    drawShares(byId("shares"), authorship);
    setText(byId("authors-said"), "");
    draw();
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    if (texts !== wanted) return;
    setText(byId("authors-said"), trouble.kind === "offline" ? word("marks_offline") : trouble.sentence);
    if (trouble.kind === "offline") timer = setTimeout(compare, AGAIN_MS);
  }
}

function draw() {
  // Marks of an earlier wording would tell a lie about this one.
  const marks = draft.marked && drawn === wanted;
  field.hidden = marks;
  marked.hidden = !marks;
  byId("marks-hint").hidden = !marks;
  byId("shares").hidden = !drawn;
  for (const button of switches) button.setAttribute("aria-pressed", String((button.dataset.see === "difference") === draft.marked));
}

onChange(() => {
  box.hidden = !isThere();
  if (box.hidden) {
    wanted = drawn = "";
    clearTimeout(timer);
    field.hidden = false;
    marked.hidden = true;
    return;
  }
  const texts = JSON.stringify(textsOf());
  if (texts !== wanted) {
    const typed = Boolean(wanted);
    wanted = texts;
    clearTimeout(timer);
    timer = setTimeout(compare, typed ? IDLE_MS : 0);
  }
  draw();
});

for (const button of switches) {
  button.addEventListener("click", () => change({ marked: button.dataset.see === "difference" }));
}
// Who touches a word wants to change it.
marked.addEventListener("click", () => {
  change({ marked: false });
  requestAnimationFrame(() => field.focus());
});
