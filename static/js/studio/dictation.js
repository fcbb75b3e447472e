// Speaking instead of typing, only where the browser understands speech on the device itself:
// what a child says goes to no server. A button with data-dictate="id" writes into that field.

import { byId, find, findAll, setIcon, setText } from "../base/dom.js";
import { claimMedia, holdsMedia, releaseMedia, releaseUnseen } from "../base/media-focus.js";
import { onChange } from "../base/store.js";
import { language, t } from "../base/strings.js";

const Recognition = /** @type {any} */ (window).SpeechRecognition || /** @type {any} */ (window).webkitSpeechRecognition;
const LOCALES = { de: ["de-DE"], en: ["en-GB", "en-US"] };
const ERROR_STRINGS = { "no-speech": "heard_nothing", "not-allowed": "microphone_forbidden", "audio-capture": "microphone_missing" };

const buttons = findAll("[data-dictate]");
let locale = "";

/** What this device understands by itself; what it would have to load first does not count. */
async function localLocale() {
  // A browser that does not know the wish would send the voice to its vendor.
  if (!Recognition?.available || !("processLocally" in Recognition.prototype)) return "";
  for (const lang of LOCALES[language]) {
    if ((await Recognition.available({ langs: [lang], processLocally: true })) === "available") return lang;
  }
  return "";
}

const statusOf = (button) => find(`[data-speech-status="${button.dataset.dictate}"]`);

function showStatus(button, state, heard = "") {
  setText(statusOf(button).querySelector("span"), state);
  setText(statusOf(button).querySelector("q"), heard);
}

function listen(button) {
  const field = byId(button.dataset.dictate);
  const recognition = new Recognition();
  let unsure = ""; // heard, but perhaps still to be corrected
  Object.assign(recognition, { lang: locale, processLocally: true, continuous: true, interimResults: true });

  recognition.addEventListener("result", ({ results, resultIndex }) => {
    if (!holdsMedia(button)) return;
    const latest = [...results].slice(resultIndex);
    const heard = (sure) => latest.filter((one) => one.isFinal === sure).map(([best]) => best.transcript).join(" ");
    unsure = heard(false);
    insert(field, heard(true));
    showStatus(button, t("listening"), unsure);
  });
  recognition.addEventListener("error", ({ error }) => {
    if (!holdsMedia(button)) return;
    releaseMedia();
    showStatus(button, t(ERROR_STRINGS[error] || "dictation_failed"));
  });
  recognition.addEventListener("end", () => holdsMedia(button) && releaseMedia());

  // A question of the browser, may it use the microphone, takes the focus from the window only.
  const left = () => document.activeElement !== field && releaseMedia();
  field.focus();
  field.addEventListener("blur", left);
  claimMedia(button, () => {
    field.removeEventListener("blur", left);
    // What was seen as heard stays, also when the child goes on at once.
    insert(field, unsure);
    recognition.abort();
    showStatus(button, "");
    draw();
  });
  showStatus(button, t("listening"));
  draw();
  recognition.start();
}

/** Writes at the caret, in a way that can be undone. */
function insert(field, heard) {
  const { selectionStart: start, selectionEnd: end, value, maxLength } = field;
  const [before, after] = [value.slice(0, start), value.slice(end)];
  const words = heard.trim();
  if (!words) return;
  const begins = /(^|[.!?…]\s*)$/.test(before);
  const room = maxLength < 0 ? Infinity : maxLength - before.length - after.length;
  const text = [
    before && !/\s$/.test(before) ? " " : "",
    begins ? words[0].toLocaleUpperCase(language) + words.slice(1) : words,
    /^[\p{L}\p{N}]/u.test(after) ? " " : "",
  ].join("").slice(0, room);
  if (document.activeElement === field && document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, start, end, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

function draw() {
  for (const button of buttons) {
    button.hidden = !locale || byId(button.dataset.dictate).readOnly;
    setIcon(button.querySelector("svg"), holdsMedia(button) ? "stop" : "microphone");
    setText(button.querySelector("span"), t(holdsMedia(button) ? "dictate_stop" : "dictate"));
    button.classList.toggle("listening", holdsMedia(button));
  }
  releaseUnseen();
}

for (const button of buttons) {
  // The caret stays where it is.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => (holdsMedia(button) ? releaseMedia() : listen(button)));
}
onChange(() => queueMicrotask(draw));
localLocale().then(
  (found) => {
    locale = found;
    draw();
  },
  () => {}, // refused here by a policy: the button stays away
);
