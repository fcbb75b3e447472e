import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError } from "../../../static/js/base/errors.js";
import { textRequest } from "../../../static/js/studio/text-request.js";

/** A machine that answers when the test says so, and a page that keeps what it is told. */
function machine(options = {}) {
  const draft = { rewriting: null, result: "" };
  const live = {};
  const log = [];
  const calls = [];
  const answer = (call) =>
    new Promise((done, fail) => {
      calls.push({ ...call, done, fail });
    });
  const transport = {
    ask: (body, handlers, signal) => answer({ kind: "ask", body, handlers, signal }),
    follow: (run, handlers) => answer({ kind: "follow", run, handlers }),
    stop: (run) => answer({ kind: "stop", run }),
  };
  const request = textRequest({
    store: {
      draft,
      updateDraft: (fields) => Object.assign(draft, fields),
      updateLive: (fields) => Object.assign(live, fields),
    },
    field: "rewriting",
    transport,
    subjectOf: ({ idea }) => idea,
    bodyOf: ({ idea }) => ({ input_text: idea }),
    started: {},
    ended: { partial: null },
    doneFields: (text, { run }) => ({ result: text, textRun: run }),
    onText: (text) => Object.assign(live, { partial: text }),
    onFailed: (error) => log.push(`failed: ${error.kind}`),
    onLost: () => log.push("lost"),
    onStopFailed: (error) => log.push(`not stopped: ${error.kind}`),
    ...options,
  });
  return { request, draft, live, log, calls };
}

/** After all that follows from what has just been answered. */
const settled = () => new Promise((done) => setImmediate(done));
const interrupted = new ApiError("interrupted", "cut off");

test("a text is asked for, seen growing, and becomes the draft's", async () => {
  const { request, draft, live, calls } = machine();
  const asked = request.ask({ run: "", idea: "A cat." });
  assert.deepEqual([calls[0].body, live.requesting, draft.rewriting], [{ input_text: "A cat." }, true, { run: "", idea: "A cat." }]);
  calls[0].handlers.onRun("run_1");
  calls[0].handlers.onText("A d");
  assert.deepEqual([draft.rewriting.run, live.partial], ["run_1", "A d"]);
  calls[0].done("A dog.");
  await asked;
  assert.deepEqual(draft, { rewriting: null, result: "A dog.", textRun: "run_1" });
  assert.deepEqual([live.requesting, live.partial], [false, null]);
});

test("what is odd about a text is told once the text is there", async () => {
  const { request, draft, log, calls } = machine({ onNotice: ({ kind }) => log.push(`${kind}: ${draft.result}`) });
  const asked = request.ask({ run: "", idea: "A cat." });
  calls[0].handlers.onNotice({ kind: "echo", message: "The same." });
  assert.deepEqual(log, []);
  calls[0].done("A cat.");
  await asked;
  assert.deepEqual(log, ["echo: A cat."]);
});

test("nothing is told of a text that is not wanted any more", async () => {
  const { request, draft, log, calls } = machine({ onNotice: ({ kind }) => log.push(kind) });
  const asked = request.ask({ run: "", idea: "A cat." });
  calls[0].handlers.onNotice({ kind: "echo", message: "The same." });
  draft.rewriting = null;
  calls[0].done("A cat.");
  await asked;
  assert.deepEqual(log, []);
});

test("what comes after the draft has moved on is dropped", async () => {
  const { request, draft, live, calls } = machine();
  const asked = request.ask({ run: "", idea: "A cat." });
  draft.rewriting = { run: "", idea: "A whale." };
  calls[0].handlers.onText("A d");
  calls[0].done("A dog.");
  await asked;
  assert.equal(draft.result, "");
  assert.equal(draft.rewriting.idea, "A whale.");
  assert.equal(live.partial, null);
});

test("a failure is told and leaves nothing under way", async () => {
  const { request, draft, live, log, calls } = machine({ failedFields: { view: "idea" } });
  const asked = request.ask({ run: "", idea: "A cat." });
  calls[0].fail(new ApiError("blocked", "no"));
  await asked;
  assert.deepEqual([log, draft.rewriting, draft.view, live.requesting], [["failed: blocked"], null, "idea", false]);
});

test("a fault of ours is thrown on", async () => {
  const { request, log, calls } = machine();
  const asked = request.ask({ run: "", idea: "A cat." });
  calls[0].fail(new TypeError("ours"));
  await assert.rejects(asked, TypeError);
  assert.deepEqual(log, []);
});

test("what was interrupted is asked for once more, once", async () => {
  const { request, draft, log, calls } = machine();
  const asked = request.ask({ run: "", idea: "A cat." });
  calls[0].handlers.onRun("run_1");
  calls[0].fail(interrupted);
  await settled();
  assert.deepEqual([calls[1].kind, draft.rewriting], ["ask", { run: "", idea: "A cat.", again: true }]);
  calls[1].fail(interrupted);
  await asked;
  assert.equal(calls.length, 2);
  assert.deepEqual(log, ["failed: interrupted"]);
});

test("where another window has asked once more already, its run is followed", async () => {
  const { request, draft, calls } = machine({ findRun: async () => "run_2" });
  const asked = request.ask({ run: "", idea: "A cat." });
  calls[0].handlers.onRun("run_1");
  calls[0].fail(interrupted);
  await settled();
  assert.deepEqual([calls[1].kind, calls[1].run], ["follow", "run_2"]);
  calls[1].done("A dog.");
  await asked;
  assert.deepEqual([draft.result, draft.textRun], ["A dog.", "run_2"]);
});

test("after a reload the run is followed, and not twice", async () => {
  const { request, draft, calls } = machine();
  draft.rewriting = { run: "run_1", idea: "A cat." };
  const recovered = request.recover();
  await settled();
  await request.recover();
  assert.deepEqual(calls.map(({ kind, run }) => [kind, run]), [["follow", "run_1"]]);
  calls[0].done("A dog.");
  await recovered;
  assert.equal(draft.result, "A dog.");
});

test("a run that has no name yet is looked for, also through a lost connection", async () => {
  const answers = [new ApiError("offline", "no connection"), "run_1"];
  const findRun = async () => {
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return next;
  };
  const { request, draft, live, calls } = machine({ findRun, lookMs: 1 });
  draft.rewriting = { run: "", idea: "A cat." };
  const recovered = request.recover();
  while (!calls.length) await settled();
  assert.deepEqual([calls[0].run, draft.rewriting.run, live.offline], ["run_1", "run_1", true]);
  calls[0].done("A dog.");
  await recovered;
  assert.deepEqual([draft.result, live.offline], ["A dog.", false]);
});

test("a run that cannot be found is lost", async () => {
  const { request, draft, log } = machine({ findRun: async () => undefined });
  draft.rewriting = { run: "", idea: "A cat." };
  await request.recover();
  assert.deepEqual(log, ["lost"]);
});

test("nothing under way, nothing to recover or stop", async () => {
  const { request, calls } = machine();
  await request.recover();
  assert.equal(await request.stop(), "over");
  assert.equal(calls.length, 0);
});

test("who stops is free at once, and what still comes is dropped", async () => {
  const { request, draft, live, calls } = machine();
  request.ask({ run: "", idea: "A cat." });
  calls[0].handlers.onRun("run_1");
  const stopped = request.stop();
  calls[1].done({ status: "cancelled" });
  assert.equal(await stopped, "stopped");
  assert.deepEqual([calls[0].signal.aborted, live.requesting], [true, false]);
  calls[0].handlers.onText("late");
  calls[0].done("A dog.");
  await settled();
  assert.deepEqual([live.partial, draft.result], [null, ""]);
});

test("a text that came before the stop is kept", async () => {
  const { request, draft, calls } = machine();
  const asked = request.ask({ run: "", idea: "A cat." });
  calls[0].handlers.onRun("run_1");
  const stopped = request.stop();
  calls[1].done({ status: "complete" });
  assert.equal(await stopped, "over");
  calls[0].done("A dog.");
  await asked;
  assert.equal(draft.result, "A dog.");
});

test("a stop that does not reach the server says so, and the text goes on", async () => {
  const { request, draft, log, calls } = machine();
  const asked = request.ask({ run: "", idea: "A cat." });
  calls[0].handlers.onRun("run_1");
  const stopped = request.stop();
  calls[1].fail(new ApiError("offline", "no connection"));
  assert.equal(await stopped, "unreachable");
  assert.deepEqual(log, ["not stopped: offline"]);
  calls[0].done("A dog.");
  await asked;
  assert.equal(draft.result, "A dog.");
});

test("a machine that stays silent is told to be slow", async () => {
  let done = () => {};
  const slow = new Promise((resolve) => {
    done = resolve;
  });
  const { request, calls } = machine({ onSlow: done, slowMs: 1 });
  const asked = request.ask({ run: "", idea: "A cat." });
  await slow;
  calls[0].done("A dog.");
  await asked;
});
