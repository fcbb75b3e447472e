// A calm word beside the text it is about, with what to try. One at a time.

import { piece } from "./dom.js";

function place(name) {
  return document.querySelector(`[data-note="${name}"]`);
}

export function clearNotes() {
  for (const one of document.querySelectorAll("[data-note]")) one.replaceChildren();
}

/** Shows `sentence` at a place; `actions` are [label, function] pairs. Takes the focus there. */
export function note(name, sentence, actions = []) {
  clearNotes();
  const card = piece("note");
  card.querySelector(".note-words").textContent = sentence;
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
    card.scrollIntoView({ block: "nearest" });
  });
}
