// Which works are wanted. A word is looked for on this page only: what a child types is in no address.

import { byId } from "../base/dom.js";
import { live } from "../base/store.js";
import { local } from "../base/strings.js";

export const filters = { favourites: false, rule: "", output: "", word: "" };
const TYPING_MS = 250;
const favourites = byId("only-favourites");
const fields = { rule: byId("only-rule"), output: byId("only-output"), word: byId("only-word") };
/** @type {(isOfWords: boolean) => void} */
let listener = () => {};
let timer = 0;

/** Calls `onWanted(isOfWords)` when other works are wanted; `isOfWords`: among those that are there. */
export function onFilter(onWanted) {
  listener = onWanted;
}

export const isFiltering = () => Object.values(filters).some(Boolean);

export function passes(run) {
  const { word: wanted } = filters;
  return (!filters.favourites || run.is_favourite) && (!wanted || folded(run.idea).includes(folded(wanted)));
}

const folded = (text) => text.toLocaleLowerCase().normalize("NFC");

/** Offers the rules and machines of the catalog. */
export function fillFilters() {
  fill(fields.rule, live.rules || []);
  fill(fields.output, (live.outputs || []).filter((output) => output.available));
}

function fill(select, things) {
  const options = things.map(({ id, name }) => new Option(local(name), id));
  select.append(...options.sort((one, other) => one.text.localeCompare(other.text)));
  select.closest(".pick").hidden = !options.length;
}

export function clearFilters() {
  Object.assign(filters, { favourites: false, rule: "", output: "", word: "" });
  favourites.setAttribute("aria-pressed", "false");
  for (const field of Object.values(fields)) field.value = "";
  listener(false);
}

favourites.addEventListener("click", () => {
  filters.favourites = !filters.favourites;
  favourites.setAttribute("aria-pressed", String(filters.favourites));
  listener(false);
});
for (const name of ["rule", "output"]) {
  fields[name].addEventListener("change", () => {
    filters[name] = fields[name].value;
    listener(false);
  });
}
fields.word.addEventListener("input", () => {
  clearTimeout(timer);
  timer = setTimeout(() => {
    filters.word = fields.word.value.trim();
    listener(true);
  }, TYPING_MS);
});
byId("filters").addEventListener("submit", (event) => {
  event.preventDefault();
  fields.word.blur(); // the tablet's keyboard goes down
});
