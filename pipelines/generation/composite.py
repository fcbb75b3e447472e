"""Pictures side by side on one sheet, each with its name, and how they came about below."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from pipelines.engines.jobs import Picture
from runs.viewing import open_viewable

PANEL_PIXELS = 768
# Names need room, however small the pictures are.
_LEAST_PIXELS = 320
_MARGIN = 48
_GAP = 32
_LABEL_ROOM = 62
_CAPTION_ROOM = 76
_SMALLEST_PIXELS = 18
_PAPER = "#fdfaf4"
_LINE = "#b9ab97"

_FONT = Path(__file__).resolve().parents[2] / "static" / "fonts" / "karla.woff2"


@dataclass(frozen=True, slots=True)
class _Style:
    size: int
    weight: int
    color: str


_LABEL = _Style(34, 700, "#2b2520")
_CAPTION = _Style(24, 400, "#6b5f52")


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture and its name."""

    data: bytes
    label: str


def compose(panels: Sequence[Panel], *, caption: str) -> Picture:
    """Return a PNG of `panels` in reading order, in as many rows as make a compact sheet.

    Each panel's picture fits into a square of `PANEL_PIXELS`. Raises `NotViewable`
    for bytes that are no picture.
    """
    columns = len(panels) if len(panels) <= 3 else math.ceil(math.sqrt(len(panels)))
    rows = math.ceil(len(panels) / columns)
    pictures = [
        open_viewable(panel.data, ground=_PAPER, long_side=PANEL_PIXELS) for panel in panels
    ]
    cell_x = max(_LEAST_PIXELS, *(picture.width for picture in pictures)) + _GAP
    cell_y = max(picture.height for picture in pictures) + _LABEL_ROOM + _GAP
    width = 2 * _MARGIN + columns * cell_x - _GAP
    height = 2 * _MARGIN + rows * cell_y - _GAP + _CAPTION_ROOM
    sheet = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(sheet)
    for number, (panel, picture) in enumerate(zip(panels, pictures, strict=True)):
        row, column = divmod(number, columns)
        left, top = _MARGIN + column * cell_x, _MARGIN + row * cell_y
        sheet.paste(picture, (left, top))
        baseline = top + cell_y - _GAP - 14
        _write(draw, panel.label, (left, baseline), cell_x - _GAP, _LABEL)
    bottom, right = height - _MARGIN, width - _MARGIN
    draw.line((_MARGIN, bottom - 44, right, bottom - 44), fill=_LINE, width=2)
    _write(draw, caption, (_MARGIN, bottom - 4), right - _MARGIN, _CAPTION)
    target = io.BytesIO()
    sheet.save(target, "PNG", compress_level=4)
    return Picture(target.getvalue(), "image/png", width, height)


def _write(
    draw: ImageDraw.ImageDraw, text: str, at: tuple[int, int], width: int, style: _Style
) -> None:
    """Write one line that begins at `at` on its baseline and is at most `width` pixels wide."""
    size = style.size
    while len(text) > 1 and draw.textlength(text, _font(size, style.weight)) > width:
        if size > _SMALLEST_PIXELS:
            size -= 2
        else:
            text = text.removesuffix("…").rstrip()[:-1] + "…"
    draw.text(at, text, font=_font(size, style.weight), fill=style.color, anchor="ls")


@cache
def _font(size: int, weight: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    try:
        font = ImageFont.truetype(_FONT, size)
    except OSError:
        # A Pillow that was built without the means to unpack woff2 brings a font of its own.
        return ImageFont.load_default(size)
    font.set_variation_by_axes([weight])
    return font
