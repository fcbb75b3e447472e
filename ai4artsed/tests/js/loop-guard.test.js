import assert from "node:assert/strict";
import { test } from "node:test";
import { withLoopGuards } from "../../../static/js/work/loop-guard.js";

const LOOPS = {
  "while (a) b();": "while (loopMayGoOn(1) && (a)) b();",
  "for (;;) {}": "for (;loopMayGoOn(1);) {}",
  "for (let i = 0; i < 3; i += 1) {}": "for (let i = 0;loopMayGoOn(1) && ( i < 3); i += 1) {}",
  "for (const a of b) {}": "for (const a of b) {}",
  "do {\n} while (f(a, [1]));": "do {\n} while (loopMayGoOn(2) && (f(a, [1])));",
  "\"while (a)\"; // while (a)": "\"while (a)\"; // while (a)",
  "x = /while (a/; `for (;;)`": "x = /while (a/; `for (;;)`",
  "a.while (b);": "a.while (b);",
  "while (a": "while (a",
  "höhe.forEach(for_); meanwhile (a);": "höhe.forEach(for_); meanwhile (a);",
};

for (const [code, guarded] of Object.entries(LOOPS)) {
  test(`loops are guarded and nothing else changes: ${code}`, () => assert.equal(withLoopGuards(code), guarded));
}
