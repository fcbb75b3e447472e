// One device, near by: its name, its latest work, and what can be done for it.

import { byId, findAll, setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { t } from "../base/strings.js";
import { ask } from "./ask.js";
import { onRoom, press, room } from "./room-link.js";
import { stateWords } from "./words.js";

const dialog = byId("tile-dialog");
const name = byId("tile-name");
let opened = "";

/** @returns {any} */
const tileOf = (id) => room().tiles.find((tile) => tile.id === id);

export async function openTile(id) {
  opened = id;
  name.value = tileOf(id).name;
  setText(byId("tile-said"), "");
  draw();
  await ask("tile-dialog");
  const { name: before } = tileOf(id) ?? { name: name.value };
  opened = "";
  if (name.value.trim() !== before) await say(() => press("name", { device: id, name: name.value }));
}

function draw() {
  const tile = opened && tileOf(opened);
  if (!tile) return;
  setText(byId("tile-state"), stateWords(tile));
  const image = byId("tile-picture");
  image.hidden = !tile.picture;
  if (tile.picture && image.getAttribute("src") !== tile.picture.thumbnail) image.src = tile.picture.thumbnail;
  byId("tile-reason").hidden = !tile.reason;
  setText(byId("tile-reason"), tile.reason);
  const works = byId("tile-works");
  works.href = `${works.href.split("?")[0]}?device=${encodeURIComponent(tile.id)}`;
  const trouble = byId("tile-trouble");
  trouble.hidden = !tile.trouble_page;
  if (tile.trouble_page) trouble.href = `${works.href.split("?")[0]}${tile.trouble_page}/change/`;
  const possible = { "lower-hand": tile.hand_since, stop: tile.run_id, release: tile.picture?.releasable, message: true };
  for (const button of findAll("#tile-dialog [data-do]")) button.parentElement.hidden = !possible[button.dataset.do];
}

/** Does it, and says in the window that it is done or why not. */
async function say(act) {
  try {
    await act();
    setText(byId("tile-said"), t("sent"));
  } catch (error) {
    expectApiError(error);
    if (error.payload.page) return location.assign(error.payload.page);
    setText(byId("tile-said"), error.message);
  }
  return undefined;
}

async function sendMessage(tile) {
  setText(byId("message-dialog-title"), t("message_one", { name: tile.shown_name }));
  byId("message-text").value = "";
  if ((await ask("message-dialog")) !== "send") return;
  await press("message", { device: tile.id, text: byId("message-text").value });
}

const ACTS = {
  "lower-hand": (tile) => press("lower-hand", { device: tile.id }),
  message: sendMessage,
  stop: (tile) => press("stop", { run: tile.run_id }),
  release: (tile) => press("release", { run: tile.picture.run_id }),
};

for (const button of findAll("#tile-dialog [data-do]")) {
  button.addEventListener("click", () => say(() => ACTS[button.dataset.do](tileOf(opened))));
}
name.addEventListener("keydown", (event) => {
  if (event.key === "Enter") {
    event.preventDefault();
    dialog.close("close");
  }
});
onRoom(draw);
