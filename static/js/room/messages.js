// What the workshop's leader says to all pages, or to this one: it stands at the top until it is read.

import { byId, fromTemplate, setIcon, setText } from "../base/dom.js";
import { onPageState } from "../base/live-link.js";

const KEY = "ai4artsed_read";
const place = byId("messages");

/** @returns {number[]} */
function readIds() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  } catch {
    return []; // no storage here: it is read once more after a reload
  }
}

function markRead(id) {
  try {
    sessionStorage.setItem(KEY, JSON.stringify([...readIds(), id].slice(-50)));
  } catch {
    // The same.
  }
}

function cardOf({ id, text }) {
  const card = fromTemplate("message");
  card.dataset.message = id;
  setIcon(card.querySelector("svg"), "megaphone");
  setText(card.querySelector("p"), text);
  card.querySelector("button").addEventListener("click", () => {
    markRead(id);
    card.remove();
  });
  return card;
}

onPageState(({ messages }) => {
  const read = readIds();
  const standing = messages.filter(({ id }) => !read.includes(id));
  for (const card of [...place.children]) {
    if (!standing.some(({ id }) => String(id) === card.dataset.message)) card.remove();
  }
  for (const message of standing) {
    if (!place.querySelector(`[data-message="${message.id}"]`)) place.append(cardOf(message));
  }
});
