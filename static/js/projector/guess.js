// "Which idea made this picture?" One released picture, the ideas of up to four released works.

import { byId, fromTemplate, setText } from "../base/dom.js";
import { t } from "../base/strings.js";
import { addView, drawBar, mode } from "./modes.js";
import { onWorks, state } from "./works.js";

const CHOICES = 4;
const LETTERS = "ABCD";
const MOST_CHARACTERS = 180;
const board = byId("guess");
let round = null;
let waiting = [];

addView("guess", {
  prompt() {
    if (!round) return { sentence: t("guess_none") };
    if (!round.revealed) return { sentence: t("guess_ask"), act: t("reveal") };
    return { sentence: t("guess_told", { letter: LETTERS[round.right] }), act: t("next_round") };
  },
  open: () => round || deal(),
  press: () => (round && !round.revealed ? reveal() : deal()),
});

const plain = (idea) => idea.trim().toLowerCase();

function shuffled(things) {
  const left = [...things];
  return things.map(() => left.splice(Math.floor(Math.random() * left.length), 1)[0]);
}

/** Deals a round: every work has its turn before any comes again. */
function deal() {
  const works = state.works.filter((work) => work.idea.trim());
  const byIdea = new Map(works.map((work) => [plain(work.idea), work]));
  round = null;
  board.hidden = byIdea.size < 2;
  if (board.hidden) return;
  waiting = waiting.filter((id) => works.some((work) => work.run_id === id));
  if (!waiting.length) waiting = shuffled(works.map((work) => work.run_id));
  const id = waiting.pop();
  const work = /** @type {Work} */ (works.find((one) => one.run_id === id));
  byIdea.delete(plain(work.idea));
  const others = shuffled([...byIdea.values()]).slice(0, CHOICES - 1);
  const choices = shuffled([work, ...others]);
  round = { work, choices, right: choices.indexOf(work), revealed: false };
  draw();
}

function draw() {
  board.classList.remove("is-revealed");
  byId("guess-picture").src = round.work.picture;
  byId("guess-ideas").replaceChildren(
    ...round.choices.map((work, index) => {
      const item = fromTemplate("guess");
      setText(item.querySelector("b"), LETTERS[index]);
      const { idea } = work;
      setText(item.querySelector("span"), idea.length > MOST_CHARACTERS ? `${idea.slice(0, MOST_CHARACTERS)} …` : idea);
      return item;
    }),
  );
}

function reveal() {
  round.revealed = true;
  board.classList.add("is-revealed");
  byId("guess-ideas").children[round.right].classList.add("is-right");
}

onWorks(() => {
  // A work that was taken back must not stay, neither as picture nor as idea.
  const there = new Set(state.works.map((work) => work.run_id));
  if (round && !round.choices.every((work) => there.has(work.run_id))) round = null;
  if (!round) deal();
  if (mode() === "guess") drawBar();
});
