"""What readers take for one character: a letter with its marks, an emoji of several parts.

As Unicode's annex 29 has it, but for what no idea is made of.
"""

from __future__ import annotations

import unicodedata

_ZERO_WIDTH_JOINER = "\u200d"
# These two also say how letters of Arabic and Indic writing join.
JOINERS = frozenset(("\u200c", _ZERO_WIDTH_JOINER))
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_TAGS = range(0xE0020, 0xE0080)
_REGIONAL = range(0x1F1E6, 0x1F200)
# Vowels and finals of Korean that is written in its parts.
_JAMO = range(0x1160, 0x1200)
_KEYCAP = "\u20e3"
_UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")
_PICTURES = ("So", "Sk", "Cf", "Cn", "Co")


def clusters(text: str) -> list[str]:
    """Divide a text into what is drawn, broken off or left out as a whole."""
    found: list[str] = []
    for character in text:
        if found and (_extends(character) or _goes_on(found[-1], character)):
            found[-1] += character
        else:
            found.append(character)
    return found


def _extends(character: str) -> bool:
    code = ord(character)
    return (
        unicodedata.category(character).startswith("M")
        or character in JOINERS
        or any(code in codes for codes in (_SKIN_TONES, _TAGS, _JAMO))
    )


def _goes_on(cluster: str, character: str) -> bool:
    if cluster.endswith(_ZERO_WIDTH_JOINER):
        return True
    return ord(character) in _REGIONAL and len(cluster) == 1 and ord(cluster) in _REGIONAL


def composed(cluster: str) -> str:
    """Return what of a cluster can be seen, in NFC; "" of control characters."""
    keeps_joiners = is_shaped(cluster)
    return unicodedata.normalize(
        "NFC",
        "".join(
            " " if character.isspace() else character
            for character in cluster
            if (character in JOINERS and keeps_joiners)
            or character.isspace()
            or ord(character) in _TAGS
            or (unicodedata.category(character) not in _UNSEEN and not _is_selector(character))
        ),
    )


def _is_selector(character: str) -> bool:
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def is_picture(cluster: str) -> bool:
    """Tell whether a cluster is an emoji or another sign rather than writing."""
    return unicodedata.category(cluster[0]) in _PICTURES or _KEYCAP in cluster


def is_shaped(text: str) -> bool:
    """Tell whether letters of `text` change with their neighbours or run from right to left."""
    return any(
        is_leftward(character)
        or "\u0900" <= character <= "\u0dff"
        or "\u1000" <= character <= "\u109f"
        or "\u1780" <= character <= "\u17ff"
        for character in text
    )


def is_leftward(character: str) -> bool:
    return unicodedata.bidirectional(character) in ("R", "AL")


def without_marks(text: str) -> str:
    """Return a letter without its accents; where a mark is more than that, the text as it is.

    A vowel of Thai or Hindi is more, and the line through ≠.
    """
    parts = unicodedata.normalize("NFD", text)
    is_letter = unicodedata.category(parts[0]).startswith("L")
    is_accented = all(unicodedata.combining(mark) for mark in parts[1:])
    return parts[0] if is_letter and is_accented else text
