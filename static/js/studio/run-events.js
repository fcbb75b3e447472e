// Follows one run, by its event stream while the page is seen, by asking where streams fail; stops it.

import { getJson, postJson } from "../base/api.js";
import { expectApiError } from "../base/errors.js";
import { updateLive } from "../base/store.js";

const EVENTS = ["queued", "running", "progress", "entity", "finished", "failed", "blocked", "cancelled", "interrupted"];
const LIVE = new Set(["queued", "running"]);
const POLL_MS = 2000;
const TRIES = 3;
// A line can die without a word; then one question tells.
const SILENT_MS = 30000;

const stops = new Map();

export const isLive = (state) => Boolean(state) && LIVE.has(state.status);
export const stateOf = (run) => getJson(`/api/runs/${encodeURIComponent(run)}/events`);

/** Asks for the end of `run`; returns how it stands. A machine that is silent hears of it late. */
export const stopRun = (run) => postJson(`/api/runs/${encodeURIComponent(run)}/cancel/`);

/**
 * Calls `onState` with every state of `run` until it has ended; `onGone` where there is no such run.
 * One run is followed in each `slot`.
 */
export function followRun(run, { onState, onGone, slot = "picture" }) {
  stops.get(slot)?.();
  let source = null;
  let timer = 0;
  let failures = 0;
  let ended = false;

  function take(state) {
    if (ended) return;
    updateLive({ offline: false });
    if (!isLive(state)) end();
    onState(state);
  }

  function open() {
    close();
    if (failures >= TRIES) return ask();
    source = new EventSource(`/api/runs/${encodeURIComponent(run)}/events`);
    timer = setTimeout(ask, SILENT_MS);
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        failures = 0;
        clearTimeout(timer);
        timer = setTimeout(ask, SILENT_MS);
        take(JSON.parse(event.data));
      });
    }
    // A stream that breaks is followed by a question at once; one that keeps breaking is given up.
    source.addEventListener("error", () => {
      failures += 1;
      ask();
    });
    return undefined;
  }

  async function ask() {
    close();
    try {
      take(await stateOf(run));
    } catch (error) {
      expectApiError(error);
      if (error.status === 404 || error.status === 403) {
        end();
        return onGone();
      }
      updateLive({ offline: true });
    }
    if (!ended && !document.hidden) timer = setTimeout(open, POLL_MS);
  }

  function close() {
    clearTimeout(timer);
    source?.close();
    source = null;
  }

  // Tablets put hidden pages to sleep without a word: leave in good order, come back with a fresh look.
  function turned() {
    if (document.hidden) return close();
    failures = 0;
    open();
  }

  function end() {
    ended = true;
    close();
    document.removeEventListener("visibilitychange", turned);
    removeEventListener("online", turned);
  }

  document.addEventListener("visibilitychange", turned);
  addEventListener("online", turned);
  stops.set(slot, end);
  open();
}
