// The text put into the words of a picture machine: streamed beside the participant's own, editable.

import { outputOf } from "../base/catalog.js";
import { autosize, byId, focusLater, setText, setValue } from "../base/dom.js";
import { clearNotes, note } from "../base/notes.js";
import * as store from "../base/store.js";
import { local, t } from "../base/strings.js";
import { afterPause } from "../room/pause.js";
import { textRequest } from "./text-request.js";
import { streamedText } from "./text-stream.js";

const { draft, live, onChange, updateDraft, updateLive } = store;
const field = byId("optimized");
const box = byId("optimization");

const source = () => `${draft.output}\n${draft.result}`;

const request = textRequest({
  store,
  field: "optimizing",
  transport: streamedText("/api/schema/pipeline/optimize", "optimized_prompt"),
  subjectOf: ({ of }) => of,
  bodyOf: ({ of, output }) => ({
    output_config: output,
    input_text: of.slice(output.length + 1),
    parent_run_id: draft.textRun,
  }),
  started: { partialOptimized: "" },
  ended: { partialOptimized: null },
  doneFields: (text, { of, run }) => ({ optimized: { of, run, text, machineText: text } }),
  onText: (text) => updateLive({ partialOptimized: text }),
  onNotice: ({ message }) => note("optimization", message, [[t("try_again"), optimize], [t("leave_it"), leave]]),
  onFailed,
  onLost: () => updateDraft({ optimizing: null }),
  onStopFailed: (error) => note("optimization", error.message, [[t("try_again"), stopAndLeave]]),
});

export const recoverOptimization = request.recover;
export const isOptimizing = () => Boolean(draft.optimizing);

/** The optimized text, as far as it belongs to the text and the output of now. */
export const optimizedText = () => (draft.optimized?.of === source() ? draft.optimized.text : "");

/** Whether the chosen output wants the text in its own words first. */
export function wantsOptimization() {
  if (!outputOf(draft.output)?.optimizes) return false;
  return !optimizedText().trim() && draft.unoptimized !== source();
}

export async function optimize() {
  if (live.requesting || isOptimizing()) return;
  clearNotes();
  focusLater("optimization-title");
  await request.ask({ run: "", of: source(), output: draft.output });
}

function onFailed(error) {
  if (error.kind === "workshop-paused") {
    note("optimization", error.message);
    return afterPause(optimize);
  }
  if (error.kind === "blocked") {
    updateLive({ refused: draft.result });
    return note("result", error.message);
  }
  return note("optimization", error.message, [[t("try_again"), optimize], [t("leave_it"), leave]]);
}

function leave() {
  clearNotes();
  updateDraft({ optimizing: null, unoptimized: source() });
}

/** The text goes as it is, at once, also while it is being put into other words. */
async function stopAndLeave() {
  if ((await request.stop()) !== "unreachable") leave();
}

onChange(() => {
  const output = outputOf(draft.output);
  const busy = isOptimizing();
  const current = draft.optimized?.of === source();
  box.hidden = !output?.available || !output.optimizes || draft.unoptimized === source();
  if (box.hidden) return;
  setText(byId("optimization-title"), t("optimization_title", { name: local(output.name) }));
  box.setAttribute("aria-busy", String(busy));
  field.hidden = !busy && !current;
  field.readOnly = busy;
  setValue(field, busy ? (live.partialOptimized ?? "") : current ? draft.optimized.text : "");
  autosize(field);
  byId("optimization-hint").hidden = busy || current;
  byId("optimization-reset").hidden = busy || !current || draft.optimized.text === draft.optimized.machineText;
  byId("optimization-leave").hidden = busy && !draft.optimizing.run;
});

field.addEventListener("input", () => {
  autosize(field);
  updateDraft({ optimized: { ...draft.optimized, text: field.value } });
});
byId("optimization-reset").addEventListener("click", () => {
  updateDraft({ optimized: { ...draft.optimized, text: draft.optimized.machineText } });
  field.focus();
});
byId("optimization-leave").addEventListener("click", stopAndLeave);
