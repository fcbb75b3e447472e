"""The ground of a scene, from the horizon to the feet of the things."""

from __future__ import annotations

import math
from random import Random

from .canvas import Canvas, Pen, Point, arc, smooth
from .palette import Colour, mix
from .reading import Mention, Reading, word_random
from .things import AFLOAT, FLYING, LIGHTS, SWIMMING, nature
from .view import View


class Land:
    def __init__(self, canvas: Canvas, reading: Reading, rng: Random, view: View) -> None:
        self.c, self.reading, self.rng, self.view = canvas, reading, rng, view
        self.words = word_random(" ".join(reading.unknown[:4]) + reading.place)

    def draw(self) -> None:
        draw = {
            "sea": self._sea,
            "city": self._city,
            "forest": self._forest,
            "mountain": self._mountains,
            "space": self._moonscape,
            "room": self._floor,
            "sky": self._far_below,
            "underwater": self._seabed,
            "desert": self._dunes,
        }.get(self.reading.place, self._hills)
        draw()

    def _ridge(
        self, y: float, swing: float, waves: float, colour: Colour, *, side: str = "down"
    ) -> list[Point]:
        c = self.c
        phase, second = self.rng.uniform(0, 6.3), self.words.uniform(1.6, 3.1)
        edge = [
            (
                c.width * i / 40,
                c.height
                * (
                    y
                    + swing * math.sin(phase + waves * i / 6.4)
                    + swing * 0.4 * math.sin(phase + second * waves * i / 6.4)
                ),
            )
            for i in range(41)
        ]
        c.polygon(
            [*edge, (c.width + 4, c.height + 4), (-4, c.height + 4)],
            colour,
            grain=mix(colour, c.palette.dark, 0.4),
            side=side,
            outline=0.7,
        )
        return edge

    def _hills(self) -> None:
        c, land, horizon = self.c, self.c.palette.land, self.view.horizon
        waves = self.words.uniform(0.7, 1.6)
        kind = self.rng.choice(("rolling", "steep", "plain", "lake"))
        swing = {"rolling": 0.04, "steep": 0.085, "plain": 0.006, "lake": 0.03}[kind]
        self._ridge(horizon, swing, waves, mix(land[0], c.palette.sky[1], 0.35))
        edge = self._ridge(horizon + 0.07, swing * 0.8, waves * 1.3, land[0])
        self._sprinkle(edge)
        near = self._ridge(min(0.8, horizon + 0.16), swing * 0.6, waves * 0.8, land[1])
        if kind == "plain":
            self._furrows(near)
        elif kind == "lake":
            self._pond()

    def _furrows(self, edge: list[Point]) -> None:
        c = self.c
        vanishing = c.width * self.rng.uniform(0.25, 0.75)
        for k, (x, y) in enumerate(edge[1:-1:3]):
            foot = vanishing + (x - vanishing) * 3.4
            ink = mix(c.palette.land[1], c.palette.land[2 if k % 2 else 0], 0.45)
            c.polygon(
                [
                    (x, y),
                    (x + c.width * 0.012, y),
                    (foot + c.width * 0.09, c.height),
                    (foot, c.height),
                ],
                ink,
                outline=0.3,
            )

    def _pond(self) -> None:
        c, p = self.c, self.c.palette
        x, y = c.width * self.rng.choice((0.2, 0.75)), c.height * 0.92
        water = mix(p.sky[0], p.sky[1], 0.5)
        for grown, ink in ((1.06, mix(p.land[1], p.dark, 0.25)), (1.0, water)):
            rx, ry = c.unit * 0.5 * grown, c.unit * 0.075 * grown
            c.polygon(arc(x, y, rx, ry), ink, grain=mix(ink, p.light, 0.5))

    def _sprinkle(self, edge: list[Point]) -> None:
        """Small trees on a far ridge give the big things their measure."""
        p = self.c.palette
        inks = {"a": p.land[1], "b": p.land[2], "c": p.land[0], "l": p.light, "d": p.land[2]}
        draw = nature.fir if self.words.random() < 0.5 else nature.tree
        for x, y in self.rng.sample(edge[2:-2], self.rng.choice((2, 6, 12))):
            draw(Pen(self.c, x, y + 6, self.c.unit * self.rng.uniform(0.05, 0.11), inks))

    def _sea(self) -> None:
        c, land = self.c, self.c.palette.land
        for k in range(7):
            share = k / 6
            colour = mix(mix(land[0], land[1], share * 2), land[2], max(0, share * 2 - 1))
            edge = self._ridge(
                self.view.horizon + 0.40 * share**1.35,
                0.003 + 0.012 * share,
                5 - 2 * share,
                colour,
                side="up" if k % 2 else "down",
            )
            start = self.rng.randrange(2, 26)
            c.line(
                edge[start : start + self.rng.randint(4, 11)],
                c.unit * (0.002 + 0.004 * share),
                mix(colour, c.palette.light, 0.6),
            )
        if any(self._stands(m) for m in self.reading.things):
            sand = mix(c.palette.light, c.palette.glow, 0.35)
            if self.reading.time in ("night", "dusk"):
                sand = mix(sand, c.palette.land[1], 0.55)
            self._ridge(0.795, 0.02, 0.6, c.palette.light, side="up")
            self._ridge(0.81, 0.02, 0.6, sand)

    @staticmethod
    def _stands(mention: Mention) -> bool:
        """Whether a thing needs ground under its feet at the sea."""
        name = mention.thing
        return not mention.flying and name not in FLYING | SWIMMING | AFLOAT | LIGHTS

    def _city(self) -> None:
        c, p = self.c, self.c.palette
        for row, depth in enumerate((0.3, 0.0)):
            colour = mix(p.land[row], p.sky[1], depth)
            x = -c.unit * 0.05
            while x < c.width:
                w = c.unit * self.rng.uniform(0.08, 0.16)
                top = c.height * (self.view.horizon - self.rng.uniform(0.06, 0.34 - row * 0.12))
                roof = self.rng.choice(("flat", "gable", "slant", "flat"))
                peak = {
                    "flat": [],
                    "gable": [(x + w / 2, top - w * 0.4)],
                    "slant": [(x + w, top - w * 0.3)],
                }[roof]
                c.polygon(
                    [(x, c.height), (x, top), *peak, (x + w, top), (x + w, c.height)],
                    mix(colour, p.inks[self.rng.randrange(len(p.inks))], 0.12),
                    grain=mix(colour, p.dark, 0.4),
                )
                for i in range(3):
                    for k in range(8):
                        if self.rng.random() < 0.45:
                            wx, wy = x + w * (0.16 + 0.26 * i), top + w * (0.2 + 0.3 * k)
                            lit = (
                                p.glow
                                if self.reading.time in ("night", "dusk")
                                else mix(colour, p.light, 0.5)
                            )
                            c.polygon(
                                [
                                    (wx, wy),
                                    (wx + w * 0.15, wy),
                                    (wx + w * 0.15, wy + w * 0.18),
                                    (wx, wy + w * 0.18),
                                ],
                                lit,
                                outline=0.3,
                            )
                x += w * self.rng.uniform(0.9, 1.1)
        self._ridge(self.view.horizon + 0.06, 0.006, 1, p.land[2], side="up")

    def _forest(self) -> None:
        c, p = self.c, self.c.palette
        for row in range(3):
            colour = mix(p.land[0], p.land[2], row * 0.36)
            self._ridge(self.view.horizon - 0.06 + 0.09 * row, 0.02, 1.2, colour)
            inks = {
                "a": mix(colour, p.land[1], 0.3),
                "b": mix(colour, p.dark, 0.2),
                "c": colour,
                "l": p.light,
                "d": mix(colour, p.dark, 0.45),
            }
            draw = nature.fir if (row + self.words.randrange(2)) % 2 else nature.tree
            for k in range(8 - row):
                x = c.width * (k + self.rng.uniform(0.1, 0.9)) / (8 - row)
                if row == 2 and 0.22 < x / c.width < 0.8:
                    continue
                draw(
                    Pen(
                        c,
                        x,
                        c.height * (self.view.horizon + 0.02 + 0.09 * row),
                        c.unit * (0.34 + 0.13 * row) * self.rng.uniform(0.8, 1.2),
                        inks,
                    )
                )
        self._ridge(self.view.horizon + 0.15, 0.02, 0.9, p.land[2], side="up")

    def _mountains(self) -> None:
        c, p = self.c, self.c.palette
        for row in range(3):
            colour = mix(p.land[row], p.sky[1], 0.3 - 0.15 * row)
            for _ in range(3):
                x, w = self.rng.uniform(0, c.width), c.unit * self.rng.uniform(0.3, 0.5)
                base, top = (
                    c.height * (self.view.horizon + 0.1),
                    c.height * (self.view.horizon - self.rng.uniform(0.28, 0.42) + row * 0.1),
                )
                c.polygon(
                    [(x - w, base), (x, top), (x + w, base)],
                    colour,
                    grain=mix(colour, p.dark, 0.35),
                    side="right",
                )
                snow = (base - top) * 0.24
                c.polygon(
                    [
                        (x, top),
                        (x - w * 0.24, top + snow),
                        (x - w * 0.08, top + snow * 0.8),
                        (x, top + snow * 1.25),
                        (x + w * 0.1, top + snow * 0.75),
                        (x + w * 0.24, top + snow),
                    ],
                    mix(colour, p.light, 0.8),
                )
        self._ridge(self.view.horizon + 0.07, 0.03, 1, p.land[1])
        self._ridge(self.view.horizon + 0.17, 0.02, 0.7, p.land[2], side="up")

    def _moonscape(self) -> None:
        c, p = self.c, self.c.palette
        r = c.unit * 0.1
        inks = {"a": p.inks[1], "b": p.inks[0], "c": p.light, "l": p.light, "d": p.dark}
        nature.planet(
            Pen(c, c.width * (1 - self.view.light_x), c.height * 0.3, r * 2.4, inks, angle=0.3)
        )
        ground = mix(p.land[0], p.paper, 0.55)
        y, big = c.height * (self.view.horizon - 0.06), c.width * self.rng.choice((0.8, 1.1, 2.5))
        c.polygon(
            arc(c.width / 2, y + big, big * 1.1, big),
            ground,
            grain=mix(ground, p.dark, 0.5),
            side="right",
        )
        for _ in range(7):
            x, cy = self.rng.uniform(0.05, 0.95) * c.width, self.rng.uniform(0.8, 0.97) * c.height
            rx = c.unit * self.rng.uniform(0.03, 0.08)
            c.polygon(arc(x, cy, rx, rx * 0.3), mix(ground, p.dark, 0.3), grain=p.dark)

    def _floor(self) -> None:
        c, p = self.c, self.c.palette
        y, floor = c.height * self.view.horizon, p.land[2]
        c.polygon(
            [(0, y), (c.width, y), (c.width, c.height), (0, c.height)],
            floor,
            grain=mix(floor, p.dark, 0.5),
        )
        for k in range(-3, 12):
            x = c.width * k / 8
            c.line(
                [
                    (c.width / 2 + (x - c.width / 2) * 0.7, y),
                    (c.width / 2 + (x - c.width / 2) * 1.5, c.height),
                ],
                c.unit * 0.002,
                mix(floor, p.dark, 0.3),
            )
        rug = mix(p.inks[2 % len(p.inks)], p.paper, 0.15)
        for share in (1.0, 0.86, 0.6):
            c.polygon(
                arc(c.width / 2, c.height * 0.86, c.width * 0.4 * share, c.height * 0.1 * share),
                rug if share != 0.86 else p.light,
                outline=0.6,
            )

    def _far_below(self) -> None:
        self._ridge(self.view.horizon, 0.02, 1.5, self.c.palette.land[0])

    def _seabed(self) -> None:
        c, p = self.c, self.c.palette
        deep = self.view.horizon + 0.12
        self._ridge(deep, 0.04, 1.1, mix(p.land[1], p.sky[1], 0.4))
        for k in range(9):
            x = c.width * (k + self.rng.random()) / 9
            h, w = c.height * self.rng.uniform(0.14, 0.4), c.unit * 0.022
            stalk = [
                (x + w * 1.6 * math.sin(i * 0.9 + k), c.height * 0.92 - h * i / 8) for i in range(9)
            ]
            c.line(
                smooth(stalk, closed=False),
                w * self.rng.uniform(0.5, 1.1),
                (p.land[2], p.inks[3], p.inks[0], p.land[1])[k % 4],
            )
        self._ridge(0.88, 0.02, 1.6, p.land[2], side="up")

    def _dunes(self) -> None:
        p = self.c.palette
        for k in range(4):
            self._ridge(
                self.view.horizon + 0.08 * k,
                0.05 - 0.008 * k,
                0.9,
                mix(p.land[0], p.land[2], k / 3.6),
                side=("down", "right", "left", "up")[k],
            )
