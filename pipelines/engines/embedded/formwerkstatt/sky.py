"""Sky and light of a scene."""

from __future__ import annotations

import math
from random import Random

from .canvas import SCALE, Canvas, Pen, arc, smooth
from .palette import Colour, mix
from .reading import Reading
from .things import nature
from .view import View


class Sky:
    def __init__(self, canvas: Canvas, reading: Reading, rng: Random, view: View) -> None:
        self.c, self.reading, self.rng, self.view = canvas, reading, rng, view

    def draw(self) -> None:
        c, p, place = self.c, self.c.palette, self.reading.place
        self._gradient(p.sky[0], p.sky[1])
        if place == "room":
            self._window()
            return
        if place == "underwater":
            self._rays()
            return
        night = self.reading.time == "night" or place == "space"
        if night:
            for _ in range(70):
                x, y = self.rng.uniform(0, c.width), self.rng.uniform(0, c.height * 0.7)
                r = c.unit * self.rng.choice((0.0015, 0.002, 0.002, 0.004))
                c.polygon(arc(x, y, r, r), p.light, outline=0)
        if self.reading.weather not in ("rain", "fog", "storm", "snowfall") or night:
            self._light(night)
        if place not in ("space",) and (place == "sky" or self.reading.weather or not night):
            most = 8 if place == "sky" else 6 if self.reading.weather in ("rain", "storm") else 4
            for _ in range(self.rng.randint(most // 2, most)):
                self._cloud()
            if not self.reading.weather:
                self._flock()

    def _gradient(self, top: Colour, bottom: Colour) -> None:
        """Seven torn strips with grain between them instead of a smooth machine gradient."""
        c = self.c
        if c.manner == "line":
            self._grid()
            return
        c.image.paste(top, (0, 0, *c.image.size))
        if self.rng.random() < 0.3:
            bottom = mix(bottom, c.palette.glow, 0.4)
        bands = 7
        reach = c.height * (
            1.0
            if self.reading.place in ("underwater", "sky", "space")
            else self.view.horizon + 0.05
        )
        for k in range(1, bands):
            y = reach * k / bands
            swing = c.unit * self.rng.uniform(0.008, 0.03)
            phase = self.rng.uniform(0, 6.3)
            edge = [(c.width * i / 24, y + swing * math.sin(phase + i * 0.42)) for i in range(25)]
            end = c.height if k == bands - 1 else reach * (k + 3) / bands
            shape = [*edge, (c.width, end), (0, end)]
            colour, before = (
                mix(top, bottom, k / (bands - 1)),
                mix(top, bottom, (k - 1) / (bands - 1)),
            )
            c.polygon(shape, colour, grain=mix(before, c.palette.light, 0.06), side="up", outline=0)

    def _grid(self) -> None:
        c = self.c
        c.image.paste(c.palette.paper, (0, 0, c.image.width, c.image.height))
        for k in range(1, 32):
            at = round(c.unit / 32 * k * SCALE)
            ink = mix(c.palette.paper, c.palette.dark, 0.2 if k % 4 == 0 else 0.08)
            c.pen.line([(at, 0), (at, c.image.height)], fill=ink, width=2)
            c.pen.line([(0, at), (c.image.width, at)], fill=ink, width=2)

    def _light(self, night: bool) -> None:
        c, p = self.c, self.c.palette
        named = [m for m in self.reading.things if m.thing in ("sun", "moon")]
        x, y = c.width * self.view.light_x, c.height * self.view.light_y
        r = c.unit * 0.085 * self.view.light_size * (1.5 if named else 1.0)
        low = min(1.0, self.view.light_y / self.view.horizon)
        colour = p.glow
        for mention in named:
            if mention.colours:
                from_ink = list(p.inks)[:1]
                colour = from_ink[0]
        if c.manner != "line":
            base = mix(p.sky[0], p.sky[1], low)
            for k, share in ((3.6, 0.10), (2.5, 0.2), (1.7, 0.36)):
                c.polygon(arc(x, y, r * k, r * k), mix(base, colour, share), outline=0)
        if night and self.reading.place != "space" and not any(m.thing == "sun" for m in named):
            inks = {"a": colour, "b": p.light, "c": p.light, "l": p.light, "d": p.dark}
            nature.moon(Pen(c, x, y + r * 1.3, r * 2.6, inks, angle=0.3))
        else:
            c.polygon(arc(x, y, r, r), colour, grain=mix(colour, p.inks[0], 0.5))

    def _cloud(self) -> None:
        c, p = self.c, self.c.palette
        x, y = self.rng.uniform(-0.05, 1.05) * c.width, self.rng.uniform(0.08, 0.42) * c.height
        if self.reading.place == "sky":
            y = self.rng.uniform(0.1, 1.0) * c.height
        w = c.unit * self.rng.uniform(0.12, 0.26)
        grey = self.reading.weather in ("rain", "storm")
        colour = mix(p.sky[1], p.dark, 0.4) if grey else mix(p.sky[1], p.light, 0.7)
        top = [
            (x - w, y),
            (x - w * 0.8, y - w * 0.16),
            (x - w * 0.45, y - w * 0.2),
            (x - w * 0.2, y - w * 0.46),
            (x + w * 0.25, y - w * 0.42),
            (x + w * 0.5, y - w * 0.2),
            (x + w, y - w * 0.1),
            (x + w * 0.95, y + w * 0.03),
        ]
        c.polygon(smooth(top), colour, grain=mix(colour, p.sky[0], 0.6), outline=0.6)

    def _flock(self) -> None:
        """Birds far away, as two strokes each; not in every picture."""
        c = self.c
        x, y = self.rng.uniform(0.2, 0.8) * c.width, self.rng.uniform(0.12, 0.34) * c.height
        ink = mix(c.palette.sky[1], c.palette.dark, 0.6)
        for _ in range(self.rng.choice((0, 0, 3, 6))):
            px, py = x + self.rng.gauss(0, 0.09) * c.width, y + self.rng.gauss(0, 0.04) * c.height
            w = c.unit * self.rng.uniform(0.012, 0.022)
            c.line([(px - w, py - w * 0.5), (px, py), (px + w, py - w * 0.6)], w * 0.22, ink)

    def _rays(self) -> None:
        c, p = self.c, self.c.palette
        for k in range(4):
            x = c.width * (0.1 + 0.24 * k) + self.rng.uniform(-0.05, 0.05) * c.width
            w = c.unit * self.rng.uniform(0.03, 0.09)
            c.polygon(
                [
                    (x, 0),
                    (x + w, 0),
                    (x + w * 2.6 - c.width * 0.2, c.height * 0.7),
                    (x - c.width * 0.22, c.height * 0.7),
                ],
                mix(p.sky[0], p.sky[1], 0.3 + 0.08 * k),
                grain=p.sky[1],
                outline=0,
            )
        for _ in range(26):
            x, y = self.rng.uniform(0, c.width), self.rng.uniform(0.1, 0.9) * c.height
            r = c.unit * self.rng.uniform(0.003, 0.011)
            c.line(arc(x, y, r, r), c.unit * 0.002, mix(p.sky[0], p.light, 0.7))

    def _window(self) -> None:
        c, p = self.c, self.c.palette
        wall = mix(p.land[0], p.light, 0.35 if self.reading.time != "night" else 0.0)
        c.polygon(
            [(0, 0), (c.width, 0), (c.width, c.height), (0, c.height)],
            wall,
            grain=mix(wall, p.dark, 0.2),
            outline=0,
        )
        for k in range(9):
            x = c.width * (k + 0.5) / 9
            c.line([(x, 0), (x, c.height)], c.unit * 0.008, mix(wall, p.paper, 0.22))
        x, y, w, h = (
            c.width * (self.view.light_x - 0.17),
            c.height * 0.12,
            c.unit * 0.34,
            c.unit * 0.4,
        )
        frame = c.unit * 0.02
        c.polygon(
            [
                (x - frame, y - frame),
                (x + w + frame, y - frame),
                (x + w + frame, y + h + frame),
                (x - frame, y + h + frame),
            ],
            p.light,
        )
        c.polygon([(x, y), (x + w, y), (x + w, y + h), (x, y + h)], p.sky[0], grain=p.sky[1])
        r = w * 0.16
        c.polygon(arc(x + w * 0.66, y + h * 0.3, r, r), p.glow)
        for a, b in (((x + w / 2, y), (x + w / 2, y + h)), ((x, y + h / 2), (x + w, y + h / 2))):
            c.line([a, b], c.unit * 0.012, p.light)
