// What the participant has written and chosen (kept on the device), and what happens just now.

import { EMPTY, normalize } from "./draft.js";

const KEY = "ai4artsed_draft";
// Class tablets go from hand to hand: what was left here yesterday is somebody else's.
const KEPT_MS = 12 * 3600 * 1000;

/** @type {string | null} */
let lastSeen = ""; // what this window last read or wrote
const stored = readStored();
export const draft = { ...EMPTY, ...stored?.draft };
/** How the draft stands to the server's, see draft-sync.js; `at` is when a person last changed it. */
export const syncState = {
  at: stored?.at ?? 0, revision: stored?.revision ?? 0, unsent: Boolean(stored?.unsent), stamp: stored?.stamp ?? "",
};
export const live = {
  rules: /** @type {Rule[] | null} */ (null),
  outputs: /** @type {Output[] | null} */ (null),
  pairs: /** @type {Record<string, any>[]} */ ([]), // of opposite properties of rules
  requesting: false, // a request for a text or a picture is on its way
  partialText: /** @type {string | null} */ (null), // the text so far while the rule machine streams
  reading: false, // it has been asked a while ago and has not written a word yet
  partialOptimized: /** @type {string | null} */ (null), // the optimized text so far while it streams
  stations: /** @type {{label: string, text: string}[]} */ ([]), // what a rule in several steps has written on its way
  state: /** @type {RunState | null} */ (null), // how the run stands whose picture is shown or waited for
  refused: /** @type {string | null} */ (null), // the text that was last refused
  offline: false,
  withoutCookie: false, // this browser does not send our cookie back
};

const listeners = [];
const draftListeners = [];
let isRedrawDue = false;

export function onChange(listener) {
  listeners.push(listener);
}

export function onDraft(listener) {
  draftListeners.push(listener);
}

/** Changes the draft and keeps it. */
export function updateDraft(fields) {
  Object.assign(draft, fields);
  Object.assign(syncState, { at: Date.now(), unsent: true });
  persist();
  redraw();
  for (const listener of draftListeners) listener();
}

/** Has the draft be `content`, as it was kept elsewhere; `state` tells how that stands. */
export function replaceDraft(content, state) {
  Object.assign(draft, EMPTY, normalize(content));
  Object.assign(syncState, state);
  redraw();
}

/** Changes what happens just now. */
export function updateLive(fields) {
  Object.assign(live, fields);
  redraw();
}

/** Has every part drawn from the present state, before the browser paints. */
export function redraw() {
  if (isRedrawDue) return;
  isRedrawDue = true;
  queueMicrotask(() => {
    isRedrawDue = false;
    for (const listener of listeners) listener();
  });
}

export function isExpired(at) {
  return Date.now() - at > KEPT_MS;
}

/** What this browser has stored, perhaps by another of its windows; null where that is nothing. */
export function readStored() {
  try {
    lastSeen = localStorage.getItem(KEY);
    const kept = JSON.parse(lastSeen ?? "null");
    return kept && !isExpired(kept.at) ? { ...kept, draft: normalize(kept.draft) } : null;
  } catch {
    return null; // no storage here, or not ours: the page works without
  }
}

/** Whether another window has stored something since this one did. */
export function isStoredElsewhere() {
  try {
    return localStorage.getItem(KEY) !== lastSeen;
  } catch {
    return false;
  }
}

export function persist() {
  const text = JSON.stringify({ ...syncState, unsent: Number(syncState.unsent), draft });
  try {
    localStorage.setItem(KEY, text);
    lastSeen = text;
  } catch {
    yieldToServer();
  }
}

/** The draft is another's from now on: nothing of it stays in this browser. */
export function forgetStored() {
  try {
    localStorage.removeItem(KEY);
    sessionStorage.removeItem("ai4artsed_read");
  } catch {
    // Nothing is stored here.
  }
}

/** Full or forbidden: the page goes on in memory, and what is stored must not win over the server's. */
function yieldToServer() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "null");
    if (kept?.unsent) localStorage.setItem(KEY, JSON.stringify({ ...kept, unsent: 0 }));
    lastSeen = localStorage.getItem(KEY);
  } catch {
    // Nothing is stored here.
  }
}

export const deviceId = document.body.dataset.device ?? "";
try {
  localStorage.setItem("device_id", deviceId);
} catch {
  // The signed cookie knows the device anyway.
}
