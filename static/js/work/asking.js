// A calm question before another text takes the place of one that is in no work yet.

import { byId, setText } from "../base/dom.js";
import { draft } from "../base/store.js";

const BEGINNING = 120;
const box = byId("ask");

/** The beginning of what was written in a draft, to know it again. */
export function beginningOf({ idea, result, ruleTexts, fitted }) {
  const text = idea?.trim() || result?.trim() || fitted?.text?.trim() || Object.values(ruleTexts || {}).join(" ").trim();
  const characters = Array.from(text);
  return characters.length > BEGINNING ? `${characters.slice(0, BEGINNING).join("")} …` : text;
}

/** Resolves to whether the text of the page may be put aside. */
export function mayPutAside() {
  setText(byId("ask-text"), beginningOf(draft));
  box.returnValue = "";
  box.showModal();
  return new Promise((done) => {
    box.addEventListener("close", () => done(box.returnValue === "aside"), { once: true });
  });
}
