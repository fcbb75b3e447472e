"""Drawings in the place of a picture, where a work is none and no still frame is there."""

from __future__ import annotations

import math
from collections.abc import Callable

from PIL import ImageDraw

from ai4artsed.cards.fonts import VOICE_BLACK, Style, write
from ai4artsed.cards.typesetting import INK, MARKER, SOFT

Draw = ImageDraw.ImageDraw
HEIGHT = 300


def draw_sign(draw: Draw, kind: str, at: tuple[int, int], width: int) -> None:
    """Draw the sign of a kind of media into a strip of `width` × `HEIGHT` pixels."""
    _SIGNS.get(kind, _program)(draw, *at, width)


def _program(draw: Draw, x: int, y: int, width: int) -> None:
    """Brackets, and what jumps out of them."""
    write(draw, (x, y + 210), "{ }", Style(VOICE_BLACK, 220, INK))
    left = x + 300
    for number in range(5):
        share = number / 4
        size = 22 + 10 * number
        center_x = left + share * (width - 360)
        center_y = y + 210 - 150 * abs(math.sin(share * math.pi * 1.5))
        box = (center_x - size, center_y - size, center_x + size, center_y + size)
        draw.ellipse(box, fill=MARKER if number % 2 else SOFT)


def _sound(draw: Draw, x: int, y: int, width: int) -> None:
    """A wave of bars."""
    step = 34
    middle = y + HEIGHT // 2
    for number in range(width // step):
        height = 20 + 110 * abs(math.sin(number * 0.55) * math.sin(number * 0.17 + 0.4))
        left = x + number * step
        fill = MARKER if number % 3 == 1 else INK
        draw.rounded_rectangle((left, middle - height, left + 20, middle + height), 10, fill=fill)


def _film(draw: Draw, x: int, y: int, width: int) -> None:
    """A strip of film with a triangle to start it."""
    draw.rounded_rectangle((x, y, x + width, y + HEIGHT), 24, outline=INK, width=12)
    for left in range(x + 40, x + width - 40, 72):
        for top in (y + 26, y + HEIGHT - 58):
            draw.rectangle((left, top, left + 36, top + 32), fill=SOFT)
    middle = x + width // 2
    draw.polygon(
        [(middle - 50, y + 85), (middle - 50, y + 215), (middle + 70, y + 150)], fill=MARKER
    )


def _model(draw: Draw, x: int, y: int, width: int) -> None:
    """A cube, seen from above one corner."""
    middle, half, third = x + width // 2, 130, HEIGHT // 4
    top, right, center = (middle, y), (middle + half, y + third), (middle, y + 2 * third)
    left = (middle - half, y + third)
    draw.polygon([top, right, center, left], fill=MARKER, outline=INK, width=8)
    down = 2 * third
    for one, other in ((left, center), (center, right)):
        sides = [one, other, (other[0], other[1] + down), (one[0], one[1] + down)]
        draw.polygon(sides, outline=INK, width=8)


_SIGNS: dict[str, Callable[[Draw, int, int, int], None]] = {
    "music": _sound,
    "audio": _sound,
    "tonejs": _sound,
    "video": _film,
    "3d": _model,
}
