"""The elementary forms of the hand "geometrie"."""

from __future__ import annotations

import math
from random import Random

from .canvas import Point, arc, smooth

Outline = list[Point]

FORMS = (
    "disc",
    "ring",
    "half",
    "quarter",
    "triangle",
    "square",
    "bar",
    "wave",
    "arch",
    "steps",
    "leaf",
    "blob",
    "cross",
    "rays",
    "comb",
)


def outlines(form: str, x: float, y: float, r: float, turn: float, rng: Random) -> list[Outline]:
    """The closed outlines of an elementary form around (x, y) with radius `r`."""
    c, s = math.cos(turn), math.sin(turn)
    return [
        [(x + r * (u * c - v * s), y + r * (u * s + v * c)) for u, v in outline]
        for outline in ([_blob(rng)] if form == "blob" else UNIT_OUTLINES[form])
    ]


def _blob(rng: Random) -> Outline:
    knobs = [(rng.uniform(0.72, 1.15), k * math.pi / 3.5) for k in range(7)]
    return smooth([(q * math.cos(t), q * math.sin(t)) for q, t in knobs], 10)


def _box(x0: float, y0: float, x1: float, y1: float) -> Outline:
    return [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]


def _waves() -> list[Outline]:
    top = [(-1.5 + k * 0.1, 0.22 * math.sin(k * 0.62)) for k in range(31)]
    return [
        [(u, v + d) for u, v in top] + [(u, v + d + 0.2) for u, v in top[::-1]]
        for d in (-0.5, 0, 0.5)
    ]


def _steps() -> Outline:
    path: Outline = [(-0.9, 0.9)]
    for k in range(4):
        path += [(-0.9 + k * 0.45, 0.45 - k * 0.45), (-0.45 + k * 0.45, 0.45 - k * 0.45)]
    return [*path, (0.9, 0.9)]


def _rays() -> list[Outline]:
    return [
        [
            (0.42 * math.cos(t), 0.42 * math.sin(t)),
            (1.1 * math.cos(t - 0.09), 1.1 * math.sin(t - 0.09)),
            (1.1 * math.cos(t + 0.09), 1.1 * math.sin(t + 0.09)),
        ]
        for t in (k * math.pi / 6 for k in range(12))
    ]


def _comb() -> list[Outline]:
    return [_box(-0.9 + k * 0.4, -0.4 - 0.5 * (k % 2), -0.66 + k * 0.4, 0.9) for k in range(5)]


# around (0, 0) with radius 1; a blob is another one each time
UNIT_OUTLINES: dict[str, list[Outline]] = {
    "disc": [arc(0, 0, 1, 1)],
    "ring": [arc(0, 0, 1, 1) + arc(0, 0, 0.62, 0.62, 360, 0)],
    "half": [arc(0, 0, 1, 1, 0, 180)],
    "quarter": [[(-0.7, -0.7), *arc(-0.7, -0.7, 1.5, 1.5, 0, 90)]],
    "triangle": [[(-0.95, 0.7), (0.95, 0.7), (0, -1)]],
    "square": [_box(-0.82, -0.82, 0.82, 0.82)],
    "bar": [_box(-0.16, -1.5, 0.16, 1.5)],
    "wave": _waves(),
    "arch": [arc(0, 0.4, 1, 1, 180, 360) + arc(0, 0.4, 0.5, 0.5, 360, 180)],
    "steps": [_steps()],
    "leaf": [arc(0, 0.75, 1.25, 1.25, 217, 323) + arc(0, -0.75, 1.25, 1.25, 37, 143)],
    "cross": [_box(-0.22, -1, 0.22, 1), _box(-1, -0.22, 1, 0.22)],
    "rays": _rays(),
    "comb": _comb(),
}
