"""Geometric reduction: everything becomes circle, triangle or square and a primary colour.

What has no colour gets the one that Kandinsky gave its shape.

`reduced` keeps the sentence and its grammar; `listed` keeps only what a drawing program needs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.engines.embedded.wortwerkstatt.lens import filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText, decorated
from pipelines.engines.embedded.wortwerkstatt.phrases import Phrase
from pipelines.engines.embedded.wortwerkstatt.words import capital, closed

_MOST_SHAPES = 12


def shape_of(phrase: Phrase, words: Mapping[str, Any]) -> str:
    """The shape a noun is drawn with: by itself or by its kind."""
    own = words["shape_of_noun"].get(phrase.noun.lemma.lower())
    return str(own or words["shape_of_kind"].get(phrase.noun.kind, words["shape_of_kind"]["d"]))


def reduced(parsed: ParsedText) -> str:
    words = load("games", parsed.language)["geometry"]
    recoloured, coloured = _in_primary_colours(parsed, words)

    def colour(phrase: Phrase) -> str | None:
        if phrase.noun.kind == "z" or phrase.noun.lemma in coloured:
            return None
        return str(words["kandinsky"][shape_of(phrase, words)])

    def form(phrase: Phrase) -> str | None:
        return None if phrase.noun.kind == "z" else words["adjective"][shape_of(phrase, words)]

    painted = decorated(parsed.with_text(recoloured), colour)
    text = closed(decorated(parsed.with_text(painted), form))
    last = filled(parsed, parsed.pick(words["last"]))
    return f"{text} {' '.join(_sums(parsed, words))} {last}"


def _in_primary_colours(parsed: ParsedText, words: Mapping[str, Any]) -> tuple[str, set[str]]:
    """The text with simpler adjectives, and the nouns that have a primary colour by them."""
    parts = list(parsed.parts)
    coloured: set[str] = set()
    for phrase in parsed.phrases:
        for at in phrase.adjectives:
            if found := parsed.lexicon.stem(parts[at]):
                stem, ending = found
                if primary := words["primary"].get(stem):
                    coloured.add(phrase.noun.lemma)
                if simpler := primary or words["plain"].get(stem):
                    parts[at] = simpler + ending
            parts[at] = capital(parts[at]) if at == 1 else parts[at]
    return "".join(parts), coloured


def _sums(parsed: ParsedText, words: Mapping[str, Any]) -> list[str]:
    """For each shape the nouns that it is made of: at most four, each once."""
    nouns: dict[str, list[str]] = {}
    for phrase in parsed.phrases:
        if phrase.noun.kind != "z":
            names = nouns.setdefault(shape_of(phrase, words), [])
            if phrase.noun.lemma not in names and len(names) < 4:
                names.append(phrase.noun.lemma)
    if not nouns:
        nouns = {words["shape_of_kind"]["w"]: [parsed.things[0].name]}
    return [
        words["sum"].format(
            shape=shape.capitalize() if parsed.language == "de" else shape,
            names=" + ".join(names),
        )
        for shape, names in nouns.items()
    ]


def listed(parsed: ParsedText) -> str:
    """One line per noun: how many, what shape, which noun, size, colour, where."""
    words = load("games", parsed.language)["geometry"]
    lines: list[str] = []
    places = words["places"]
    shown = [phrase for phrase in parsed.phrases if phrase.noun.kind != "z"][:_MOST_SHAPES]
    for phrase in shown:
        stems = [f[0] for at in phrase.adjectives if (f := parsed.lexicon.stem(parsed.parts[at]))]
        colour = next((s for s in stems if s in parsed.lexicon.colours), "")
        colour = words["primary"].get(colour, colour) or parsed.pick(words["three"])
        size = next((words["sizes"][s] for s in stems if s in words["sizes"]), words["middle"])
        where = words["where"].get(phrase.before) or places[len(lines) % len(places)]
        shape = shape_of(phrase, words)
        lines.append(f"{phrase.count} × {shape} ({phrase.noun.lemma}), {size}, {colour}, {where}")
    if not lines:
        size, colour = words["middle"], parsed.pick(words["three"])
        shape = parsed.pick(list(words["adjective"]))
        lines.append(f"1 × {shape} ({parsed.things[0].name}), {size}, {colour}, {places[1]}")
    dark = any(word.lower() in words["dark"] for _, word in parsed.words())
    background: str = words["background"][1 if dark else 0]
    return background + "\n" + "\n".join(lines)
