// The chosen rule: what it does, how it is worded, and the participant's own wording.

import { getJson } from "../base/api.js";
import { isOwnRule, ruleOf } from "../base/catalog.js";
import { byId, fit, setIcon, setText, setValue } from "../base/dom.js";
import { tint } from "../base/ink.js";
import { note } from "../base/notes.js";
import { change, draft, live, onChange, tell } from "../base/store.js";
import { language, local, word } from "../base/words.js";

const originals = new Map();
let drawn = "";
let open = false;

/** The wording to send: empty where it is the rule's own. */
export function ownWording(id) {
  const text = draft.ruleTexts[id];
  return text === undefined || text === originals.get(id) ? "" : text;
}

async function loadOriginal(id) {
  if (originals.has(id)) return;
  try {
    const { context } = await getJson(`/api/config/${encodeURIComponent(id)}/context`);
    originals.set(id, typeof context === "string" ? context : context[language] || "");
    tell();
  } catch (trouble) {
    note("rule", trouble.sentence, [[word("try_again"), () => loadOriginal(id)]]);
  }
}

function traitsOf(rule) {
  return (live.pairs || []).flatMap((pair) =>
    pair.pair
      .filter((key) => rule.properties.includes(key))
      .map((key) => {
        const item = document.createElement("li");
        item.textContent = pair.labels[language][key];
        item.title = pair.tooltips?.[language]?.[key] || "";
        return item;
      }),
  );
}

function drawRule(rule) {
  tint(document.body, rule?.color);
  if (!rule) return;
  open = isOwnRule(rule.id);
  setIcon(document.querySelector(".chosen-head .stamp"), rule.icon);
  setText(byId("rule-name"), local(rule.name));
  setText(byId("rule-short"), local(rule.short_description));
  setText(byId("rule-about"), local(rule.description));
  byId("rule-traits").replaceChildren(...traitsOf(rule));
  setText(byId("rule-text-label"), word(isOwnRule(rule.id) ? "own_rule_hint" : "rule_hint"));
  byId("rule-open").hidden = isOwnRule(rule.id);
  loadOriginal(rule.id);
}

function draw() {
  const rule = ruleOf(draft.rule);
  byId("rule-chosen").hidden = !rule;
  if (drawn !== (rule?.id ?? "")) {
    drawn = rule?.id ?? "";
    drawRule(rule);
  }
  if (!rule) return;
  const original = originals.get(rule.id);
  const wording = draft.ruleTexts[rule.id] ?? original ?? "";
  const part = byId("rule-text-part");
  part.hidden = !open;
  byId("rule-open").setAttribute("aria-expanded", String(open));
  setText(
    byId("rule-open"),
    open ? word("rule_close") : word(ownWording(rule.id) ? "rule_open_changed" : "rule_open"),
  );
  const field = byId("rule-text");
  field.readOnly = original === undefined;
  setValue(field, wording);
  byId("rule-reset").hidden = isOwnRule(rule.id) || !ownWording(rule.id);
}

byId("rule-open").addEventListener("click", () => {
  open = !open;
  draw();
  if (open) {
    fit(byId("rule-text"));
    byId("rule-text-part").scrollIntoView({ block: "nearest" });
  }
});
byId("rule-other").addEventListener("click", () => {
  const left = draft.rule;
  change({ rule: "" });
  queueMicrotask(() => document.querySelector(`[data-rule="${CSS.escape(left)}"]`)?.focus());
});
byId("rule-text").addEventListener("input", ({ target }) => {
  fit(target);
  change({ ruleTexts: { ...draft.ruleTexts, [draft.rule]: target.value } });
});
byId("rule-reset").addEventListener("click", () => {
  const { [draft.rule]: _left, ...others } = draft.ruleTexts;
  change({ ruleTexts: others });
  byId("rule-text").focus();
});
byId("rules").addEventListener("click", ({ target }) => {
  const card = target.closest(".card");
  if (!card) return;
  queueMicrotask(() => {
    if (isOwnRule(draft.rule) && draft.idea.trim()) byId("rule-text").focus();
    else byId("rule-name").focus({ preventScroll: true });
    byId("how-title").scrollIntoView({ block: "nearest" });
  });
});
onChange(draw);
