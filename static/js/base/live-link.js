// The live link: what the server tells this page as soon as it changes, by one stream of events, and
// by asking where streams do not get through. It is always the whole state, never a difference.

import { getJson } from "./api.js";
import { expectApiError } from "./errors.js";

const PATH = "/api/events/";
const POLL_MS = 3000;
// The server's heart beats every 15 seconds. A line can die without a word.
const SILENT_MS = 40000;
const TRIES = 3; // streams that break in a row, before the page asks instead
const STREAM_AGAIN_MS = 60000;

/** @type {PageState | null} */
let latest = null;
const listeners = [];
const lossListeners = [];
/** @type {(state: PageState) => void} */
let resolveFirst = () => {};
/** The first state, as soon as it is there. @type {Promise<PageState>} */
export const firstState = new Promise((done) => {
  resolveFirst = done;
});

/** @type {EventSource | null} */
let source = null;
let timer = 0;
let failures = 0;
let isOut = false;
let clockAhead = 0; // of the server's clock to this one's

export const pageState = () => latest;

/** Calls `listener` with every state, at once where there is one. */
export function onPageState(listener) {
  listeners.push(listener);
  if (latest) listener(latest);
}

/** Calls `listener` with whether the server is out of reach, when that changes. */
export function onLoss(listener) {
  lossListeners.push(listener);
}

/** Milliseconds from now until a moment of the server's clock. */
export const untilMoment = (moment) => Date.parse(moment) - (Date.now() + clockAhead);

function take(state) {
  clockAhead = Date.parse(state.at) - Date.now();
  latest = state;
  setOut(false);
  resolveFirst(state);
  for (const listener of listeners) listener(state);
}

function setOut(out) {
  if (isOut === out) return;
  isOut = out;
  for (const listener of lossListeners) listener(out);
}

function open() {
  close();
  if (document.hidden) return;
  if (failures >= TRIES) {
    ask();
    return;
  }
  source = new EventSource(PATH);
  watch();
  source.addEventListener("state", (event) => {
    failures = 0;
    watch();
    take(JSON.parse(event.data));
  });
  source.addEventListener("heartbeat", watch);
  source.addEventListener("error", broken);
}

function watch() {
  clearTimeout(timer);
  timer = setTimeout(broken, SILENT_MS);
}

/** A stream that breaks is followed by a question at once. */
function broken() {
  failures += 1;
  if (failures === TRIES) setTimeout(tryStreamAgain, STREAM_AGAIN_MS);
  ask();
}

function tryStreamAgain() {
  if (failures < TRIES) return;
  failures = TRIES - 1;
  open();
}

async function ask() {
  close();
  try {
    take(await getJson(PATH));
  } catch (error) {
    expectApiError(error);
    setOut(error.kind === "offline");
  }
  if (!document.hidden && !source) timer = setTimeout(open, POLL_MS);
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

// Tablets put hidden pages to sleep without a word: leave in good order, come back with a fresh look.
function turned() {
  if (document.hidden) return close();
  failures = Math.min(failures, TRIES - 1);
  return open();
}

document.addEventListener("visibilitychange", turned);
addEventListener("online", turned);
addEventListener("pageshow", ({ persisted }) => persisted && turned());
addEventListener("pagehide", close);
open();
