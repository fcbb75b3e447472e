"""Lettering of drawn cards: the house's fonts, with help for letters that they lack."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from PIL import ImageDraw, ImageFont, features

from ai4artsed.cards.graphemes import (
    JOINERS,
    clusters,
    composed,
    is_picture,
    is_shaped,
    without_marks,
)

_FONTS = Path(__file__).resolve().parent.parent.parent / "static" / "fonts"
PLAIN = "karla.woff2"
VOICE = "vollkorn.woff2"
VOICE_BLACK = "vollkorn-black.woff2"
# Ours speak the languages of western Europe. For a text in another one, what this machine has:
# these are found by name in its own folders for fonts, and looked for when they are needed.
_OTHERS = ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial Unicode.ttf", "arial.ttf")
_OTHERS_BOLD = ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf")
_EAST_ASIAN = frozenset(
    ("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO", "FULLWIDTH", "IDEOGRAPHIC")
)
_OTHERS_EAST_ASIAN = ("msyh.ttc", "malgun.ttf")
_OTHERS_SYMBOLS = ("NotoSansSymbols2-Regular.ttf", "NotoSansMath-Regular.ttf")
# In place of a face: a box for a letter that no face has, and nothing for such an emoji.
_BOX, _NOTHING = "box", ""
# How wide the widest emoji of browsers are, in parts of the size.
_EMOJI_ROOM = 1.4
# Whether letters can be joined and set from right to left.
_SHAPES = features.check_feature("raqm")
# Whether a letter is there is seen at this size.
_PROBE_PIXELS = 24

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Style:
    """`weight` is for Karla, whose weights are variable: 400 to 800."""

    face: str
    size: int
    color: str
    weight: int = 400

    @property
    def is_bold(self) -> bool:
        return self.face == VOICE_BLACK or self.weight >= 600


@lru_cache(maxsize=20_000)
def width_of(text: str, style: Style) -> float:
    return sum(_advance(part, font, style) for part, font in _parts(text, style))


@lru_cache(maxsize=20_000)
def room_of(text: str, style: Style) -> float:
    """Return the width that a text is given: on the card's page stands what is not drawn here."""
    left_out = sum(face == _NOTHING for face, _drawn in _placed(text, style))
    return width_of(text, style) + left_out * style.size * _EMOJI_ROOM


def is_complete(text: str, style: Style) -> bool:
    """Tell whether all of a text can be drawn here."""
    return all(face not in (_BOX, _NOTHING) for face, _drawn in _placed(text, style))


def write(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, style: Style) -> float:
    """Write one line that begins at `at` on its baseline; return where it ends."""
    x, y = at
    for part, font in _parts(text, style):
        end = x + _advance(part, font, style)
        if font is not None:
            draw.text((x, y), part, font=font, fill=style.color, anchor="ls")
        else:
            inset = style.size * 0.1
            box = (x + inset, y - style.size * 0.72, end - inset, y)
            draw.rectangle(box, outline=style.color, width=max(1, style.size // 24))
        x = end
    return x


def _advance(part: str, font: Font | None, style: Style) -> float:
    return font.getlength(part) if font is not None else style.size


def _parts(text: str, style: Style) -> Iterator[tuple[str, Font | None]]:
    """Divide a text by the fonts that have its letters; a letter that none has is one without."""
    for face, group in groupby(_placed(text, style), key=itemgetter(0)):
        drawn = [part for _face, part in group]
        if face == _BOX:
            yield from ((part, None) for part in drawn)
        elif face != _NOTHING and (font := _font(face, style.size, style.weight)) is not None:
            yield "".join(drawn), font


def _placed(text: str, style: Style) -> list[tuple[str, str]]:
    """Return (face, what is drawn) of each character of `text`; control characters are gone."""
    found = [_place(part, style) for cluster in clusters(text) if (part := composed(cluster))]
    for at, (_face, part) in enumerate(found[1:-1], start=1):
        before, after = found[at - 1][0], found[at + 1][0]
        # A line that runs from right to left stays one part, and its words in their order.
        if part == " " and before == after and before not in (_BOX, _NOTHING):
            found[at] = (before, part)
    return found


def _place(part: str, style: Style) -> tuple[str, str]:
    """Choose the face of one character; of a letter whose accent none has, the letter stays.

    Emoji of several parts would come out as these parts, so they are left out as a whole.
    """
    if is_picture(part):
        face = _face_of(part, style) if len(part) == 1 else None
        return face or _NOTHING, part
    for drawn in (part, without_marks(part)):
        if face := _face_of(drawn, style):
            return face, drawn
    return _BOX, part


def _face_of(part: str, style: Style) -> str | None:
    if is_shaped(part) and not _SHAPES:
        return None
    letters = [character for character in part if character not in JOINERS]
    return next(
        (face for face in _faces_for(part[0], style) if all(_has(face, one) for one in letters)),
        None,
    )


def _faces_for(character: str, style: Style) -> Iterator[str]:
    yield style.face
    if style.is_bold:
        yield from _OTHERS_BOLD
    yield from _OTHERS
    script = unicodedata.name(character, "").partition(" ")[0]
    weights = ("Bold", "Regular") if style.is_bold else ("Regular",)
    if script in _EAST_ASIAN:
        yield from (f"NotoSansCJK-{weight}.ttc" for weight in weights)
        yield from _OTHERS_EAST_ASIAN
    elif unicodedata.category(character).startswith("S"):
        yield from _OTHERS_SYMBOLS
    elif unicodedata.category(character).startswith(("L", "M", "N")):
        for family in ("NotoSans", "NotoSerif"):
            yield from (f"{family}{script.title()}-{weight}.ttf" for weight in weights)


@lru_cache(maxsize=20_000)
def _has(face: str, character: str) -> bool:
    # Without shaping, which would put a letter of its own below a mark.
    font = _font(face, _PROBE_PIXELS, 400, ImageFont.Layout.BASIC)
    if font is None:
        return False
    if character == " ":
        return True
    if not character.isprintable():
        return False
    return _shape(font, character) not in (_shape(font, "\uffff"), None)


def _shape(font: Font, character: str) -> tuple[tuple[int, int], bytes] | None:
    mask = font.getmask(character)
    data = bytes(mask)
    return (mask.size, data) if any(data) else None


@cache
def _font(face: str, size: int, weight: int, layout: ImageFont.Layout | None = None) -> Font | None:
    try:
        path = _FONTS / face if face.endswith(".woff2") else face
        font = ImageFont.truetype(path, size, layout_engine=layout)
    except OSError:
        # A Pillow that was built without the means to unpack woff2 brings a font of its own.
        return ImageFont.load_default(size) if face.endswith(".woff2") else None
    if face == PLAIN:
        font.set_variation_by_axes([weight])
    return font
