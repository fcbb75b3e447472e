// The rules to choose from, and the groups that narrow them down.

import { Trouble } from "../base/api.js";
import { fetchRules, ruleOf } from "../base/catalog.js";
import { byId, piece, setIcon } from "../base/dom.js";
import { tint } from "../base/ink.js";
import { note } from "../base/notes.js";
import { change, draft, live, onChange } from "../base/store.js";
import { local, word } from "../base/words.js";

let group = "";

export async function loadRules() {
  try {
    await fetchRules();
    drawGroups();
    drawCards();
  } catch (trouble) {
    if (!(trouble instanceof Trouble)) throw trouble;
    note("rules", trouble.sentence, [[word("try_again"), loadRules]]);
  }
}

function drawGroups() {
  const known = new Set(live.rules.flatMap((rule) => rule.properties));
  const groups = ["", ...word("groups").split(" ").filter((key) => known.has(key))];
  byId("rule-groups").replaceChildren(
    ...groups.map((key) => {
      const chip = piece("chip");
      chip.textContent = word(key ? `group_${key}` : "group_all");
      chip.dataset.group = key;
      chip.addEventListener("click", () => {
        group = key;
        drawCards();
      });
      return chip;
    }),
  );
}

function drawCards() {
  for (const chip of byId("rule-groups").children) {
    chip.setAttribute("aria-pressed", String(chip.dataset.group === group));
  }
  const list = byId("rules");
  list.setAttribute("aria-busy", "false");
  list.replaceChildren(
    ...live.rules.filter((rule) => !group || rule.properties.includes(group)).map(cardOf),
  );
}

function cardOf(rule) {
  const item = piece("rule");
  const card = item.querySelector(".card");
  card.dataset.rule = rule.id;
  tint(card, rule.color);
  setIcon(card.querySelector("svg"), rule.icon);
  card.querySelector(".card-name").textContent = local(rule.name);
  card.querySelector(".card-short").textContent = local(rule.short_description);
  card.addEventListener("click", () => change({ rule: rule.id }));
  return item;
}

onChange(() => {
  byId("rule-choice").hidden = Boolean(ruleOf(draft.rule));
});
