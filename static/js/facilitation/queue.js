// The queue, in the order in which it is served.

import { byId, fromTemplate, setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { t } from "../base/strings.js";
import { onRoom, press } from "./room-link.js";
import { sinceWords } from "./words.js";

const list = byId("queue");

function newItem(waiting) {
  const item = fromTemplate("waiting");
  item.dataset.run = waiting.run_id;
  const button = item.querySelector("button");
  setText(button, t("stop"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await press("stop", { run: waiting.run_id });
    } catch (error) {
      expectApiError(error);
      button.disabled = false;
      button.title = error.message;
    }
  });
  return item;
}

onRoom(({ queue }) => {
  if (!queue.length) {
    const none = document.createElement("li");
    none.className = "fine";
    none.textContent = t("queue_empty");
    list.replaceChildren(none);
    return;
  }
  const items = new Map([...list.children].map((item) => [item.dataset.run, item]));
  list.replaceChildren(
    ...queue.map((waiting) => {
      const item = items.get(waiting.run_id) ?? newItem(waiting);
      setText(item.querySelector("b"), waiting.name);
      setText(item.querySelector("span"), sinceWords(waiting.since));
      return item;
    }),
  );
});
