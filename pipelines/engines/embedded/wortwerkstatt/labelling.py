"""Labelling: the sentence as a technical drawing: letters on its parts, measures, a parts list."""

from __future__ import annotations

from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.words import closed

_LETTERS = "ABCDEF"


def drawn(parsed: ParsedText) -> str:
    words = load("games", parsed.language)["drawing"]
    parts = list(parsed.parts)
    letters = dict(zip((t.noun.lemma.lower() for t in parsed.things), _LETTERS, strict=False))
    for phrase in parsed.phrases:
        if letter := letters.get(phrase.noun.lemma.lower()):
            parts[phrase.place] += f" ({letter})"
    lines = [parsed.pick(words["first"]), closed("".join(parts))]
    views = parsed.dice.sample(words["views"], min(len(words["views"]), len(parsed.things)))
    for letter, thing, view in zip(_LETTERS, parsed.things, views, strict=False):
        low, high = words["sizes"].get(thing.noun.kind, words["sizes"]["d"])
        wide, tall = (10 * parsed.dice.randint(low, high) for _ in "wh")
        lines.append(f"{letter}: {thing.name}, {wide} × {tall} {words['unit']}, {view}.")
    scale = parsed.pick(["1:5", "1:10", "1:20", "1:50"])
    lines.append(words["last"].format(scale=scale))
    return "\n".join(lines)
