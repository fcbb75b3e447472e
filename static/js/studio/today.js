// The strip of today's pictures. Opening one shows it and leaves the draft alone.

import { getJson } from "../base/api.js";
import { byId, fromTemplate, setIcon } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { deviceId } from "../base/store.js";
import { t } from "../base/strings.js";
import { openWork } from "../work/dialog.js";
import { signOf } from "../work/media-files.js";

const LIVE = new Set(["queued", "running"]);
const LOOK_MS = 4000;
let timer = 0;
let shown = "";

export async function loadToday() {
  clearTimeout(timer);
  try {
    const { results } = await getJson(`/api/runs/?day=today&kind=generation&page_size=60&device=${encodeURIComponent(deviceId)}`);
    const works = results.filter((run) => LIVE.has(run.status) || run.media.length);
    draw(works);
    // What another tab or an earlier order has on the way turns up by itself.
    if (works.some((run) => LIVE.has(run.status))) timer = setTimeout(loadToday, LOOK_MS);
  } catch (error) {
    expectApiError(error);
    timer = setTimeout(loadToday, LOOK_MS * 3);
  }
}

function draw(works) {
  const key = works.map((run) => run.run_id + run.status + (run.thumbnail_url ?? "")).join();
  if (key === shown) return;
  shown = key;
  byId("today-empty").hidden = works.length > 0;
  byId("strip").hidden = !works.length;
  const focused = /** @type {HTMLElement | null} */ (document.activeElement?.closest("#strip li"))?.dataset.run;
  byId("strip").replaceChildren(...works.map(itemOf));
  byId("strip").querySelector(`[data-run="${CSS.escape(focused ?? "")}"] button`)?.focus({ preventScroll: true });
}

// A sketch that was changed by hand and kept is a work of today, too; one that has sent a frame shows it.
document.addEventListener("sketch-kept", loadToday);

function itemOf(run) {
  const item = LIVE.has(run.status) ? waiting() : thumbOf(run);
  item.dataset.run = run.run_id;
  return item;
}

function waiting() {
  const item = fromTemplate("live");
  item.firstElementChild.textContent = t("being_made");
  return item;
}

function thumbOf(run) {
  if (!run.thumbnail_url) return signThumbOf(run);
  const item = fromTemplate("thumb");
  const image = item.querySelector("img");
  image.src = run.thumbnail_url;
  image.alt = t("open_work", { idea: run.idea.slice(0, 120) });
  image.loading = "lazy";
  item.querySelector("button").addEventListener("click", () => openWork(run.run_id));
  return item;
}

function signThumbOf(run) {
  const item = fromTemplate("thumb-code");
  const button = item.querySelector("button");
  setIcon(item.querySelector("svg"), signOf(run));
  item.querySelector("span").textContent = run.idea.slice(0, 60);
  button.setAttribute("aria-label", t("open_work", { idea: run.idea.slice(0, 120) }));
  button.addEventListener("click", () => openWork(run.run_id));
  return item;
}
