// The chosen rule: what it does, how it is worded, and the participant's own wording.

import { getJson } from "../base/api.js";
import { isOwnRule, ruleOf } from "../base/catalog.js";
import { applyTint } from "../base/contrast.js";
import { autosize, byId, find, setIcon, setText, setValue } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { note } from "../base/notes.js";
import { draft, live, onChange, redraw, updateDraft } from "../base/store.js";
import { language, local, t } from "../base/strings.js";

const originals = new Map();
let drawn = "";
let open = false; // asked for; it is seen as soon as its wording is here

/** The wording to send: empty where it is the rule's own. */
export function ownWording(id) {
  const text = draft.ruleTexts[id];
  return text === undefined || text === originals.get(id) ? "" : text;
}

/** How the rule reads for this participant; undefined while that is not known yet. */
function wordingOf(id) {
  return draft.ruleTexts[id] ?? (isOwnRule(id) ? "" : originals.get(id));
}

async function loadOriginal(id) {
  if (originals.has(id)) return;
  try {
    const { context } = await getJson(`/api/config/${encodeURIComponent(id)}/context`);
    originals.set(id, typeof context === "string" ? context : context[language] || "");
    redraw();
  } catch (error) {
    expectApiError(error);
    note("rule", error.message, [[t("try_again"), () => loadOriginal(id)]]);
  }
}

function traitsOf(rule) {
  return (live.pairs || []).flatMap((pair) =>
    pair.pair
      .filter((key) => rule.traits.includes(key))
      .map((key) => {
        const item = document.createElement("li");
        item.textContent = pair.labels[language][key];
        item.title = pair.tooltips?.[language]?.[key] || "";
        return item;
      }),
  );
}

function drawRule(rule) {
  applyTint(document.body, rule?.color);
  if (!rule) return;
  open = isOwnRule(rule.id);
  setIcon(find(".chosen-head .stamp"), rule.icon);
  setText(byId("rule-name"), local(rule.name));
  setText(byId("rule-short"), local(rule.short_description));
  setText(byId("rule-about"), local(rule.description));
  byId("rule-traits").replaceChildren(...traitsOf(rule));
  setText(byId("rule-text-label"), t(isOwnRule(rule.id) ? "own_rule_hint" : "rule_hint"));
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
  const wording = wordingOf(rule.id);
  const isShown = open && wording !== undefined;
  const button = byId("rule-open");
  button.setAttribute("aria-expanded", String(isShown));
  button.setAttribute("aria-busy", String(open && !isShown));
  setText(button, t(isShown ? "rule_close" : ownWording(rule.id) ? "rule_open_changed" : "rule_open"));
  byId("rule-reset").hidden = isOwnRule(rule.id) || !originals.has(rule.id) || !ownWording(rule.id);
  drawWording(rule, wording, isShown);
}

/** A field without its wording would swallow what is typed: they appear together. */
function drawWording(rule, wording, isShown) {
  const part = byId("rule-text-part");
  const appears = isShown && part.hidden;
  part.hidden = !isShown;
  if (!isShown) return;
  const field = byId("rule-text");
  setValue(field, wording);
  if (!appears) return;
  autosize(field);
  if (!isOwnRule(rule.id)) part.scrollIntoView({ block: "nearest" });
}

byId("rule-open").addEventListener("click", () => {
  open = !open;
  redraw();
});
byId("rule-other").addEventListener("click", () => {
  const left = draft.rule;
  updateDraft({ rule: "" });
  queueMicrotask(() => find(`[data-rule="${CSS.escape(left)}"]`)?.focus());
});
byId("rule-text").addEventListener("input", ({ target }) => {
  autosize(target);
  updateDraft({ ruleTexts: { ...draft.ruleTexts, [draft.rule]: target.value } });
});
byId("rule-reset").addEventListener("click", () => {
  const { [draft.rule]: _left, ...others } = draft.ruleTexts;
  updateDraft({ ruleTexts: others });
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
