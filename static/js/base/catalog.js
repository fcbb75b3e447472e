// The rules and the picture machines: those that are offered here, and all that works were made by.

import { getJson } from "./api.js";
import { live, updateLive } from "./store.js";
import { onPageState } from "./live-link.js";
import { allowed, workshop } from "./workshop.js";

const known = { rules: /** @type {Rule[]} */ ([]), outputs: /** @type {Output[]} */ ([]) };
const found = (things, id) => things?.find((thing) => thing.id === id);
const byOrder = (a, b) => (a.order ?? 999) - (b.order ?? 999);

/** What is offered in this workshop. */
export const ruleOf = (id) => found(live.rules, id);
export const outputOf = (id) => found(live.outputs, id);
export const isOwnRule = (id) => id === "user_defined";

const offerListeners = [];
let offered = "";

/** Calls `listener` when something else is offered than before. */
export function onOffer(listener) {
  offerListeners.push(listener);
}

/** What an earlier work was made by, offered today or not. */
export const anyRuleOf = (id) => found(known.rules, id);
export const anyOutputOf = (id) => found(known.outputs, id);

export async function fetchRules() {
  const [{ configs, property_pairs: pairs }, facts] = await Promise.all([
    getJson("/pipeline_configs_with_properties"),
    workshop(),
  ]);
  known.rules = configs.sort(byOrder);
  updateLive({ rules: offeredRules(facts), pairs });
}

export async function fetchOutputs() {
  const [outputs, facts] = await Promise.all([getJson("/api/outputs/"), workshop()]);
  known.outputs = outputs.sort(byOrder);
  updateLive({ outputs: allowed(known.outputs, facts?.outputs) });
}

function offeredRules(facts) {
  const suitable = known.rules.filter((rule) => rule.workshop_suitable !== false);
  return allowed(suitable, facts?.rules);
}

onPageState(({ workshop: facts }) => {
  const before = offered;
  offered = JSON.stringify([facts?.rules, facts?.outputs]);
  if (!before || before === offered) return;
  if (live.rules) updateLive({ rules: offeredRules(facts) });
  if (live.outputs) updateLive({ outputs: allowed(known.outputs, facts?.outputs) });
  for (const listener of offerListeners) listener();
});
