"""Setting a card's texts: which size fits, where lines break, what has to be cut.

Sizes are in pixels of a card drawn at 300 dpi; the page for printing takes them over.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from ai4artsed.cards.fonts import PLAIN, VOICE_BLACK, Style, room_of, width_of
from ai4artsed.cards.graphemes import clusters, is_leftward
from runs.alignment import EDIT, MINE, OPTIMIZATION, RULE, Authorship

INK, SOFT, LINE = "#1e1c19", "#5b544a", "#c9bda4"
INKS = {MINE: INK, RULE: "#1f3f8f", EDIT: INK, OPTIMIZATION: "#2c6148", "": INK}
# As with a text marker; light enough for the words on it, and a grey of its own without colours.
MARKER = "#f7cd68"

IDEA_SIZES = (92, 80, 68, 60, 54, 48, 43)
IDEA_HEIGHT = 236
TEXT_SIZES = (60, 52, 44, 40, 36, 33, 30, 27)
LEADING = 1.36
IDEA_LEADING = 1.14
# More than this no card holds; what is longer need not be measured.
_MOST_CHARACTERS = 2500

_TOKEN = re.compile(r"\n|[^\s]+")
ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a word, by one author ("" for what lies between words). `span` tells which of the
    text's spans it belongs to, so that a mark can go on from one word to the next."""

    text: str
    author: str
    span: int


Word = tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Setting:
    """Lines of words at a size. `step` is the size's number, 0 for the largest."""

    step: int
    size: int
    lines: tuple[tuple[Word, ...], ...]
    leading: float = LEADING

    @property
    def line_height(self) -> int:
        return round(self.size * self.leading)

    @property
    def height(self) -> int:
        return len(self.lines) * self.line_height


def style_of(author: str, size: int) -> Style:
    """Return how an author's words are written; their marks tell them apart without colour."""
    return Style(PLAIN, size, INKS[author], 800 if author == MINE else 430)


def idea_style(size: int) -> Style:
    return Style(VOICE_BLACK, size, INK)


def set_idea(idea: str, *, width: int) -> Setting:
    """Set the idea as large as its room allows."""
    words = _plain_words(idea)
    for step, size in enumerate(IDEA_SIZES):
        setting = Setting(step, size, _broken(words, width, idea_style(size)), IDEA_LEADING)
        if setting.height <= IDEA_HEIGHT:
            return setting
    return _cut(setting, IDEA_HEIGHT // setting.line_height, width, idea_style(size))


def set_text(text: Authorship, *, width: int, height: int) -> Setting:
    """Set a text with its authors as large as `height` allows, cut where even the smallest is
    too large."""
    words = _words(text)
    for step, size in enumerate(TEXT_SIZES):
        setting = Setting(step, size, _broken(words, width, size))
        if setting.height <= height:
            return setting
    return _cut(setting, max(1, height // setting.line_height), width, size)


def set_lines(text: str, *, width: int, style: Style, most: int) -> list[str]:
    """Return `text` in at most `most` lines, cut at a word where it is longer."""
    setting = Setting(0, style.size, _broken(_plain_words(text), width, style))
    return [drawn_line(line, style) for line in _cut(setting, most, width, style).lines]


def drawn_line(line: Sequence[Word], style: Style) -> str:
    """Return a line without the words of which nothing is drawn, such as emoji."""
    return plain_line(word for word in line if word_width(word, style))


def plain_line(line: Iterable[Word]) -> str:
    return " ".join("".join(piece.text for piece in word) for word in line)


def _plain_words(text: str) -> list[Word]:
    return [(Piece(word, "", -1),) for word in text[:_MOST_CHARACTERS].split()]


def _words(text: Authorship) -> list[Word]:
    authors: list[tuple[str, int]] = [("", -1)] * len(text.text)
    for number, span in enumerate(text.spans):
        authors[span.start : span.end] = [(span.author, number)] * (span.end - span.start)
    shown = text.text.strip("\n")[:_MOST_CHARACTERS]
    offset = len(text.text) - len(text.text.lstrip("\n"))
    return [
        _pieces(found.group(), authors[offset + found.start() :])
        for found in _TOKEN.finditer(shown)
    ]


def _pieces(word: str, authors: Sequence[tuple[str, int]]) -> Word:
    """Divide a word by its authors; a letter and its marks are by the author of the letter."""
    at = 0
    pieces: list[Piece] = []
    for cluster in clusters(word):
        pieces.append(Piece(cluster, *authors[at]))
        at += len(cluster)
    return _joined(pieces)


def in_visual_order(line: Sequence[Word]) -> Iterator[Word]:
    """Yield words as they stand from left to right, also those that are read the other way."""
    for is_reversed, group in groupby(line, key=_runs_leftward):
        words = list(group)
        yield from (word[::-1] for word in reversed(words)) if is_reversed else words


def _runs_leftward(word: Word) -> bool:
    return any(is_leftward(character) for piece in word for character in piece.text)


# Lines -------------------------------------------------------------------------------------

Writing = Style | int
"""One style for all, or the size at which each author has their own."""


def word_width(word: Word, writing: Writing) -> float:
    return sum(piece_width(piece, writing) for piece in word)


def piece_width(piece: Piece, writing: Writing) -> float:
    return width_of(piece.text, style_in(writing, piece.author))


def _room(word: Word, writing: Writing) -> float:
    return sum(room_of(piece.text, style_in(writing, piece.author)) for piece in word)


def space_width(writing: Writing) -> float:
    return width_of(" ", style_in(writing, ""))


def style_in(writing: Writing, author: str) -> Style:
    return writing if isinstance(writing, Style) else style_of(author, writing)


def _broken(words: Sequence[Word], width: int, writing: Writing) -> tuple[tuple[Word, ...], ...]:
    lines: list[list[Word]] = [[]]
    space = space_width(writing)
    used = 0.0
    for word in words:
        if word[0].text == "\n":
            # An empty line between paragraphs would be room that words need.
            if lines[-1]:
                lines.append([])
            used = 0.0
            continue
        for part in _fitting_parts(word, width, writing):
            needed = _room(part, writing)
            # Nothing can be seen of it anywhere.
            if not needed:
                continue
            if lines[-1] and used + space + needed > width:
                lines.append([])
                used = 0.0
            used += needed + (space if lines[-1] else 0)
            lines[-1].append(part)
    return tuple(tuple(line) for line in lines if line)


def _fitting_parts(word: Word, width: int, writing: Writing) -> Iterator[Word]:
    """Break a word only where it is wider than a line."""
    if _room(word, writing) <= width:
        yield word
        return
    part: list[Piece] = []
    used = 0.0
    for piece in word:
        for cluster in clusters(piece.text):
            single = Piece(cluster, piece.author, piece.span)
            needed = _room((single,), writing)
            if part and used + needed > width:
                yield _joined(part)
                part, used = [], 0.0
            part.append(single)
            used += needed
    yield _joined(part)


def _joined(pieces: Sequence[Piece]) -> Word:
    joined: list[Piece] = []
    for piece in pieces:
        if joined and (joined[-1].author, joined[-1].span) == (piece.author, piece.span):
            piece = Piece(joined.pop().text + piece.text, piece.author, piece.span)
        joined.append(piece)
    return tuple(joined)


def _cut(setting: Setting, most_lines: int, width: int, writing: Writing) -> Setting:
    """Cut at a word, with an ellipsis after it."""
    lines = setting.lines[:most_lines]
    if len(lines) == len(setting.lines):
        return setting
    last = list(lines[-1])
    dots = (Piece(ELLIPSIS, "", -1),)
    space = space_width(writing)

    def used() -> float:
        widths = sum(_room(word, writing) for word in (*last, dots))
        return widths + space * len(last)

    while used() > width:
        if len(last) > 1:
            last.pop()
        else:
            last[0] = _shortened(last[0])
    return replace(setting, lines=(*lines[:-1], (*last, dots)))


def _shortened(word: Word) -> Word:
    *before, last = word
    rest = "".join(clusters(last.text)[:-1])
    return (*before, replace(last, text=rest)) if rest else tuple(before)
