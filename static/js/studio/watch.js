// Follows one run: by its event stream while the page is seen, by asking where streams fail.

import { getJson } from "../base/api.js";
import { show } from "../base/store.js";

const EVENTS = ["queued", "running", "progress", "entity", "finished", "failed", "blocked", "cancelled", "interrupted"];
const LIVE = new Set(["queued", "running"]);
const POLL_MS = 2000;
const TRIES = 3;

let stop = () => {};

export const isLive = (state) => Boolean(state) && LIVE.has(state.status);
export const stateOf = (run) => getJson(`/api/runs/${encodeURIComponent(run)}/events`);

/** Tells `onState` every state of `run` until it has ended; `onGone` where there is no such run. */
export function watch(run, { onState, onGone }) {
  stop();
  let source = null;
  let timer = 0;
  let failures = 0;
  let ended = false;

  function take(state) {
    if (ended) return;
    show({ offline: false });
    if (!isLive(state)) end();
    onState(state);
  }

  function open() {
    close();
    if (failures >= TRIES) return ask();
    source = new EventSource(`/api/runs/${encodeURIComponent(run)}/events`);
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        failures = 0;
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
    } catch (trouble) {
      if (trouble.status === 404 || trouble.status === 403) {
        end();
        return onGone();
      }
      show({ offline: true });
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
  }

  document.addEventListener("visibilitychange", turned);
  stop = end;
  open();
}
