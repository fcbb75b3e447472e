// The picture machines: what they are, how long they take, and which are not set up here.

import { fetchEngines } from "../base/catalog.js";
import { applyTint } from "../base/contrast.js";
import { byId, findAll, fromTemplate, setIcon, setText } from "../base/dom.js";
import { engineTime } from "../base/durations.js";
import { expectApiError } from "../base/errors.js";
import { note } from "../base/notes.js";
import { draft, live, onChange, redraw, updateDraft } from "../base/store.js";
import { local, t } from "../base/strings.js";

export async function loadEngines() {
  try {
    await fetchEngines();
    const engines = live.engines ?? [];
    draw("engines", engines.filter((engine) => engine.available));
    const missing = engines.filter((engine) => !engine.available);
    draw("engines-off", missing);
    redraw();
    byId("engines-missing").hidden = !missing.length;
    setText(byId("engines-missing-count"), `(${missing.length})`);
  } catch (error) {
    expectApiError(error);
    note("engines", error.message, [[t("try_again"), loadEngines]]);
  }
}

function draw(list, engines) {
  byId(list).setAttribute("aria-busy", "false");
  byId(list).replaceChildren(...engines.map(cardOf));
}

function cardOf(engine) {
  const item = fromTemplate("engine");
  const card = item.querySelector(".card");
  card.dataset.engine = engine.id;
  applyTint(card, engine.color);
  setIcon(card.querySelector("svg"), engine.icon);
  card.querySelector(".card-name").textContent = local(engine.name);
  card.querySelector(".card-short").textContent = local(
    engine.available ? engine.short_description : engine.reason,
  );
  if (engine.available) {
    card.querySelector(".card-time").textContent = engineTime(engine);
    card.querySelector(".card-kind").textContent = engine.rule_based ? t("no_ai") : "";
    card.addEventListener("click", () => updateDraft({ engine: engine.id }));
  } else {
    card.setAttribute("aria-disabled", "true");
    card.removeAttribute("aria-pressed");
  }
  return item;
}

onChange(() => {
  for (const card of findAll("#engines .card")) {
    card.setAttribute("aria-pressed", String(card.dataset.engine === draft.engine));
  }
});
