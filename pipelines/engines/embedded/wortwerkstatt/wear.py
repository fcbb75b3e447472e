"""Wear: a photocopy of a photocopy. With each copy vowels fade, then whole small words go.

Only vowels wear off: consonants carry a word longer, and no remnant reads as another word.
"""

from __future__ import annotations

from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText

_SPECKS = "·.°"
_VOWELS = "aeiouyäöü"
_FULL_COPIES_UP_TO = 400


def faded(parsed: ParsedText, text: str, share: float, small_words: float) -> str:
    """`text` with `share` of its vowels worn off; the first letter of a word always stays."""
    parts = parsed.with_text(text).parts
    for at in range(1, len(parts), 2):
        if parts[at].lower() in parsed.lexicon.small and parsed.dice.random() < small_words:
            parts[at] = ""
            continue
        parts[at] = parts[at][:1] + "".join(
            parsed.dice.choice(_SPECKS)
            if letter in _VOWELS and parsed.dice.random() < share
            else letter
            for letter in parts[at][1:]
        )
    return " ".join("".join(parts).split())


def worn(parsed: ParsedText) -> str:
    words = load("games", parsed.language)["copies"]
    text = parsed.text.strip()
    first = faded(parsed, text, 0.15, 0.15)
    third = faded(parsed, first, 0.6, 0.5)
    lines = [f"{words['label']} 1: {first}"] if len(text) <= _FULL_COPIES_UP_TO else []
    lines.append(f"{words['label']} 7: {third}")
    names = [thing.name for thing in parsed.things[:3]]
    lines.append(words["label"] + " 40: " + " … ".join(names) + " …")
    return "\n".join([*lines, parsed.pick(words["last"])])
