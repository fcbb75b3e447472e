// What the draft goes on from, in sight until it is left; and where continuing leads.

import { getJson } from "../base/api.js";
import { byId, setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { clearNotes } from "../base/notes.js";
import { draft, onChange, updateDraft } from "../base/store.js";
import { t } from "../base/strings.js";
import { onContinued, withoutFrom } from "../work/continue-from.js";
import { openWork } from "../work/dialog.js";

const ARRIVING = { rule: "how-title", idea: "how-title", machine: "outputs-title", seed: "result", picture: "values-title" };
const HIGH = 0.6;
const image = byId("source-banner-picture");
let known = { run: "", idea: "" };

onContinued((form) => {
  clearNotes();
  requestAnimationFrame(() => arriveAt(byId(ARRIVING[form])));
});

/** From the top, where it says what one goes on from, unless what comes next lies too far below. */
function arriveAt(element) {
  element.focus({ preventScroll: true });
  scrollTo({ top: 0 });
  if (element.getBoundingClientRect().top > innerHeight * HIGH) element.scrollIntoView({ block: "start" });
}

async function load(run) {
  known = { run, idea: "" };
  image.hidden = true;
  try {
    const { idea, thumbnail_url: url } = await getJson(`/api/runs/${encodeURIComponent(run)}/`);
    if (known.run !== run) return;
    known.idea = idea;
    image.hidden = !url;
    if (url) image.src = url;
    setText(byId("source-banner-idea"), idea);
  } catch (error) {
    expectApiError(error);
    // It can be let go of without its name, too.
  }
}

onChange(() => {
  const { from, seed } = draft;
  byId("source-banner").hidden = draft.view === "picture" || (!from && seed === null);
  byId("source-banner-work").hidden = !from;
  byId("source-banner-seed").hidden = seed === null;
  setText(byId("source-banner-number"), t("from_seed", { n: seed ?? "" }));
  if (known.run === from) return;
  setText(byId("source-banner-idea"), "");
  if (from) load(from);
  else known = { run: "", idea: "" };
});

const headingOf = { idea: "what-title", text: "text-title" };
function leave(fields) {
  updateDraft(fields);
  byId(headingOf[draft.view] || "what-title").focus({ preventScroll: true });
}

byId("source-banner-open").addEventListener("click", () => openWork(draft.from));
byId("source-banner-leave").addEventListener("click", () => leave(withoutFrom()));
byId("source-banner-seed-leave").addEventListener("click", () => leave({ seed: null }));
