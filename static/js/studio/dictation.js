// Speaking instead of typing, only where the browser understands speech on the device itself:
// what a child says goes to no server. A button with data-dictate="id" writes into that field.

import { byId, setIcon, setText } from "../base/dom.js";
import { onChange } from "../base/store.js";
import { endTurn, endUnseen, hasTurn, takeTurn } from "../base/turn.js";
import { language, word } from "../base/words.js";

const Recognition = window.SpeechRecognition || window.webkitSpeechRecognition;
const TONGUES = { de: ["de-DE"], en: ["en-GB", "en-US"] };
const SENTENCES = { "no-speech": "heard_nothing", "not-allowed": "microphone_forbidden", "audio-capture": "microphone_missing" };

const buttons = [...document.querySelectorAll("[data-dictate]")];
let tongue = "";

/** What this device understands by itself; what it would have to load first does not count. */
async function tongueHere() {
  // A browser that does not know the wish would send the voice to its vendor.
  if (!Recognition?.available || !("processLocally" in Recognition.prototype)) return "";
  for (const lang of TONGUES[language]) {
    if ((await Recognition.available({ langs: [lang], processLocally: true })) === "available") return lang;
  }
  return "";
}

const said = (button) => document.querySelector(`[data-said="${button.dataset.dictate}"]`);

function tellState(button, state, heard = "") {
  setText(said(button).querySelector("span"), state);
  setText(said(button).querySelector("q"), heard);
}

function listen(button) {
  const field = byId(button.dataset.dictate);
  const ear = new Recognition();
  let unsure = ""; // heard, but perhaps still to be corrected
  Object.assign(ear, { lang: tongue, processLocally: true, continuous: true, interimResults: true });

  ear.addEventListener("result", ({ results, resultIndex }) => {
    if (!hasTurn(button)) return;
    const latest = [...results].slice(resultIndex);
    const heard = (sure) => latest.filter((one) => one.isFinal === sure).map(([best]) => best.transcript).join(" ");
    unsure = heard(false);
    insert(field, heard(true));
    tellState(button, word("listening"), unsure);
  });
  ear.addEventListener("error", ({ error }) => {
    if (!hasTurn(button)) return;
    endTurn();
    tellState(button, word(SENTENCES[error] || "dictation_failed"));
  });
  ear.addEventListener("end", () => hasTurn(button) && endTurn());

  // A question of the browser, may it use the microphone, takes the focus from the window only.
  const left = () => document.activeElement !== field && endTurn();
  field.focus();
  field.addEventListener("blur", left);
  takeTurn(button, () => {
    field.removeEventListener("blur", left);
    // What was seen as heard stays, also when the child goes on at once.
    insert(field, unsure);
    ear.abort();
    tellState(button, "");
    draw();
  });
  tellState(button, word("listening"));
  draw();
  ear.start();
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
    button.hidden = !tongue || byId(button.dataset.dictate).readOnly;
    setIcon(button.querySelector("svg"), hasTurn(button) ? "stop" : "microphone");
    setText(button.querySelector("span"), word(hasTurn(button) ? "dictate_stop" : "dictate"));
    button.classList.toggle("listening", hasTurn(button));
  }
  endUnseen();
}

for (const button of buttons) {
  // The caret stays where it is.
  button.addEventListener("mousedown", (event) => event.preventDefault());
  button.addEventListener("click", () => (hasTurn(button) ? endTurn() : listen(button)));
}
onChange(() => queueMicrotask(draw));
tongueHere().then(
  (found) => {
    tongue = found;
    draw();
  },
  () => {}, // refused here by a policy: the button stays away
);
