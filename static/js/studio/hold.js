// While the workshop has a break: say so, keep everything, and go on as soon as it may.

import { getJson } from "./api.js";
import { clearNotes, note } from "./notes.js";
import { live, show } from "./store.js";
import { word } from "./words.js";

let timer = 0;

/** Waits for the end of the break and then does `resume`. The note stands at `place`. */
export function holdOn(trouble, place, resume) {
  show({ hold: { sentence: trouble.sentence } });
  note(place, trouble.sentence, [[word("dont_wait"), release]]);
  look(Math.max(trouble.retryAfter, 2), resume);
}

function look(seconds, resume) {
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
    if (live.hold) look(seconds, resume);
  }, seconds * 1000);
}

function release() {
  clearTimeout(timer);
  clearNotes();
  show({ hold: null });
}
