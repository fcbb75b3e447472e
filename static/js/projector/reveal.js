// One work, step by step: the idea, what the rule made of it, the picture.

import { getJson } from "../base/api.js";
import { applyTint } from "../base/contrast.js";
import { byId, setIcon, setText } from "../base/dom.js";
import { t } from "../base/strings.js";
import { addView, drawBar, mode } from "./modes.js";
import { measure, onWorks, ruleOf, state } from "./works.js";

const LAST = 2;
const view = byId("reveal");
/** @type {any} */
let work = null;
let step = 0;

addView("reveal", {
  prompt,
  open: () => work || revealWork(state.works[0]?.run_id),
  press: () => (step < LAST ? showStep(step + 1) : revealWork(following())),
  back: () => showStep(Math.max(step - 1, 0)),
});

function prompt() {
  if (!work) return { sentence: t("reveal_none") };
  if (step === 0) return { sentence: t("reveal_idea"), act: t("next") };
  if (step === LAST) return { sentence: t("reveal_picture"), act: state.works.length > 1 ? t("next_work") : "" };
  const rule = ruleOf(work.rule);
  const sentence = rule && work.interception ? t("reveal_text", { rule: rule.name }) : t("reveal_text_plain");
  return { sentence, act: t("reveal") };
}

/** Opens the view for a work, with nothing but its idea shown. */
export async function revealWork(runId) {
  const known = state.works.find((one) => one.run_id === runId);
  if (!known) return;
  const place = document.body.dataset.works;
  work = { ...known, ...(await getJson(`${place}${known.run_id}/`).catch(() => ({}))) };
  draw();
  showStep(0);
  drawBar();
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
  setText(byId("reveal-rule"), rule?.name ?? t("no_rule"));
  setText(byId("reveal-name"), work.name);
  measure(byId("reveal-idea"), work.idea);
  measure(byId("reveal-text"), text);
  setIcon(view.querySelector(".projector-stamp"), rule?.icon);
  applyTint(view, rule?.color);
  // Loaded while the texts are read, so that it is there when it is called.
  byId("reveal-picture").src = work.picture;
  byId("reveal-picture").alt = t("picture_of", { idea: work.idea.slice(0, 160) });
}

function showStep(next) {
  step = next;
  view.dataset.step = step;
}

onWorks(() => {
  // What was taken back is gone from the view at once.
  if (work && !state.works.some((one) => one.run_id === work.run_id)) {
    work = null;
    view.dataset.step = "none";
  }
  if (mode() !== "reveal") return;
  if (!work) revealWork(state.works[0]?.run_id);
  drawBar();
});
