// What the draft goes on from, in sight until it is let go of; and where going on arrives.

import { getJson, Trouble } from "../base/api.js";
import { byId, setText } from "../base/dom.js";
import { clearNotes } from "../base/notes.js";
import { change, draft, onChange } from "../base/store.js";
import { word } from "../base/words.js";
import { openWork } from "../work/dialog.js";
import { onGoneOn, withoutFrom } from "../work/going-on.js";

const ARRIVING = { rule: "how-title", idea: "how-title", machine: "engines-title", seed: "result", picture: "values-title" };
const HIGH = 0.6;
const image = byId("from-picture");
let known = { run: "", idea: "" };

onGoneOn((form) => {
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
    setText(byId("from-idea"), idea);
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    // It can be let go of without its name, too.
  }
}

onChange(() => {
  const { from, seed } = draft;
  byId("from").hidden = draft.view === "picture" || (!from && seed === null);
  byId("from-work").hidden = !from;
  byId("from-seed").hidden = seed === null;
  setText(byId("from-number"), word("from_seed", { n: seed ?? "" }));
  if (known.run === from) return;
  setText(byId("from-idea"), "");
  if (from) load(from);
  else known = { run: "", idea: "" };
});

const headingOf = { idea: "what-title", text: "text-title" };
function letGo(fields) {
  change(fields);
  byId(headingOf[draft.view] || "what-title").focus({ preventScroll: true });
}

byId("from-open").addEventListener("click", () => openWork(draft.from));
byId("from-leave").addEventListener("click", () => letGo(withoutFrom()));
byId("seed-leave").addEventListener("click", () => letGo({ seed: null }));
