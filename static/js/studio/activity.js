// What the participant does on this page, as it is told to the room.

import { draft, onChange } from "../base/store.js";
import { setDoing } from "../room/doing.js";
import { isGenerating } from "./generation.js";
import { isOptimizing } from "./optimization.js";
import { isRewriting } from "./rewritten-text.js";

// Who thinks about the next word is still writing.
const THINKING_MS = 30000;

let typedAt = -THINKING_MS;

function present() {
  if (isRewriting() || isOptimizing() || isGenerating()) return "waiting";
  if (performance.now() - typedAt < THINKING_MS) return "writing";
  return draft.view === "picture" ? "looking" : "choosing";
}

document.addEventListener("input", () => {
  typedAt = performance.now();
  setDoing("writing");
  setTimeout(() => setDoing(present()), THINKING_MS);
});
onChange(() => setDoing(present()));
