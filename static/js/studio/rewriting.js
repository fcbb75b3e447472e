// The rule machine: the idea is given to it, and its text becomes the draft's.

import { getJson } from "../base/api.js";
import { ApiError } from "../base/errors.js";
import { clearNotes, note } from "../base/notes.js";
import * as store from "../base/store.js";
import { t } from "../base/strings.js";
import { afterPause } from "../room/pause.js";
import { withCookie } from "./cookies.js";
import { ownWording } from "./rule-sheet.js";
import { textRequest } from "./text-request.js";
import { streamedText } from "./text-stream.js";

const { deviceId, draft, live, updateDraft, updateLive } = store;

const request = textRequest({
  store,
  field: "rewriting",
  transport: streamedText("/api/schema/pipeline/interception", "interception"),
  subjectOf: ({ idea }) => idea,
  bodyOf: ({ idea, rule }) => ({
    schema: rule,
    input_text: idea,
    context_prompt: ownWording(rule),
    parent_run_id: draft.from,
  }),
  findRun,
  started: { stations: [], reading: false },
  ended: { partialText: null, reading: false },
  doneFields: (text, { run, rule, idea }) => ({
    result: text, machineText: text, textRun: run, textRule: rule, textIdea: idea,
  }),
  failedFields: { view: "idea" },
  onBegin,
  onStation: (station) => updateLive({ stations: [...live.stations, station] }),
  onStations: (stations) => updateLive({ stations }),
  onText: (text) => updateLive({ partialText: text, reading: false }),
  onSlow: () => {
    if (!live.partialText) updateLive({ reading: true });
  },
  onNotice,
  onFailed,
  onLost: () => request.fail(new ApiError("lost", t("lost_text"))),
  onStopFailed: (error) => note("result", error.message, [[t("try_again"), stopRewriting]]),
});

export const recoverRewriting = request.recover;

/** Gives the idea to the rule machine. The page turns when the machine begins. */
export async function rewrite() {
  if (live.requesting || draft.rewriting) return;
  clearNotes();
  if (live.withoutCookie) return void withCookie("idea", rewrite);
  await request.ask({ run: "", idea: draft.idea, rule: draft.rule });
}

/** Back to the idea at once: nobody waits until the machine has heard of it. */
export async function stopRewriting() {
  if ((await request.stop()) === "stopped") request.fail(new ApiError("cancelled", t("stopped")));
}

function onBegin() {
  if (live.partialText !== null) return;
  updateLive({ partialText: "" });
  updateDraft({ view: "text" });
}

/** The text is there to be used; what is odd about it is said beside it. */
function onNotice({ kind, message }) {
  // The same rule finds nothing the next time either.
  note("result", message, kind === "unchanged" ? [] : [[t("try_again"), rewrite]]);
}

function onFailed(error) {
  if (error.kind === "workshop-paused") {
    note("idea", error.message);
    return afterPause(rewrite);
  }
  if (["not-allowed", "unknown-config"].includes(error.kind)) return note("rule", error.message);
  if (error.kind === "cancelled") return note("idea", error.message);
  if (error.kind !== "blocked") return note("idea", error.message, [[t("try_again"), rewrite]]);
  updateLive({ refused: rewritingInput() });
  return note("idea", error.message);
}

/** What the rule machine is given, to tell whether it has changed since a refusal. */
export const rewritingInput = () => draft.idea + draft.rule + ownWording(draft.rule);

/** The page was left before the server could name the run: it is the newest of this idea. */
async function findRun({ idea }) {
  const { results } = await getJson(`/api/runs/?day=today&kind=interception&page_size=3&device=${encodeURIComponent(deviceId)}`);
  return results.find((run) => run.idea === idea && run.run_id !== draft.textRun)?.run_id;
}
