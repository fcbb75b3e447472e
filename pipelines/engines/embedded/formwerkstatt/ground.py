"""The ground of the hand "geometrie": a few large quiet surfaces that fit the place."""

from __future__ import annotations

import math
from random import Random

from .canvas import Canvas, Point, arc, smooth
from .palette import Colour, mix

FITTING_LAYOUTS = {
    "sea": "bands",
    "underwater": "bands",
    "desert": "bands",
    "space": "orbit",
    "city": "panels",
    "school": "panels",
    "room": "panels",
}


class Ground:
    """One sheet in `colour` and a layout of softer surfaces on it."""

    def __init__(
        self, canvas: Canvas, place: str, rng: Random, colour: Colour, focus: Point
    ) -> None:
        self.c, self.place, self.rng, self.colour, self.focus = canvas, place, rng, colour, focus
        p = canvas.palette
        self.soft = [
            mix(colour, ink, 0.34)
            for ink in (p.land[0], p.inks[2 % len(p.inks)], p.land[1], p.inks[0])
        ]

    def draw(self) -> None:
        c = self.c
        sheet = c.palette.paper if c.manner == "line" else self.colour
        c.image.paste(sheet, (0, 0, *c.image.size))
        fitting = FITTING_LAYOUTS.get(self.place, "field")
        layouts = {
            "bands": self._bands,
            "diagonal": self._diagonal,
            "orbit": self._orbit,
            "panels": self._panels,
            "field": self._field,
        }
        names = (fitting, fitting, "field", "bands", "diagonal", "orbit", "panels")
        layouts[self.rng.choice(names)]()

    def _bands(self) -> None:
        c, rng, p = self.c, self.rng, self.c.palette
        w, h = c.width, c.height
        swing = c.unit * (0.03 if self.place in ("sea", "underwater") else 0.008)
        y = h * rng.uniform(0.4, 0.55)
        for k in range(6):
            edge = [(w * i / 30, y + swing * math.sin(i * 0.6 + k)) for i in range(31)]
            colour = mix(self.soft[k % 2], p.land[k % 3], 0.2 + 0.12 * k)
            c.polygon([*edge, (w, h), (0, h)], colour, grain=mix(colour, p.dark, 0.3), side="up")
            y += (h - y) * rng.uniform(0.2, 0.34)

    def _diagonal(self) -> None:
        c, rng, p = self.c, self.rng, self.c.palette
        w, h = c.width, c.height
        x = w * rng.uniform(0.3, 0.5)
        lean = w * rng.choice((-0.45, 0.45))
        c.polygon(
            [(x, 0), (w, 0), (w, h), (x + lean, h)],
            self.soft[0],
            grain=mix(self.soft[0], p.dark, 0.3),
            side="right",
        )
        c.polygon([(0, h), (0, h * 0.72), (w, h * 0.86), (w, h)], p.land[2], grain=p.dark)

    def _orbit(self) -> None:
        c, p = self.c, self.c.palette
        for k in range(5, 0, -1):
            r = c.unit * 0.15 * k
            c.polygon(
                arc(*self.focus, r, r),
                mix(self.colour, self.soft[k % 4], 0.35 + 0.08 * k),
                grain=mix(self.colour, p.dark, 0.3),
                side="left",
            )

    def _panels(self) -> None:
        c, rng, p = self.c, self.rng, self.c.palette
        w, h = c.width, c.height
        xs = [0, w * rng.uniform(0.22, 0.34), w * rng.uniform(0.56, 0.72), w]
        ys = [0, h * rng.uniform(0.26, 0.4), h * rng.uniform(0.6, 0.76), h]
        for i in range(3):
            for k in range(3):
                if (i + k) % 2 == 0 or rng.random() < 0.35:
                    colour = self.soft[(i * 2 + k) % 4]
                    left, right, top, bottom = xs[i], xs[i + 1], ys[k], ys[k + 1]
                    c.polygon(
                        [(left, top), (right, top), (right, bottom), (left, bottom)],
                        colour,
                        grain=mix(colour, p.dark, 0.25),
                    )

    def _field(self) -> None:
        c, rng, p = self.c, self.rng, self.c.palette
        w, h = c.width, c.height
        knobs = [
            (
                w * (0.5 + 0.42 * math.cos(t) * rng.uniform(0.75, 1.1)),
                h * (0.5 + 0.42 * math.sin(t) * rng.uniform(0.75, 1.1)),
            )
            for t in (k * math.pi / 4 for k in range(8))
        ]
        grain = mix(self.soft[0], p.dark, 0.3)
        c.polygon(smooth(knobs, 10), self.soft[0], grain=grain, side="right")
