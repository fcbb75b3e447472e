"""A stand-in for what browsers have to speak and to listen with: headless Chromium has no voices.

The scripts are put into a page before ours. What they note is asked for by `page.evaluate`.
"""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page

from ai4artsed.tests.workshop_process import wait_for

GERMAN = {"name": "Anna", "lang": "de-DE", "localService": True, "default": True, "voiceURI": "a"}
ENGLISH = {"name": "Kate", "lang": "en_GB", "localService": True, "default": False, "voiceURI": "k"}
ROBOT = {
    "name": "Eddy",
    "lang": "de-DE",
    "localService": True,
    "default": True,
    "voiceURI": "com.apple.eloquence.de-DE.Eddy",
}
# The words would go to a server.
REMOTE = {
    "name": "Google Deutsch",
    "lang": "de-DE",
    "localService": False,
    "default": True,
    "voiceURI": "g",
}

_SPEAKING = """
(() => {
  const spoken = [];
  let current = null;
  let voices = [];
  class Utterance extends EventTarget {
    constructor(text) { super(); this.text = text; }
  }
  class Synthesis extends EventTarget {
    getVoices() { return [...voices]; }
    speak(utterance) {
      spoken.push({ text: utterance.text, voice: utterance.voice?.name, lang: utterance.lang });
      current = utterance;
    }
    cancel() { current?.dispatchEvent(new Event("error")); current = null; }
  }
  const synthesis = new Synthesis();
  Object.defineProperty(window, "speechSynthesis", { value: synthesis });
  window.SpeechSynthesisUtterance = Utterance;
  window.speaking = {
    spoken,
    isSpeaking: () => current !== null,
    voicesCome: (come) => { voices = come; synthesis.dispatchEvent(new Event("voiceschanged")); },
    goesOn() { const ended = current; current = null; ended.dispatchEvent(new Event("end")); },
  };
  voices = VOICES;
})();
"""

_LISTENING = """
(() => {
  const asked = [];
  const ears = [];
  class Recognition extends EventTarget {
    static async available(wish) { asked.push(wish); return AVAILABLE; }
    get processLocally() { return this.local ?? false; }
    set processLocally(value) { this.local = value; }
    start() { ears.push(this); this.listens = true; }
    stop() { this.abort(); }
    abort() { this.listens = false; this.dispatchEvent(new Event("end")); }
  }
  Object.defineProperty(window, "SpeechRecognition", { value: undefined, writable: true });
  window.webkitSpeechRecognition = Recognition;
  const latest = () => ears[ears.length - 1];
  window.listening = {
    asked,
    wishes: () => ears.map(({ lang, processLocally }) => ({ lang, processLocally })),
    isOn: () => Boolean(latest()?.listens),
    hears(transcript, isFinal) {
      const result = Object.assign([{ transcript }], { isFinal });
      const told = { results: [result], resultIndex: 0 };
      latest().dispatchEvent(Object.assign(new Event("result"), told));
    },
    fails(error) {
      latest().dispatchEvent(Object.assign(new Event("error"), { error }));
      latest().dispatchEvent(new Event("end"));
    },
  };
})();
"""

# As in browsers that send what they hear to their vendor: there is nothing to ask.
LISTENING_ELSEWHERE = """
window.webkitSpeechRecognition = class extends EventTarget { start() { window.listened = true; } };
Object.defineProperty(window, "SpeechRecognition", { value: undefined, writable: true });
"""


def speaking(*voices: dict[str, Any]) -> str:
    """Return the script of a browser with these voices."""
    return _SPEAKING.replace("VOICES", json.dumps(voices))


def listening(available: str = "available") -> str:
    """Return the script of a browser that so answers whether it listens on the device."""
    return _LISTENING.replace("AVAILABLE", json.dumps(available))


def spoken(page: Page) -> list[dict[str, str]]:
    """Return what was said so far: text, voice, lang."""
    return list(page.evaluate("() => speaking.spoken"))


def is_speaking(page: Page) -> bool:
    return bool(page.evaluate("() => speaking.isSpeaking()"))


def expect_speaking(page: Page, expected: bool = True) -> None:
    """Some windows tell that they have been closed a moment after they are gone from sight."""
    wait_for(lambda: is_speaking(page) == expected, 15)


def goes_on(page: Page) -> None:
    """Have the voice come to the end of what it says."""
    page.evaluate("() => speaking.goesOn()")


def hears(page: Page, words: str, *, sure: bool = True) -> None:
    page.evaluate("([words, sure]) => listening.hears(words, sure)", [words, sure])


def expect_listening(page: Page, expected: bool = True) -> None:
    wait_for(lambda: page.evaluate("() => listening.isOn()") == expected, 15)
