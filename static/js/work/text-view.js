// The text of a work: to be read, or with marks of who wrote which words.

import { setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { drawReadAloud } from "../base/read-aloud.js";
import { authorshipOf, drawMarked, drawShares } from "./authorship.js";

let difference = true; // as it was last chosen, wherever a work is looked at
const NOTHING = { run: "", text: "", isOwn: true };

/** Makes `box` show texts; returns a function that takes the work whose text is to be seen. */
export function textView(box) {
  const words = box.querySelector("[data-words]");
  const shares = box.querySelector(".shares");
  const seeing = box.querySelector(".view-switch");
  const switches = [...seeing.querySelectorAll("[data-see]")];
  let shown = NOTHING;
  let authorship = null;

  function draw() {
    const marks = difference && authorship !== null;
    seeing.hidden = authorship === null;
    shares.hidden = !marks;
    for (const button of switches) button.setAttribute("aria-pressed", String((button.dataset.see === "difference") === difference));
    if (marks) {
      drawMarked(words, authorship, shown);
      drawShares(shares, authorship, shown);
    } else {
      setText(words, shown.text);
    }
    drawReadAloud();
  }

  for (const button of switches) {
    button.addEventListener("click", () => {
      difference = button.dataset.see === "difference";
      draw();
    });
  }

  return async function showText(work) {
    if (work.run === shown.run && work.text === shown.text) return;
    shown = work;
    authorship = null;
    draw();
    if (!work.run) return;
    try {
      const found = await authorshipOf(work.run);
      // Only of the very words that are seen.
      if (shown !== work || found.text !== work.text) return;
      authorship = found;
      draw();
    } catch (error) {
      expectApiError(error);
      // The text is there to be read; the next look asks again.
      if (shown === work) shown = { ...NOTHING, text: work.text };
    }
  };
}
