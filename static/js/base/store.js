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
  marked: false, // whether it is seen with marks of who wrote which words
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
  from: "", // the run of the work that this one goes on from
  seed: null, // of the next picture, where it is to have the same chance as that work
  aside: [], // other drafts of this device that came between, until they are taken or let go
});

let written = ""; // what this window last read or wrote
const found = stored();
export const draft = { ...EMPTY, ...found?.draft };
/** How the draft stands to the server's, see keeping.js; `at` is when a person last changed it. */
export const standing = {
  at: found?.at ?? 0, revision: found?.revision ?? 0, unsent: Boolean(found?.unsent), stamp: found?.stamp ?? "",
};
export const live = {
  rules: null,
  engines: null,
  asking: false, // a request for a text or a picture is on its way
  writing: null, // the text so far while the rule machine streams
  reading: false, // it has been asked a while ago and has not written a word yet
  fitWriting: null, // the fitted text so far while it streams
  state: null, // how the run on the plate stands
  hold: null, // the sentence for it while the workshop is paused
  refused: null, // the text that was last refused
  offline: false,
};

const listeners = [];
const draftListeners = [];
let told = false;

export function onChange(listener) {
  listeners.push(listener);
}

export function onDraft(listener) {
  draftListeners.push(listener);
}

/** Changes the draft and keeps it. */
export function change(fields) {
  Object.assign(draft, fields);
  Object.assign(standing, { at: Date.now(), unsent: true });
  write();
  tell();
  for (const listener of draftListeners) listener();
}

/** Has the draft be `content`, as it was kept elsewhere; `stands` tells how that stands. */
export function replace(content, stands) {
  Object.assign(draft, EMPTY, known(content));
  Object.assign(standing, stands);
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

export function isLeftBehind(at) {
  return Date.now() - at > KEPT_MS;
}

/** Of `content` what a draft knows, in the form in which it knows it. */
export function known(content) {
  const form = (value) => (Array.isArray(value) ? "list" : value === null ? "null" : typeof value);
  const isAlike = (key) => EMPTY[key] === null || form(content[key]) === form(EMPTY[key]);
  const keys = Object.keys(EMPTY).filter((key) => key in content && isAlike(key));
  return Object.fromEntries(keys.map((key) => [key, content[key]]));
}

/** What this browser has stored, perhaps by another of its windows; null where that is nothing. */
export function stored() {
  try {
    written = localStorage.getItem(KEY);
    const kept = JSON.parse(written);
    return kept && !isLeftBehind(kept.at) ? { ...kept, draft: known(kept.draft) } : null;
  } catch {
    return null; // no storage here, or not ours: the page works without
  }
}

/** Whether another window has stored something since this one did. */
export function isOvertaken() {
  try {
    return localStorage.getItem(KEY) !== written;
  } catch {
    return false;
  }
}

export function write() {
  const text = JSON.stringify({ ...standing, unsent: Number(standing.unsent), draft });
  try {
    localStorage.setItem(KEY, text);
    written = text;
  } catch {
    outdate();
  }
}

/** Full or forbidden: the page goes on in memory, and what is stored must not win over the server's. */
function outdate() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY));
    if (kept?.unsent) localStorage.setItem(KEY, JSON.stringify({ ...kept, unsent: 0 }));
    written = localStorage.getItem(KEY);
  } catch {
    // Nothing is stored here.
  }
}

export const deviceId = document.body.dataset.device;
try {
  localStorage.setItem("device_id", deviceId);
} catch {
  // The signed cookie knows the device anyway.
}
