// The new text: growing while the machine writes, then the participant's to change.

import { ruleOf } from "../base/catalog.js";
import { autosize, byId, find, setIcon, setText, setValue } from "../base/dom.js";
import { draft, live, onChange, updateDraft } from "../base/store.js";
import { local } from "../base/strings.js";
import { rewrite, stopRewriting } from "./rewriting.js";

const field = byId("result");
const page = find(".page-text");

export const isRewriting = () => live.partialText !== null || Boolean(draft.rewriting);

function stationsOf(stations) {
  return stations.map((station) => {
    const item = document.createElement("li");
    const label = document.createElement("b");
    label.textContent = station.label;
    item.append(label, ` ${station.text}`);
    return item;
  });
}

function drawStations() {
  const list = byId("stations");
  list.hidden = !live.stations.length;
  if (list.children.length !== live.stations.length) list.replaceChildren(...stationsOf(live.stations));
}

onChange(() => {
  const busy = isRewriting();
  const rule = ruleOf(busy ? draft.rewriting?.rule : draft.textRule);
  page.setAttribute("aria-busy", String(busy));
  field.readOnly = busy;
  setValue(field, busy ? (live.partialText ?? "") : draft.result);
  autosize(field);
  setIcon(find(".source .stamp"), rule?.icon);
  setText(byId("source-rule"), local(rule?.name));
  setText(byId("source-idea"), busy ? (draft.rewriting?.idea ?? "") : draft.textIdea);
  byId("text-byline").hidden = busy;
  byId("result-reset").hidden = busy || draft.result === draft.machineText;
  byId("rewrite-stop").hidden = !draft.rewriting?.run;
  byId("rewrite-again").hidden = busy || !draft.rule || !draft.idea.trim();
  drawStations();
});

field.addEventListener("input", () => {
  autosize(field);
  updateDraft({ result: field.value });
});
byId("result-reset").addEventListener("click", () => {
  updateDraft({ result: draft.machineText });
  field.focus();
});
byId("rewrite-again").addEventListener("click", rewrite);
byId("rewrite-stop").addEventListener("click", stopRewriting);
