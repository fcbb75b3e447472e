// What the participant has written and chosen (kept on the device), and what happens just now.

const KEY = "ai4artsed_draft";
// Class tablets go from hand to hand: what was left here yesterday is somebody else's.
const KEPT_MS = 12 * 3600 * 1000;

export const EMPTY = Object.freeze({
  view: "idea",
  idea: "",
  rule: "",
  ruleTexts: {}, // rule id → the participant's own wording
  result: "", // the new text, as it stands with all edits
  machineText: "", // the same as the machine wrote it
  textRun: "",
  textRule: "", // the rule that made it
  textIdea: "", // the idea it was made of
  rewriting: null, // {run, idea, rule} while the rule machine works
  engine: "",
  values: {}, // engine id → what it wants to know besides the text
  fitted: null, // {of, run, text, machineText}: the text in a picture machine's own words
  fitting: null, // {of, run, engine} while that is written
  unfitted: "", // machine and text that go together as they are
  picture: null, // {run, seed, engine, idea, rule, result, prompt, textRun} of the plate
});

export const draft = { ...EMPTY, ...read() };
export const live = {
  rules: null,
  engines: null,
  asking: false, // a request for a text or a picture is on its way
  writing: null, // the text so far while the rule machine streams
  fitWriting: null, // the fitted text so far while it streams
  state: null, // how the run on the plate stands
  hold: null, // the sentence for it while the workshop is paused
  refused: null, // the text that was last refused
  offline: false,
};

const listeners = [];
let told = false;

export function onChange(listener) {
  listeners.push(listener);
}

/** Changes the draft and keeps it. */
export function change(fields) {
  Object.assign(draft, fields);
  write();
  tell();
}

/** Changes what happens just now. */
export function show(fields) {
  Object.assign(live, fields);
  tell();
}

/** Has every part drawn from the present state, before the browser paints. */
export function tell() {
  if (told) return;
  told = true;
  queueMicrotask(() => {
    told = false;
    for (const listener of listeners) listener();
  });
}

function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (!kept || Date.now() - kept.at > KEPT_MS) return {};
    return Object.fromEntries(
      Object.keys(EMPTY).filter((key) => key in kept.draft).map((key) => [key, kept.draft[key]]),
    );
  } catch {
    return {}; // no storage here, or not ours: the page works without
  }
}

function write() {
  try {
    localStorage.setItem(KEY, JSON.stringify({ at: Date.now(), draft }));
  } catch {
    // Full or forbidden: the page goes on in memory.
  }
}

export const deviceId = document.body.dataset.device;
try {
  localStorage.setItem("device_id", deviceId);
} catch {
  // The signed cookie knows the device anyway.
}
