"""Words to concepts: what the drawing takes from a German or English text."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

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
ENDINGS = ("", "e", "n", "en", "er", "es", "em", "s", "ern", "ste", "sten", "ere", "eren", "'s")
GERMAN_COLOURS = ("rot", "blau", "grün", "gelb", "grau", "weiß", "schwarz", "braun", "violett")
ABOVE = {"auf", "on", "über", "over", "above", "atop", "onto", "upon"}
NEGATIONS = {
    "kein", "keine", "keinen", "keinem", "keiner", "keines", "ohne", "nirgends", "nie",
    "no", "without", "never", "not",
}  # fmt: skip
# what may stand between a negation and the thing it denies
ARTICLES = {"ein", "eine", "einen", "einem", "einer", "der", "die", "das", "den", "dem", "a", "an",
            "the", "any", "my", "mein", "meine", "meinen"}  # fmt: skip
SINGULAR = {"ein", "eine", "eines", "einem", "einen", "einer", "des", "dem", "vom", "zum", "beim"}
MAX_WORDS = 400
MAX_THINGS = 7


@dataclass(slots=True)
class Mention:
    """One kind of thing in the text, with what was said about it."""

    thing: str
    word: str
    position: int
    count: int = 1
    times_named: int = 1
    colours: list[str] = field(default_factory=list)
    size: str = ""
    flying: bool = False
    sleeping: bool = False
    above: str = ""

    @property
    def weight(self) -> float:
        return 1 / (1 + 0.06 * self.position) + 0.35 * min(self.times_named - 1, 4)


@dataclass(slots=True)
class Reading:
    """All that a text says to the drawing; empty strings where it says nothing."""

    things: list[Mention]
    colours: list[str]
    numbers: list[int]
    place: str
    time: str
    weather: str
    mood: str
    style: str
    unknown: list[str]
    nouns: list[str]
    """Unknown words written with a capital inside the text: German nouns and names."""

    def as_metadata(self) -> dict[str, Any]:
        return {
            "colours": self.colours,
            "things": [{"thing": m.thing, "word": m.word, "count": m.count} for m in self.things],
            "number": self.numbers[0] if self.numbers else None,
            "place": self.place,
            "time": self.time,
            "weather": self.weather,
            "mood": self.mood,
            "style": self.style,
            "unknown": self.unknown,
        }


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


def digest(text: str) -> int:
    """A number that is the same for the same text in every process."""
    return int.from_bytes(sha256(text.encode("utf-8", "replace")).digest()[:8], "big")


def word_random(text: str) -> Random:
    """Chance that belongs to a word: the same in every picture."""
    return Random(digest(text))  # noqa: S311 (a picture, not a secret)


def look_up(word: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The vocabulary word behind an inflected or compound word, and its concepts."""
    known = vocabulary()
    if word in known.words:
        return word, known.words[word]
    if word in known.stopwords or word in known.false_friends:
        return "", ()
    for ending in ENDINGS[1:]:
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


def _is_denied(tokens: list[str], position: int) -> bool:
    """Whether a "no" or "ohne" stands before the word, with at most an article or an adjective."""
    before = [t for t in tokens[max(0, position - 3) : position] if t not in ARTICLES]
    if not before:
        return False
    if before[-1] in NEGATIONS:
        return True
    between = {category for category, _ in look_up(before[-1])[1]}
    return before[-2:-1] != [] and before[-2] in NEGATIONS and bool(between & {"colours", "sizes"})


def read(text: str) -> Reading:
    """Read the first words of `text`; never raises, whatever the text is."""
    known = vocabulary()
    plain = " ".join(text.lower().replace("’", "'").split())
    tokens = re.findall(r"\d+(?:s|er)?|[^\W\d_]+(?:'s)?", plain)[:MAX_WORDS]
    votes: dict[str, dict[str, float]] = {category: {} for category in CATEGORIES}
    for phrase, (category, concept) in known.phrases.items():
        if re.search(rf"\b{phrase}\b", plain):
            votes[category][concept] = 1.5
    # the German pronoun "man" is nobody
    german = bool({"und", "ist", "ein", "eine", "der", "das"} & set(tokens))
    mentions: dict[str, Mention] = {}
    numbers: list[int] = []
    unknown: list[str] = []
    waiting_colours: list[str] = []
    waiting: dict[str, Any] = {}
    last: Mention | None = None
    above_of: Mention | None = None
    for position, token in enumerate(tokens):
        if token in (".", "und", "and", "oder", "or"):
            above_of = None
        if token in ARTICLES:
            # "bis zwölf: der Drache": the number belongs to something else
            waiting.pop("count", None)
        if token in ABOVE and last:
            above_of = last
        if token.isdecimal() and not ("1000" < token < "2100" and len(token) == 4):
            waiting["count"] = max(1, min(int(token[:4]), 14))
            numbers.append(waiting["count"])
            waiting["at"] = position
            continue
        stem, concepts = look_up(token)
        if not concepts:
            if len(token) > 2 and token not in known.stopwords and token not in unknown:
                unknown.append(token)
            continue
        if _is_denied(tokens, position) or (stem == "man" and german):
            continue
        if waiting and position - waiting.get("at", position) > 4:
            waiting, waiting_colours = {}, []
        for category, concept in concepts:
            scores = votes[category]
            scores[concept] = scores.get(concept, 0.0) + (0.4 if concept in scores else 1.0) / (
                1 + 0.02 * position
            )
            if category == "numbers":
                numbers.append(int(concept))
                waiting.update(count=int(concept), at=position)
            elif category == "colours":
                if last and tokens[position - 1] in ("ist", "is", "are", "sind", "war", "was"):
                    last.colours.append(concept)
                else:
                    waiting_colours.append(concept)
                    waiting["at"] = position
            elif category == "sizes":
                waiting.update(size=concept, at=position)
            elif category == "motions":
                if last and position - last.position < 8:
                    last.flying |= concept == "fly"
                    last.sleeping |= concept == "sleep"
                else:
                    waiting.update({concept: True, "at": position})
            elif category == "things":
                mention = mentions.get(concept)
                if mention is None:
                    mention = mentions[concept] = Mention(concept, token, position)
                else:
                    mention.times_named += 1
                plural = token in known.plurals or stem in known.plurals
                plural |= token != stem and token in (stem + "s", stem + "n", stem + "en")
                before = set(tokens[max(0, position - 3) : position])
                plural &= "'" not in token and not SINGULAR & before
                if stem not in known.plurals and token not in known.plurals:
                    # "dem Drachen" after "ein Drache" is still the same one
                    plural &= mention.times_named == 1
                mention.count = max(mention.count, waiting.get("count", 3 if plural else 1))
                mention.colours += [c for c in waiting_colours if c not in mention.colours]
                mention.size = waiting.get("size", mention.size)
                mention.flying |= bool(waiting.get("fly"))
                mention.sleeping |= bool(waiting.get("sleep"))
                waiting, waiting_colours = {}, []
                if above_of and above_of is not mention and not above_of.above:
                    above_of.above = concept
                last = mention
    things = sorted(mentions.values(), key=lambda m: (-m.weight, m.position))[:MAX_THINGS]

    def winner(category: str) -> str:
        scores = votes[category]
        return max(scores, key=lambda concept: scores[concept]) if scores else ""

    return Reading(
        things=things,
        colours=sorted(votes["colours"], key=lambda c: -votes["colours"][c])[:4],
        numbers=numbers[:8],
        place=winner("places"),
        time=winner("times"),
        weather=winner("weathers"),
        mood=winner("moods"),
        style=winner("styles"),
        unknown=unknown[:24],
        nouns=[word for word in unknown if re.search(rf"[^\W.!?:]\s+{word.capitalize()}", text)][
            :6
        ],
    )
