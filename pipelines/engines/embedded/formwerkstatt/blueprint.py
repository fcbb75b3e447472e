"""Dimension lines and centre marks of a technical drawing."""

from __future__ import annotations

import itertools
from random import Random

from .canvas import Canvas, Point, arc


def dimensions(canvas: Canvas, rng: Random) -> None:
    c, u, ink = canvas, canvas.unit, canvas.palette.dark
    thin = u * 0.002

    def measured(a: Point, b: Point) -> None:
        c.line([a, b], thin, ink)
        across = a[1] == b[1]
        for (x, y), way in ((a, 1), (b, -1)):
            d = u * 0.014 * way
            tips = (
                [(x + d, y - u * 0.006), (x + d, y + u * 0.006)]
                if across
                else [(x - u * 0.006, y + d), (x + u * 0.006, y + d)]
            )
            c.pen.polygon([(p * 2, q * 2) for p, q in [(x, y), *tips]], fill=ink)
            tick = u * 0.018
            c.line(
                [(x, y - tick), (x, y + tick)] if across else [(x - tick, y), (x + tick, y)],
                thin,
                ink,
            )

    low, right = c.height - u * 0.06, c.width - u * 0.06
    stops = sorted(
        [c.width * 0.08, *(c.width * rng.uniform(0.2, 0.8) for _ in range(2)), c.width * 0.88]
    )
    for a, b in itertools.pairwise(stops):
        measured((a, low), (b, low))
    stops = sorted([c.height * 0.08, c.height * rng.uniform(0.3, 0.7), c.height * 0.88])
    for a, b in itertools.pairwise(stops):
        measured((right, a), (right, b))
    x, y = c.width * rng.uniform(0.35, 0.65), c.height * rng.uniform(0.4, 0.6)
    for k in range(-14, 15):
        length = u * (0.012 if k % 2 else 0.004)
        c.line([(x + k * u * 0.03 - length, y), (x + k * u * 0.03 + length, y)], thin, ink)
        c.line([(x, y + k * u * 0.03 - length), (x, y + k * u * 0.03 + length)], thin, ink)
    c.line(arc(x, y, u * 0.3, u * 0.3, 20, 70), thin, ink)
    m = u * 0.03
    c.line(
        [(m, m), (c.width - m, m), (c.width - m, c.height - m), (m, c.height - m), (m, m)],
        u * 0.003,
        ink,
    )
