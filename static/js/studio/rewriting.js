// The rule machine at work: ask, read its stream, and find the text again after a reload.

import { getJson, postStream, Trouble } from "../base/api.js";
import { clearNotes, note } from "../base/notes.js";
import { change, deviceId, draft, live, show } from "../base/store.js";
import { language, word } from "../base/words.js";
import { holdOn } from "./hold.js";
import { ownWording } from "./rule-sheet.js";
import { isLive, stateOf } from "./watch.js";

const LOOK_MS = 1000;
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Gives the idea to the rule machine. The page turns when the machine begins. */
export async function rewrite() {
  if (live.asking || draft.rewriting) return;
  clearNotes();
  const asked = { run: "", idea: draft.idea, rule: draft.rule };
  show({ asking: true, stations: [] });
  change({ rewriting: asked });
  try {
    await read(asked);
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    // The server goes on without us: what it wrote can be fetched.
    if (trouble.kind === "offline" && draft.rewriting?.run) await recover();
    else failed(trouble);
  } finally {
    show({ asking: false });
  }
}

async function read(asked) {
  const stream = postStream("/api/schema/pipeline/interception", {
    schema: asked.rule,
    input_text: asked.idea,
    context_prompt: ownWording(asked.rule),
    user_language: language,
    device_id: deviceId,
    enable_streaming: true,
  });
  for await (const { name, data } of stream) {
    if (name === "connected" && data.run_id) {
      change({ rewriting: { ...asked, run: data.run_id } });
    } else if (name === "queue_status" || name === "stage_start") {
      begin();
    } else if (name === "step") {
      show({ stations: [...(live.stations || []), data] });
    } else if (name === "chunk") {
      show({ writing: data.accumulated });
    } else if (name === "complete") {
      return finished(data.final_text);
    } else if (name === "blocked") {
      throw new Trouble("blocked", data.message || data.reason);
    } else if (name === "error") {
      throw new Trouble(data.kind || "failed", data.message || word("failed"));
    }
  }
  throw new Trouble("offline", word("offline_request"));
}

function begin() {
  if (live.writing !== null) return;
  show({ writing: "" });
  change({ view: "text" });
}

function finished(text) {
  const { run, rule, idea } = draft.rewriting;
  show({ writing: null, offline: false });
  change({
    rewriting: null, result: text, machineText: text, textRun: run, textRule: rule, textIdea: idea,
  });
}

function failed(trouble) {
  show({ writing: null, offline: false });
  change({ rewriting: null, view: "idea" });
  if (trouble.kind === "workshop-paused") return holdOn(trouble.sentence, "idea", rewrite);
  if (["not-allowed", "unknown-config"].includes(trouble.kind)) return note("rule", trouble.sentence);
  if (trouble.kind !== "blocked") return note("idea", trouble.sentence, [[word("try_again"), rewrite]]);
  show({ refused: askedFor() });
  return note("idea", trouble.sentence);
}

/** What is asked of the rule machine, to tell whether it has changed since a refusal. */
export const askedFor = () => draft.idea + draft.rule + ownWording(draft.rule);

/** After a reload or a broken line: wait until the server has the text. */
export async function recover() {
  if (!draft.rewriting) return;
  begin();
  while (draft.rewriting) {
    try {
      const run = draft.rewriting.run || (await lostRun());
      if (!run) return failed(new Trouble("lost", word("lost_text")));
      if (run !== draft.rewriting.run) change({ rewriting: { ...draft.rewriting, run } });
      const state = await stateOf(run);
      show({ offline: false });
      if (!isLive(state)) return ended(state);
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      if (trouble.status === 404) return failed(new Trouble("lost", word("lost_text")));
      show({ offline: trouble.kind === "offline" });
    }
    await pause(LOOK_MS);
  }
}

function ended(state) {
  if (state.status === "complete" && state.texts?.interception != null) {
    return finished(state.texts.interception);
  }
  return failed(new Trouble(state.status, state.error?.message || word("failed")));
}

/** The page was left before the server could name the run: it is the newest of this idea. */
async function lostRun() {
  const { results } = await getJson(`/api/runs/?day=today&kind=interception&page_size=3&device=${encodeURIComponent(deviceId)}`);
  const found = results.find(
    (run) => run.idea === draft.rewriting.idea && run.run_id !== draft.textRun,
  );
  return found?.run_id;
}
