// The projector's page: four views of a workshop, by large buttons or by keyboard.

import { byId } from "../base/dom.js";
import "./guess.js";
import "./invite.js";
import "./matrix.js";
import { back, go, MODES, press } from "./modes.js";
import "./wall.js";
import { refresh } from "./works.js";

byId("modes").addEventListener("click", (event) => {
  const button = event.target.closest("[data-go]");
  if (button) go(button.dataset.go);
});
byId("act").addEventListener("click", press);

addEventListener("keydown", (event) => {
  const target = /** @type {Element} */ (event.target);
  const writes = target.matches("input, textarea") || byId("large").open;
  if (writes || event.ctrlKey || event.metaKey || event.altKey) return;
  const chosen = MODES[Number(event.key) - 1];
  if (chosen) go(chosen);
  else if (["ArrowRight", "PageDown"].includes(event.key)) press();
  else if (["ArrowLeft", "PageUp"].includes(event.key)) back();
  // Enter and space press what has the focus; without one, they go on.
  else if (["Enter", " "].includes(event.key) && !target.closest("button, a")) press();
  else return;
  event.preventDefault();
});

go("wall");
refresh();
