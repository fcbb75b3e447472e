// The text put into the words of a picture machine: streamed beside the participant's own, editable.

import { postStream, Trouble } from "../base/api.js";
import { engineOf } from "../base/catalog.js";
import { byId, fit as grow, focusLater, setText, setValue } from "../base/dom.js";
import { clearNotes, note } from "../base/notes.js";
import { change, deviceId, draft, live, onChange, show } from "../base/store.js";
import { language, local, word } from "../base/words.js";
import { holdOn } from "./hold.js";
import { isLive, stateOf } from "./watch.js";

const LOOK_MS = 1000;
const field = byId("fitted");
const box = byId("fit");

const source = () => `${draft.engine}\n${draft.result}`;

export const isFitting = () => Boolean(draft.fitting);

/** The fitted text, as far as it belongs to the text and the machine of now. */
export const fittedText = () => (draft.fitted?.of === source() ? draft.fitted.text : "");

/** Whether the chosen machine wants the text in its own words first. */
export function wantsFitting() {
  if (!engineOf(draft.engine)?.optimizes) return false;
  return !fittedText().trim() && draft.unfitted !== source();
}

export async function fitText() {
  if (live.asking || isFitting()) return;
  clearNotes();
  const asked = { run: "", of: source(), engine: draft.engine };
  show({ asking: true, fitWriting: "" });
  change({ fitting: asked });
  focusLater("fit-title");
  try {
    await read(asked);
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    // The server goes on without us: what it wrote can be fetched.
    if (trouble.kind === "offline" && draft.fitting?.run) await recoverFitting();
    else failed(trouble);
  } finally {
    show({ asking: false });
  }
}

async function read(asked) {
  const stream = postStream("/api/schema/pipeline/optimize", {
    output_config: asked.engine,
    input_text: draft.result,
    parent_run_id: draft.textRun,
    user_language: language,
    device_id: deviceId,
    enable_streaming: true,
  });
  for await (const { name, data } of stream) {
    if (name === "connected" && data.run_id) change({ fitting: { ...asked, run: data.run_id } });
    else if (name === "chunk") show({ fitWriting: data.accumulated });
    else if (name === "complete") return finished(data.final_text);
    else if (name === "blocked") throw new Trouble("blocked", data.message || data.reason);
    else if (name === "error") throw new Trouble(data.kind || "failed", data.message || word("failed"));
  }
  throw new Trouble("offline", word("offline_request"));
}

function finished(text) {
  const { of, run } = draft.fitting;
  show({ fitWriting: null, offline: false });
  change({ fitting: null, fitted: { of, run, text, machineText: text } });
}

function failed(trouble) {
  show({ fitWriting: null, offline: false });
  change({ fitting: null });
  if (trouble.kind === "workshop-paused") return holdOn(trouble.sentence, "fit", fitText);
  if (trouble.kind === "blocked") {
    show({ refused: draft.result });
    return note("result", trouble.sentence);
  }
  return note("fit", trouble.sentence, [[word("try_again"), fitText], [word("leave_it"), leave]]);
}

function leave() {
  clearNotes();
  change({ unfitted: source() });
}

/** After a reload or a broken line: wait until the server has the text. */
export async function recoverFitting() {
  while (draft.fitting) {
    if (!draft.fitting.run) return change({ fitting: null });
    try {
      const state = await stateOf(draft.fitting.run);
      show({ offline: false });
      if (state.status === "complete" && state.texts?.optimized_prompt != null) {
        return finished(state.texts.optimized_prompt);
      }
      if (!isLive(state)) return failed(new Trouble(state.status, state.error?.message || word("failed")));
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      if (trouble.status === 404) return failed(new Trouble("lost", word("lost_text")));
      show({ offline: trouble.kind === "offline" });
    }
    await new Promise((done) => setTimeout(done, LOOK_MS));
  }
  return undefined;
}

onChange(() => {
  const engine = engineOf(draft.engine);
  const busy = isFitting();
  const current = draft.fitted?.of === source();
  box.hidden = !engine?.available || !engine.optimizes || draft.unfitted === source();
  if (box.hidden) return;
  setText(byId("fit-title"), word("fit_title", { name: local(engine.name) }));
  box.setAttribute("aria-busy", String(busy));
  field.hidden = !busy && !current;
  field.readOnly = busy;
  setValue(field, busy ? (live.fitWriting ?? "") : current ? draft.fitted.text : "");
  grow(field);
  byId("fit-hint").hidden = busy || current;
  byId("fit-reset").hidden = busy || !current || draft.fitted.text === draft.fitted.machineText;
  byId("fit-leave").hidden = busy;
});

field.addEventListener("input", () => {
  grow(field);
  change({ fitted: { ...draft.fitted, text: field.value } });
});
byId("fit-reset").addEventListener("click", () => {
  change({ fitted: { ...draft.fitted, text: draft.fitted.machineText } });
  field.focus();
});
byId("fit-leave").addEventListener("click", leave);
