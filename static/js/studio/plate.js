// The plate: the place in the queue, the work in progress, then the picture with its label.

import { anyRuleOf, engineOf } from "../base/catalog.js";
import { byId, setIcon, setText } from "../base/dom.js";
import { takeAside } from "../base/keeping.js";
import { change, draft, EMPTY, live, onChange } from "../base/store.js";
import { duration, local, word } from "../base/words.js";
import { goOn, isSafe } from "../work/going-on.js";
import { drawFacts, drawPictures } from "../work/pictures.js";
import { wordingIn } from "../work/wording.js";
import { cancel, compare, isMaking, vary } from "./making.js";

const plate = byId("plate");
const showWording = wordingIn(byId("label-text"));
let toldAt = 0;
let told = null;
let drawn = "";

/** Seconds until the picture is expected, counted down between two words of the server. */
function remaining(state) {
  if (state !== told) {
    told = state;
    toldAt = performance.now();
  }
  if (state?.eta_seconds == null) return null;
  return state.eta_seconds - (performance.now() - toldAt) / 1000;
}

function expectation(state) {
  const seconds = remaining(state);
  if (seconds === null) return "";
  if (seconds < -4) return word("longer");
  if (seconds < 2) return word("any_moment");
  return word("still", { time: duration(seconds) });
}

function drawWait() {
  const { state } = live;
  const waits = state?.status === "queued";
  const name = local(engineOf(draft.picture.engine)?.name);
  plate.dataset.state = waits ? "queued" : "running";
  setText(byId("plate-place"), waits && state.position ? String(state.position) : "");
  let words = word("sending");
  if (waits) words = word(state.position > 1 ? "place" : "next");
  else if (state) words = word("at_work", { name });
  setText(byId("plate-words"), words);
  setText(byId("plate-note"), [waits ? "" : state?.note, expectation(state)].filter(Boolean).join(" · "));
  drawPreview(state?.preview);
  const bar = byId("plate-progress");
  bar.hidden = waits || !state;
  // Without a figure from the machine the bar shows that it works, not how far it is.
  if (state?.progress > 0) bar.value = state.progress;
  else bar.removeAttribute("value");
  plate.style.setProperty("--share", String(waits || !state ? 0 : state.progress));
  byId("cancel").hidden = !draft.picture.run;
}

/** What there is to look at while one waits: one's own text with its marks, and the rule. */
function drawMatter({ run, rule, prompt, result }, done) {
  showWording({ run, text: prompt || result, isOwn: true });
  const about = anyRuleOf(rule);
  byId("plate-rule").hidden = done || !about;
  if (!about) return;
  setIcon(document.querySelector("#plate-rule .stamp"), about.icon);
  setText(byId("plate-rule-name"), local(about.name));
  setText(byId("plate-rule-about"), local(about.description));
}

/** The picture as it is coming about; the newest takes the place of the one before it when it is there. */
function drawPreview(url) {
  const image = byId("plate-preview");
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
  plate.dataset.state = "done";
  if (drawn === draft.picture.run) return;
  drawn = draft.picture.run;
  drawPictures(byId("pictures"), live.state.media, byId("save"), engineOf(draft.picture.engine));
  byId("card").href = `/card/${drawn}/`;
}

onChange(() => {
  const { picture } = draft;
  if (!picture) return;
  const done = live.state?.status === "complete";
  byId("plate-wait").hidden = done;
  byId("pictures").hidden = !done;
  byId("after").hidden = !done;
  if (done) drawDone();
  else drawWait();
  setText(byId("label-title"), picture.idea);
  drawMatter(picture, done);
  drawFacts(byId("label"), { ...picture, seed: done ? live.state.seed : undefined });
});

setInterval(() => {
  if (isMaking() && draft.view === "picture" && !document.hidden) drawWait();
}, 1000);

byId("cancel").addEventListener("click", cancel);
byId("again-make").addEventListener("click", compare);
byId("variation").addEventListener("click", vary);
byId("other-engine").addEventListener("click", () => goOn("machine", workOnPlate()));
byId("other-rule").addEventListener("click", () => goOn("rule", workOnPlate()));
byId("new-idea").addEventListener("click", () => (isSafe() ? change({ ...EMPTY, aside: draft.aside }) : takeAside(EMPTY)));

function workOnPlate() {
  const { run, idea, rule, result, textRun } = draft.picture;
  const isHere = draft.result === result && draft.textRun === textRun;
  return { run, idea, rule, text: result, parent: textRun, machineText: isHere ? draft.machineText : "" };
}
