"""Pictures side by side on one sheet, each with its name, and how they came about below."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from pipelines.context import Picture

PANEL_PIXELS = 768
# Names need room, however small the pictures are.
_LEAST_PIXELS = 320
_MARGIN = 48
_GAP = 32
_LABEL_PIXELS = 34
_CAPTION_PIXELS = 24
_PAPER = "#fdfaf4"
_INK = "#2b2520"
_QUIET = "#6b5f52"
_LINE = "#b9ab97"

_FONT = Path(__file__).resolve().parent.parent / "static" / "fonts" / "karla.woff2"
_BOLD = 700
_PLAIN = 400


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture and its name."""

    data: bytes
    label: str


def compose(panels: Sequence[Panel], *, caption: str) -> Picture:
    """Return a PNG of `panels` in reading order, in as many rows as make a compact sheet.

    Each panel's picture fits into a square of `PANEL_PIXELS`. Raises what Pillow raises for
    bytes that are no picture.
    """
    columns = len(panels) if len(panels) <= 3 else math.ceil(math.sqrt(len(panels)))
    rows = math.ceil(len(panels) / columns)
    pictures = [_fitted(panel.data) for panel in panels]
    side_x = max(_LEAST_PIXELS, *(picture.width for picture in pictures))
    side_y = max(picture.height for picture in pictures)
    label_y = _LABEL_PIXELS + 26
    width = 2 * _MARGIN + columns * side_x + (columns - 1) * _GAP
    height = 2 * _MARGIN + rows * (side_y + label_y) + (rows - 1) * _GAP
    if caption:
        height += _CAPTION_PIXELS + _GAP
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, (panel, picture) in enumerate(zip(panels, pictures, strict=True)):
        row, column = divmod(number, columns)
        left = _MARGIN + column * (side_x + _GAP)
        top = _MARGIN + row * (side_y + label_y + _GAP)
        sheet.paste(
            picture, (left + (side_x - picture.width) // 2, top + (side_y - picture.height) // 2)
        )
        _write(
            draw,
            panel.label,
            (left, top + side_y + 16),
            side_x,
            _LABEL_PIXELS,
            weight=_BOLD,
            color=_INK,
        )
    if caption:
        bottom = height - _MARGIN
        draw.line((_MARGIN, bottom - 42, width - _MARGIN, bottom - 42), fill=_LINE, width=2)
        _write(
            draw,
            caption,
            (_MARGIN, bottom - _CAPTION_PIXELS),
            width - 2 * _MARGIN,
            _CAPTION_PIXELS,
            weight=_PLAIN,
            color=_QUIET,
        )
    target = io.BytesIO()
    sheet.save(target, "PNG", compress_level=4)
    return Picture(target.getvalue(), "image/png", width, height)


def _fitted(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        upright = ImageOps.exif_transpose(image).convert("RGB")
    upright.thumbnail((PANEL_PIXELS, PANEL_PIXELS), Image.Resampling.LANCZOS)
    return upright


def _write(
    draw: ImageDraw.ImageDraw,
    text: str,
    at: tuple[int, int],
    width: int,
    size: int,
    *,
    weight: int,
    color: str,
) -> None:
    """Write one line that starts at the upper left corner `at` and is at most `width` wide."""
    font = _font(size, weight)
    while len(text) > 1 and draw.textlength(text, font) > width:
        if size > 18:
            size -= 2
            font = _font(size, weight)
        else:
            text = text.removesuffix("…").rstrip()[:-1] + "…"
    draw.text(at, text, font=font, fill=color)


@cache
def _font(size: int, weight: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        font = ImageFont.truetype(_FONT, size)
    except OSError:
        # A Pillow that was built without the means to unpack woff2 brings a font of its own.
        return ImageFont.load_default(size)
    font.set_variation_by_axes([weight])
    return font
