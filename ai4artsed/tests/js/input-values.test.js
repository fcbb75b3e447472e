import assert from "node:assert/strict";
import { test } from "node:test";
import { adjustableValues, missingInput, valuesOf } from "../../../static/js/studio/input-values.js";

const OUTPUT = {
  inputs: {
    prompt1: { type: "text", required: true, name: "first text" },
    prompt2: { type: "text", required: true, name: "second text" },
    strength: { type: "number", minimum: -75, maximum: 75 },
    steps: { type: "number", minimum: 1, default: 25 },
    kind: { type: "choice", default: "linear" },
    source: { type: "image" },
  },
};

test("what nobody has set is the text, the output's default or its least", () => {
  const values = valuesOf(OUTPUT, {}, "A dragon.");
  assert.deepEqual(values, { prompt1: "A dragon.", prompt2: "", strength: -75, steps: 25, kind: "linear", source: "" });
});

test("what a participant has set goes first, zero and an empty text too", () => {
  const own = { prompt1: "", strength: 0, source: { id: "upload_1", url: "/x" } };
  const { prompt1, strength, source } = valuesOf(OUTPUT, own, "A dragon.");
  assert.deepEqual([prompt1, strength, source], ["", 0, "upload_1"]);
});

test("the first input that is required and blank is missing", () => {
  assert.equal(missingInput(OUTPUT, { prompt1: "a", prompt2: " " }).name, "second text");
  assert.equal(missingInput(OUTPUT, { prompt1: "a", prompt2: "b" }), undefined);
});

test("an output that wants nothing, or none, has no values", () => {
  assert.deepEqual([valuesOf({ inputs: {} }), valuesOf(undefined)], [{}, {}]);
  assert.equal(missingInput(undefined, {}), undefined);
});

test("numbers and choices can be adjusted for another picture of the same text", () => {
  const values = valuesOf(OUTPUT, {}, "A dragon.");
  assert.deepEqual(adjustableValues(OUTPUT, values), { strength: -75, steps: 25, kind: "linear" });
});
