// A break of the workshop: all eyes go up. It lies over the page, keeps what is there, and is taken
// away by itself.

import { byId, setText } from "../base/dom.js";
import { onPageState, untilMoment } from "../base/live-link.js";
import { t } from "../base/strings.js";

const cover = byId("pause");
/** What was pressed before the page knew of the break. @type {(() => void)[]} */
let waiting = [];
let timer = 0;
let isPaused = false;
/** @type {string | null} */
let until = null;

/** Does `resume` once the break is over. */
export function afterPause(resume) {
  waiting = [resume];
  // It was over before the server's refusal came here.
  if (!isPaused) timer = setTimeout(goOnIfOver, 3000);
}

function goOnIfOver() {
  if (!isPaused) goOn();
}

function goOn() {
  const pressed = waiting;
  waiting = [];
  for (const resume of pressed) resume();
}

onPageState(({ workshop }) => {
  const wasPaused = isPaused;
  isPaused = Boolean(workshop?.paused);
  until = workshop?.pause_until ?? null;
  setText(byId("pause-words"), workshop?.pause_message || t("pause_words"));
  draw();
  if (isPaused && !cover.open) cover.showModal();
  if (!isPaused && wasPaused) {
    cover.close();
    goOn();
  }
});

/** Shows how long it still takes, where somebody has said so. */
function draw() {
  clearTimeout(timer);
  const clock = byId("pause-clock");
  clock.hidden = !isPaused || until === null;
  if (until === null || !isPaused) return;
  const seconds = Math.max(0, Math.ceil(untilMoment(until) / 1000));
  setText(clock, `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
  timer = setTimeout(draw, 250);
}

// Nothing but its end ends it: neither Escape nor the browser's way back.
cover.addEventListener("cancel", (event) => event.preventDefault());
cover.addEventListener("close", () => isPaused && cover.showModal());
