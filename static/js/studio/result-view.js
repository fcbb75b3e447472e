// What becomes of a request for a picture: the place in the queue, the work in progress, then the picture with its label.

import { anyRuleOf, outputOf } from "../base/catalog.js";
import { byId, find, setIcon, setText } from "../base/dom.js";
import { swapDraft } from "../base/draft-sync.js";
import { EMPTY } from "../base/draft.js";
import { duration } from "../base/durations.js";
import { draft, live, onChange, updateDraft } from "../base/store.js";
import { local, t } from "../base/strings.js";
import { continueFrom, isSafe } from "../work/continue-from.js";
import { drawFacts, drawPictures } from "../work/pictures.js";
import { textView } from "../work/text-view.js";
import { cancel, compare, isGenerating, vary } from "./generation.js";

const view = byId("result-view");
const showText = textView(byId("label-text"));
let reportedAt = 0;
let reported = null;
let drawn = "";

/** Seconds until the picture is expected, counted down between two words of the server. */
function remaining(state) {
  if (state !== reported) {
    reported = state;
    reportedAt = performance.now();
  }
  if (state?.eta_seconds == null) return null;
  return state.eta_seconds - (performance.now() - reportedAt) / 1000;
}

function expectation(state) {
  const seconds = remaining(state);
  if (seconds === null) return "";
  if (seconds < -4) return t("longer");
  if (seconds < 2) return t("any_moment");
  return t("still", { time: duration(seconds) });
}

function progressWords(state, name) {
  if (!state) return t("sending");
  if (state.status === "queued") return t(state.position > 1 ? "place" : "next");
  return t("at_work", { name });
}

function drawWait() {
  const { state } = live;
  const waits = state?.status === "queued";
  const name = local(outputOf(draft.picture.output)?.name);
  view.dataset.state = waits ? "queued" : "running";
  setText(byId("result-view-place"), waits && state.position ? String(state.position) : "");
  setText(byId("result-view-words"), progressWords(state, name));
  setText(byId("result-view-note"), [waits ? "" : state?.note, expectation(state)].filter(Boolean).join(" · "));
  drawPreview(state?.preview);
  const bar = byId("result-view-progress");
  bar.hidden = waits || !state;
  // Without a figure from the machine the bar shows that it works, not how far it is.
  const progress = state?.progress ?? 0;
  if (progress > 0) bar.value = progress;
  else bar.removeAttribute("value");
  view.style.setProperty("--share", String(waits ? 0 : progress));
  byId("cancel").hidden = !draft.picture.run;
}

/** What there is to look at while one waits: one's own text with its marks, and the rule. */
function drawMatter({ run, rule, prompt, result }, done) {
  showText({ run, text: prompt || result, isOwn: true });
  const about = anyRuleOf(rule);
  byId("result-view-rule").hidden = done || !about;
  if (!about) return;
  setIcon(find("#result-view-rule .stamp"), about.icon);
  setText(byId("result-view-rule-name"), local(about.name));
  setText(byId("result-view-rule-about"), local(about.description));
}

/** The picture as it is coming about; the newest takes the place of the one before it when it is there. */
function drawPreview(url) {
  const image = byId("result-view-preview");
  if (!url) {
    image.hidden = true;
    image.removeAttribute("src");
    return;
  }
  if (image.getAttribute("src") === url || image.dataset.next === url) return;
  image.dataset.next = url;
  const next = new Image();
  next.addEventListener("load", () => {
    if (image.dataset.next !== url || live.state?.status !== "running") return;
    image.src = url;
    image.hidden = false;
  });
  next.src = url;
}

function drawDone() {
  drawPreview(null);
  view.dataset.state = "done";
  const { state } = live;
  if (!state || drawn === draft.picture.run) return;
  drawn = draft.picture.run;
  drawPictures(byId("pictures"), state, byId("save"), outputOf(draft.picture.output));
  byId("card").href = `/card/${drawn}/`;
}

onChange(() => {
  const { picture } = draft;
  if (!picture) return;
  const done = live.state?.status === "complete";
  byId("result-view-wait").hidden = done;
  byId("pictures").hidden = !done;
  byId("after").hidden = !done;
  if (done) drawDone();
  else drawWait();
  setText(byId("label-title"), picture.idea);
  drawMatter(picture, done);
  drawFacts(byId("label"), { ...picture, seed: done ? live.state?.seed : undefined });
});

setInterval(() => {
  if (isGenerating() && draft.view === "picture" && !document.hidden) drawWait();
}, 1000);

byId("cancel").addEventListener("click", cancel);
byId("again-make").addEventListener("click", compare);
byId("variation").addEventListener("click", vary);
byId("other-output").addEventListener("click", () => continueFrom("machine", shownWork()));
byId("other-rule").addEventListener("click", () => continueFrom("rule", shownWork()));
byId("new-idea").addEventListener("click", () => (isSafe() ? updateDraft({ ...EMPTY, setAside: draft.setAside }) : swapDraft(EMPTY)));

function shownWork() {
  const { run, idea, rule, result, textRun } = draft.picture;
  const isHere = draft.result === result && draft.textRun === textRun;
  return { run, idea, rule, text: result, parent: textRun, machineText: isHere ? draft.machineText : "" };
}
