// The text put into the words of a picture machine: streamed beside the participant's own, editable.

import { Trouble } from "../base/api.js";
import { engineOf } from "../base/catalog.js";
import { byId, fit as grow, focusLater, setText, setValue } from "../base/dom.js";
import { clearNotes, note } from "../base/notes.js";
import { change, deviceId, draft, live, onChange, show } from "../base/store.js";
import { language, local, word } from "../base/words.js";
import { holdOn } from "./hold.js";
import { askForText, textOf } from "./telling.js";
import { stopRun } from "./watch.js";

const field = byId("fitted");
const box = byId("fit");

let attended = null; // what this page has asked for or follows
let line = new AbortController(); // to the machine that was asked

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
  focusLater("fit-title");
  await ask({ run: "", of: source(), engine: draft.engine });
}

function ask(asked) {
  show({ asking: true, fitWriting: "" });
  change({ fitting: { ...asked } });
  line = new AbortController();
  const { signal } = line;
  return attend(asked, (hear) => askForText("/api/schema/pipeline/optimize", orderOf(asked), "optimized_prompt", hear, signal));
}

const orderOf = ({ of, engine }) => ({
  output_config: engine,
  input_text: of.slice(engine.length + 1),
  parent_run_id: draft.textRun,
  user_language: language,
  device_id: deviceId,
  enable_streaming: true,
});

/** Has `read` bring the text that was `asked` for; what comes when the draft has moved on is left. */
async function attend(asked, read) {
  attended = asked;
  const isMine = () => attended === asked && draft.fitting?.of === asked.of && draft.fitting.run === asked.run;
  const nothing = () => {};
  const hear = {
    run(run) {
      if (!isMine()) return;
      asked.run = run;
      change({ fitting: { ...asked } });
    },
    text: (text) => isMine() && show({ fitWriting: text }),
    begin: nothing,
    station: nothing,
    stations: nothing,
  };
  try {
    const text = await read(hear);
    if (isMine()) finished(text);
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    // Where the server was cut off in the middle, the text is asked for once more, once.
    if (isMine() && trouble.kind === "interrupted" && !asked.again) await ask({ ...asked, run: "", again: true });
    else if (isMine()) failed(trouble);
  } finally {
    if (attended === asked) letGo();
  }
}

function letGo() {
  if (!attended) return;
  attended = null;
  line.abort();
  show({ asking: false, fitWriting: null });
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
  change({ fitting: null, unfitted: source() });
}

/** The text goes as it is, at once, also while it is being put into other words. */
async function stopAndLeave() {
  const { run } = draft.fitting ?? {};
  if (run) {
    try {
      await stopRun(run);
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      return note("fit", trouble.sentence, [[word("try_again"), stopAndLeave]]);
    }
    letGo();
  }
  return leave();
}

/** After a reload or in another window: see the text grow on, or have it where it is whole. */
export async function recoverFitting() {
  const asked = draft.fitting && { ...draft.fitting };
  if (!asked) return letGo();
  if (attended?.run === asked.run) return undefined;
  if (!asked.run) return change({ fitting: null });
  return attend(asked, (hear) => textOf(asked.run, "optimized_prompt", hear));
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
  byId("fit-leave").hidden = busy && !draft.fitting.run;
});

field.addEventListener("input", () => {
  grow(field);
  change({ fitted: { ...draft.fitted, text: field.value } });
});
byId("fit-reset").addEventListener("click", () => {
  change({ fitted: { ...draft.fitted, text: draft.fitted.machineText } });
  field.focus();
});
byId("fit-leave").addEventListener("click", stopAndLeave);
