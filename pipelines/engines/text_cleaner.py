"""What of a model's answer is the text: the one way by which all text engines' words come in.

Pieces in, pieces out, and how the text was cut never matters. Held back is only what may still turn
out to be a mark, so a text streams as before. In this order: whole characters, marks, wrapping.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from typing import Final

from pipelines.engines.jobs import EngineError, ErrorKind
from pipelines.engines.text_marks import CHAT_MARKS, THOUGHT_MARKS, Found, Mark, Marks
from pipelines.engines.wrapping import Wrapping

# A text that a model does not end. Rules ask for 800 tokens.
MOST_CHARACTERS = 32_000


class Restart(Enum):
    """Says that all pieces before were a thought: the text begins anew."""

    RESTART = "restart"


RESTART: Final = Restart.RESTART
Piece = str | Restart


def clean_text(pieces: Iterable[str], *, own_mark: str = "") -> Iterator[Piece]:
    """Yield the text in `pieces`; `own_mark` is what stood around the material in the question.

    Thoughts are left out wherever they stand, and so is whatever a model writes after the mark that
    ends its turn. `RESTART` comes where thoughts end whose begin was not seen: some servers put
    the first mark into the question. Raises `EngineError` (bad_response) for a text without end.
    """
    kinds = {**THOUGHT_MARKS, **CHAT_MARKS}
    if own_mark:
        kinds |= {own_mark.lower(): Mark.DROP, f"\n{own_mark.lower()}": Mark.DROP}
    wrapping = Wrapping()
    for piece in _without_marks(whole_characters(pieces), kinds, anywhere=True):
        if piece is RESTART:
            if wrapping.size:
                yield RESTART
            wrapping = Wrapping()
        elif text := wrapping.feed(piece):
            if wrapping.size > MOST_CHARACTERS:
                detail = f"a text of more than {MOST_CHARACTERS} characters"
                raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
            yield text
    if rest := wrapping.finish():
        yield rest


def clean_answer(pieces: Iterable[str]) -> Iterator[str]:
    """Yield the answer in `pieces` as it is, code and JSON alike, but for thoughts before it.

    Raises `EngineError` (bad_response) where thoughts end that were not seen to begin.
    """
    for piece in _without_marks(whole_characters(pieces), THOUGHT_MARKS, anywhere=False):
        if piece is RESTART:
            detail = "the model thinks aloud: its server needs a reasoning parser, or thinking off"
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
        yield piece


def text_of(pieces: Iterable[Piece]) -> str:
    """Return what `pieces` come to."""
    text = ""
    for piece in pieces:
        text = "" if piece is RESTART else text + piece
    return text


# Characters -----------------------------------------------------------------------------------

_ODD = re.compile(
    r"(?P<high>[\ud800-\udbff])(?P<low>[\udc00-\udfff])|(?P<half>[\ud800-\udfff])"
    r"|(?P<line>\r\n?)|[\x00-\x08\x0b-\x1f\x7f-\x9f\ufeff\ufffe\uffff]"
)


def whole_characters(pieces: Iterable[str]) -> Iterator[str]:
    """Yield `pieces` with halves of characters joined, or replaced, and control characters gone."""
    held = ""
    for piece in pieces:
        text = held + piece
        # Its other half, or the rest of its line end, may be in the next piece.
        held = text[-1:] if text[-1:] == "\r" or "\ud800" <= text[-1:] <= "\udbff" else ""
        if whole := _ODD.sub(_plain, text.removesuffix(held)):
            yield whole
    if whole := _ODD.sub(_plain, held):
        yield whole


def _plain(match: re.Match[str]) -> str:
    if match["high"]:
        return (match["high"] + match["low"]).encode("utf-16", "surrogatepass").decode("utf-16")
    if match["half"]:
        return "\ufffd"
    return "\n" if match["line"] else ""


# Marks ----------------------------------------------------------------------------------------


def _without_marks(
    pieces: Iterable[str], kinds: Mapping[str, Mark], *, anywhere: bool
) -> Iterator[Piece]:
    """Yield `pieces` without marks and thoughts, and without blanks before the first word.

    With `anywhere` False only thoughts before the first word are left out.
    """
    has_begun = is_thought = False
    for words, kind, mark in _found(pieces, Marks(kinds)):
        if not is_thought:
            words = words if has_begun else words.lstrip()
            has_begun = has_begun or bool(words)
            if words:
                yield words
        if kind == Mark.CLOSE:
            if not is_thought:
                # What ends here was not seen to begin.
                yield RESTART
                has_begun = False
            is_thought = False
        elif is_thought:
            continue
        elif kind == Mark.OPEN and has_begun and not anywhere:
            yield mark
        elif kind == Mark.OPEN:
            is_thought = True
        elif kind == Mark.END and has_begun:
            return


def _found(pieces: Iterable[str], marks: Marks) -> Iterator[Found]:
    for piece in pieces:
        yield from marks.feed(piece)
    yield from marks.finish()
