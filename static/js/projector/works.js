// The released works as the server has them, asked for at a steady pace.

import { byId, setText } from "../base/dom.js";
import { t } from "../base/strings.js";

const REFRESH_MS = 2500;
const listeners = [];
const rules = JSON.parse(byId("rules-data").textContent);

export const state = { works: /** @type {Work[]} */ ([]), more: false };
export const ruleOf = (id) => rules.find((rule) => rule.id === id);
export const allowedRules = () => rules.filter((rule) => rule.allowed);

/** Calls `listener` whenever the works have changed. */
export function onWorks(listener) {
  listeners.push(listener);
}

let shown = "";
let timer = 0;

export async function refresh() {
  clearTimeout(timer);
  try {
    const response = await fetch(document.body.dataset.works ?? "", { cache: "no-store" });
    // Signed out, or the key's time is over: the page itself says so.
    if (response.status === 404) return location.reload();
    if (!response.ok) throw new Error(response.statusText);
    take(await response.text());
    byId("lost").hidden = true;
  } catch {
    setText(byId("lost"), t("lost"));
    byId("lost").hidden = false;
  }
  if (!document.hidden) timer = setTimeout(refresh, REFRESH_MS);
}

function take(text) {
  if (text === shown) return;
  shown = text;
  Object.assign(state, JSON.parse(text));
  for (const listener of listeners) listener();
}

document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : refresh()));

/** A text of 20 or of 2,000 characters: how large it can stand on the wall. */
export function measure(element, text) {
  const steps = [[90, "short"], [220, "middle"], [520, "long"]];
  element.dataset.length = (steps.find(([most]) => text.length <= most) ?? [0, "full"])[1];
}
