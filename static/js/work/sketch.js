// A sketch among the pictures: it runs, can be stopped, read, changed, run anew and kept.

import { postFile, postOnce } from "../base/api.js";
import { setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { t } from "../base/strings.js";
import { messageOf } from "./sketch-errors.js";
import { sketchViewer } from "./sketch-viewer.js";

const open = new Set();

// By then a sketch that moves has something to show.
const FRAME_MS = 1200;

/**
 * Has the sketch of `media` (an item of a run's media) run in `element`. The device that made it
 * sends a still frame of it, where there is none: what lists and cards show.
 */
export function runSketch(element, media, isOwn) {
  const part = (name) => element.querySelector(`.sketch-${name}`);
  const [text, said, moveButton] = [part("text"), part("said"), part("move")];
  let original = "";
  let run = media.url.split("/").at(-2);
  let moving = true;
  let wantsFrame = isOwn && !media.thumbnail_url;

  const viewer = sketchViewer(part("stage"), (message) => {
    if (message.kind === "frame") return sendFrame(message.png);
    if (message.kind === "drawn" && isAsKept()) setTimeout(askFrame, FRAME_MS);
    if (message.kind === "error") showMessage(messageOf(message));
    if (message.kind === "silent") showMessage(t("sketch_silent"));
    moving = message.kind === "error" || message.kind === "silent" ? false : Boolean(message.moving);
    element.dataset.state = message.kind === "drawn" || message.kind === "moving" ? "running" : "ended";
    draw();
  });
  open.add({ element, viewer });

  // What was changed and not kept is another sketch.
  const isAsKept = () => text.value === original;

  function askFrame() {
    if (wantsFrame && element.isConnected && isAsKept() && element.dataset.state === "running") viewer.askFrame();
  }

  async function sendFrame(png) {
    wantsFrame = false;
    try {
      const { kept } = await postFile(`/api/runs/${encodeURIComponent(run)}/frame/`, png);
      if (kept) element.dispatchEvent(new CustomEvent("sketch-kept", { bubbles: true }));
    } catch (error) {
      expectApiError(error);
      // Without it lists show the sign of a program.
    }
  }

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
      wantsFrame = true;
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
