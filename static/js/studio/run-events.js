// Follows single runs by what the live link tells of them; stops them.

import { getJson, postJson } from "../base/api.js";
import { expectApiError } from "../base/errors.js";
import { onLoss, onPageState, pageState } from "../base/live-link.js";
import { updateLive } from "../base/store.js";

const LIVE = new Set(["queued", "running"]);
// Of a run that the link does not tell of (any more), one question tells.
const LOOK_MS = 2000;

/** What is followed, one in each slot. @type {Map<string, Followed>} */
const followed = new Map();

export const isLive = (state) => Boolean(state) && LIVE.has(state.status);
export const stateOf = (run) => getJson(`/api/runs/${encodeURIComponent(run)}/events`);

/** Asks for the end of `run`; returns how it stands. A machine that is silent hears of it late. */
export const stopRun = (run) => postJson(`/api/runs/${encodeURIComponent(run)}/cancel/`);

/**
 * Calls `onState` with every state of `run` until it has ended; `onGone` where there is no such run.
 * One run is followed in each `slot`.
 */
export function followRun(run, { onState, onGone, slot = "picture" }) {
  end(followed.get(slot));
  const one = { run, slot, onState, onGone, told: "", timer: 0, hasEnded: false };
  followed.set(slot, one);
  lookLater(one, 0);
}

function take(one, state) {
  if (one.hasEnded) return;
  const told = JSON.stringify(state);
  if (told === one.told) return;
  one.told = told;
  if (!isLive(state)) end(one);
  one.onState(state);
}

function end(one) {
  if (!one) return;
  one.hasEnded = true;
  clearTimeout(one.timer);
  if (followed.get(one.slot) === one) followed.delete(one.slot);
}

const isTold = ({ run }) => Boolean(pageState()?.runs.some((state) => state.run_id === run));

function lookLater(one, ms) {
  clearTimeout(one.timer);
  one.timer = setTimeout(look, ms, one);
}

/** One question; and, as long as the link does not tell of the run, another one after a while. */
async function look(one) {
  if (!one.hasEnded && !isTold(one)) lookLater(one, LOOK_MS);
  try {
    take(one, await stateOf(one.run));
  } catch (error) {
    expectApiError(error);
    if (!one.hasEnded && (error.status === 404 || error.status === 403)) {
      end(one);
      one.onGone();
    }
  }
}

onPageState(({ runs }) => {
  for (const one of [...followed.values()]) {
    const state = runs.find((each) => each.run_id === one.run);
    if (!state) {
      lookLater(one, LOOK_MS);
      continue;
    }
    clearTimeout(one.timer);
    take(one, state);
  }
});
onLoss((offline) => updateLive({ offline }));
