// A picture is asked for, followed and, if need be, stopped.

import { getJson, postJson, Trouble } from "../base/api.js";
import { engineOf } from "../base/catalog.js";
import { clearNotes, note } from "../base/notes.js";
import { change, deviceId, draft, live, show } from "../base/store.js";
import { language, word } from "../base/words.js";
import { fittedText } from "./fitting.js";
import { holdOn } from "./hold.js";
import { loadToday } from "./today.js";
import { valuesOf } from "./values.js";
import { isLive, stopRun, watch } from "./watch.js";

export const isMaking = () => Boolean(draft.picture) && (!live.state || isLive(live.state));

/** A picture of the text as it stands, by the chosen machine. */
export function make() {
  return order({
    engine: draft.engine, idea: draft.textIdea || draft.idea, rule: draft.textRule,
    result: draft.result, prompt: fittedText() || draft.result, textRun: draft.textRun,
    values: valuesOf(engineOf(draft.engine)), seed: draft.seed,
  });
}

/** The picture on the plate once more, with a seed that the server draws. */
export function vary() {
  return again({});
}

/** Once more with the same seed and the values as they stand, so that only these differ. */
export function compare() {
  const { seed } = live.state;
  return again({ seed, values: { ...draft.picture.values, ...comparable(engineOf(draft.picture.engine)) } });
}

function again(changes) {
  const { engine, idea, rule, result, prompt, textRun, values } = draft.picture;
  return order({ engine, idea, rule, result, prompt, textRun, values, ...changes });
}

function comparable(engine) {
  const values = Object.entries(valuesOf(engine));
  return Object.fromEntries(values.filter(([name]) => ["number", "choice"].includes(engine.inputs[name].type)));
}

async function order(facts) {
  if (live.asking || isMaking()) return;
  const before = { picture: draft.picture, state: live.state };
  clearNotes();
  show({ asking: true, state: null });
  change({ view: "picture", picture: { ...facts, run: "" } });
  try {
    const { run_id: run, seed } = await postJson(
      "/api/schema/pipeline/generation",
      {
        ...facts.values,
        prompt: facts.prompt || facts.result, output_config: facts.engine, seed: facts.seed ?? null, input_text: facts.idea,
        interception_result: facts.result, interception_config: facts.rule,
        parent_run_id: facts.textRun, device_id: deviceId, user_language: language,
      },
      { Prefer: "respond-async" },
    );
    change({ picture: { ...facts, run, seed } });
    follow();
    loadToday();
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    show({ state: before.state });
    change({ view: "text", picture: before.picture });
    refused(trouble, facts);
  } finally {
    show({ asking: false });
  }
}

function refused(trouble, facts) {
  if (trouble.kind === "workshop-paused") return holdOn(trouble.sentence, "result", () => retry(facts));
  if (trouble.kind === "blocked") {
    show({ refused: draft.result });
    return note("result", trouble.sentence);
  }
  const atMachines = ["not-set-up", "not-allowed", "unknown-config"].includes(trouble.kind);
  return note(atMachines ? "engines" : "result", trouble.sentence, atMachines ? [] : [onceMore(facts)]);
}

const onceMore = (facts) => [word("try_again"), () => retry(facts)];

/** Once more, with what has been changed meanwhile. */
function retry(facts) {
  return order({
    ...facts, engine: draft.engine || facts.engine, result: draft.result.trim() ? draft.result : facts.result,
    prompt: fittedText() || (draft.result.trim() ? draft.result : facts.result),
  });
}

function follow() {
  const { run } = draft.picture;
  watch(run, { onState: (state) => arrived(run, state), onGone: () => gone(word("lost_picture")) });
}

function arrived(run, state) {
  if (draft.picture?.run !== run) return;
  show({ state });
  if (isLive(state)) return;
  loadToday();
  if (state.status === "complete" && state.media.length) return;
  const sentence = state.status === "cancelled" ? word("stopped") : state.error?.message;
  gone(sentence || word("failed"), state.status);
}

/** No picture came of it: back to the text, which is all there, with a word about why. */
function gone(sentence, status = "") {
  const { run: _run, ...facts } = { ...draft.picture, seed: draft.seed };
  const wasLookedAt = draft.view === "picture";
  show({ state: null });
  change({ picture: null, view: wasLookedAt ? "text" : draft.view });
  if (status === "blocked") show({ refused: draft.result });
  if (draft.view === "text") note("result", sentence, status === "blocked" ? [] : [onceMore(facts)]);
}

export async function cancel() {
  const run = draft.picture?.run;
  if (!run) return;
  try {
    arrived(run, await stopRun(run));
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    show({ offline: trouble.kind === "offline" });
  }
}

/** After a reload: take up the run on the plate again. */
export async function takeUp() {
  if (!draft.picture) return;
  if (!draft.picture.run) {
    const run = await lostRun();
    if (!run) return gone(word("lost_picture"));
    change({ picture: { ...draft.picture, run: run.run_id, seed: run.seed } });
  }
  follow();
}

/** The page was left before the server could name the run: it is the newest of these texts. */
async function lostRun() {
  try {
    const { results } = await getJson(`/api/runs/?day=today&kind=generation&page_size=1&device=${encodeURIComponent(deviceId)}`);
    const { textRun, engine } = draft.picture;
    return results.find((run) => run.parent_run_id === textRun && run.output_config === engine);
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    return undefined;
  }
}
