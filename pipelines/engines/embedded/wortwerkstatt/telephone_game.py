"""Telephone game: at each station a few words are misheard as others that sound like them."""

from __future__ import annotations

import re
from functools import cache

from pipelines.engines.embedded.wortwerkstatt.lexicon import lexicon, load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.words import like

_MOST_MISHEARD = 4
_ALIKE = {"b": "p", "p": "b", "d": "t", "t": "d", "g": "k", "k": "g", "m": "n", "n": "m",
          "f": "w", "w": "f", "s": "z", "z": "s", "l": "r", "r": "l"}  # fmt: skip


@cache
def families(language: str) -> dict[str, tuple[str, ...]]:
    """Each word with the others of its sound family."""
    found: dict[str, tuple[str, ...]] = {}
    for line in load("games", language)["sounds"]:
        words = line.split()
        for word in words:
            others = tuple(other for other in words if other != word)
            found[word.lower()] = found.get(word.lower(), ()) + others
    return found


def slurred(word: str) -> str:
    """`word` with its first clear consonant heard a little wrong."""
    for at, letter in enumerate(word):
        if letter.lower() in _ALIKE and not (at + 1 < len(word) and word[at + 1].lower() == "h"):
            return word[:at] + like(letter, _ALIKE[letter.lower()]) + word[at + 1 :]
    return word


def misheard(parsed: ParsedText) -> str:
    """At least one word changes, at most four; no heard word stands in the text already."""
    known = families(parsed.language)
    present = {word.lower() for _, word in parsed.words()}
    parts = list(parsed.parts)
    by_sound = [at for at, word in parsed.words() if _choices(parsed, word, known, present)]
    wanted = max(1, min(_MOST_MISHEARD, len(present) // 5))
    parsed.dice.shuffle(by_sound)
    for at in by_sound[:wanted]:
        if choices := _choices(parsed, parts[at], known, present):
            heard = parsed.pick(choices)
            present.add(heard.lower())
            parts[at] = like(parts[at], heard)
    if parts == parsed.parts:
        small = lexicon(parsed.language).small
        others = [at for at, word in parsed.words() if word.lower() not in small and len(word) > 2]
        for at in parsed.dice.sample(others, min(1, len(others))):
            parts[at] = slurred(parts[at])
    return "".join(parts)


def _choices(
    parsed: ParsedText, word: str, known: dict[str, tuple[str, ...]], present: set[str]
) -> list[str]:
    """What `word` may be heard as: German nouns keep their gender, so the article still fits."""
    lexicon_ = parsed.lexicon
    choices = [other for other in known.get(word.lower(), ()) if other.lower() not in present]
    if not choices and (found := lexicon_.stem(word)) and found[1]:
        stems = known.get(found[0], ())
        choices = [
            other + found[1]
            for other in stems
            if re.match(r"[a-zäöüß]+\Z", other) and lexicon_.stem(other)
        ]
        choices = [other for other in choices if other.lower() not in present]
    if (noun := lexicon_.noun(word)) and parsed.language == "de":
        return [
            other
            for other in choices
            if (found_ := lexicon_.noun(other)) and found_[0].gender == noun[0].gender
        ]
    return choices
