// Which of the four views is open, what the band says about it, and the one thing to press.

import { byId, findAll, setText } from "../base/dom.js";

export const MODES = ["wall", "matrix", "reveal", "guess"];
const views = new Map();

/** A view brings `prompt()` → {sentence, act} for the bar, and `press()`, `back()`, `open()`. */
export function addView(name, view) {
  views.set(name, view);
}

export const mode = () => document.body.dataset.mode;

export function go(name) {
  document.body.dataset.mode = name;
  for (const view of findAll("[data-view]")) view.hidden = view.dataset.view !== name;
  for (const button of byId("modes").children) {
    button.setAttribute("aria-pressed", String(button.dataset.go === name));
  }
  views.get(name).open?.();
  drawBar();
}

/** Writes into the bar what the open view has to say. */
export function drawBar() {
  const { sentence, act } = views.get(mode()).prompt();
  setText(byId("sentence"), sentence);
  setText(byId("act"), act || "");
  byId("act").hidden = !act;
}

export function press() {
  views.get(mode()).press?.();
  drawBar();
}

export function back() {
  views.get(mode()).back?.();
  drawBar();
}
