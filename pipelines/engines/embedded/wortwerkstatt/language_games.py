"""Language games: Pig Latin for English, B-language and spoon language for German."""

from __future__ import annotations

import re

from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.words import like

_ONSET = re.compile(r"((?:[^aeiouy]*qu|y?[^aeiouy]*))(.*)\Z", re.I)
_VOWELS = re.compile(r"(?i)(aa|ee|oo|au|äu|eu|ei|ai|ie|[aeiouyäöü])(h?)")


def pig_latin(word: str) -> str:
    """apple -> appleway, street -> eetstray, queen -> eenquay."""
    if not word[:1].isalpha():
        return word
    stem, owner = re.match(r"(.*?)((?:['’]s)?)\Z", word).groups()  # type: ignore[union-attr]
    onset, rest = _ONSET.match(stem).groups()  # type: ignore[union-attr]
    turned = stem.lower() + "way" if not onset or not rest else (rest + onset).lower() + "ay"
    return like(stem, turned) + owner


def b_language(word: str) -> str:
    """Haus -> Haubaus: each vowel once more, with a b before it."""
    return _doubled(word, "b")


def spoon_language(word: str) -> str:
    """Haus -> Haulewaus: each vowel once more, with "lew" before it."""
    return _doubled(word, "lew")


def _doubled(word: str, between: str) -> str:
    turned = _VOWELS.sub(lambda m: f"{m[1]}{between}{m[1].lower()}{m[2]}", word.lower())
    return like(word, turned)


def in_play_language(parsed: ParsedText) -> str:
    games = {"en": [pig_latin], "de": [b_language, spoon_language]}[parsed.language]
    game = parsed.dice.choice(games)
    return "".join(game(part) if at % 2 else part for at, part in enumerate(parsed.parts))
