// "Which idea made this picture?" One released picture, the ideas of up to four released works.

import { byId, piece, setText } from "../base/dom.js";
import { word } from "../base/words.js";
import { addView, mode, tell } from "./modes.js";
import { onWorks, state } from "./works.js";

const CHOICES = 4;
const LETTERS = "ABCD";
const MOST_CHARACTERS = 180;
const board = byId("guess");
let round = null;
let waiting = [];

addView("guess", {
  say() {
    if (!round) return { sentence: word("guess_none") };
    if (!round.told) return { sentence: word("guess_ask"), act: word("reveal") };
    return { sentence: word("guess_told", { letter: LETTERS[round.right] }), act: word("next_round") };
  },
  open: () => round || deal(),
  press: () => (round && !round.told ? reveal() : deal()),
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
  const work = works.find((one) => one.run_id === id);
  byIdea.delete(plain(work.idea));
  const others = shuffled([...byIdea.values()]).slice(0, CHOICES - 1);
  const choices = shuffled([work, ...others]);
  round = { work, choices, right: choices.indexOf(work), told: false };
  draw();
}

function draw() {
  board.classList.remove("is-told");
  byId("guess-picture").src = round.work.picture;
  byId("guess-ideas").replaceChildren(
    ...round.choices.map((work, index) => {
      const item = piece("guess");
      setText(item.querySelector("b"), LETTERS[index]);
      const { idea } = work;
      setText(item.querySelector("span"), idea.length > MOST_CHARACTERS ? `${idea.slice(0, MOST_CHARACTERS)} …` : idea);
      return item;
    }),
  );
}

function reveal() {
  round.told = true;
  board.classList.add("is-told");
  byId("guess-ideas").children[round.right].classList.add("is-right");
}

onWorks(() => {
  // A work that was taken back must not stay, neither as picture nor as idea.
  const there = new Set(state.works.map((work) => work.run_id));
  if (round && !round.choices.every((work) => there.has(work.run_id))) round = null;
  if (!round) deal();
  if (mode() === "guess") tell();
});
