// One work, step by step: the idea, what the rule made of it, the picture.

import { getJson } from "../base/api.js";
import { byId, setIcon, setText } from "../base/dom.js";
import { tint } from "../base/ink.js";
import { word } from "../base/words.js";
import { addView, mode, tell } from "./modes.js";
import { measure, onWorks, ruleOf, state } from "./works.js";

const LAST = 2;
const stage = byId("reveal");
let work = null;
let step = 0;

addView("reveal", {
  say,
  open: () => work || revealWork(state.works[0]?.run_id),
  press: () => (step < LAST ? show(step + 1) : revealWork(following())),
  back: () => show(Math.max(step - 1, 0)),
});

function say() {
  if (!work) return { sentence: word("reveal_none") };
  if (step === 0) return { sentence: word("reveal_idea"), act: word("next") };
  if (step === LAST) return { sentence: word("reveal_picture"), act: state.works.length > 1 ? word("next_work") : "" };
  const rule = ruleOf(work.rule);
  const sentence = rule && work.interception ? word("reveal_text", { rule: rule.name }) : word("reveal_text_plain");
  return { sentence, act: word("reveal") };
}

/** Takes the stage for a work, with nothing but its idea shown. */
export async function revealWork(runId) {
  const known = state.works.find((one) => one.run_id === runId);
  if (!known) return;
  const place = document.body.dataset.works;
  work = { ...known, ...(await getJson(`${place}${known.run_id}/`).catch(() => ({}))) };
  draw();
  show(0);
  tell();
}

function following() {
  const at = state.works.findIndex((one) => one.run_id === work.run_id);
  return state.works[(at + 1) % state.works.length]?.run_id;
}

function draw() {
  const rule = ruleOf(work.rule);
  const text = work.interception || work.prompt || "";
  setText(byId("reveal-idea"), work.idea);
  setText(byId("reveal-text"), text);
  setText(byId("reveal-rule"), rule?.name ?? word("no_rule"));
  setText(byId("reveal-name"), work.name);
  measure(byId("reveal-idea"), work.idea);
  measure(byId("reveal-text"), text);
  setIcon(stage.querySelector(".room-stamp"), rule?.icon);
  tint(stage, rule?.color);
  // Loaded while the texts are read, so that it is there when it is called.
  byId("reveal-picture").src = work.picture;
  byId("reveal-picture").alt = word("picture_of", { idea: work.idea.slice(0, 160) });
}

function show(next) {
  step = next;
  stage.dataset.step = step;
}

onWorks(() => {
  // What was taken back leaves the stage at once.
  if (work && !state.works.some((one) => one.run_id === work.run_id)) {
    work = null;
    stage.dataset.step = "none";
  }
  if (mode() !== "reveal") return;
  if (!work) revealWork(state.works[0]?.run_id);
  tell();
});
