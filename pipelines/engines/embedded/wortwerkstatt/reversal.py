"""Reversal of meaning: every word that has an opposite gets it; doing it twice leads back."""

from __future__ import annotations

import re
from functools import cache

from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText, exchanged
from pipelines.engines.embedded.wortwerkstatt.words import capital

_NEGATIONS = {
    "de": (r"(?i)\bein(?=(?:e[rsnm]?)?\b)", "kein"),
    "en": (r"(?i)\b(?:an?|one)\b", "no"),
}


@cache
def opposites(language: str) -> dict[str, str]:
    """Both ways; the data has one pair per entry."""
    pairs = [entry.split("|") for entry in load("games", language)["opposites"]]
    return {one: other for pair in pairs for one, other in (pair, pair[::-1])}


def reversed_meaning(parsed: ParsedText) -> str:
    table = opposites(parsed.language)
    parts = list(parsed.parts)
    done = 0
    for at, word in parsed.words():
        pair = " ".join(parts[at : at + 3 : 2]).lower()
        if at > done and " " in pair and pair in table:
            parts[at], parts[at + 2] = table[pair].split()
            done = at + 2
        elif at > done:
            parts[at] = exchanged(parsed, word, table)
    if parts != parsed.parts:
        return "".join(parts)
    article, negated = _NEGATIONS[parsed.language]

    def denied(found: re.Match[str]) -> str:
        return capital(negated) if found[0][0].isupper() else negated

    return re.sub(article, denied, parsed.text, count=1)
