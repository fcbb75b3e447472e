"""Lettering of drawn cards: the house's fonts, with help for letters that they lack."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont

_FONTS = Path(__file__).resolve().parent.parent.parent / "static" / "fonts"
PLAIN = "karla.woff2"
VOICE = "vollkorn.woff2"
VOICE_BLACK = "vollkorn-black.woff2"
# Ours speak the languages of western Europe. For a name in another one, what this machine has:
# these are found by name in its own folders for fonts.
_OTHERS = ("NotoSans-Regular.ttf", "DejaVuSans.ttf", "Arial Unicode.ttf", "arial.ttf")
_OTHERS_BOLD = ("NotoSans-Bold.ttf", "DejaVuSans-Bold.ttf", "Arial Bold.ttf", "arialbd.ttf")
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
    return sum(font.getlength(part) for part, font in _parts(text, style))


def write(draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, style: Style) -> float:
    """Write one line that begins at `at` on its baseline; return where it ends."""
    x, y = at
    for part, font in _parts(text, style):
        draw.text((x, y), part, font=font, fill=style.color, anchor="ls")
        x += font.getlength(part)
    return x


def _parts(text: str, style: Style) -> Iterator[tuple[str, Font]]:
    """Divide a text by the fonts that have its letters; what none has, emoji mostly, is left out.

    Of a letter with an accent that none has, the letter stays.
    """
    placed: list[tuple[str, str]] = []
    for character in text:
        face = _face_of(character, style)
        if face:
            placed.append((face, character))
        else:
            plain = unicodedata.normalize("NFD", character)[0]
            placed += [(style.face, plain)] if _has(style.face, plain) else []
    for face, group in groupby(placed, key=lambda each: each[0]):
        font = _font(face, style.size, style.weight)
        if font is not None:
            yield "".join(character for _face, character in group), font


def _face_of(character: str, style: Style) -> str | None:
    others = (*_OTHERS_BOLD, *_OTHERS) if style.is_bold else _OTHERS
    return next((face for face in (style.face, *others) if _has(face, character)), None)


@lru_cache(maxsize=20_000)
def _has(face: str, character: str) -> bool:
    font = _font(face, _PROBE_PIXELS, 400)
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
def _font(face: str, size: int, weight: int) -> Font | None:
    try:
        font = ImageFont.truetype(_FONTS / face if face.endswith(".woff2") else face, size)
    except OSError:
        # A Pillow that was built without the means to unpack woff2 brings a font of its own.
        return ImageFont.load_default(size) if face.endswith(".woff2") else None
    if face == PLAIN:
        font.set_variation_by_axes([weight])
    return font
