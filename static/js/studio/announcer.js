// What is seen to happen, announced to those who listen: that a text has come, and, now and then,
// how the wait goes on. Never word by word.

import { byId, setText } from "../base/dom.js";
import { languageOf } from "../base/speech-language.js";
import { draft, onChange } from "../base/store.js";
import { t } from "../base/strings.js";
import { isGenerating } from "./generation.js";

const EVERY_MS = 10000;

const announcer = byId("announcer");
const writtenByMachines = [byId("result"), byId("optimized")];
const before = { result: "", optimized: "" };
let wrote = { result: false, optimized: false };

onChange(() => {
  const writes = { result: Boolean(draft.rewriting), optimized: Boolean(draft.optimizing) };
  if (wrote.result && !writes.result && draft.result !== before.result) setText(announcer, t("announce_text"));
  else if (wrote.optimized && !writes.optimized && draft.optimized?.text !== before.optimized) setText(announcer, t("announce_optimized"));
  else if (writes.result || writes.optimized) setText(announcer, "");
  if (!writes.result) before.result = draft.result;
  if (!writes.optimized) before.optimized = draft.optimized?.text;
  wrote = writes;
  // Some picture machines are written to in English: whoever reads it out should know.
  for (const field of writtenByMachines) field.lang = languageOf(field.value);
});

setInterval(() => {
  if (document.hidden || draft.view !== "picture") return;
  const shown = ["result-view-place", "result-view-words", "result-view-note"].map((id) => byId(id).textContent).filter(Boolean);
  setText(announcer, isGenerating() ? shown.join(" ") : "");
}, EVERY_MS);
