// Texts read aloud by a voice of the device, and only by such: no text leaves it for that.
// A button with data-read reads what stands in the elements of this selector, as far as it is seen.

import { findAll, setIcon, setText } from "./dom.js";
import { claimMedia, holdsMedia, releaseMedia, releaseUnseen } from "./media-focus.js";
import { languageOf } from "./speech-language.js";
import { onChange } from "./store.js";
import { language, t } from "./strings.js";

// Some browsers fall silent in what takes longer than about fifteen seconds, so no more is said at once.
const SENTENCE = /\S[^]*?(?:[.!?…:]+["'“”»«’)\]]*(?=\s|$)|\n|$)/g;
const PIECE = /\S.{0,158}(?=\s|$)|\S{160}/g;
// Among Apple's voices are robots, bells and frogs.
const FOR_FUN = /eloquence|speech\.synthesis\.voice/i;
const REGION = { de: "de-de", en: "en-gb" };

const synthesis = window.speechSynthesis;
let utterance = null; // held, since a browser may forget one that nobody holds, with its end

const codeOf = (voice) => voice.lang.toLowerCase().replace("_", "-");

function voiceFor(spoken) {
  const own = (synthesis?.getVoices() || []).filter(
    (voice) => voice.localService === true && codeOf(voice).split("-")[0] === spoken,
  );
  const worth = (voice) =>
    4 * Number(!FOR_FUN.test(voice.voiceURI)) + 2 * Number(codeOf(voice) === REGION[spoken]) + Number(voice.default);
  return own.sort((one, other) => worth(other) - worth(one))[0];
}

/** `text` in pieces that are short enough, cut after sentences, else between words. */
const piecesOf = (text) => (text.match(SENTENCE) || []).flatMap((sentence) => sentence.match(PIECE) || []);

/** The text of an element without what is said to screen readers only. */
function wordsIn(element) {
  const copy = element.cloneNode(true);
  copy.querySelectorAll(".visually-hidden").forEach((hidden) => hidden.remove());
  return copy.textContent;
}

const partsOf = (button) => findAll(button.dataset.read);
const textIn = (parts) => parts.map((part) => (part.value ?? wordsIn(part)).trim()).filter(Boolean).join("\n");
const isBusy = (parts) => parts.some((part) => part.readOnly);

function read(button) {
  const text = textIn(partsOf(button).filter((part) => part.getClientRects().length));
  const voice = voiceFor(languageOf(text)) || voiceFor(language);
  if (!voice) return;
  claimMedia(button, () => {
    utterance = null;
    synthesis.cancel();
    drawReadAloud();
  });
  say(piecesOf(text), voice);
  drawReadAloud();
}

function say(pieces, voice) {
  const [piece, ...others] = pieces;
  if (!piece) return releaseMedia();
  const spoken = new SpeechSynthesisUtterance(piece);
  spoken.voice = voice;
  spoken.lang = voice.lang;
  spoken.addEventListener("end", () => spoken === utterance && say(others, voice));
  spoken.addEventListener("error", () => spoken === utterance && releaseMedia());
  utterance = spoken;
  return synthesis.speak(spoken);
}

/** Shows the buttons where there is a voice and something to read. */
export function drawReadAloud() {
  const able = Boolean(voiceFor(language));
  for (const button of findAll("[data-read]")) {
    const parts = partsOf(button);
    button.hidden = !able || isBusy(parts) || !textIn(parts);
    if (button.hidden) continue;
    setIcon(button.querySelector("svg"), holdsMedia(button) ? "stop" : "speaker");
    setText(button.querySelector("span"), t(holdsMedia(button) ? "stop_reading" : "read_aloud"));
  }
  releaseUnseen();
}

document.addEventListener("click", ({ target }) => {
  const button = /** @type {Element} */ (target).closest("[data-read]");
  if (!button) return;
  if (holdsMedia(button)) releaseMedia();
  else read(button);
});
synthesis?.addEventListener?.("voiceschanged", drawReadAloud);
// After all others: what is read is drawn by them.
onChange(() => queueMicrotask(drawReadAloud));
