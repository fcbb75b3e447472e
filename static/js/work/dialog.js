// One work in a window of its own: looked at without touching the draft, and gone on from.

import { getJson } from "../base/api.js";
import { anyOutputOf, fetchOutputs, fetchRules } from "../base/catalog.js";
import { byId, find, setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { openModal, prepareModal } from "../base/modal.js";
import { drawReadAloud } from "../base/read-aloud.js";
import { live } from "../base/store.js";
import { language } from "../base/strings.js";
import { continueFrom, isOffered, workOf } from "./continue-from.js";
import { drawFamily, hideFamily } from "./family.js";
import { heartOf } from "./favourite.js";
import { drawFacts, drawPictures } from "./pictures.js";
import { textView } from "./text-view.js";

/** @type {Intl.DateTimeFormatOptions} */
const WHEN = { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit" };
const MARKS_MS = 1500; // so long a window waits for the marks in its text
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const dialog = byId("work");
const showText = textView(byId("work-text"));
let opening = false;
let work = null;
/** @type {any} */
let opener = null; // {element, run}: where the focus came from
let leaving = false; // the focus goes elsewhere than back

export async function openWork(runId) {
  if (opening) return;
  opening = true;
  try {
    const [run] = await Promise.all([getJson(`/api/runs/${encodeURIComponent(runId)}/`), catalog()]);
    // Who wrote which words takes room of its own: what is below must not move under a finger.
    if (!dialog.open) await Promise.race([showTextOf(run), wait(MARKS_MS)]);
    draw(run);
    if (!dialog.open) openDialog(runId);
    dialog.scrollTo({ top: 0 });
    drawReadAloud();
    byId("work-title").focus({ preventScroll: true });
    drawFamily(runId, openWork, () => work.id === runId);
  } catch (error) {
    expectApiError(error);
    // The page stays as it is; a second tap asks again.
  } finally {
    opening = false;
  }
}

/** The names of rules and machines; a work can be looked at without them, too. */
function catalog() {
  const wanted = [live.rules || fetchRules(), live.outputs || fetchOutputs()];
  return Promise.allSettled(wanted);
}

function draw(run) {
  work = { ...workOf(run), id: run.run_id };
  byId("work-title").textContent = work.idea;
  byId("work-when").textContent = [
    run.is_own ? "" : run.device_name,
    new Date(run.created_at).toLocaleString(language, WHEN),
  ].filter(Boolean).join(" · ");
  byId("work-heart").replaceChildren(...(run.is_own ? [heartOf(run, { named: true, onMessage: (text) => setText(byId("work-heart-said"), text) })] : []));
  setText(byId("work-heart-said"), "");
  showTextOf(run);
  drawPictures(byId("work-pictures"), run, byId("work-save"), anyOutputOf(run.output_config));
  drawFacts(byId("work-facts"), { rule: run.interception_config, output: run.output_config, seed: run.seed });
  byId("work-card").href = `/card/${encodeURIComponent(run.run_id)}/`;
  setText(byId("continue-from-said"), "");
  for (const choice of forms()) choice.hidden = !isOffered(choice.dataset.form, work);
  hideFamily();
}

function showTextOf(run) {
  const { prompt, text } = workOf(run);
  return showText({ run: run.run_id, text: prompt || text, isOwn: run.is_own });
}

const forms = () => dialog.querySelectorAll("[data-form]");

function openDialog(runId) {
  opener = { element: document.activeElement, run: runId };
  openModal(dialog);
}

for (const choice of forms()) {
  choice.addEventListener("click", async () => {
    if (dialog.getAttribute("aria-busy")) return;
    dialog.setAttribute("aria-busy", "true");
    setText(byId("continue-from-said"), "");
    try {
      leaving = await continueFrom(choice.dataset.form, work);
      if (leaving) dialog.close();
    } catch (error) {
      expectApiError(error);
      setText(byId("continue-from-said"), error.message);
    } finally {
      dialog.removeAttribute("aria-busy");
    }
  });
}

prepareModal(dialog);
// What moves in there ends with the window.
dialog.addEventListener("close", () => {
  drawPictures(byId("work-pictures"), { media: [], composite_url: null }, byId("work-save"));
  hideFamily();
  if (!leaving) restoreFocus();
  leaving = false;
});

/** The browser gives the focus back; where the list was drawn anew, to the same work in that. */
function restoreFocus() {
  if (document.activeElement !== document.body) return;
  const { element, run } = opener;
  const again = element.isConnected ? element : find(`[data-run="${CSS.escape(run)}"] button`);
  again?.focus({ preventScroll: true });
}

