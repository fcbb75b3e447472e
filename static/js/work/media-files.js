// What a work is where it is neither a picture nor a sketch: the sign for it, and how it is shown.

import { local, t } from "../base/strings.js";

const SIGNS = { p5: "code", tonejs: "code", music: "speaker", audio: "speaker", video: "film-camera", "3d": "planet" };
const PLAYERS = { music: "audio", audio: "audio", video: "video" };
const MEDIA_STRINGS = { tonejs: "media_tones", "3d": "media_3d" };

/** The icon that stands for `run` in a list as long as there is no picture of it. */
export const signOf = (run) => SIGNS[run.media[0]?.kind] || "code";

/** A player for what can be played, else a sentence and the way to the file. */
export function fileFigureOf(one, output) {
  const figure = document.createElement("figure");
  figure.className = "media-figure";
  const player = PLAYERS[one.kind];
  if (player) {
    const element = /** @type {HTMLMediaElement} */ (document.createElement(player));
    Object.assign(element, { controls: true, preload: "metadata", src: one.url });
    element.setAttribute("aria-label", t(player === "video" ? "media_video" : "media_sound"));
    figure.append(element);
  } else {
    const words = document.createElement("p");
    words.className = "media-file";
    words.textContent = t(MEDIA_STRINGS[one.kind]);
    const link = document.createElement("a");
    Object.assign(link, { href: one.url, className: "quiet", download: "", textContent: t("media_save") });
    figure.append(words, link);
  }
  figure.append(...captionOf(one, output));
  return figure;
}

/** The name of the place that an output has among several. */
export function captionOf(one, output) {
  if (!one.role) return [];
  const caption = document.createElement("figcaption");
  caption.textContent = local(output?.role_names?.[one.role]) || one.role.replaceAll("_", " ");
  return [caption];
}
