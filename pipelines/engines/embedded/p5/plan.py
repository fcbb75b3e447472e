"""A text that is a plan of a picture: a shape in each line, with its place, size and colour."""

from __future__ import annotations

import re
from typing import Any

from pipelines.engines.embedded.formwerkstatt.palette import NAMED, Colour, Palette
from pipelines.engines.embedded.formwerkstatt.vocabulary import look_up

from .literals import css

_SHAPES = {
    "kreis": "kreis circle ball disc",
    "ellipse": "ellipse oval",
    "quadrat": "quadrat square",
    "rechteck": "rechteck rectangle",
    "dreieck": "dreieck triangle",
    "strich": "linie line strich",
}
_SHAPE_WORDS = {word: shape for shape, words in _SHAPES.items() for word in words.split()}
_PLAN_SIZES = {"klein": 90, "small": 90, "winzig": 50, "tiny": 50, "groß": 300, "big": 300,
               "large": 300, "riesig": 460, "huge": 460}  # fmt: skip
_PLAN_PLACES = {
    "links": (200, 0), "left": (200, 0), "rechts": (600, 0), "right": (600, 0),
    "oben": (0, 200), "top": (0, 200), "unten": (0, 620), "bottom": (0, 620),
}  # fmt: skip


def read_plan(text: str, palette: Palette) -> list[dict[str, Any]]:
    """Return the parts of a text that is a plan, line by line; empty where it is none."""
    parts: list[dict[str, Any]] = []
    lines = 0
    for line in text.splitlines():
        words = re.findall(r"[^\W\d_]+", line.lower())
        shape = next((_SHAPE_WORDS[word] for word in words if word in _SHAPE_WORDS), "")
        if not shape:
            continue
        lines += 1
        parts += _parts_of(line, words, shape, palette, len(parts))
    return parts[:40] if lines >= 2 else []


def _parts_of(
    line: str, words: list[str], shape: str, palette: Palette, placed: int
) -> list[dict[str, Any]]:
    times = re.match(r"\W*(\d{1,2})\s*(?:×|x|mal|times)\s", line)
    count = min(max(int(times[1]), 1), 14) if times else 1
    numbers = [
        int(number) for number in re.findall(r"\d{1,3}", line[times.end() if times else 0 :])
    ]
    ink = palette.inks[placed % len(palette.inks)]
    colour = next((css(NAMED[c]) for word in words if (c := _colour(word))), css(ink))
    size = next((_PLAN_SIZES[word] for word in words if word in _PLAN_SIZES), 180)
    name = re.search(r"\(([^()]{1,40})\)", line)
    x, y = 400, 400
    if len(numbers) >= 2:
        x, y = min(numbers[0], 800), min(numbers[1], 800)
        size = max(min(numbers[2], 800), 4) if len(numbers) > 2 else size
    else:
        for word in words:
            across, down = _PLAN_PLACES.get(word, (0, 0))
            x, y = across or x, down or y
    spread = min(size * 1.15, 700 / count)
    return [
        {
            "name": name[1].strip() if name else "",
            "form": shape,
            "x": round(x + (number - (count - 1) / 2) * spread),
            "y": y,
            "groesse": size,
            "farbe": colour,
        }
        for number in range(count)
    ]


def _colour(word: str) -> str:
    _stem, concepts = look_up(word)
    return next(
        (name for category, name in concepts if category == "colours" and name in NAMED), ""
    )


def ground_of(text: str, palette: Palette) -> Colour:
    """Return the colour that the first line gives to the ground, where it names no shape."""
    first = re.findall(r"[^\W\d_]+", text.splitlines()[0].lower())
    is_ground = not any(word in _SHAPE_WORDS for word in first)
    dark = any(word.startswith(("dunkel", "dark")) for word in first)
    ground = next((NAMED[c] for word in first if is_ground and (c := _colour(word))), palette.paper)
    if dark:
        ground = (ground[0] // 3, ground[1] // 3, ground[2] // 2)
    return ground
