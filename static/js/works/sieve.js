// Which works are wanted. A word is looked for on this page only: what a child types is in no address.

import { live } from "../base/store.js";
import { byId } from "../base/dom.js";
import { local } from "../base/words.js";

export const sieve = { favourites: false, rule: "", engine: "", word: "" };
const TYPING_MS = 250;
const favourites = byId("only-favourites");
const fields = { rule: byId("only-rule"), engine: byId("only-engine"), word: byId("only-word") };
let listener = () => {};
let timer = 0;

/** Calls `tell(isOfWords)` when other works are wanted; `isOfWords`: among those that are there. */
export function onSieve(tell) {
  listener = tell;
}

export const isSifting = () => Object.values(sieve).some(Boolean);

export function passes(run) {
  const { word } = sieve;
  return (!sieve.favourites || run.is_favourite) && (!word || folded(run.idea).includes(folded(word)));
}

const folded = (text) => text.toLocaleLowerCase().normalize("NFC");

/** Offers the rules and machines of the catalog. */
export function fillSieve() {
  fill(fields.rule, live.rules || []);
  fill(fields.engine, (live.engines || []).filter((engine) => engine.available));
}

function fill(select, things) {
  const options = things.map(({ id, name }) => new Option(local(name), id));
  select.append(...options.sort((one, other) => one.text.localeCompare(other.text)));
  select.closest(".pick").hidden = !options.length;
}

export function letAllThrough() {
  Object.assign(sieve, { favourites: false, rule: "", engine: "", word: "" });
  favourites.setAttribute("aria-pressed", "false");
  for (const field of Object.values(fields)) field.value = "";
  listener(false);
}

favourites.addEventListener("click", () => {
  sieve.favourites = !sieve.favourites;
  favourites.setAttribute("aria-pressed", String(sieve.favourites));
  listener(false);
});
for (const name of ["rule", "engine"]) {
  fields[name].addEventListener("change", () => {
    sieve[name] = fields[name].value;
    listener(false);
  });
}
fields.word.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    sieve.word = fields.word.value.trim();
    listener(true);
  }, TYPING_MS);
});
byId("sieve").addEventListener("submit", (event) => {
  event.preventDefault();
  fields.word.blur(); // the tablet's keyboard goes down
});
