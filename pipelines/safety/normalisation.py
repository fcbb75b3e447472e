"""How a text may be read: one spelling for all, and the words behind simple disguises."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

TRANSCRIBED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
UNDOTTED = str.maketrans({"ä": "a", "ö": "o", "ü": "u", "ß": "ss"})

# Letters of other alphabets that look like Latin ones.
_LOOKALIKES = str.maketrans(
    "авеёкмнорстухіјѕԁԛԝһᴀɡıøđłħαβεηικνορτυχωϲ",
    "abeekmhopctyxijsdqwhagiodlhabenikvoptuxwc",
)
# Digits and signs that stand for letters; 1, ! and | are read as i, then as l.
_SIGNS_WITH_I = str.maketrans("013457@$€!|", "oieastaseii")
_SIGNS_WITH_L = str.maketrans("013457@$€!|", "oleastasell")

# Only disjoint character classes stand next to each other: no pattern can backtrack far.
_NOT_ASCII = re.compile(r"[^\x00-\x7f]+")
_WORD = re.compile(r"[^\W\d_]+|\d+")
_LETTERS = re.compile(r"[^\W\d_]+")
_CHUNK = re.compile(r"\S+")
_SPACED = re.compile(r"(?<![^\W_])[^\W_](?:[\W_]{1,3}[^\W_](?![^\W_])){2,}")
_SIGN = re.compile(r"[013457@$€!|]")
_BETWEEN = re.compile(r"[^\W\d_](?:[^\w\s]|_)+[^\W\d_]")
_DRAWN_OUT = re.compile(r"([^\W\d_])\1\1")
_REPEATED = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A word found behind a disguise; `starts` are the places where its pieces began."""

    word: str
    starts: frozenset[int] | None = None


def normalise(text: str) -> str:
    """Lower case, umlauts and ß written out, accents, invisible marks and look-alikes undone."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    if plain.isascii():
        return plain
    return _NOT_ASCII.sub(_to_plain, plain.translate(TRANSCRIBED))


def _to_plain(match: re.Match[str]) -> str:
    kept = (
        char
        for char in unicodedata.normalize("NFD", match.group())
        if unicodedata.category(char) not in ("Mn", "Me", "Cf")
    )
    return "".join(kept).translate(_LOOKALIKES)


def words_of(plain: str) -> list[str]:
    """The words and numbers of a normalised text, in order."""
    return _WORD.findall(plain)


def drawn_out(word: str) -> bool:
    """Whether a letter stands three times or more in a row."""
    return _DRAWN_OUT.search(word) is not None


def squeeze(word: str) -> str:
    """Every run of one letter as a single letter."""
    return _REPEATED.sub(r"\1", word)


def disguised(plain: str) -> Iterator[Reading]:
    """Words of a normalised text that are spelt with gaps, signs or digits."""
    for match in _SPACED.finditer(plain):
        for table in (_SIGNS_WITH_I, _SIGNS_WITH_L):
            word = "".join(_LETTERS.findall(match.group().translate(table)))
            if not match.group().replace(" ", "").isdigit():
                yield Reading(word)
    for match in _CHUNK.finditer(plain):
        chunk = match.group().strip("!|")
        if _BETWEEN.search(chunk):
            yield _joined(chunk)
        if _SIGN.search(chunk) and _LETTERS.search(chunk):
            for table in (_SIGNS_WITH_I, _SIGNS_WITH_L):
                spelt = chunk.translate(table)
                yield from (Reading(word) for word in _LETTERS.findall(spelt))
                if _BETWEEN.search(spelt):
                    yield _joined(spelt)


def _joined(chunk: str) -> Reading:
    pieces = _LETTERS.findall(chunk)
    starts, place = set(), 0
    for piece in pieces:
        starts.add(place)
        place += len(piece)
    return Reading("".join(pieces), frozenset(starts))
