// What the draft goes on from, in sight until it is let go of; and where going on arrives.

import { getJson } from "../base/api.js";
import { byId, focusLater, setText } from "../base/dom.js";
import { clearNotes } from "../base/notes.js";
import { change, draft, onChange } from "../base/store.js";
import { word } from "../base/words.js";
import { openWork } from "../work/dialog.js";
import { onGoneOn, withoutFrom } from "../work/going-on.js";

const ARRIVING = { rule: "how-title", idea: "how-title", machine: "engines-title", seed: "result", picture: "values-title" };
const image = byId("from-picture");
let known = { run: "", idea: "" };

onGoneOn((form) => {
  clearNotes();
  focusLater(ARRIVING[form]);
});

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
  } catch {
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
