"""Words to concepts: the vocabulary, and the word behind an inflected or compound one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VOCABULARY = Path(__file__).with_name("vocabulary.json")
CATEGORIES = (
    "colours",
    "numbers",
    "places",
    "times",
    "weathers",
    "moods",
    "sizes",
    "motions",
    "styles",
    "things",
)
ENDINGS = ("e", "n", "en", "er", "es", "em", "s", "ern", "ste", "sten", "ere", "eren", "'s")
GERMAN_COLOURS = ("rot", "blau", "grün", "gelb", "grau", "weiß", "schwarz", "braun", "violett")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    words: dict[str, tuple[tuple[str, str], ...]]
    plurals: frozenset[str]
    phrases: dict[str, tuple[str, str]]
    false_friends: frozenset[str]
    stopwords: frozenset[str]


@cache
def vocabulary() -> Vocabulary:
    data = json.loads(VOCABULARY.read_text(encoding="utf-8"))
    words: dict[str, list[tuple[str, str]]] = {}
    plurals = set()
    for category in CATEGORIES:
        for concept, text in data[category].items():
            for entry in text.split():
                word = entry.lstrip("+")
                if entry != word:
                    plurals.add(word)
                words.setdefault(word, []).append((category, concept))
    phrases = {key: tuple(value.split()) for key, value in data["phrases"].items()}
    return Vocabulary(
        {word: tuple(found) for word, found in words.items()},
        frozenset(plurals),
        phrases,
        frozenset(data["false_friends"].split()),
        frozenset(data["stopwords"].split()),
    )


def look_up(word: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The vocabulary word behind an inflected or compound word, and its concepts."""
    known = vocabulary()
    if word in known.words:
        return word, known.words[word]
    if word in known.stopwords or word in known.false_friends:
        return "", ()
    for ending in ENDINGS:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) >= 3:
            for candidate in (stem, stem + "e"):
                if candidate in known.words and not _is_number(candidate):
                    return candidate, known.words[candidate]
    return _compound(word)


def _is_number(word: str) -> bool:
    return any(category == "numbers" for category, _ in vocabulary().words[word])


def _compound(word: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A German compound is what its last part says; failing that, its first part colours it."""
    known = vocabulary()
    for ending in ("", "e", "er", "es", "en", "em", "n", "s"):
        core = word.removesuffix(ending)
        for colour in GERMAN_COLOURS:
            if core.endswith(colour) and len(core) - len(colour) >= 4:
                return colour, known.words[colour]
    for cut in range(3, len(word) - 3):
        head = word[cut:]
        for ending in ("", "n", "en", "s", "e", "es", "er"):
            stem = head.removesuffix(ending)
            if len(stem) >= 4 and stem in known.words and not _is_number(stem):
                return stem, known.words[stem]
    for cut in range(len(word) - 4, 3, -1):
        stem = word[:cut]
        if stem in known.words and any(
            category in ("things", "places", "times", "weathers")
            for category, _ in known.words[stem]
        ):
            return stem, known.words[stem]
    return "", ()
