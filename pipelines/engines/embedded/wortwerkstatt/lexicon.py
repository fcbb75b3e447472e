"""The word lists: nouns with gender and plural, adjectives, verbs, small words.

A noun's line in the data is `lemma|gender|plural|kind`. Genders: m f n, `mw` for the weak
masculines (der Drache, den Drachen), `x` in English. Kinds: w a being, d a thing, o a place,
n a piece of nature, z a time or a thought.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_SUFFIX_GENDER = (
    ("f", re.compile(r"(ung|heit|keit|schaft|ion|tät|erin|ei|ine)$")),
    ("n", re.compile(r"(chen|lein|ment|tum)$")),
    ("m", re.compile(r"(ling|ismus|or|er)$")),
)
_WHOLE_STEM = {"dunkl": "dunkel", "hoh": "hoch", "bös": "böse", "müd": "müde", "leis": "leise"}


@cache
def load(name: str, language: str) -> Any:
    """The data file `name` in "de" or "en"."""
    source = files(__package__).joinpath("data", f"{name}.{language}.json")
    return json.loads(source.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Noun:
    lemma: str
    gender: str
    plural: str
    kind: str

    @property
    def weak(self) -> bool:
        return self.gender == "mw"


@dataclass(frozen=True)
class Lexicon:
    """`forms` leads from a noun's lower-case form to the noun and whether that is its plural."""

    language: str
    nouns: tuple[Noun, ...]
    forms: Mapping[str, tuple[Noun, bool]]
    adjectives: frozenset[str]
    colours: tuple[str, ...]
    verbs: Mapping[str, str]
    small: frozenset[str]
    numbers: Mapping[str, int]

    def noun(self, word: str) -> tuple[Noun, bool] | None:
        """The noun and whether it is plural; a compound has gender and kind of its last part."""
        lower = word.lower().removesuffix("'s").removesuffix("’s")
        if lower in self.forms:
            return self.forms[lower]
        if self.language == "de":
            if lower[-1:] == "s" and lower[:-1] in self.forms:
                noun, plural = self.forms[lower[:-1]]
                return None if plural else (noun, False)
            if lower[-1:] == "n" and lower[:-1] in self.forms and self.forms[lower[:-1]][1]:
                return self.forms[lower[:-1]]
            for cut in range(2, len(lower) - 3):
                if found := self.forms.get(lower[cut:]):
                    noun, plural = found
                    head = word[:cut]
                    name = head + noun.lemma.lower()
                    return Noun(name, noun.gender, head + noun.plural.lower(), noun.kind), plural
        return None

    def guess(self, word: str) -> Noun:
        """A noun that no list holds; gender "" where its ending does not tell."""
        gender = "x"
        if self.language == "de":
            gender = next((g for g, ending in _SUFFIX_GENDER if ending.search(word)), "")
        return Noun(word, gender, word, "d")

    def stem(self, word: str) -> tuple[str, str] | None:
        """The known adjective in `word` and its ending, or None."""
        lower = word.lower()
        if lower in self.adjectives:
            return lower, ""
        if self.language == "de":
            for ending in ("en", "em", "er", "es", "e"):
                if lower.endswith(ending) and lower.removesuffix(ending) in self.adjectives:
                    stem = lower.removesuffix(ending)
                    return _WHOLE_STEM.get(stem, stem), ending
        return None


@cache
def lexicon(language: str) -> Lexicon:
    data = load("lexicon", language)
    nouns = tuple(
        sorted((Noun(*line.split("|")) for line in data["nouns"]), key=lambda n: n.lemma.lower())
    )
    forms: dict[str, tuple[Noun, bool]] = {n.plural.lower(): (n, True) for n in nouns}
    forms |= {n.lemma.lower(): (n, False) for n in nouns}
    verbs = {form: line.split()[-1] for line in data["verbs"] for form in line.split()}
    return Lexicon(
        language=language,
        nouns=nouns,
        forms=forms,
        adjectives=frozenset(data["adjectives"].split()) | frozenset(data["colours"].split()),
        colours=tuple(data["colours"].split()),
        verbs=verbs,
        small=frozenset(data["small"].split()),
        numbers=data["numbers"],
    )


def language_of(text: str, wished: str) -> str:
    """ "de" or "en": the one wished for, unless the small words clearly speak the other."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    count = {key: sum(word in lexicon(key).small for word in words) for key in ("de", "en")}
    if wished not in count:
        return "en" if count["en"] > count["de"] else "de"
    other = "en" if wished == "de" else "de"
    return other if count[other] >= 2 and count[other] > 2 * count[wished] else wished
