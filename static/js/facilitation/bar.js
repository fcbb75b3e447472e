// The bar that never scrolls away: the break, who needs somebody, and how the engines are.

import { byId, setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { t } from "../base/strings.js";
import { ask } from "./ask.js";
import { onRoom, press, room } from "./room-link.js";
import { leftUntil } from "./words.js";

const KINDS = ["help", "blocked", "failed"];

function drawCounts({ counts }) {
  const present = KINDS.filter((kind) => counts[kind]);
  const words = present.map((kind) => [kind, t(`count_${kind}_${counts[kind] === 1 ? "one" : "many"}`, { n: counts[kind] })]);
  const key = words.join();
  const list = byId("counts");
  if (list.dataset.shown === key) return;
  list.dataset.shown = key;
  list.replaceChildren(
    ...(words.length ? words : [["well", t("all_well")]]).map(([kind, text]) => {
      const item = document.createElement("li");
      item.dataset.kind = kind;
      item.textContent = text;
      return item;
    }),
  );
}

function drawBreak({ workshop }) {
  document.body.classList.toggle("paused", workshop.paused);
  byId("break").hidden = !workshop.paused;
  setText(byId("break-words"), workshop.pause_message);
  setText(byId("break-left"), workshop.pause_until ? t("pause_left", { time: leftUntil(workshop.pause_until) }) : t("pause_open"));
  byId("go-on").hidden = !workshop.paused;
  byId("pause-open").hidden = workshop.paused;
}

function drawGroup({ workshop }) {
  setText(byId("group"), t("group", { n: workshop.group }));
  byId("former-group").hidden = !workshop.may_return;
}

function drawLight({ health }) {
  const light = byId("light");
  light.dataset.light = health.light;
  const words = t(health.reason ? `health_down_${health.reason}` : `health_${health.light}`, { servers: health.servers.join(", ") });
  setText(byId("light-words"), words);
  light.title = words;
}

onRoom((state) => {
  drawCounts(state);
  drawBreak(state);
  drawLight(state);
  drawGroup(state);
});

/** Does what was pressed; where that fails, says so where it was pressed. */
async function tryTo(action, fields) {
  try {
    await press(action, fields);
  } catch (error) {
    expectApiError(error);
    byId("lost").textContent = error.message;
    byId("lost").hidden = false;
  }
}

byId("pause-open").addEventListener("click", async () => {
  byId("pause-message").value = room().workshop.last_message;
  if ((await ask("pause-dialog")) !== "pause") return;
  const minutes = new FormData(byId("pause-dialog").querySelector("form")).get("minutes");
  await tryTo("pause", { message: byId("pause-message").value, minutes });
});
byId("next-group").addEventListener("click", async () => {
  if ((await ask("group-dialog")) === "next") await tryTo("next-group", {});
});
byId("former-group").addEventListener("click", () => tryTo("former-group", {}));
byId("go-on").addEventListener("click", () => tryTo("continue", {}));
byId("say").addEventListener("click", async () => {
  setText(byId("message-dialog-title"), t("message_all"));
  byId("message-text").value = "";
  if ((await ask("message-dialog")) === "send") await tryTo("message", { text: byId("message-text").value });
});
