// The picture machines: what they are, how long they take, and which are not set up here.

import { anyOutputOf, fetchOutputs, onOffer, outputOf } from "../base/catalog.js";
import { applyTint } from "../base/contrast.js";
import { byId, findAll, fromTemplate, setIcon, setText } from "../base/dom.js";
import { outputTime } from "../base/durations.js";
import { expectApiError } from "../base/errors.js";
import { note } from "../base/notes.js";
import { draft, live, onChange, redraw, updateDraft } from "../base/store.js";
import { local, t } from "../base/strings.js";

export async function loadOutputs() {
  try {
    await fetchOutputs();
    drawAll();
  } catch (error) {
    expectApiError(error);
    note("outputs", error.message, [[t("try_again"), loadOutputs]]);
  }
}

function drawAll() {
  const outputs = live.outputs ?? [];
  draw("outputs", outputs.filter((output) => output.available));
  const missing = outputs.filter((output) => !output.available);
  draw("outputs-off", missing);
  redraw();
  byId("outputs-missing").hidden = !missing.length;
  setText(byId("outputs-missing-count"), `(${missing.length})`);
}

function draw(list, outputs) {
  byId(list).setAttribute("aria-busy", "false");
  byId(list).replaceChildren(...outputs.map(cardOf));
}

function cardOf(output) {
  const item = fromTemplate("output");
  const card = item.querySelector(".card");
  card.dataset.output = output.id;
  applyTint(card, output.color);
  setIcon(card.querySelector("svg"), output.icon);
  card.querySelector(".card-name").textContent = local(output.name);
  card.querySelector(".card-short").textContent = local(
    output.available ? output.short_description : output.reason,
  );
  if (output.available) {
    card.querySelector(".card-time").textContent = outputTime(output);
    card.querySelector(".card-kind").textContent = output.rule_based ? t("no_ai") : "";
    card.addEventListener("click", () => updateDraft({ output: output.id }));
  } else {
    card.setAttribute("aria-disabled", "true");
    card.removeAttribute("aria-pressed");
  }
  return item;
}

// Changed by the leader while the page is open.
onOffer(() => {
  if (!live.outputs) return;
  drawAll();
  if (!draft.output || outputOf(draft.output)) return;
  const name = local(anyOutputOf(draft.output)?.name);
  updateDraft({ output: "" });
  note("outputs", t("output_gone", { name }));
});

onChange(() => {
  for (const card of findAll("#outputs .card")) {
    card.setAttribute("aria-pressed", String(card.dataset.output === draft.output));
  }
});
