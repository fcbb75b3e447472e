// A raised hand: the leader sees it in the room, and it stays up until somebody takes it down.

import { postJson } from "../base/api.js";
import { byId, setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { onPageState } from "../base/live-link.js";
import { t } from "../base/strings.js";

const button = byId("hand");
let isUp = false;

function draw(up) {
  isUp = up;
  button.setAttribute("aria-pressed", String(up));
  setText(byId("hand-words"), t(up ? "hand_up" : "hand"));
}

onPageState(({ device }) => draw(device.asks_for_help));

button.addEventListener("click", async () => {
  const before = isUp;
  draw(!before);
  try {
    await postJson("/api/devices/me/doing/", { asks_for_help: !before });
  } catch (error) {
    expectApiError(error);
    draw(before);
  }
});
