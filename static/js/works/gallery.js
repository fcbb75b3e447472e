// The works on the wall, under their days.

import { anyOutputOf, anyRuleOf } from "../base/catalog.js";
import { byId, fromTemplate, setIcon } from "../base/dom.js";
import { note } from "../base/notes.js";
import { language, local, t } from "../base/strings.js";
import { heartOf, onFavourite } from "../work/favourite.js";
import { signOf } from "../work/media-files.js";

/** @type {Intl.DateTimeFormatOptions} */
const DAY = { weekday: "long", day: "numeric", month: "long" };
const wall = byId("days");
const shownWorks = new Map(); // run id → {run, item}
const DAY_MS = 24 * 3600 * 1000;

export function clearGallery() {
  shownWorks.clear();
  wall.replaceChildren();
}

/** Hangs works below those that are there; `open(run)` is called for one that is touched. */
export function addWorks(works, { open, isGroup }) {
  for (const run of works) {
    const item = itemOf(run, open, isGroup);
    shownWorks.set(run.run_id, { run, item });
    listOf(new Date(run.created_at)).append(item);
  }
}

/** Shows the works that `passes(run)` lets through, and the days that have any. */
export function filterGallery(passes) {
  for (const { run, item } of shownWorks.values()) item.hidden = !passes(run);
  for (const day of wall.children) day.hidden = !day.querySelector(".print:not([hidden])");
}

export const countShown = () => wall.querySelectorAll(".print:not([hidden])").length;

export const itemOfRun = (id) => shownWorks.get(id)?.item;

onFavourite((id, isFavourite) => {
  const work = shownWorks.get(id);
  if (work) work.run.is_favourite = isFavourite;
});

function listOf(date) {
  const name = dayOf(date);
  const last = wall.lastElementChild;
  if (last?.dataset.day === date.toDateString()) return last.querySelector("ul");
  const day = fromTemplate("day");
  day.dataset.day = date.toDateString();
  day.querySelector("h3").textContent = name;
  wall.append(day);
  return day.querySelector("ul");
}

function dayOf(date) {
  const now = new Date();
  if (date.toDateString() === now.toDateString()) return t("today");
  if (date.toDateString() === new Date(now.getTime() - DAY_MS).toDateString()) return t("yesterday");
  const year = date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
  return date.toLocaleDateString(language, { ...DAY, ...year });
}

function itemOf(run, open, isGroup) {
  const item = fromTemplate("print");
  item.dataset.run = run.run_id;
  const picture = item.querySelector(".print-picture");
  const sign = picture.querySelector("svg");
  setIcon(sign, signOf(run));
  if (run.thumbnail_url) picture.replaceChildren(thumbnail(run.thumbnail_url, sign));
  item.querySelector(".print-idea").textContent = run.idea;
  item.querySelector(".print-made").textContent = madeBy(run, isGroup);
  item.querySelector("button").addEventListener("click", () => open(run));
  if (run.is_own) item.append(heartOf(run, { onMessage: (text) => text && note("works", text) }));
  return item;
}

function madeBy(run, isGroup) {
  const rule = local(anyRuleOf(run.interception_config)?.name);
  const machine = local(anyOutputOf(run.output_config)?.name);
  const whose = run.is_own ? t("of_you") : run.device_name;
  return [isGroup ? whose : "", rule, machine].filter(Boolean).join(" · ");
}

/** The small picture; where it cannot be shown the sign comes back, never an empty box. */
function thumbnail(url, sign) {
  const image = document.createElement("img");
  image.addEventListener("error", () => image.replaceWith(sign));
  Object.assign(image, { alt: "", width: 384, height: 384, loading: "lazy", decoding: "async", src: url });
  return image;
}
