"""Lens: the sentence is looked at through one manner of making pictures.

Each noun gets an adjective of that manner, fitting a being, a thing, a place or a piece of
nature; colours become its colours; then its own things are staged, one line each.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText, decorated, replaced
from pipelines.engines.embedded.wortwerkstatt.phrases import Phrase
from pipelines.engines.embedded.wortwerkstatt.words import closed

_JOINED = (
    (" von dem ", " vom "),
    (" zu dem ", " zum "),
    (" zu der ", " zur "),
    (" bei dem ", " beim "),
)


def filled(parsed: ParsedText, template: str) -> str:
    """`template` with the things of the text.

    {a} {b} {c}: the first three with article, also {a_acc} {a_dat} {a_one} {a_one_acc}
    {a_one_dat}; {A} {B} {C}: their bare names; {n}: a digit.
    """
    slots = {"n": str(parsed.dice.randint(2, 9))}
    for letter, thing in zip("abcdef", parsed.things, strict=False):
        slots[letter.upper()] = thing.name
        slots[letter] = thing.the()
        slots[f"{letter}_one"] = thing.one()
        for case in ("acc", "dat"):
            slots[f"{letter}_{case}"] = thing.the(case)
            slots[f"{letter}_one_{case}"] = thing.one(case)
    text = template.format_map(slots)
    if parsed.language == "de":
        for apart, joined in _JOINED:
            text = text.replace(apart, joined)
    return text


def bag(parsed: ParsedText, choices: list[str]) -> Callable[[], str]:
    """Draw from `choices` in a shuffled order, so that none returns before all were there."""
    waiting: list[str] = []

    def draw() -> str:
        if not waiting:
            waiting.extend(parsed.dice.sample(choices, len(choices)))
        return waiting.pop()

    return draw


def adjective_by_kind(
    parsed: ParsedText, adjectives: dict[str, list[str]]
) -> Callable[[Phrase], str | None]:
    bags = {kind: bag(parsed, choices) for kind, choices in adjectives.items()}
    return lambda phrase: bags[phrase.noun.kind]() if phrase.noun.kind in bags else None


def through(lens: str) -> Callable[[ParsedText], str]:
    def look(parsed: ParsedText) -> str:
        manner = load("lenses", parsed.language)[lens]
        tinted = parsed.with_text(replaced(parsed, manner["colours"] | manner.get("replace", {})))
        lines = [closed(decorated(tinted, adjective_by_kind(parsed, manner["adjectives"])))]
        for needed, place in enumerate(("first", "second", "third"), start=1):
            if len(parsed.things) >= needed:
                lines.append(filled(parsed, parsed.pick(manner[place])))
        lines.append(filled(parsed, parsed.pick(manner["last"])))
        return " ".join(lines)

    return look
