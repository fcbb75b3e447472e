// Keeps the draft on the server too. Which of two is newer is told by revisions, never by clocks:
// a draft is based on the last revision that was seen, and only who saw the latest may write.

import { getJson, putJson } from "./api.js";
import { EMPTY, fingerprint, mergeSetAside, normalize, reconcile } from "./draft.js";
import { expectApiError } from "./errors.js";
import { pageGroup } from "./group.js";
import {
  draft, isExpired, isStoredElsewhere, onDraft, persist, readStored, replaceDraft, syncState, updateDraft,
} from "./store.js";

const PATH = "/api/draft/";
const IDLE_MS = 800;
const MOST_MS = 4000; // who types on and on is kept this often
const TRY_AGAIN_MS = [1000, 2000, 4000, 8000, 15000, 30000];
const PATIENCE_MS = 15000;
const LEAVING_MS = 2000;
// Browsers send so much on behalf of a page that has been left; a character is at most three bytes.
const KEEPALIVE_CHARACTERS = 20000;
const WINDOW = Math.random().toString(36).slice(2);

const replacedListeners = [];
let base = fingerprint(draft); // what was the same here and there when we last knew
let timer = 0;
let unsentSince = 0;
let failures = 0;
let lastRequest = Promise.resolve(); // one at a time

/** Calls `listener(before)` when another draft has taken the place of the one on the page. */
export function onReplaced(listener) {
  replacedListeners.push(listener);
}

/** Resolves when the last change is on the server, or cannot get there just now. */
export function flush() {
  return Promise.race([sync(), new Promise((done) => setTimeout(done, LEAVING_MS))]);
}

/** Sets the draft of the page aside and takes another one in its place. */
export function swapDraft(other) {
  const before = { ...draft };
  const rest = draft.setAside.filter((one) => one !== other);
  updateDraft({ ...EMPTY, ...normalize(other), setAside: mergeSetAside(rest, [before]) });
  announceReplaced(before);
}

function announceReplaced(before) {
  for (const listener of replacedListeners) listener(before);
}

function adopt(content, state) {
  const before = { ...draft };
  replaceDraft(content, state);
  base = fingerprint(draft);
  announceReplaced(before);
}

/** Sends what is unsent, else looks whether there is something new. */
function sync() {
  clearTimeout(timer);
  unsentSince = 0;
  lastRequest = lastRequest.catch(() => {}).then(() => (syncState.unsent ? push() : pull())).then(succeeded, failed);
  return lastRequest;
}

function syncLater() {
  // Out of reach: the next attempt is on its way.
  if (failures) return;
  unsentSince ||= Date.now();
  clearTimeout(timer);
  timer = setTimeout(sync, Math.max(0, Math.min(IDLE_MS, unsentSince + MOST_MS - Date.now())));
}

function succeeded() {
  failures = 0;
  if (syncState.unsent) syncLater();
}

function failed(error) {
  expectApiError(error);
  // A draft that the server does not take stays in the browser; the next change is tried again.
  if ([400, 403, 413].includes(error.status)) return;
  failures += 1;
  timer = setTimeout(sync, TRY_AGAIN_MS[Math.min(failures, TRY_AGAIN_MS.length) - 1]);
}

/** Whose change it is, so that one whose answer was lost is known again, after a reload too. */
function stampOf(revision) {
  return syncState.stamp?.endsWith(`.${revision}`) ? syncState.stamp : `${WINDOW}.${revision}`;
}

async function push() {
  const content = JSON.stringify(draft);
  const { revision } = syncState;
  const stamp = stampOf(revision);
  if (syncState.stamp !== stamp) {
    syncState.stamp = stamp;
    persist();
  }
  try {
    const answer = await putJson(PATH, { revision, content: { ...draft, stamp }, ...pageGroup() }, {
      keepalive: content.length < KEEPALIVE_CHARACTERS,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    syncState.revision = answer.revision;
    syncState.unsent = JSON.stringify(draft) !== content;
    base = fingerprint(JSON.parse(content));
  } catch (error) {
    expectApiError(error);
    if (error.status !== 409) throw error;
    meet(error.payload.draft);
    return;
  }
  // What another window has written since goes before; the server decides between the two.
  if (isStoredElsewhere()) followStored();
  else persist();
}

async function pull() {
  meet(await getJson(PATH, { signal: AbortSignal.timeout(PATIENCE_MS) }));
}

/** Brings what the server has and what is on the page together. */
function meet(remote) {
  const found = reconcile({ ...syncState, draft, base }, remote);
  if (found.action === "resend") syncState.unsent = true;
  if (found.action === "replace") {
    adopt(remote.content, { at: Date.now() - remote.age_seconds * 1000, revision: remote.revision, unsent: false });
    persist();
  }
  if (found.action === "merge") {
    syncState.revision = remote.revision;
    base = found.base;
    updateDraft({ setAside: found.setAside });
  }
}

/** Takes over what another window of this browser has stored; who is writing goes on writing. */
function followStored() {
  const stored = readStored();
  if (!stored || syncState.unsent || JSON.stringify(stored.draft) === JSON.stringify(draft)) return;
  adopt({ ...stored.draft, view: draft.view }, { at: stored.at, revision: stored.revision, unsent: false });
}

/** Tablets put pages to sleep without a word: look at once, and begin anew after a night. */
function wake() {
  if (syncState.at && isExpired(syncState.at)) adopt(EMPTY, { at: 0, revision: 0, unsent: false });
  else if (isStoredElsewhere()) followStored();
  failures = 0;
  sync();
}

onDraft(syncLater);
addEventListener("storage", () => isStoredElsewhere() && followStored());
addEventListener("pagehide", () => syncState.unsent && sync());
addEventListener("pageshow", ({ persisted }) => persisted && wake());
addEventListener("online", wake);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) wake();
  else if (syncState.unsent) sync();
});

/** Resolves when the page has met what the server has, or could not. */
export const firstSync = sync();
