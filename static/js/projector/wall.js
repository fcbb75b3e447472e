// All released works, as large as they can be together.

import { applyTint } from "../base/contrast.js";
import { byId, fromTemplate } from "../base/dom.js";
import { t } from "../base/strings.js";
import { addView, drawBar, go, mode } from "./modes.js";
import { revealWork } from "./reveal.js";
import { onWorks, ruleOf, state } from "./works.js";

const wall = byId("wall");
// A thumbnail has 384 pixels; what is shown larger needs the picture itself.
const THUMBNAIL_PIXELS = 384;
const items = new Map();

addView("wall", { prompt: () => ({ sentence: sentence() }), open: arrange });

function sentence() {
  const n = state.works.length;
  if (!n) return t("wall_empty");
  if (n === 1) return t("wall_one");
  return t(state.more ? "wall_latest" : "wall_many", { n });
}

onWorks(() => {
  document.body.toggleAttribute("data-empty", !state.works.length);
  const there = new Set(state.works.map((work) => work.run_id));
  for (const [id, item] of items) {
    if (there.has(id)) continue;
    item.remove();
    items.delete(id);
  }
  for (const [index, work] of state.works.entries()) {
    const item = items.get(work.run_id) ?? addWork(work);
    item.querySelector(".wall-name").textContent = work.name;
    if (wall.children[index] !== item) wall.insertBefore(item, wall.children[index] ?? null);
  }
  arrange();
  drawBar();
});

function addWork(work) {
  const item = fromTemplate("work");
  item.querySelector("img").alt = t("picture_of", { idea: work.idea.slice(0, 160) });
  item.querySelector("button").addEventListener("click", () => {
    revealWork(work.run_id);
    go("reveal");
  });
  applyTint(item, ruleOf(work.rule)?.color);
  items.set(work.run_id, item);
  return item;
}

/** Finds the number of columns with which the pictures are largest, and gives them that size. */
function arrange() {
  const n = state.works.length;
  if (mode() !== "wall" || !n) return;
  const style = getComputedStyle(wall);
  const gap = parseFloat(style.rowGap);
  const caption = state.works.some((work) => work.name) ? parseFloat(style.getPropertyValue("--caption")) : 0;
  const [width, height] = [wall.clientWidth, wall.clientHeight];
  let best = { side: 0, columns: 1 };
  for (let columns = 1; columns <= n; columns += 1) {
    const rows = Math.ceil(n / columns);
    const side = Math.min((width - gap * (columns - 1)) / columns, (height - gap * (rows - 1)) / rows - caption);
    if (side > best.side) best = { side, columns };
  }
  wall.style.setProperty("--side", `${Math.floor(best.side)}px`);
  wall.style.setProperty("--columns", best.columns);
  const small = best.side * devicePixelRatio <= THUMBNAIL_PIXELS;
  for (const work of state.works) {
    const image = items.get(work.run_id).querySelector("img");
    const source = small ? work.thumbnail : work.picture;
    if (image.getAttribute("src") !== source) image.src = source;
  }
}

new ResizeObserver(arrange).observe(wall);
