// Pictures and the label beside them, of the latest picture and of earlier works.

import { anyOutputOf, anyRuleOf } from "../base/catalog.js";
import { fromTemplate } from "../base/dom.js";
import { local, t } from "../base/strings.js";
import { captionOf, fileFigureOf } from "./media-files.js";

/** @type {Promise<any> | null} */
let runner = null; // what runs sketches comes with the first one: most works are pictures

/** Draws what `run` made into `box`, and leads `save` to what is to be taken home of it. */
export function drawPictures(box, { media, composite_url: sheet, is_own: isOwn = true }, save, output) {
  const shown = media.filter((one) => one.kind === "image" || one.kind === "composite");
  const sketches = media.filter((one) => one.kind === "p5");
  const files = media.filter((one) => !shown.includes(one) && !sketches.includes(one));
  box.classList.toggle("many", shown.length > 1);
  box.replaceChildren(
    ...shown.map((one) => figureOf(one, output)),
    ...sketches.slice(0, 1).map((one) => sketchOf(one, isOwn)),
    ...files.map((one) => fileFigureOf(one, output)),
  );
  runner?.then(({ endDetached }) => endDetached());
  save.hidden = !media.length;
  save.textContent = t(files.length ? "media_save" : "picture_save");
  // Where several belong together, the sheet with all of them is what to take home.
  if (media.length) save.href = sheet || media[0].url;
}

/** An element in which the sketch of `media` (an item of a run's media) runs, as soon as that is here. */
function sketchOf(media, isOwn) {
  const element = fromTemplate("sketch");
  runner ??= import("./sketch.js");
  runner.then(({ runSketch }) => element.isConnected && runSketch(element, media, isOwn));
  return element;
}

function figureOf(one, output) {
  const figure = document.createElement("figure");
  const image = document.createElement("img");
  image.src = one.url;
  image.alt = t("picture_alt");
  image.width = one.width || one.metadata?.width || 1024;
  image.height = one.height || one.metadata?.height || 1024;
  const captions = captionOf(one, output);
  if (captions.length) image.alt = captions[0].textContent;
  figure.append(image, ...captions);
  return figure;
}

/** Fills a <dl> with what a picture was made of and by whom. */
export function drawFacts(list, { rule, output, seed }) {
  const machine = anyOutputOf(output);
  const facts = [
    ["rule", local(anyRuleOf(rule)?.name)],
    ["machine", [local(machine?.name), machine?.rule_based ? t("no_ai") : ""].filter(Boolean).join(" – ")],
    ["seed", seed === undefined || seed === null ? "" : String(seed)],
  ].filter(([, value]) => value);
  const key = JSON.stringify(facts);
  if (list.dataset.shown === key) return;
  list.dataset.shown = key;
  list.replaceChildren(
    ...facts.flatMap(([name, value]) => {
      const term = document.createElement("dt");
      const description = document.createElement("dd");
      term.textContent = t(`fact_${name}`);
      description.textContent = value;
      return [term, description];
    }),
  );
}
