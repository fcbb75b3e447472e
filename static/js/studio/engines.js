// The picture machines: what they are, how long they take, and which are not set up here.

import { Trouble } from "../base/api.js";
import { fetchEngines } from "../base/catalog.js";
import { byId, piece, setIcon, setText } from "../base/dom.js";
import { tint } from "../base/ink.js";
import { note } from "../base/notes.js";
import { change, draft, live, onChange, tell } from "../base/store.js";
import { engineTime, local, word } from "../base/words.js";

export async function loadEngines() {
  try {
    await fetchEngines();
    draw("engines", live.engines.filter((engine) => engine.available));
    const missing = live.engines.filter((engine) => !engine.available);
    draw("engines-off", missing);
    tell();
    byId("engines-missing").hidden = !missing.length;
    setText(byId("engines-missing-count"), `(${missing.length})`);
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    note("engines", trouble.sentence, [[word("try_again"), loadEngines]]);
  }
}

function draw(list, engines) {
  byId(list).setAttribute("aria-busy", "false");
  byId(list).replaceChildren(...engines.map(cardOf));
}

function cardOf(engine) {
  const item = piece("engine");
  const card = item.querySelector(".card");
  card.dataset.engine = engine.id;
  tint(card, engine.color);
  setIcon(card.querySelector("svg"), engine.icon);
  card.querySelector(".card-name").textContent = local(engine.name);
  card.querySelector(".card-short").textContent = local(
    engine.available ? engine.short_description : engine.reason,
  );
  if (engine.available) {
    card.querySelector(".card-time").textContent = engineTime(engine);
    card.querySelector(".card-kind").textContent = engine.rule_based ? word("no_ai") : "";
    card.addEventListener("click", () => change({ engine: engine.id }));
  } else {
    card.setAttribute("aria-disabled", "true");
    card.removeAttribute("aria-pressed");
  }
  return item;
}

onChange(() => {
  for (const card of document.querySelectorAll("#engines .card")) {
    card.setAttribute("aria-pressed", String(card.dataset.engine === draft.engine));
  }
});
