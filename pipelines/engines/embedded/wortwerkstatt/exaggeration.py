"""Exaggeration: sizes burst, numbers get zeros, vowels stretch, and nothing is ever enough."""

from __future__ import annotations

import re

from pipelines.engines.embedded.wortwerkstatt.lens import adjective_by_kind, filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.sketch import Sketch, decorated, replaced
from pipelines.engines.embedded.wortwerkstatt.words import WORD, bare, like

_VOWEL = re.compile(r"(?i)[aeiouäöü]")


def stretched(word: str) -> str:
    """The first vowel of `word` held far too long."""
    return _VOWEL.sub(lambda m: m[0] + m[0].lower() * 4, word, count=1)


def overdriven(sketch: Sketch) -> str:
    words = load("games", sketch.language)["overdrive"]
    numbers = {word: words["number"] for word, n in sketch.lexicon.numbers.items() if n > 1}
    text = replaced(sketch, words["stronger"] | numbers)
    text = re.sub(r"\b([2-9]|\d\d)\b", r"\g<1>000", text)
    grown = sketch.again(text)
    text = bare(decorated(grown, adjective_by_kind(sketch, words["adjectives"])))
    for at, word in sketch.again(text).words():
        if (found := sketch.lexicon.verbs.get(word.lower())) and found not in {"sei", "be", "have"}:
            parts = sketch.again(text).parts
            parts[at] = f"{word.upper()} {sketch.pick(words['how'])}"
            text = "".join(parts)
            break
    loud = WORD.search(text)
    if loud and len(text) < 30:
        text = text[: loud.start()] + stretched(loud[0]) + text[loud.end() :]
    last = filled(sketch, sketch.pick(words["last"]))
    name = sketch.things[0].name
    return f"{text}!!! {last} {like(name, stretched(name)).upper()}!"
