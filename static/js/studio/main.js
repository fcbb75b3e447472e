// The page of the participants: everything is drawn from the draft and from what happens now.

import { autosize, byId, findAll, setIcon, setText, setValue } from "../base/dom.js";
import "../base/read-aloud.js";
import "../room/room.js";
import { firstSync, onReplaced } from "../base/draft-sync.js";
import { draft, onChange, redraw, updateDraft, updateLive } from "../base/store.js";
import { t } from "../base/strings.js";
import { withoutFrom } from "../work/continue-from.js";
import "./cookies.js";
import "./drafts.js";
import "./source-banner.js";
import "./dictation.js";
import "./activity.js";
import "./announcer.js";
import "./focus.js";
import "./difference.js";
import { loadOutputs } from "./outputs.js";
import { recoverOptimization } from "./optimization.js";
import { recoverGeneration } from "./generation.js";
import "./action-bar.js";
import "./result-view.js";
import { recoverRewriting } from "./rewriting.js";
import "./rule-sheet.js";
import { loadRules } from "./rules.js";
import "./steps.js";
import { loadToday } from "./today.js";

const idea = byId("idea");
idea.addEventListener("input", () => {
  autosize(idea);
  // An empty page goes on from nothing.
  updateDraft({ idea: idea.value, ...(idea.value.trim() ? {} : withoutFrom()) });
});
onChange(() => {
  setValue(idea, draft.idea);
  const left = idea.maxLength - idea.value.length;
  byId("idea-left").hidden = left > idea.maxLength / 10;
  setText(byId("idea-left"), t("left", { n: left }));
});

for (const use of findAll("use[data-icon]")) setIcon(use.parentElement, use.dataset.icon);
addEventListener("resize", () => findAll("textarea").forEach(autosize));

redraw();
loadRules();
loadOutputs();
loadToday();

// Where the browser has lost the draft, the server's comes first.
firstSync.then(() => {
  recoverRewriting();
  recoverOptimization();
  recoverGeneration();
  onReplaced((before) => {
    // A run without a name is still being asked for, in another window.
    if (!draft.rewriting || draft.rewriting.run) recoverRewriting();
    if (!draft.optimizing || draft.optimizing.run) recoverOptimization();
    if (draft.picture?.run === before.picture?.run) return;
    updateLive({ state: null });
    if (draft.picture?.run) recoverGeneration();
  });
});
