// What the eyes see happen, told to those who listen: that a text has come, and, now and then,
// how the wait goes on. Never word by word.

import { byId, setText } from "../base/dom.js";
import { draft, onChange } from "../base/store.js";
import { tongueOf } from "../base/tongue.js";
import { word } from "../base/words.js";
import { isMaking } from "./making.js";

const EVERY_MS = 10000;

const ears = byId("ears");
const writtenByMachines = [byId("result"), byId("fitted")];
let before = { result: "", fitted: "" };
let wrote = { result: false, fitted: false };

onChange(() => {
  const writes = { result: Boolean(draft.rewriting), fitted: Boolean(draft.fitting) };
  if (wrote.result && !writes.result && draft.result !== before.result) setText(ears, word("ears_text"));
  else if (wrote.fitted && !writes.fitted && draft.fitted?.text !== before.fitted) setText(ears, word("ears_fitted"));
  else if (writes.result || writes.fitted) setText(ears, "");
  if (!writes.result) before.result = draft.result;
  if (!writes.fitted) before.fitted = draft.fitted?.text;
  wrote = writes;
  // Some picture machines are written to in English: whoever reads it out should know.
  for (const field of writtenByMachines) field.lang = tongueOf(field.value);
});

setInterval(() => {
  if (document.hidden || draft.view !== "picture") return;
  const shown = ["plate-place", "plate-words", "plate-note"].map((id) => byId(id).textContent).filter(Boolean);
  setText(ears, isMaking() ? shown.join(" ") : "");
}, EVERY_MS);
