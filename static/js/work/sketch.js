// A sketch on the plate: it runs, can be stopped, read, changed, run anew and kept.

import { postJson, Trouble } from "../base/api.js";
import { piece, setText } from "../base/dom.js";
import { word } from "../base/words.js";
import { stageIn } from "./stage.js";
import { sentenceOf } from "./trouble-in-sketch.js";

const open = new Set();

/** An element that shows the sketch of `media` (an item of a run's media). */
export function sketchOf(media) {
  const element = piece("sketch");
  const part = (name) => element.querySelector(`.sketch-${name}`);
  const [text, said, moveButton] = [part("text"), part("said"), part("move")];
  let original = "";
  let run = media.url.split("/").at(-2);
  let moving = true;

  const stage = stageIn(part("stage"), (told) => {
    if (told.kind === "error") say(sentenceOf(told));
    if (told.kind === "silent") say(word("sketch_silent"));
    moving = told.kind === "error" || told.kind === "silent" ? false : Boolean(told.moving);
    element.dataset.state = told.kind === "drawn" || told.kind === "moving" ? "running" : "ended";
    draw();
  });
  open.add({ element, stage });

  function say(sentence) {
    said.hidden = !sentence;
    setText(said, sentence);
  }

  function draw() {
    setText(moveButton, word(moving ? "sketch_pause" : "sketch_go_on"));
    moveButton.disabled = element.dataset.state !== "running";
    part("back").hidden = text.value === original;
    part("keep").disabled = text.value === original;
  }

  function start() {
    say("");
    element.dataset.state = "loading";
    stage.run(text.value, word("sketch_alt"));
    draw();
  }

  /** From the code, which is long, back to what it does. */
  const look = () => element.scrollIntoView({ block: "start" });

  async function load() {
    try {
      const response = await fetch(media.url, { credentials: "same-origin" });
      if (!response.ok) throw new Error(response.status);
      original = text.value = await response.text();
      start();
    } catch {
      say(word("failed"));
    }
  }

  async function keep() {
    part("keep").disabled = true;
    try {
      const state = await postJson(`/api/runs/${encodeURIComponent(run)}/sketch/`, { code: text.value });
      run = state.run_id;
      original = text.value;
      start();
      say(word("sketch_kept"));
      element.dispatchEvent(new CustomEvent("kept", { bubbles: true }));
    } catch (trouble) {
      if (!(trouble instanceof Trouble)) throw trouble;
      say(trouble.sentence);
    }
    look();
    draw();
  }

  moveButton.addEventListener("click", () => stage.move(!moving));
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
    setText(currentTarget, word(shown ? "sketch_hide" : "sketch_show"));
  });
  text.addEventListener("input", draw);
  load();
  return element;
}

/** Ends the sketches that are no longer on the page. */
export function endOthers() {
  for (const one of open) {
    if (one.element.isConnected) continue;
    one.stage.clear();
    open.delete(one);
  }
}
