// A calm note beside the text it is about, with what to try. One at a time.

import { find, findAll, fromTemplate } from "./dom.js";

// Of the window: above it what a note speaks of is hardly seen, below it the band is.
const HIGH = 0.3;
const LOW = 0.85;

function place(name) {
  return find(`[data-note="${name}"]`);
}

export function clearNotes() {
  for (const one of findAll("[data-note]")) one.replaceChildren();
}

/** Shows `message` at a place; `actions` are [label, function] pairs. Takes the focus there. */
export function note(name, message, actions = []) {
  clearNotes();
  const card = fromTemplate("note");
  card.querySelector(".note-words").textContent = message;
  const row = card.querySelector(".row");
  for (const [label, act] of actions) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "quiet";
    button.textContent = label;
    button.addEventListener("click", () => {
      clearNotes();
      act();
    });
    row.append(button);
  }
  if (!actions.length) row.remove();
  place(name).append(card);
  // After the page has turned to where the note is.
  requestAnimationFrame(() => {
    card.focus({ preventScroll: true });
    const { top, bottom } = card.getBoundingClientRect();
    if (top < innerHeight * HIGH || bottom > innerHeight * LOW) card.scrollIntoView({ block: "center" });
  });
}
