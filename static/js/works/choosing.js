// Two to four works are chosen, to be looked at side by side.

import { byId, find, findAll, setText } from "../base/dom.js";
import { t } from "../base/strings.js";
import { showComparison } from "./comparison.js";
import { itemOfRun } from "./gallery.js";

const LEAST = 2;
const MOST = 4;
const button = byId("compare");
const done = byId("choosing-done");
let chosen = null; // the runs, in the order in which they were touched; null: none are asked for

export const isChoosing = () => chosen !== null;

export function choose(run) {
  const at = chosen.indexOf(run);
  const full = at < 0 && chosen.length === MOST;
  if (at >= 0) chosen.splice(at, 1);
  else if (!full) chosen.push(run);
  markChosen();
  if (full) setText(byId("choosing-words"), t("choose_most"));
}

/** Draws which are chosen; to be called when other works have come. */
export function markChosen() {
  document.body.classList.toggle("choosing", isChoosing());
  button.setAttribute("aria-pressed", String(isChoosing()));
  byId("choosing").hidden = !isChoosing();
  for (const one of findAll(".print-open")) {
    if (isChoosing()) one.setAttribute("aria-pressed", "false");
    else one.removeAttribute("aria-pressed");
  }
  for (const item of findAll("[data-chosen]")) delete item.dataset.chosen;
  if (!isChoosing()) return;
  chosen.forEach((run, at) => {
    const item = itemOfRun(run.run_id);
    item.dataset.chosen = String(at + 1);
    item.querySelector(".print-open").setAttribute("aria-pressed", "true");
  });
  const enough = chosen.length >= LEAST;
  setText(byId("choosing-words"), t(enough ? "choose_done" : chosen.length ? "choose_more" : "choose"));
  setText(done, t("compare_n", { n: chosen.length || "" }).trim());
  done.classList.toggle("not-yet", !enough);
}

export function endChoosing() {
  chosen = null;
  markChosen();
}

button.addEventListener("click", () => {
  chosen = isChoosing() ? null : [];
  markChosen();
});
byId("choosing-end").addEventListener("click", () => {
  endChoosing();
  button.focus();
});
done.addEventListener("click", () => {
  if (chosen.length >= LEAST) showComparison(chosen);
  else setText(byId("choosing-words"), t("choose"));
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && isChoosing() && !find("dialog[open]")) endChoosing();
});
