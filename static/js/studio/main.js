// The page of the participants: everything is drawn from the draft and from what happens now.

import { byId, fit, setIcon, setText, setValue } from "../base/dom.js";
import "../base/aloud.js";
import { met, onTaken } from "../base/keeping.js";
import { change, draft, onChange, show, tell } from "../base/store.js";
import { word } from "../base/words.js";
import { withoutFrom } from "../work/going-on.js";
import "./aside.js";
import "./coming-from.js";
import "./dictation.js";
import "./ears.js";
import "./focus.js";
import "./difference.js";
import { loadEngines } from "./engines.js";
import { recoverFitting } from "./fitting.js";
import { holdFromStart } from "./hold.js";
import { takeUp } from "./making.js";
import "./now.js";
import "./plate.js";
import { recover } from "./rewriting.js";
import "./rule-sheet.js";
import { loadRules } from "./rules.js";
import "./steps.js";
import { loadToday } from "./today.js";

const idea = byId("idea");
idea.addEventListener("input", () => {
  fit(idea);
  // An empty page goes on from nothing.
  change({ idea: idea.value, ...(idea.value.trim() ? {} : withoutFrom()) });
});
onChange(() => {
  setValue(idea, draft.idea);
  const left = idea.maxLength - idea.value.length;
  byId("idea-left").hidden = left > idea.maxLength / 10;
  setText(byId("idea-left"), word("left", { n: left }));
});

for (const use of document.querySelectorAll("use[data-icon]")) setIcon(use.parentElement, use.dataset.icon);
addEventListener("resize", () => document.querySelectorAll("textarea").forEach(fit));

tell();
loadRules();
loadEngines();
loadToday();
holdFromStart();

// Where the browser has lost the draft, the server's comes first.
met.then(() => {
  recover();
  recoverFitting();
  takeUp();
  onTaken((before) => {
    // A run without a name is still being asked for, in another window.
    if (!draft.rewriting || draft.rewriting.run) recover();
    if (!draft.fitting || draft.fitting.run) recoverFitting();
    if (draft.picture?.run === before.picture?.run) return;
    show({ state: null });
    if (draft.picture?.run) takeUp();
  });
});
