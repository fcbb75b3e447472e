// A picture is asked for, followed and, if need be, stopped.

import { getJson, postOnce } from "../base/api.js";
import { outputOf } from "../base/catalog.js";
import { expectApiError } from "../base/errors.js";
import { clearNotes, note } from "../base/notes.js";
import { deviceId, draft, live, updateDraft, updateLive } from "../base/store.js";
import { language, t } from "../base/strings.js";
import { afterPause } from "../room/pause.js";
import { withCookie } from "./cookies.js";
import { adjustableValues } from "./input-values.js";
import { optimizedText } from "./optimization.js";
import { followRun, isLive, stopRun } from "./run-events.js";
import { loadToday } from "./today.js";
import { currentValues } from "./values.js";

export const isGenerating = () => Boolean(draft.picture) && (!live.state || isLive(live.state));

/** A picture of the text as it stands, by the chosen machine. */
export function generate() {
  return request({
    output: draft.output, idea: draft.textIdea || draft.idea, rule: draft.textRule,
    result: draft.result, prompt: optimizedText() || draft.result, textRun: draft.textRun,
    values: currentValues(outputOf(draft.output)), seed: draft.seed,
  });
}

/** The shown picture once more, with a seed that the server draws. */
export function vary() {
  return again({});
}

/** Once more with the same seed and the values as they stand, so that only these differ. */
export function compare() {
  const output = outputOf(draft.picture.output);
  const values = { ...draft.picture.values, ...adjustableValues(output, currentValues(output)) };
  return again({ seed: live.state?.seed, values });
}

function again(changes) {
  const { output, idea, rule, result, prompt, textRun, values } = draft.picture;
  return request({ output, idea, rule, result, prompt, textRun, values, ...changes });
}

async function request(facts) {
  if (live.requesting || isGenerating()) return undefined;
  if (live.withoutCookie) return withCookie("result", () => request(facts));
  const before = { picture: draft.picture, state: live.state };
  clearNotes();
  updateLive({ requesting: true, state: null });
  updateDraft({ view: "picture", picture: { ...facts, run: "" } });
  try {
    const { run_id: run, seed } = await postOnce(
      "/api/schema/pipeline/generation",
      {
        ...facts.values,
        prompt: facts.prompt || facts.result, output_config: facts.output, seed: facts.seed ?? null, input_text: facts.idea,
        interception_result: facts.result, interception_config: facts.rule,
        parent_run_id: facts.textRun, device_id: deviceId, user_language: language,
      },
      { Prefer: "respond-async" },
    );
    updateDraft({ picture: { ...facts, run, seed } });
    follow();
    loadToday();
  } catch (error) {
    expectApiError(error);
    updateLive({ state: before.state });
    updateDraft({ view: "text", picture: before.picture });
    onRefused(error, facts);
  } finally {
    updateLive({ requesting: false });
  }
  return undefined;
}

function onRefused(error, facts) {
  if (error.kind === "workshop-paused") {
    note("result", error.message);
    return afterPause(() => retry(facts));
  }
  if (error.kind === "blocked") {
    updateLive({ refused: draft.result });
    return note("result", error.message);
  }
  const atMachines = ["not-set-up", "not-allowed", "unknown-config"].includes(error.kind);
  return note(atMachines ? "outputs" : "result", error.message, atMachines ? [] : [onceMore(facts)]);
}

const onceMore = (facts) => [t("try_again"), () => retry(facts)];

/** Once more, with what has been changed meanwhile. */
function retry(facts) {
  return request({
    ...facts, output: draft.output || facts.output, result: draft.result.trim() ? draft.result : facts.result,
    prompt: optimizedText() || (draft.result.trim() ? draft.result : facts.result),
  });
}

function follow() {
  const { run } = draft.picture;
  followRun(run, { onState: (state) => onState(run, state), onGone: () => abandon(t("gone_picture")) });
}

function onState(run, state) {
  if (draft.picture?.run !== run) return;
  updateLive({ state });
  if (isLive(state)) return;
  loadToday();
  if (state.status === "complete" && state.media.length) return;
  const sentence = state.status === "cancelled" ? t("stopped") : state.error?.message;
  abandon(sentence || t("failed"), state.status);
}

/** No picture came of it: back to the text, which is all there, with a word about why. */
function abandon(sentence, status = "") {
  const { run: _run, ...facts } = { ...draft.picture, seed: draft.seed };
  const wasLookedAt = draft.view === "picture";
  updateLive({ state: null });
  updateDraft({ picture: null, view: wasLookedAt ? "text" : draft.view });
  if (status === "blocked") updateLive({ refused: draft.result });
  if (draft.view === "text") note("result", sentence, status === "blocked" ? [] : [onceMore(facts)]);
}

export async function cancel() {
  const run = draft.picture?.run;
  if (!run) return;
  try {
    onState(run, await stopRun(run));
  } catch (error) {
    expectApiError(error);
    updateLive({ offline: error.kind === "offline" });
  }
}

/** After a reload: take up the run of the picture again. */
export async function recoverGeneration() {
  if (!draft.picture) return;
  if (!draft.picture.run) {
    const run = await lostRun();
    if (!run) return abandon(t("lost_picture"));
    updateDraft({ picture: { ...draft.picture, run: run.run_id, seed: run.seed } });
  }
  follow();
}

/** The page was left before the server could name the run: it is the newest of these texts. */
async function lostRun() {
  try {
    const { results } = await getJson(`/api/runs/?day=today&kind=generation&page_size=1&device=${encodeURIComponent(deviceId)}`);
    const { textRun, output } = draft.picture;
    return results.find((run) => run.parent_run_id === textRun && run.output_config === output);
  } catch (error) {
    expectApiError(error);
    return undefined;
  }
}
