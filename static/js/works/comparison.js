// Works side by side, with nothing but what differs between them.

import { getJson } from "../base/api.js";
import { anyOutputOf, anyRuleOf } from "../base/catalog.js";
import { byId, setText } from "../base/dom.js";
import { expectApiError } from "../base/errors.js";
import { openModal, prepareModal } from "../base/modal.js";
import { note } from "../base/notes.js";
import { language, local, t } from "../base/strings.js";
import { workOf } from "../work/continue-from.js";
import { drawPictures } from "../work/pictures.js";

const dialog = byId("comparison");
const box = byId("comparison-works");
const nowhere = document.createElement("a"); // a picture is saved from its own window

// Each fact of a work by its name in the strings `fact_…`; those of words are shown with what differs in them.
const FACTS = {
  idea: ({ idea }) => idea,
  rule: ({ rule }) => local(anyRuleOf(rule)?.name),
  text: ({ text, prompt }) => prompt || text,
  machine: ({ output }) => local(anyOutputOf(output)?.name),
  seed: ({ seed }) => (seed === null ? "" : String(seed)),
};
const WRITTEN = new Set(["idea", "text"]);

export async function showComparison(runs) {
  try {
    const found = await Promise.all(runs.map(({ run_id: run }) => getJson(`/api/runs/${encodeURIComponent(run)}/`)));
    draw(found);
    openModal(dialog);
    dialog.scrollTo({ top: 0 });
    byId("comparison-title").focus({ preventScroll: true });
  } catch (error) {
    expectApiError(error);
    note("works", error.message);
  }
}

function draw(runs) {
  const works = runs.map(workOf);
  const values = (fact) => works.map(FACTS[fact]);
  const differs = (fact) => new Set(values(fact)).size > 1;
  const different = Object.keys(FACTS).filter(differs);
  const same = Object.keys(FACTS).filter((fact) => !differs(fact) && values(fact)[0]);
  setText(byId("comparison-same"), sameIn(different, same));
  box.dataset.works = String(works.length);
  box.replaceChildren(...pictures(runs), ...different.flatMap((fact) => rowOf(fact, values(fact))));
}

function sameIn(different, same) {
  if (!same.length) return t("same_nothing");
  if (different.every((fact) => fact === "seed")) return t("same_everything");
  const names = same.map((fact) => t(`fact_${fact}`));
  return t("same_all", { facts: new Intl.ListFormat(language).format(names) });
}

function pictures(runs) {
  return runs.map((run, at) => {
    const cell = numbered(at);
    const frame = document.createElement("div");
    frame.className = "comparison-picture";
    drawPictures(frame, run, nowhere, anyOutputOf(run.output_config));
    cell.append(frame);
    return cell;
  });
}

function rowOf(fact, values) {
  const title = document.createElement("h3");
  title.textContent = t(`fact_${fact}`);
  const common = WRITTEN.has(fact) ? commonWords(values) : null;
  const cells = values.map((value, at) => {
    const cell = numbered(at);
    const text = document.createElement("p");
    if (common) text.append(...marked(value, common));
    else text.textContent = value || t("fact_nothing");
    if (common) text.className = "comparison-words";
    cell.append(text);
    return cell;
  });
  return [title, ...cells];
}

function numbered(at) {
  const cell = document.createElement("div");
  const number = document.createElement("span");
  cell.className = "comparison-cell";
  number.className = "comparison-number";
  number.setAttribute("aria-hidden", "true");
  number.textContent = String(at + 1);
  const said = document.createElement("span");
  said.className = "visually-hidden";
  said.textContent = t("work_n", { n: at + 1 });
  cell.append(number, said);
  return cell;
}

const WORDS = /[\p{L}\p{N}]+/gu;
const wordsIn = (text) => new Set((text.match(WORDS) || []).map((one) => one.toLocaleLowerCase()));

/** The words that all of the texts have. */
function commonWords(texts) {
  const [first, ...others] = texts.map(wordsIn);
  return new Set([...first].filter((one) => others.every((words) => words.has(one))));
}

/** The text with the words that not all texts have marked as such. */
function marked(text, common) {
  const pieces = [];
  let at = 0;
  for (const match of text.matchAll(WORDS)) {
    if (common.has(match[0].toLocaleLowerCase())) continue;
    const element = document.createElement("mark");
    element.textContent = match[0];
    pieces.push(text.slice(at, match.index), element);
    at = match.index + match[0].length;
  }
  return [...pieces, text.slice(at)];
}

prepareModal(dialog);
dialog.addEventListener("close", () => box.replaceChildren());
