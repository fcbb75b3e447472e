"""Who wrote which word: the participant, the rule, the participant's edit, the optimization.

Texts are compared word by word. A word is letters and digits with what joins them (`don't`,
`Baum-Haus`); case and punctuation are not compared. Between two texts the longest matching blocks
are sought, as Python's `difflib` does (Ratcliff and Obershelp 1988, without its junk heuristic).
What two texts have in common at their beginning and end is matched first. Where so many words are
repeated that comparing each with each would take seconds, words that are more than a hundredth of
the later text begin no block (difflib's heuristic); they are matched beside others. A
word that is matched keeps the author it had; one that is not belongs to whoever wrote the later
text. What moved to another place counts as written anew, as a reader would see it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

MINE = "mine"
RULE = "rule"
EDIT = "edit"
# The word that archives hold for it.
OPTIMIZATION = "fitting"
AUTHORS = (MINE, RULE, EDIT, OPTIMIZATION)

# Of the stored form.
VERSION = 1

# Pairs of equal words in two texts; prose of 8,000 characters has some 20,000.
_MOST_PAIRS = 100_000

_WORD = re.compile(r"\w+(?:['’\-]\w+)*")


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of a text, and who wrote its words."""

    start: int
    end: int
    author: str


@dataclass(frozen=True, slots=True)
class Authorship:
    """A text in spans that cover its words in order, and each author's share of the words (0…1)."""

    text: str
    spans: tuple[Span, ...]
    shares: dict[str, float]

    def as_data(self) -> dict[str, Any]:
        """Return what is stored: offsets count characters (Unicode code points)."""
        return {
            "version": VERSION,
            "method": "words, longest matching blocks",
            "text": self.text,
            "spans": [
                {"start": span.start, "end": span.end, "author": span.author} for span in self.spans
            ],
            "shares": self.shares,
        }

    @classmethod
    def from_data(cls, data: Any) -> Authorship:
        """Return what `as_data` stored; raises ValueError for anything else."""
        try:
            if data["version"] != VERSION:
                raise ValueError(f"version {data['version']!r}")
            text, shares = str(data["text"]), {**data["shares"]}
            spans = tuple(Span(**span) for span in data["spans"])
            ends = [0, *(span.end for span in spans)]
            lie_in_text = all(
                end <= span.start < span.end <= len(text) and span.author in AUTHORS
                for end, span in zip(ends, spans, strict=False)
            )
        except (KeyError, TypeError) as error:
            raise ValueError("not an authorship") from error
        if not lie_in_text:
            raise ValueError("spans do not lie in the text")
        return cls(text, spans, shares)

    def pieces(self) -> Iterator[tuple[str, str]]:
        """Yield the whole text in pieces with their authors, "" for what lies between spans."""
        at = 0
        for span in self.spans:
            if at < span.start:
                yield self.text[at : span.start], ""
            yield self.text[span.start : span.end], span.author
            at = span.end
        if at < len(self.text):
            yield self.text[at:], ""


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    compared: str


def trace(
    *, idea: str, machine: str, edited: str, optimized: str = "", sent: str = ""
) -> Authorship:
    """Return who wrote the words of the last text that there is.

    `machine` is what the rule made of `idea`, `edited` what the participant made of that,
    `optimized` what a language model made of that for an engine, `sent` what the participant made
    of that again. A text that is missing ("") is passed over:
    without `machine` all words of `edited` are compared with the idea and the rest is an edit.
    """
    words = _words(idea)
    authors = [MINE] * len(words)
    text = idea
    for later, author in (
        (machine, RULE),
        (edited, EDIT),
        (optimized, OPTIMIZATION),
        (sent, EDIT),
    ):
        if not later.strip():
            continue
        following = _words(later)
        authors = _inherit(words, authors, following, author)
        words, text = following, later
    return Authorship(text, _spans(text, words, authors), _shares(authors))


def _words(text: str) -> list[_Word]:
    return [
        _Word(found.start(), found.end(), found.group().casefold())
        for found in _WORD.finditer(text)
    ]


def _inherit(
    earlier: Sequence[_Word], authors: Sequence[str], later: Sequence[_Word], author: str
) -> list[str]:
    """Return the authors of the words of `later`: inherited where they match, else `author`."""
    old, new = [word.compared for word in earlier], [word.compared for word in later]
    ahead = _in_common(old, new)
    behind = _in_common(old[ahead:][::-1], new[ahead:][::-1])
    old, new = old[ahead : len(old) - behind], new[ahead : len(new) - behind]
    counts = Counter(new)
    costly = sum(counts[word] for word in old) > _MOST_PAIRS
    found = [author] * len(later)
    found[:ahead] = authors[:ahead]
    if behind:
        found[-behind:] = authors[-behind:]
    for block in SequenceMatcher(None, old, new, autojunk=costly).get_matching_blocks():
        for offset in range(ahead, ahead + block.size):
            found[block.b + offset] = authors[block.a + offset]
    return found


def _in_common(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many words the two have in common at their beginning."""
    pairs = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _spans(text: str, words: Sequence[_Word], authors: Sequence[str]) -> tuple[Span, ...]:
    """Join neighbouring words of one author; what lies between them belongs to the span."""
    spans: list[Span] = []
    for word, author in zip(words, authors, strict=True):
        if spans and spans[-1].author == author and "\n" not in text[spans[-1].end : word.start]:
            spans[-1] = Span(spans[-1].start, word.end, author)
        else:
            spans.append(Span(word.start, word.end, author))
    return tuple(spans)


def _shares(authors: Sequence[str]) -> dict[str, float]:
    counts = Counter(authors)
    return {author: round(counts[author] / len(authors), 4) for author in AUTHORS if counts[author]}
