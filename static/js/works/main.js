// The works of this device and those of its group: by day, endlessly, and filtered.

import { expectApiError } from "../base/errors.js";
import "../base/read-aloud.js";
import { setDoing } from "../room/doing.js";
import "../room/room.js";
import { fetchOutputs, fetchRules } from "../base/catalog.js";
import { byId, findAll, setIcon, setText } from "../base/dom.js";
import { clearNotes, note } from "../base/notes.js";
import { t } from "../base/strings.js";
import { openWork } from "../work/dialog.js";
import { onFavourite } from "../work/favourite.js";
import { choose, endChoosing, isChoosing, markChosen } from "./choosing.js";
import { addWorks, clearGallery, countShown, filterGallery } from "./gallery.js";
import { pagesOf } from "./pages.js";
import { clearFilters, fillFilters, filters, isFiltering, onFilter, passes } from "./filters.js";

const AHEAD = "600px"; // so far below the window works are fetched already
const more = byId("works-more");

let whose = location.hash === "#group" ? "group" : "mine";
let pages = null;
let fetching = null; // the pages of which one is on its way

function open(run) {
  if (isChoosing()) choose(run);
  else openWork(run.run_id);
}

async function load() {
  const from = pages;
  if (!from || from === fetching || from.isDone) return;
  fetching = from;
  try {
    const { works, count } = await from.next();
    if (from !== pages) return;
    clearNotes();
    addWorks(works, { open, isGroup: whose === "group" });
    markChosen();
    showCount(count);
  } catch (error) {
    expectApiError(error);
    if (from !== pages) return;
    byId("days").setAttribute("aria-busy", "false");
    note("works", error.message, [[t("try_again"), load]]);
    return;
  } finally {
    if (fetching === from) fetching = null;
  }
  observe();
}

/** Says how many there are, or why there are none. */
function showCount(count = 0) {
  filterGallery(passes);
  const shown = countShown();
  byId("days").setAttribute("aria-busy", "false");
  more.hidden = pages.isDone;
  // A word is looked for on the page: how many have it is known when all are here.
  const all = pages.isDone ? shown : filters.word ? 0 : count;
  setText(byId("works-count"), all ? t(all === 1 ? "count_one" : "count", { n: all }) : "");
  const none = !shown && pages.isDone;
  byId("filters").hidden = none && !isFiltering();
  byId("compare").hidden = shown < 2;
  byId("works-none").hidden = !none;
  if (!none) return;
  setText(byId("works-none-words"), t(isFiltering() ? "none_found" : `none_${whose}`));
  byId("works-all").hidden = !isFiltering();
  byId("works-begin").hidden = isFiltering() || whose === "group";
}

function begin() {
  endChoosing();
  pages = pagesOf(whose, filters);
  clearGallery();
  byId("days").setAttribute("aria-busy", "true");
  byId("works-none").hidden = true;
  setText(byId("works-count"), "");
  setText(byId("works-title"), t(`title_${whose}`));
  byId("only-favourites").hidden = whose === "group";
  for (const button of findAll("[data-whose]")) {
    button.setAttribute("aria-pressed", String(button.dataset.whose === whose));
  }
  load();
}

const watcher = new IntersectionObserver((entries) => entries.some((one) => one.isIntersecting) && load(), { rootMargin: AHEAD });

/** Looks anew whether the end of the page is in sight: an observer tells of changes only. */
function observe() {
  watcher.unobserve(more);
  if (!more.hidden) watcher.observe(more);
}

for (const button of findAll("[data-whose]")) {
  button.addEventListener("click", () => {
    if (button.dataset.whose === whose) return;
    whose = button.dataset.whose;
    history.replaceState(history.state, "", whose === "group" ? "#group" : location.pathname);
    clearFilters();
  });
}
onFilter((isOfWords) => {
  if (!isOfWords) return begin();
  showCount(pages.count);
  return observe();
});
onFavourite(() => {
  if (filters.favourites) showCount(pages.count);
});
byId("works-all").addEventListener("click", () => {
  clearFilters();
  byId("works-title").focus();
});
more.addEventListener("click", load);
// Who comes back from making a picture finds it here.
addEventListener("pageshow", (event) => event.persisted && begin());

setDoing("looking");
for (const use of findAll("use[data-icon]")) setIcon(use.parentElement, use.dataset.icon);
// Works bear the names of their rules and machines, where these can be had.
Promise.allSettled([fetchRules(), fetchOutputs()]).then(() => {
  fillFilters();
  begin();
});
