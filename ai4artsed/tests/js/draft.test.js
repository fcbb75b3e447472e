import assert from "node:assert/strict";
import { test } from "node:test";
import { EMPTY, excerptOf, fingerprint, mergeSetAside, normalize, reconcile } from "../../../static/js/base/draft.js";

const draftOf = (fields) => ({ ...EMPTY, ...fields });
const local = (fields, state = {}) => {
  const draft = draftOf(fields);
  return { draft, revision: 3, unsent: true, stamp: "here.3", base: fingerprint(draftOf({ idea: "before" })), ...state };
};

test("a draft of an earlier page keeps its optimized text, its request and what was set aside", () => {
  const optimized = { of: "flux2\nA cat.", run: "run_1", text: "cat", machineText: "cat" };
  const former = {
    idea: "A cat.", fitted: optimized, fitting: { of: "x", run: "run_2", engine: "flux2" }, unfitted: "flux2\nA dog.",
    engine: "flux2", picture: { run: "run_3", engine: "qwen", idea: "A cat.", result: "cat" },
    aside: [{ idea: "A gull.", fitted: optimized }],
  };
  assert.deepEqual(normalize(former), {
    idea: "A cat.", optimized, optimizing: { of: "x", run: "run_2", output: "flux2" }, unoptimized: former.unfitted,
    output: "flux2", picture: { run: "run_3", output: "qwen", idea: "A cat.", result: "cat" },
    setAside: [{ idea: "A gull.", optimized }],
  });
});

test("today's names win over former ones", () => {
  assert.deepEqual(normalize({ unfitted: "old", unoptimized: "new" }), { unoptimized: "new" });
});

test("what a draft does not know, or in another form, is left out", () => {
  assert.deepEqual(normalize({ idea: ["no text"], values: [], setAside: {}, seed: 7, stranger: 1, view: "text" }), {
    seed: 7, view: "text",
  });
});

test("two drafts are the same when a person wrote the same in them, in whatever order", () => {
  const one = draftOf({ values: { a: { x: 1, y: 2 }, b: {} }, view: "idea" });
  const other = draftOf({ values: { b: {}, a: { y: 2, x: 1 } }, view: "text", textRun: "run_1" });
  assert.equal(fingerprint(one), fingerprint(other));
  assert.notEqual(fingerprint(one), fingerprint(draftOf({ ...one, result: "more" })));
});

test("set aside are texts once each, the latest five, none that is blank and none inside another", () => {
  const ideas = ["a", "b", "c", "d", "e", "f"].map((idea) => draftOf({ idea }));
  const merged = mergeSetAside([ideas[0], draftOf({})], [draftOf({ idea: "a", setAside: ideas }), ...ideas.slice(1)]);
  assert.deepEqual(merged.map(({ idea }) => idea), ["b", "c", "d", "e", "f"]);
  assert.ok(merged.every((one) => !("setAside" in one)));
});

test("an excerpt is the beginning of the first text there is, by whole characters", () => {
  assert.equal(excerptOf({ idea: " ", result: "A cat." }), "A cat.");
  assert.equal(excerptOf({ ruleTexts: { a: "My rule." } }), "My rule.");
  assert.equal(excerptOf({ idea: "🐕".repeat(121) }), `${"🐕".repeat(120)} …`);
});

test("a draft that the server has lost is sent again, unless it is blank or was never there", () => {
  assert.deepEqual(reconcile(local({ idea: "here" }), { content: null }), { action: "resend" });
  assert.deepEqual(reconcile(local({}), { content: null }), { action: "keep" });
  assert.deepEqual(reconcile(local({ idea: "here" }, { revision: 0 }), { content: null }), { action: "keep" });
});

test("of the revision that is known nothing is new", () => {
  assert.deepEqual(reconcile(local({ idea: "here" }), { revision: 3, content: { idea: "x" } }), { action: "keep" });
});

test("whoever has written nothing takes the server's", () => {
  const found = reconcile(local({ idea: "before" }, { unsent: false }), { revision: 4, content: { idea: "there" } });
  assert.deepEqual(found, { action: "replace" });
});

test("of two that cross, ours goes on and the other is set aside with what it had set aside", () => {
  const remote = { revision: 4, content: { idea: "there", aside: [{ idea: "older" }] } };
  const found = reconcile(local({ idea: "here" }), remote);
  assert.equal(found.action, "merge");
  assert.deepEqual(found.setAside.map(({ idea }) => idea), ["older", "there"]);
  assert.equal(found.base, fingerprint({ idea: "there" }));
});

for (const [name, content] of Object.entries({
  "our own, whose answer was lost": { idea: "sent", stamp: "here.3" },
  "what both once had": { idea: "before" },
  "the same as ours": { idea: "here" },
  "blank": {},
})) {
  test(`nothing is set aside where the server's is ${name}`, () => {
    assert.deepEqual(reconcile(local({ idea: "here" }), { revision: 4, content }).setAside, []);
  });
}
