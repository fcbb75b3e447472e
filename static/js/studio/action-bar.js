// The band: one sentence on what happens and who acts, and the one thing to press.

import { isOwnRule, outputOf, ruleOf } from "../base/catalog.js";
import { byId, find, focusLater, setIcon, setText } from "../base/dom.js";
import { draft, live, onChange, updateDraft } from "../base/store.js";
import { local, t } from "../base/strings.js";
import { generate, isGenerating } from "./generation.js";
import { isOptimizing, optimize, wantsOptimization } from "./optimization.js";
import { rewrite, rewritingInput } from "./rewriting.js";
import { isRewriting } from "./rewritten-text.js";
import { missingValue } from "./values.js";

// A second tap of a double tap must not press what has just come into the same place.
const CALM_MS = 350;
const ICONS = { you: "you", rule: "rule-machine", picture: "picture-machine", offline: "offline" };

const button = byId("act");
/** @type {Record<string, any>} */
let moment = {};
let shown = "";
let armed = true;
let timer = 0;

const rewritingNow = () => t(live.reading ? "now_reading" : draft.rewriting?.again ? "now_once_more" : "now_rewriting");
const missing = (sentence, label, focus) => ({ who: "you", sentence, label, notYet: true, act: () => focusLater(focus) });

function atIdea() {
  if (isRewriting()) {
    return { who: "rule", sentence: rewritingNow(), label: t("act_look"), act: () => updateDraft({ view: "text" }) };
  }
  const label = t("act_rewrite");
  const rule = ruleOf(draft.rule);
  if (!draft.idea.trim()) return missing(t(rule ? "now_idea_missing" : "now_idea"), label, "idea");
  if (!rule) return missing(t("now_rule"), label, "how-title");
  if (isOwnRule(rule.id) && !(draft.ruleTexts[rule.id] || "").trim()) {
    return missing(t("now_own_rule"), label, "rule-text");
  }
  const sentence = t(live.refused === rewritingInput() ? "now_change" : "now_rewrite");
  return { who: "you", sentence, label, act: rewrite };
}

function atText() {
  if (isRewriting()) return { who: "rule", sentence: rewritingNow() };
  const label = t("act_make");
  if (live.refused === draft.result) return missing(t("now_change"), label, "result");
  if (!draft.result.trim()) return missing(t("now_text_missing"), label, "result");
  if (isGenerating()) {
    return { who: "picture", sentence: t("now_making"), label: t("act_look"), act: () => updateDraft({ view: "picture" }) };
  }
  const output = outputOf(draft.output);
  if (!output?.available) return missing(t("now_output"), label, "outputs-title");
  const missingName = missingValue(output);
  if (missingName) return missing(t("now_value", { name: missingName }), label, "values-title");
  if (isOptimizing()) return { who: "rule", sentence: t("now_optimizing") };
  if (wantsOptimization()) {
    return { who: "you", sentence: t("now_optimize", { name: local(output.name) }), label: t("act_optimize"), act: optimize };
  }
  return { who: "you", sentence: t("now_make", { name: local(output.name) }), label, act: generate };
}

function atPicture() {
  if (!isGenerating()) return { who: "you", sentence: t("now_done") };
  return { who: "picture", sentence: t(live.state?.status === "queued" ? "now_queued" : "now_making") };
}

function present() {
  const now = { idea: atIdea, text: atText, picture: atPicture }[draft.view]();
  if (live.offline) return { ...now, who: "offline", sentence: t("now_offline") };
  return live.requesting ? { ...now, act: null } : now;
}

function rest() {
  armed = false;
  button.setAttribute("aria-disabled", "true");
  clearTimeout(timer);
  timer = setTimeout(() => {
    armed = true;
    button.removeAttribute("aria-disabled");
  }, CALM_MS);
}

onChange(() => {
  moment = present();
  const band = find(".action-bar");
  band.dataset.who = moment.who;
  setIcon(band.querySelector(".who"), ICONS[moment.who]);
  setText(byId("sentence"), moment.sentence);
  button.hidden = !moment.label;
  button.classList.toggle("not-yet", Boolean(moment.notYet));
  if (!moment.label) return;
  setText(button, moment.label);
  if (shown && shown !== moment.label) rest();
  shown = moment.label;
});

button.addEventListener("click", () => {
  if (armed && moment.act) moment.act();
});
