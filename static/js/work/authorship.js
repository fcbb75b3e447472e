// Who wrote which words: a text in which each author's words have a form of their own.

import { getJson, postJson } from "../base/api.js";
import { t } from "../base/strings.js";

export const AUTHORS = ["mine", "rule", "edit", "fitting"];

/** Asks who wrote the last of these texts, in the order in which they came to be. */
export const authorshipOfTexts = ({ idea, machine, edited, optimized = "", sent = "" }) =>
  postJson("/api/authorship/", { idea, machine, edited, optimized, sent });

/** Asks who wrote the text that `run` was made from. */
export const authorshipOf = (run) => getJson(`/api/runs/${encodeURIComponent(run)}/authorship/`);

/** Who that is, said to the one who wrote it or of somebody else. */
const nameOf = (author, isOwn) => t(isOwn ? `by_${author}` : `their_${author}`);

/** Writes the text into `element`; whoever listens hears at each change who wrote what follows. */
export function drawMarked(element, { text, spans }, { isOwn = true } = {}) {
  const characters = Array.from(text); // offsets count whole characters
  const part = (start, end) => characters.slice(start, end).join("");
  const pieces = [];
  let at = 0;
  for (const { start, end, author } of spans) {
    pieces.push(part(at, start), stretch(part(start, end), author, isOwn));
    at = end;
  }
  element.replaceChildren(...pieces, part(at));
}

function stretch(text, author, isOwn) {
  const element = document.createElement("span");
  const label = document.createElement("span");
  element.className = `by-${author}`;
  label.className = "visually-hidden";
  label.textContent = `${nameOf(author, isOwn)}: `;
  element.append(label, text);
  return element;
}

/** Per cent of each author, whole numbers that add up to 100; nobody who wrote has none. */
export function percentOf(shares) {
  const found = AUTHORS.filter((author) => shares[author]).map((author) => {
    const exact = shares[author] * 100;
    return { author, whole: Math.max(1, Math.floor(exact)), rest: exact % 1 };
  });
  let missing = 100 - found.reduce((sum, { whole }) => sum + whole, 0);
  const byRest = [...found].sort((one, other) => other.rest - one.rest);
  for (let turn = 0; missing > 0 && found.length; turn += 1, missing -= 1) byRest[turn % found.length].whole += 1;
  if (missing < 0) found.reduce((most, one) => (one.whole > most.whole ? one : most)).whole += missing;
  return found.map(({ author, whole }) => ({ author, percent: whole }));
}

/** Fills `list` with who wrote how much, which is the legend of the marks as well. */
export function drawShares(list, { shares }, { isOwn = true } = {}) {
  const parts = percentOf(shares);
  const key = JSON.stringify([parts, isOwn]);
  if (list.dataset.shown === key) return;
  list.dataset.shown = key;
  list.replaceChildren(
    ...parts.map(({ author, percent }) => {
      const item = document.createElement("li");
      const name = document.createElement("span");
      name.className = `by-${author}`;
      name.textContent = nameOf(author, isOwn);
      item.append(name, ` ${t("percent", { n: percent })}`);
      return item;
    }),
  );
}
