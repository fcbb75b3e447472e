"""What the drawing takes from a German or English text: things, and what is said of them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Any, NamedTuple

from .vocabulary import CATEGORIES, look_up, vocabulary

IS = {"ist", "is", "are", "sind", "war", "was"}
CONJUNCTIONS = {"und", "and", "oder", "or"}
ABOVE = {"auf", "on", "über", "over", "above", "atop", "onto", "upon"}
NEGATIONS = {
    "kein", "keine", "keinen", "keinem", "keiner", "keines", "ohne", "nirgends", "nie",
    "no", "without", "never", "not",
}  # fmt: skip
# what may stand between a negation and the thing it denies
ARTICLES = {"ein", "eine", "einen", "einem", "einer", "der", "die", "das", "den", "dem", "a", "an",
            "the", "any", "my", "mein", "meine", "meinen"}  # fmt: skip
SINGULAR = {"ein", "eine", "eines", "einem", "einen", "einer", "des", "dem", "vom", "zum", "beim"}
# by these a text is German, where the pronoun "man" is nobody
GERMAN = {"und", "ist", "ein", "eine", "der", "das"}
MAX_WORDS = 400
MAX_THINGS = 7
MAX_COUNT = 14


class Word(NamedTuple):
    """A word of the text, and the vocabulary's word behind it."""

    position: int
    token: str
    stem: str


@dataclass(slots=True)
class Attributes:
    """What is said of a thing before the thing itself is named."""

    position: int = 0
    """Of the last word that said something of it."""
    count: int | None = None
    colours: list[str] = field(default_factory=list)
    size: str = ""
    flying: bool = False
    sleeping: bool = False


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

    def take(self, said: Attributes, *, is_plural: bool) -> None:
        count = said.count if said.count is not None else 3 if is_plural else 1
        self.count = max(self.count, count)
        self.colours += [colour for colour in said.colours if colour not in self.colours]
        self.size = said.size or self.size
        self.flying |= said.flying
        self.sleeping |= said.sleeping


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


def digest(text: str) -> int:
    """A number that is the same for the same text in every process."""
    return int.from_bytes(sha256(text.encode("utf-8", "replace")).digest()[:8], "big")


def word_random(text: str) -> Random:
    """Chance that belongs to a word: the same in every picture."""
    return Random(digest(text))  # noqa: S311 (a picture, not a secret)


def _is_denied(tokens: list[str], position: int) -> bool:
    """Whether a "no" or "ohne" stands before the word, with at most an article or an adjective."""
    before = [t for t in tokens[max(0, position - 3) : position] if t not in ARTICLES]
    if not before:
        return False
    if before[-1] in NEGATIONS:
        return True
    between = {category for category, _ in look_up(before[-1])[1]}
    return before[-2:-1] != [] and before[-2] in NEGATIONS and bool(between & {"colours", "sizes"})


class Votes:
    """How strongly each concept of a category was named."""

    def __init__(self) -> None:
        self._scores: dict[str, dict[str, float]] = {category: {} for category in CATEGORIES}

    def add_phrases(self, plain: str) -> None:
        for phrase, (category, concept) in vocabulary().phrases.items():
            if re.search(rf"\b{phrase}\b", plain):
                self._scores[category][concept] = 1.5

    def add(self, category: str, concept: str, position: int) -> None:
        """What is named again, or late, counts less."""
        scores = self._scores[category]
        weight = 0.4 if concept in scores else 1.0
        scores[concept] = scores.get(concept, 0.0) + weight / (1 + 0.02 * position)

    def ranked(self, category: str) -> list[str]:
        scores = self._scores[category]
        return sorted(scores, key=lambda concept: -scores[concept])

    def winner(self, category: str) -> str:
        return next(iter(self.ranked(category)), "")


class Reader:
    """Takes one token after the other and gathers what they say."""

    def __init__(self, plain: str) -> None:
        self.tokens = re.findall(r"\d+(?:s|er)?|[^\W\d_]+(?:'s)?", plain)[:MAX_WORDS]
        self.is_german = not GERMAN.isdisjoint(self.tokens)
        self.votes = Votes()
        self.votes.add_phrases(plain)
        self.mentions: dict[str, Mention] = {}
        self.numbers: list[int] = []
        self.unknown: list[str] = []
        self._pending = Attributes()
        self._last: Mention | None = None
        self._upper: Mention | None = None
        """What stands above the thing that is named next."""

    def read(self) -> None:
        for position, token in enumerate(self.tokens):
            self._take_function_word(token)
            if _is_count(token):
                self._take_number(max(1, min(int(token[:4]), MAX_COUNT)), position)
                continue
            stem, concepts = look_up(token)
            if not concepts:
                self._take_unknown(token)
            elif self._is_meant(stem, position):
                self._take_concepts(Word(position, token, stem), concepts)

    def _take_function_word(self, token: str) -> None:
        if token in CONJUNCTIONS:
            self._upper = None
        if token in ARTICLES:
            # "bis zwölf: der Drache": the number belongs to something else
            self._pending.count = None
        if token in ABOVE and self._last:
            self._upper = self._last

    def _take_unknown(self, token: str) -> None:
        is_new = token not in vocabulary().stopwords and token not in self.unknown
        if len(token) > 2 and is_new:
            self.unknown.append(token)

    def _is_meant(self, stem: str, position: int) -> bool:
        is_pronoun = stem == "man" and self.is_german
        return not is_pronoun and not _is_denied(self.tokens, position)

    def _take_concepts(self, word: Word, concepts: tuple[tuple[str, str], ...]) -> None:
        if word.position - self._pending.position > 4:
            # what was said so long ago belongs to no thing
            self._pending = Attributes()
        for category, concept in concepts:
            self.votes.add(category, concept, word.position)
            if category == "numbers":
                self._take_number(int(concept), word.position)
            elif category == "colours":
                self._take_colour(concept, word.position)
            elif category == "sizes":
                self._pending.size = concept
                self._pending.position = word.position
            elif category == "motions":
                self._take_motion(concept, word.position)
            elif category == "things":
                self._take_thing(concept, word)

    def _take_number(self, number: int, position: int) -> None:
        self.numbers.append(number)
        self._pending.count = number
        self._pending.position = position

    def _take_colour(self, colour: str, position: int) -> None:
        if self._last and self.tokens[position - 1] in IS:
            self._last.colours.append(colour)
        else:
            self._pending.colours.append(colour)
            self._pending.position = position

    def _take_motion(self, motion: str, position: int) -> None:
        """A verb soon after a thing says what that thing does, else what the next one does."""
        who: Mention | Attributes
        if self._last and position - self._last.position < 8:
            who = self._last
        else:
            who = self._pending
            who.position = position
        who.flying |= motion == "fly"
        who.sleeping |= motion == "sleep"

    def _take_thing(self, thing: str, word: Word) -> None:
        if thing in self.mentions:
            mention = self.mentions[thing]
            mention.times_named += 1
        else:
            mention = self.mentions[thing] = Mention(thing, word.token, word.position)
        mention.take(self._pending, is_plural=self._is_plural(word, mention))
        self._pending = Attributes()
        if self._upper and self._upper is not mention and not self._upper.above:
            self._upper.above = thing
        self._last = mention

    def _is_plural(self, word: Word, mention: Mention) -> bool:
        before = self.tokens[max(0, word.position - 3) : word.position]
        if "'" in word.token or not SINGULAR.isdisjoint(before):
            return False
        if not vocabulary().plurals.isdisjoint((word.token, word.stem)):
            return True
        # "dem Drachen" after "ein Drache" is still the same one
        is_first = mention.times_named == 1
        return is_first and word.token in (word.stem + "s", word.stem + "n", word.stem + "en")


def _is_count(token: str) -> bool:
    is_year = len(token) == 4 and "1000" < token < "2100"
    return token.isdecimal() and not is_year


def _nouns_of(unknown: list[str], text: str) -> list[str]:
    return [word for word in unknown if re.search(rf"[^\W.!?:]\s+{word.capitalize()}", text)]


def read(text: str) -> Reading:
    """Read the first words of `text`; never raises, whatever the text is."""
    reader = Reader(" ".join(text.lower().replace("’", "'").split()))
    reader.read()
    votes = reader.votes
    things = sorted(reader.mentions.values(), key=lambda m: (-m.weight, m.position))
    return Reading(
        things=things[:MAX_THINGS],
        colours=votes.ranked("colours")[:4],
        numbers=reader.numbers[:8],
        place=votes.winner("places"),
        time=votes.winner("times"),
        weather=votes.winner("weathers"),
        mood=votes.winner("moods"),
        style=votes.winner("styles"),
        unknown=reader.unknown[:24],
        nouns=_nouns_of(reader.unknown, text)[:6],
    )
