// The band: one sentence on what happens and who acts, and the one thing to press.

import { engineOf, isOwnRule, ruleOf } from "../base/catalog.js";
import { byId, focusLater, setIcon, setText } from "../base/dom.js";
import { change, draft, live, onChange } from "../base/store.js";
import { local, word } from "../base/words.js";
import { fitText, isFitting, wantsFitting } from "./fitting.js";
import { isMaking, make } from "./making.js";
import { isRewriting } from "./result.js";
import { askedFor, rewrite } from "./rewriting.js";
import { missingValue } from "./values.js";

// A second tap of a double tap must not press what has just come into the same place.
const CALM_MS = 350;
const ICONS = { you: "you", rule: "rule-machine", picture: "picture-machine", pause: "pause", offline: "offline" };

const button = byId("act");
let moment = { act: null };
let shown = "";
let armed = true;
let timer = 0;

const rewritingNow = () => word(live.reading ? "now_reading" : draft.rewriting?.again ? "now_once_more" : "now_rewriting");
const missing = (sentence, label, focus) => ({ who: "you", sentence, label, notYet: true, act: () => focusLater(focus) });

function atIdea() {
  if (isRewriting()) {
    return { who: "rule", sentence: rewritingNow(), label: word("act_look"), act: () => change({ view: "text" }) };
  }
  const label = word("act_rewrite");
  const rule = ruleOf(draft.rule);
  if (!draft.idea.trim()) return missing(word(rule ? "now_idea_missing" : "now_idea"), label, "idea");
  if (!rule) return missing(word("now_rule"), label, "how-title");
  if (isOwnRule(rule.id) && !(draft.ruleTexts[rule.id] || "").trim()) {
    return missing(word("now_own_rule"), label, "rule-text");
  }
  const sentence = word(live.refused === askedFor() ? "now_change" : "now_rewrite");
  return { who: "you", sentence, label, act: rewrite };
}

function atText() {
  if (isRewriting()) return { who: "rule", sentence: rewritingNow() };
  const label = word("act_make");
  if (live.refused === draft.result) return missing(word("now_change"), label, "result");
  if (!draft.result.trim()) return missing(word("now_text_missing"), label, "result");
  if (isMaking()) {
    return { who: "picture", sentence: word("now_making"), label: word("act_look"), act: () => change({ view: "picture" }) };
  }
  const engine = engineOf(draft.engine);
  if (!engine?.available) return missing(word("now_engine"), label, "engines-title");
  const lacking = missingValue(engine);
  if (lacking) return missing(word("now_value", { name: lacking }), label, "values-title");
  if (isFitting()) return { who: "rule", sentence: word("now_fitting") };
  if (wantsFitting()) {
    return { who: "you", sentence: word("now_fit", { name: local(engine.name) }), label: word("act_fit"), act: fitText };
  }
  return { who: "you", sentence: word("now_make", { name: local(engine.name) }), label, act: make };
}

function atPicture() {
  if (!isMaking()) return { who: "you", sentence: word("now_done") };
  return { who: "picture", sentence: word(live.state?.status === "queued" ? "now_queued" : "now_making") };
}

function present() {
  if (live.hold) return { who: "pause", sentence: live.hold };
  const now = { idea: atIdea, text: atText, picture: atPicture }[draft.view]();
  if (live.offline) return { ...now, who: "offline", sentence: word("now_offline") };
  return live.asking ? { ...now, act: null } : now;
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
  const band = document.querySelector(".now");
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
