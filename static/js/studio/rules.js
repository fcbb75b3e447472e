// The rules to choose from, and the groups that narrow them down.

import { anyRuleOf, fetchRules, onOffer, ruleOf } from "../base/catalog.js";
import { applyTint } from "../base/contrast.js";
import { byId, fromTemplate, setIcon } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { note } from "../base/notes.js";
import { draft, live, onChange, updateDraft } from "../base/store.js";
import { local, t } from "../base/strings.js";

let group = "";

export async function loadRules() {
  try {
    await fetchRules();
    drawGroups();
    drawCards();
  } catch (error) {
    expectApiError(error);
    note("rules", error.message, [[t("try_again"), loadRules]]);
  }
}

function drawGroups() {
  const known = new Set(live.rules?.flatMap((rule) => rule.properties));
  const groups = ["", ...t("groups").split(" ").filter((key) => known.has(key))];
  byId("rule-groups").replaceChildren(
    ...groups.map((key) => {
      const chip = fromTemplate("chip");
      chip.textContent = t(key ? `group_${key}` : "group_all");
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
    ...(live.rules ?? []).filter((rule) => !group || rule.properties.includes(group)).map(cardOf),
  );
}

function cardOf(rule) {
  const item = fromTemplate("rule");
  const card = item.querySelector(".card");
  card.dataset.rule = rule.id;
  applyTint(card, rule.color);
  setIcon(card.querySelector("svg"), rule.icon);
  card.querySelector(".card-name").textContent = local(rule.name);
  card.querySelector(".card-short").textContent = local(rule.short_description);
  card.addEventListener("click", () => updateDraft({ rule: rule.id }));
  return item;
}

// Changed by the leader while the page is open.
onOffer(() => {
  if (!live.rules) return;
  if (!live.rules.some((rule) => rule.properties.includes(group))) group = "";
  drawGroups();
  drawCards();
  if (!draft.rule || ruleOf(draft.rule)) return;
  const name = local(anyRuleOf(draft.rule)?.name);
  updateDraft({ rule: "" });
  note("rules", t("rule_gone", { name }));
});

onChange(() => {
  byId("rule-choice").hidden = Boolean(ruleOf(draft.rule));
});
