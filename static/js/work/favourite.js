// The heart of a work that its device likes best.

import { deleteJson, postJson } from "../base/api.js";
import { findAll, setIcon } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { t } from "../base/strings.js";

/** Calls `listener(run, isFavourite)` whenever a heart was given or taken. */
export function onFavourite(listener) {
  document.addEventListener("favourite", (event) => {
    const { run, isFavourite } = /** @type {CustomEvent} */ (event).detail;
    listener(run, isFavourite);
  });
}

/** A button that gives the heart and takes it; `onMessage(text)` shows what went wrong. */
export function heartOf({ run_id: run, idea, is_favourite: isFavourite }, { named = false, onMessage = () => {} } = {}) {
  const button = document.createElement("button");
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.append(document.createElementNS("http://www.w3.org/2000/svg", "use"));
  svg.setAttribute("aria-hidden", "true");
  setIcon(svg, "heart");
  button.type = "button";
  button.className = "heart";
  button.dataset.heart = run;
  button.append(svg);
  if (named) button.append(t("favourite"));
  else button.setAttribute("aria-label", t("favourite_of", { idea: idea.slice(0, 120) }));
  button.setAttribute("aria-pressed", String(isFavourite));
  button.addEventListener("click", () => toggle(button, run, onMessage));
  return button;
}

const isGiven = (button) => button.getAttribute("aria-pressed") === "true";

async function toggle(button, run, onMessage) {
  if (button.getAttribute("aria-busy")) return;
  const wanted = !isGiven(button);
  button.setAttribute("aria-busy", "true");
  button.setAttribute("aria-pressed", String(wanted));
  onMessage("");
  try {
    await (wanted ? postJson : deleteJson)(`/api/runs/${encodeURIComponent(run)}/favourite/`);
    document.dispatchEvent(new CustomEvent("favourite", { detail: { run, isFavourite: wanted } }));
  } catch (error) {
    expectApiError(error);
    button.setAttribute("aria-pressed", String(!wanted));
    onMessage(error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

// The same work may be seen twice: in the list, and in its window.
onFavourite((run, isFavourite) => {
  for (const button of findAll(`[data-heart="${CSS.escape(run)}"]`)) {
    button.setAttribute("aria-pressed", String(isFavourite));
  }
});
