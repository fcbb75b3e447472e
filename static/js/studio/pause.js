// While the workshop has a break: say so, keep everything, and go on as soon as it may.

import { clearNotes, note } from "../base/notes.js";
import { live, updateLive } from "../base/store.js";
import { t } from "../base/strings.js";
import { latestWorkshop, workshop } from "../base/workshop.js";

const LOOK_MS = 3000;

let timer = 0;

/** Waits for the end of the break and then does `resume`. The note stands at `place`. */
export function waitForPause(message, place, resume) {
  updateLive({ pause: t("now_paused") });
  note(place, message, [[t("dont_wait"), release]]);
  look(resume);
}

/** A page that is opened during a break says so at once. */
export async function showPauseAtStart() {
  const facts = await workshop();
  if (!facts?.paused || live.pause) return;
  updateLive({ pause: facts.pause_message || t("now_paused") });
  look(() => {});
}

function look(resume) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    // Out of reach for a moment: look again.
    const facts = await latestWorkshop().catch(() => ({ paused: true }));
    if (!facts?.paused) {
      release();
      resume();
      return;
    }
    if (live.pause) look(resume);
  }, LOOK_MS);
}

function release() {
  clearTimeout(timer);
  clearNotes();
  updateLive({ pause: null });
}
