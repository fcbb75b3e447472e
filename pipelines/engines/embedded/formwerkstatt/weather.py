"""What is between the eye and the things: fog, rain, snow, and the dark forms in front."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from .canvas import Canvas, arc
from .palette import Colour, mix
from .reading import Reading
from .view import View


class Weather:
    def __init__(self, canvas: Canvas, reading: Reading, rng: Random, view: View) -> None:
        self.c, self.reading, self.rng, self.view = canvas, reading, rng, view

    def front(self) -> None:
        """Dark forms at the lower edge frame the picture and push the things back."""
        c, p, place = self.c, self.c.palette, self.reading.place
        if place in ("room", "space", "sky", "sea", "city") or c.manner == "line":
            return
        ink = mix(p.land[2], p.dark, 0.45)
        frame = self.rng.choice(("grass", "stones", "branch", "one side"))
        if frame == "branch" and place in ("", "garden", "forest", "mountain", "school"):
            self._branch(ink)
            return
        if frame == "stones":
            self._stones(ink)
            return
        for corner in (0, 1) if frame == "grass" else (self.rng.randrange(2),):
            for _ in range(9):
                x = c.width * (corner + (1 - 2 * corner) * abs(self.rng.gauss(0, 0.13)))
                h, lean = (
                    c.unit * self.rng.uniform(0.05, 0.17),
                    c.unit * self.rng.uniform(-0.05, 0.05),
                )
                w = c.unit * 0.012
                c.polygon(
                    [
                        (x - w, c.height),
                        (x + lean * 0.3 - w * 0.6, c.height - h * 0.6),
                        (x + lean, c.height - h),
                        (x + lean * 0.3 + w * 0.6, c.height - h * 0.6),
                        (x + w, c.height),
                    ],
                    ink if place != "desert" else p.land[2],
                    outline=0,
                )

    def _branch(self, ink: Colour) -> None:
        """Foliage in an upper corner, as if one stood under a tree."""
        c, left = self.c, self.rng.random() < 0.5
        for k in range(6):
            reach = 0.11 * k
            x = reach * c.unit if left else c.width - reach * c.unit
            r = c.unit * self.rng.uniform(0.08, 0.12) * (1.15 - 0.11 * k)
            colour = mix(ink, c.palette.land[1], 0.12 * (k % 3))
            c.polygon(arc(x, c.unit * 0.03, r, r), colour, grain=c.palette.dark, side="up")

    def _stones(self, ink: Colour) -> None:
        c, x = self.c, self.rng.choice((0.06, 0.9))
        for k in range(3):
            r = c.unit * (0.13, 0.08, 0.05)[k]
            px = c.width * x + (k * 0.13 * c.unit if x < 0.5 else -k * 0.13 * c.unit)
            dome = arc(px, c.height * 0.985, r, r * 0.72, 180, 360)
            c.polygon(dome, mix(ink, c.palette.light, 0.08 * k), grain=c.palette.dark, side="right")

    def falling(self) -> None:
        c, p, kind = self.c, self.c.palette, self.reading.weather
        if kind in ("rain", "storm"):
            for _ in range(150):
                x, y = self.rng.uniform(-0.1, 1) * c.width, self.rng.uniform(-0.05, 1) * c.height
                h = c.unit * self.rng.uniform(0.02, 0.06)
                c.line(
                    [(x, y), (x + h * 0.3, y + h)], c.unit * 0.0024, mix(p.light, p.sky[1], 0.25)
                )
        if kind == "storm":
            x, y, u = c.width * self.view.light_x, c.height * 0.12, c.unit
            c.polygon(
                [
                    (x, y),
                    (x + 0.07 * u, y),
                    (x + 0.03 * u, y + 0.14 * u),
                    (x + 0.08 * u, y + 0.14 * u),
                    (x - 0.04 * u, y + 0.36 * u),
                    (x, y + 0.19 * u),
                    (x - 0.05 * u, y + 0.19 * u),
                ],
                p.glow,
            )
        elif kind == "snowfall":
            for _ in range(130):
                x, y, r = (
                    self.rng.uniform(0, c.width),
                    self.rng.uniform(0, c.height),
                    c.unit * self.rng.uniform(0.002, 0.008),
                )
                c.polygon(arc(x, y, r, r), p.light, outline=0)
        elif kind == "wind":
            for _ in range(9):
                x, y = self.rng.uniform(0, 0.8) * c.width, self.rng.uniform(0.1, 0.6) * c.height
                w = c.unit * self.rng.uniform(0.1, 0.22)
                c.line(
                    [
                        (x, y),
                        *[
                            (
                                x + w + w * 0.14 * math.sin(t / 3),
                                y - w * 0.14 + w * 0.14 * math.cos(t / 3),
                            )
                            for t in range(14)
                        ],
                    ],
                    c.unit * 0.004,
                    p.light,
                )

    def fog(self) -> None:
        """A veil over the land, thickest at the horizon; the things stand before it."""
        if self.reading.weather != "fog":
            return
        c, p = self.c, self.c.palette
        veil = Image.new("RGB", c.image.size, mix(p.sky[1], p.paper, 0.5))
        mask = Image.linear_gradient("L").point(
            [round(185 * max(0.0, math.sin(v / 255 * math.pi)) ** 1.5) for v in range(256)]
        )
        c.image.paste(veil, (0, 0), mask.resize(c.image.size))
