"""Word lists: how a line of a list is written, and how its entry is found in a text.

A line holds one entry in small letters; hyphens say where a longer word may go on:

    word        the word with its endings          -word     also at the end of a compound
    =word       exactly this form                  word-     at the beginning of a word
    two words   these words in a row               -word-    anywhere in a word
    word!       umlauts must be written (ä or ae): without the dots it is another word

`#` begins a comment. Below `[context]` stand words that mean nothing by themselves, below
`[with context]` those that count only where one of them stands in the same text.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from pipelines.safety.normalisation import (
    TRANSCRIBED,
    UNDOTTED,
    disguised,
    drawn_out,
    normalise,
    squeeze,
    words_of,
)

ENDINGS = {
    "de": (
        "", "e", "em", "en", "end", "ende", "enden", "ender", "endes", "er", "erin", "erinnen",
        "ern", "ers", "es", "est", "et", "ete", "eten", "in", "innen", "n", "s", "st", "t", "te",
        "ten", "test", "tet", "ung", "ungen",
    ),
    "en": ("", "s", "es", "d", "ed", "er", "ers", "ing", "ings"),
}  # fmt: skip
ALWAYS, CONTEXT, WITH_CONTEXT = "always", "context", "with context"

_LINE = re.compile(r"([=-])?([a-zäöüß]+|\d+)((?: (?:[a-zäöüß]+|\d+))*)(-)?(!)?")
_HEAD = 3  # letters by which a place in a word is looked up
_SHORTEST_INSIDE = 4  # a shorter word would be found inside too many others
_SHORTEST_PAIR = 7  # "blut bad" is read as one word, "an al" is not
_SHORTEST_HALF = 3


class ListError(Exception):
    """A word list cannot be used; the text says where and why, without the word."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a list. `goes_on` tells whether a word may begin before or end after it."""

    list_id: str
    category: str
    term: str
    role: str
    words: tuple[str, ...]
    endings: tuple[str, ...]
    dots_needed: bool
    before: bool
    after: bool

    def forms(self, spelling: Callable[[str], str]) -> list[frozenset[str]]:
        """All spellings of each of its words, normalised."""
        return [_forms(word, self.endings, self.dots_needed, spelling) for word in self.words]


@cache
def _forms(
    word: str, endings: tuple[str, ...], dots_needed: bool, spelling: Callable[[str], str]
) -> frozenset[str]:
    if word.isdigit():
        return frozenset({word})
    stems = {word.translate(TRANSCRIBED)}
    if not dots_needed:
        stems.add(word.translate(UNDOTTED))
    return frozenset(spelling(stem + ending) for stem in stems for ending in endings)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where an entry was found: `start` and `end` in the word `word`."""

    entry: Entry
    word: str
    start: int
    end: int


def parse_list(text: str, *, list_id: str, category: str, language: str) -> tuple[Entry, ...]:
    """Read the text of a list. Raises `ListError` at the first line that makes no sense."""
    entries, role = [], ALWAYS
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.partition("#")[0].strip()
        if line in (f"[{CONTEXT}]", f"[{WITH_CONTEXT}]", f"[{ALWAYS}]"):
            role = line[1:-1]
        elif line:
            entries.append(_parse_line(line, number, list_id, category, language, role))
    if not entries:
        raise ListError("has no entries")
    return tuple(entries)


def _parse_line(
    line: str, number: int, list_id: str, category: str, language: str, role: str
) -> Entry:
    match = _LINE.fullmatch(line)
    if match is None:
        raise ListError(f"line {number} cannot be read")
    mark, first, rest, after, dots = match.groups()
    words = (first, *rest.split())
    open_ended = bool(after) or mark == "-"
    if open_ended and (len(words) > 1 or len(first) < _HEAD):
        raise ListError(f"line {number}: too short, or several words, for a part of a word")
    if mark == "-" and len(first) < _SHORTEST_INSIDE:
        raise ListError(f"line {number}: too short to be looked for inside words")
    fixed = mark == "=" or bool(after)
    return Entry(
        list_id=list_id,
        category=category,
        term=line,
        role=role,
        words=words,
        endings=("",) if fixed else ENDINGS[language],
        dots_needed=bool(dots),
        before=mark == "-",
        after=bool(after),
    )


class Index:
    """Entries arranged so that the time to search a text grows with its length only."""

    def __init__(self, entries: Iterable[Entry], spelling: Callable[[str], str] = str) -> None:
        self._whole: dict[str, list[Entry]] = defaultdict(list)
        self._parts: dict[str, list[Entry]] = defaultdict(list)
        self._phrases: dict[str, list[tuple[Entry, list[frozenset[str]]]]] = defaultdict(list)
        for entry in entries:
            forms = entry.forms(spelling)
            if len(forms) > 1:
                for form in forms[0]:
                    self._phrases[form].append((entry, forms))
            target = self._parts if entry.before or entry.after else self._whole
            for form in forms[0] if len(forms) == 1 else {spelling("".join(entry.words))}:
                target[form].append(entry)
        lengths: dict[str, set[int]] = defaultdict(set)
        for form in self._parts:
            lengths[form[:_HEAD]].add(len(form))
        self._lengths = {head: sorted(found) for head, found in lengths.items()}

    def within(self, word: str) -> list[Hit]:
        """Entries that `word` is a form of or that stand in it where they may."""
        hits = [Hit(entry, word, 0, len(word)) for entry in self._whole.get(word, ())]
        lengths = self._lengths
        for start in range(len(word) - _HEAD + 1):
            head = word[start : start + _HEAD]
            if head in lengths:
                hits += self._parts_at(word, start, lengths[head])
        return hits

    def _parts_at(self, word: str, start: int, lengths: list[int]) -> Iterator[Hit]:
        for length in lengths:
            end = start + length
            if end > len(word):
                return
            for entry in self._parts.get(word[start:end], ()):
                if (entry.before or start == 0) and (entry.after or end == len(word)):
                    yield Hit(entry, word, start, end)

    def spanning(self, word: str) -> list[Hit]:
        """Entries that `word` as a whole is a form of."""
        entries = (*self._whole.get(word, ()), *self._parts.get(word, ()))
        return [Hit(entry, word, 0, len(word)) for entry in entries]

    def phrases(self, words: list[str]) -> Iterator[tuple[Entry, int, int]]:
        """Entries of several words, with the places of their first and after their last."""
        for place, first in enumerate(words):
            for entry, forms in self._phrases.get(first, ()):
                end = place + len(forms)
                if end <= len(words) and all(
                    word in form for word, form in zip(words[place:end], forms, strict=True)
                ):
                    yield entry, place, end


class Search:
    """Looks for the entries of some lists, passing over what the exceptions call harmless."""

    def __init__(self, entries: Iterable[Entry], exceptions: Iterable[Entry]) -> None:
        entries, exceptions = tuple(entries), tuple(exceptions)
        self._plain = (Index(entries), Index(exceptions))
        # Looked up only for words with drawn-out letters: "moooon" is not to be "mon".
        self._squeezed = (Index(entries, squeeze), Index(exceptions, squeeze))

    def findings(self, text: str) -> list[Entry]:
        """The entries that count in `text`, in no particular order."""
        found = list(self._hits(normalise(text)))
        contexts = {entry.list_id for entry in found if entry.role == CONTEXT}
        return [
            entry
            for entry in found
            if entry.role == ALWAYS or (entry.role == WITH_CONTEXT and entry.list_id in contexts)
        ]

    def _hits(self, plain: str) -> Iterator[Entry]:
        words = words_of(plain)
        index, exceptions = self._plain
        harmless = {
            place for _, start, end in exceptions.phrases(words) for place in range(start, end)
        }
        for word in {word for place, word in enumerate(words) if place not in harmless}:
            yield from self._in_word(word)
        for entry, start, end in index.phrases(words):
            if not harmless.issuperset(range(start, end)):
                yield entry
        for left, right in pairwise(words):
            if (
                len(left) >= _SHORTEST_HALF
                and len(right) >= _SHORTEST_HALF
                and len(left) + len(right) >= _SHORTEST_PAIR
            ):
                yield from self._uncovered(index.spanning(left + right), exceptions)
        for reading in set(disguised(plain)):
            yield from self._in_word(reading.word, reading.starts)

    def _in_word(self, word: str, starts: frozenset[int] | None = None) -> list[Entry]:
        index, exceptions = self._plain
        hits = index.within(word)
        if starts is not None:
            hits = [hit for hit in hits if hit.start in starts]
        found = self._uncovered(hits, exceptions)
        if drawn_out(word):
            index, exceptions = self._squeezed
            found += self._uncovered(index.within(squeeze(word)), exceptions)
        return found

    @staticmethod
    def _uncovered(hits: list[Hit], exceptions: Index) -> list[Entry]:
        if not hits:
            return []
        spans = [(fine.start, fine.end) for fine in exceptions.within(hits[0].word)]
        return [
            hit.entry
            for hit in hits
            if not any(start <= hit.start and hit.end <= end for start, end in spans)
        ]
