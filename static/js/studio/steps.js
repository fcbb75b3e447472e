// Turning the pages: which spread is open, and which can be opened.

import { autosize, byId, findAll } from "../base/dom.js";
import { draft, onChange, updateDraft } from "../base/store.js";
import { isRewriting } from "./rewritten-text.js";

const HEADINGS = { idea: "what-title", text: "text-title", picture: "picture-title" };
const steps = findAll("[data-go]");
let open = "";

function mayOpen(view) {
  if (view === "text") return Boolean(draft.result || draft.machineText || isRewriting());
  return view === "idea" || Boolean(draft.picture);
}

function turnTo(view) {
  const first = !open;
  open = view;
  document.body.dataset.view = view;
  for (const spread of findAll("[data-spread]")) {
    spread.hidden = spread.dataset.spread !== view;
  }
  for (const field of findAll(`[data-spread="${view}"] textarea`)) autosize(field);
  if (first) return;
  scrollTo({ top: 0 });
  byId(HEADINGS[view]).focus({ preventScroll: true });
}

onChange(() => {
  const view = mayOpen(draft.view) ? draft.view : "idea";
  for (const step of steps) {
    step.disabled = !mayOpen(step.dataset.go);
    if (step.dataset.go === view) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  }
  if (view !== open) turnTo(view);
});

for (const step of steps) step.addEventListener("click", () => updateDraft({ view: step.dataset.go }));
