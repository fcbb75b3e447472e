// A tile for each device: its name, its latest picture, what it does, and what needs somebody.

import { byId, fromTemplate, setIcon, setText } from "../base/dom.js";
import { t } from "../base/strings.js";
import { onRoom } from "./room-link.js";
import { openTile } from "./tile-dialog.js";
import { stateWords } from "./words.js";

const list = byId("tiles");

function newTile(id) {
  const item = fromTemplate("tile");
  item.dataset.device = id;
  setIcon(item.querySelector(".tile-hand svg"), "hand");
  item.querySelector("button").addEventListener("click", () => openTile(id));
  return item;
}

function draw(item, tile) {
  const button = item.querySelector("button");
  const words = stateWords(tile);
  item.dataset.state = tile.state;
  item.classList.toggle("unnamed", !tile.name);
  setText(item.querySelector(".tile-name"), tile.shown_name);
  setText(item.querySelector(".tile-state"), words);
  drawPicture(item.querySelector("img"), tile.picture);
  const hand = item.querySelector(".tile-hand");
  hand.hidden = !tile.hand_since;
  setText(hand.querySelector(".visually-hidden"), t("hand"));
  const trouble = item.querySelector(".tile-trouble");
  trouble.hidden = !tile.trouble;
  trouble.dataset.kind = tile.trouble ?? "";
  setText(trouble, tile.trouble ? t(`trouble_${tile.trouble}`) : "");
  const released = item.querySelector(".tile-released");
  released.hidden = !tile.picture?.released;
  setText(released, t("released"));
  button.title = tile.reason;
}

function drawPicture(image, picture) {
  image.hidden = !picture;
  if (picture && image.getAttribute("src") !== picture.thumbnail) image.src = picture.thumbnail;
}

onRoom(({ tiles }) => {
  const items = new Map([...list.children].map((item) => [item.dataset.device, item]));
  let before = null;
  for (const tile of tiles) {
    const item = items.get(tile.id) ?? newTile(tile.id);
    items.delete(tile.id);
    draw(item, tile);
    // Moved only where it must be: a finger on a tile finds the same tile when it lifts.
    const next = before ? before.nextElementSibling : list.firstElementChild;
    if (next !== item) list.insertBefore(item, next);
    before = item;
  }
  for (const gone of items.values()) gone.remove();
  byId("none").hidden = tiles.length > 0;
});
