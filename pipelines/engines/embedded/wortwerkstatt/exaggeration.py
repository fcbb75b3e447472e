"""Exaggeration: sizes burst, numbers get zeros, vowels stretch, and nothing is ever enough."""

from __future__ import annotations

import re

from pipelines.engines.embedded.wortwerkstatt.lens import adjective_by_kind, filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText, decorated, replaced
from pipelines.engines.embedded.wortwerkstatt.words import WORD, bare, like

_VOWEL = re.compile(r"(?i)[aeiouäöü]")


def stretched(word: str) -> str:
    """The first vowel of `word` held far too long."""
    return _VOWEL.sub(lambda m: m[0] + m[0].lower() * 4, word, count=1)


def overdriven(parsed: ParsedText) -> str:
    words = load("games", parsed.language)["overdrive"]
    numbers = {word: words["number"] for word, n in parsed.lexicon.numbers.items() if n > 1}
    text = replaced(parsed, words["stronger"] | numbers)
    text = re.sub(r"\b([2-9]|\d\d)\b", r"\g<1>000", text)
    grown = parsed.with_text(text)
    text = bare(decorated(grown, adjective_by_kind(parsed, words["adjectives"])))
    for at, word in parsed.with_text(text).words():
        if (found := parsed.lexicon.verbs.get(word.lower())) and found not in {"sei", "be", "have"}:
            parts = parsed.with_text(text).parts
            parts[at] = f"{word.upper()} {parsed.pick(words['how'])}"
            text = "".join(parts)
            break
    loud = WORD.search(text)
    if loud and len(text) < 30:
        text = text[: loud.start()] + stretched(loud[0]) + text[loud.end() :]
    last = filled(parsed, parsed.pick(words["last"]))
    name = parsed.things[0].name
    return f"{text}!!! {last} {like(name, stretched(name)).upper()}!"
