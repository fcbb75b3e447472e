// While the workshop has a break: say so, keep everything, and go on as soon as it may.

import { clearNotes, note } from "../base/notes.js";
import { live, show } from "../base/store.js";
import { word } from "../base/words.js";
import { latestWorkshop, workshop } from "../base/workshop.js";

const LOOK_MS = 3000;

let timer = 0;

/** Waits for the end of the break and then does `resume`. The note stands at `place`. */
export function holdOn(sentence, place, resume) {
  show({ hold: word("now_hold") });
  note(place, sentence, [[word("dont_wait"), release]]);
  look(resume);
}

/** A page that is opened during a break says so at once. */
export async function holdFromStart() {
  const facts = await workshop();
  if (!facts?.paused || live.hold) return;
  show({ hold: facts.pause_message || word("now_hold") });
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
    if (live.hold) look(resume);
  }, LOOK_MS);
}

function release() {
  clearTimeout(timer);
  clearNotes();
  show({ hold: null });
}
