// The page's strings in its language, given by the server as data.

import { byId } from "./dom.js";

const strings = JSON.parse(byId("strings").textContent);

export const language = document.body.dataset.language === "en" ? "en" : "de";

export function t(key, values = {}) {
  return strings[key].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/** The catalog's {de, en} in the language of the page. */
export function local(text) {
  if (!text) return "";
  return typeof text === "string" ? text : text[language] || text.de || text.en || "";
}
