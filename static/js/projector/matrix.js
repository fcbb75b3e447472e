// One idea by all rules: each text appears in its cell while it is being written.

import { postStream } from "../base/api.js";
import { applyTint } from "../base/contrast.js";
import { byId, fromTemplate, setIcon, setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { language, t } from "../base/strings.js";
import { addView, drawBar } from "./modes.js";
import { allowedRules, measure } from "./works.js";

// As many as one device may have in the making.
const AT_ONCE = 3;
const AGAIN_MS = 1500;
const address = document.body.dataset.matrix;
let turn = 0;
let cells = [];

addView("matrix", { prompt, open: () => byId("matrix-idea")?.focus() });

function prompt() {
  if (!address) return { sentence: t("matrix_staff") };
  const ended = cells.filter((cell) => cell.ended).length;
  if (!cells.length) return { sentence: t("matrix_ask") };
  if (ended < cells.length) return { sentence: t("matrix_busy", { done: ended, all: cells.length }) };
  return { sentence: t("matrix_done", { all: cells.length }) };
}

byId("matrix-form")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const idea = byId("matrix-idea").value.trim();
  if (idea) start(idea);
});

function start(idea) {
  turn += 1;
  byId("matrix-note").hidden = true;
  cells = allowedRules().map((rule) => ({ rule, text: "", ended: false, item: cellOf(rule) }));
  byId("matrix").replaceChildren(...cells.map((cell) => cell.item));
  const waiting = [...cells];
  for (let hand = 0; hand < AT_ONCE; hand += 1) work(waiting, idea, turn);
  drawBar();
}

async function work(waiting, idea, mine) {
  while (waiting.length && mine === turn) {
    const cell = waiting.shift();
    const again = await fill(cell, idea, mine);
    if (again && mine === turn) {
      waiting.unshift(cell);
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}

/** Fills a cell; true where it is to be tried again because there were too many at once. */
async function fill(cell, idea, mine) {
  cell.item.dataset.state = "writing";
  try {
    const order = { schema: cell.rule.id, input_text: idea, user_language: language, enable_streaming: true };
    for await (const { name, data } of postStream(address, order)) {
      if (mine !== turn) return false;
      if (name === "chunk") write(cell, data.accumulated);
      if (name === "complete") write(cell, data.final_text);
      if (name === "error" && data.kind === "too-many-runs") return true;
      if (name === "error" || name === "blocked") return refuse(cell, name, data);
    }
    if (!cell.text) return fail(cell);
    end(cell, "done");
  } catch (error) {
    if (mine === turn) fail(cell);
    expectApiError(error);
  }
  return false;
}

/** What holds for the idea ends the round; what one rule's machine did or wrote ends its cell. */
function refuse(cell, name, data) {
  const isOfIdea = name === "blocked" ? data.by !== "model" : data.http_status;
  if (isOfIdea) return stop(data.message);
  return fail(cell, name === "blocked" ? data.message : t("failed"));
}

function write(cell, text) {
  cell.text = text;
  setText(cell.item.querySelector(".cell-text"), text);
}

/** Ends a cell without a text; the others go on. */
function fail(cell, message = t("failed")) {
  end(cell, "failed");
  cell.text = "";
  setText(cell.item.querySelector(".cell-text"), message);
  return false;
}

function end(cell, outcome) {
  cell.ended = true;
  cell.item.dataset.state = outcome;
  drawBar();
}

/** What holds for one rule holds for all of them here: the idea itself is not taken. */
function stop(message) {
  turn += 1;
  cells = [];
  byId("matrix").replaceChildren();
  setText(byId("matrix-note"), message);
  byId("matrix-note").hidden = false;
  drawBar();
  return false;
}

function cellOf(rule) {
  const item = fromTemplate("cell");
  setText(item.querySelector(".cell-name"), rule.name);
  setIcon(item.querySelector("svg"), rule.icon);
  applyTint(item, rule.color);
  item.querySelector("button").addEventListener("click", () => enlarge(rule));
  return item;
}

function enlarge(rule) {
  const cell = cells.find((one) => one.rule === rule);
  if (!cell?.text) return;
  setText(byId("large-name"), rule.name);
  setText(byId("large-text"), cell.text);
  measure(byId("large-text"), cell.text);
  setIcon(byId("large").querySelector("svg"), rule.icon);
  applyTint(byId("large"), rule.color);
  byId("large").showModal();
}
