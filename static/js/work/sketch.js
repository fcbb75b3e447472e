// A sketch among the pictures: it runs, can be stopped, read, changed, run anew and kept.

import { postOnce } from "../base/api.js";
import { setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { t } from "../base/strings.js";
import { messageOf } from "./sketch-errors.js";
import { sketchViewer } from "./sketch-viewer.js";

const open = new Set();

/** Has the sketch of `media` (an item of a run's media) run in `element`. */
export function runSketch(element, media) {
  const part = (name) => element.querySelector(`.sketch-${name}`);
  const [text, said, moveButton] = [part("text"), part("said"), part("move")];
  let original = "";
  let run = media.url.split("/").at(-2);
  let moving = true;

  const viewer = sketchViewer(part("stage"), (message) => {
    if (message.kind === "error") showMessage(messageOf(message));
    if (message.kind === "silent") showMessage(t("sketch_silent"));
    moving = message.kind === "error" || message.kind === "silent" ? false : Boolean(message.moving);
    element.dataset.state = message.kind === "drawn" || message.kind === "moving" ? "running" : "ended";
    draw();
  });
  open.add({ element, viewer });

  function showMessage(sentence) {
    said.hidden = !sentence;
    setText(said, sentence);
  }

  function draw() {
    setText(moveButton, t(moving ? "sketch_pause" : "sketch_go_on"));
    moveButton.disabled = element.dataset.state !== "running";
    part("back").hidden = text.value === original;
    part("keep").disabled = text.value === original;
  }

  function start() {
    showMessage("");
    element.dataset.state = "loading";
    viewer.run(text.value, t("sketch_alt"));
    draw();
  }

  /** From the code, which is long, back to what it does. */
  const look = () => element.scrollIntoView({ block: "start" });

  async function load() {
    try {
      const response = await fetch(media.url, { credentials: "same-origin" });
      if (!response.ok) throw new Error(response.statusText);
      original = text.value = await response.text();
      start();
    } catch {
      showMessage(t("failed"));
    }
  }

  async function keep() {
    part("keep").disabled = true;
    try {
      const state = await postOnce(`/api/runs/${encodeURIComponent(run)}/sketch/`, { code: text.value });
      run = state.run_id;
      original = text.value;
      start();
      showMessage(t("sketch_kept"));
      element.dispatchEvent(new CustomEvent("sketch-kept", { bubbles: true }));
    } catch (error) {
      expectApiError(error);
      showMessage(error.message);
    }
    look();
    draw();
  }

  moveButton.addEventListener("click", () => viewer.move(!moving));
  part("restart").addEventListener("click", start);
  part("run").addEventListener("click", () => {
    start();
    look();
  });
  part("keep").addEventListener("click", keep);
  part("back").addEventListener("click", () => {
    text.value = original;
    start();
    look();
  });
  part("show").addEventListener("click", ({ currentTarget }) => {
    const shown = part("code").hidden;
    part("code").hidden = !shown;
    currentTarget.setAttribute("aria-expanded", String(shown));
    setText(currentTarget, t(shown ? "sketch_hide" : "sketch_show"));
  });
  text.addEventListener("input", draw);
  load();
}

/** Ends the sketches that are no longer on the page. */
export function endDetached() {
  for (const one of open) {
    if (one.element.isConnected) continue;
    one.viewer.clear();
    open.delete(one);
  }
}
