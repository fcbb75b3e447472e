// While the workshop has a break: say so, keep everything, and go on as soon as it may.

import { getJson } from "./api.js";
import { clearNotes, note } from "./notes.js";
import { live, show } from "./store.js";
import { word } from "./words.js";

const LOOK_MS = 3000;

let timer = 0;

/** Waits for the end of the break and then does `resume`. The note stands at `place`. */
export function holdOn(trouble, place, resume) {
  show({ hold: { sentence: trouble.sentence } });
  note(place, trouble.sentence, [[word("dont_wait"), release]]);
  look(resume);
}

function look(resume) {
  clearTimeout(timer);
  timer = setTimeout(async () => {
    try {
      const { workshop } = await getJson("/api/devices/me/");
      if (!workshop || !workshop.paused) {
        release();
        resume();
        return;
      }
      show({ hold: { sentence: workshop.pause_message || live.hold.sentence } });
    } catch {
      // Out of reach for a moment: look again.
    }
    if (live.hold) look(resume);
  }, LOOK_MS);
}

function release() {
  clearTimeout(timer);
  clearNotes();
  show({ hold: null });
}
