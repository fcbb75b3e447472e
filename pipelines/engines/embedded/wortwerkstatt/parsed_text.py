"""What every mechanism gets: the sentence read once, its things, and dice with a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pipelines.engines.embedded.wortwerkstatt.lexicon import Lexicon, Noun, lexicon
from pipelines.engines.embedded.wortwerkstatt.phrases import (
    Phrase,
    Thing,
    find_phrases,
    taken_apart,
    things_of,
)
from pipelines.engines.embedded.wortwerkstatt.words import inflected, like

_MOST_THINGS = 6


@dataclass(frozen=True)
class ParsedText:
    """A text taken apart. `parts` has words at the odd places, gaps at the even ones."""

    text: str
    language: str
    dice: random.Random
    rule: str = ""
    step: int = 0
    parts: list[str] = field(init=False)
    phrases: list[Phrase] = field(init=False)
    things: list[Thing] = field(init=False)

    def __post_init__(self) -> None:
        set_once = object.__setattr__
        set_once(self, "parts", taken_apart(self.text))
        set_once(self, "phrases", find_phrases(self.parts, self.lexicon))
        set_once(self, "things", self._things()[:_MOST_THINGS])

    @property
    def lexicon(self) -> Lexicon:
        return lexicon(self.language)

    def _things(self) -> list[Thing]:
        if found := things_of(self.phrases, self.language):
            return found
        small = self.lexicon.small
        words = [w for w in self.parts[1::2] if w.lower() not in small]
        name = max(words, key=len) if words else self.text.strip()
        return [Thing(Noun(name[:40], "", name[:40], "d"), False, self.language, named=True)]

    def words(self) -> list[tuple[int, str]]:
        """The words with their places in `parts`."""
        return [(at, self.parts[at]) for at in range(1, len(self.parts), 2)]

    def with_text(self, text: str) -> ParsedText:
        """Another text, with the same dice."""
        return ParsedText(text, self.language, self.dice, self.rule, self.step)

    def pick(self, choices: Sequence[str]) -> str:
        return self.dice.choice(list(choices))


def decorated(parsed: ParsedText, choose: Callable[[Phrase], str | None]) -> str:
    """The text with one more adjective before each noun that `choose` gives a stem for.

    German endings follow the words around; where they cannot be known the noun stays as it is.
    """
    parts = list(parsed.parts)
    for phrase in parsed.phrases:
        if phrase.owner or not (stem := choose(phrase)):
            continue
        if parsed.language == "de":
            if (ending := phrase.ending(parsed.lexicon, parsed.parts)) is None:
                continue
            stem = inflected(stem, ending)
        word = parts[phrase.place]
        if phrase.adjectives and parts[phrase.place - 1] == " ":
            parts[phrase.place - 1] = ", "
        if phrase.place == 1 and word[:1].isupper() and not word.isupper():
            kept = word if parsed.language == "de" or len(word) < 2 else word[0].lower() + word[1:]
            parts[phrase.place] = f"{stem[:1].upper()}{stem[1:]} {kept}"
        else:
            parts[phrase.place] = f"{stem.upper() if word.isupper() else stem} {word}"
    return "".join(parts)


def replaced(parsed: ParsedText, table: dict[str, str]) -> str:
    """The text with the words and adjective stems of `table` changed, endings kept."""
    parts = list(parsed.parts)
    for at, word in parsed.words():
        parts[at] = exchanged(parsed, word, table)
    return "".join(parts)


def exchanged(parsed: ParsedText, word: str, table: dict[str, str]) -> str:
    """`word` by way of `table`, where an adjective stands without its ending."""
    lower = word.lower()
    if lower in table:
        return like(word, table[lower])
    if (found := parsed.lexicon.stem(word)) and found[0] in table:
        stem = table[found[0]]
        ending = found[1]
        return like(word, inflected(stem, ending))
    return word
