"""Sky, light, land, foreground and weather of a scene."""

from __future__ import annotations

import math
from random import Random

from PIL import Image

from .canvas import SCALE, Canvas, Pen, Point, arc, smooth
from .palette import Colour, mix
from .reading import Mention, Reading, word_random
from .things import AFLOAT, FLYING, LIGHTS, SWIMMING, nature


class Backdrop:
    def __init__(self, canvas: Canvas, reading: Reading, rng: Random) -> None:
        self.c, self.reading, self.rng = canvas, reading, rng
        self.words = word_random(" ".join(reading.unknown[:4]) + reading.place)
        self.horizon = {
            "sea": 0.54,
            "space": 0.78,
            "room": 0.7,
            "sky": 0.92,
            "desert": 0.6,
            "city": 0.72,
        }.get(reading.place, 0.62) + rng.uniform(-0.03, 0.03)
        self.light_x = rng.choice((0.3, 0.7)) + rng.uniform(-0.06, 0.06)

    def sky(self) -> None:
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
            count = 7 if place == "sky" else 5 if self.reading.weather in ("rain", "storm") else 3
            for _ in range(count):
                self._cloud()

    def _gradient(self, top: Colour, bottom: Colour) -> None:
        """Seven torn strips with grain between them instead of a smooth machine gradient."""
        c = self.c
        if c.manner == "line":
            self._grid()
            return
        c.image.paste(top, (0, 0, c.image.width, c.image.height))
        bands = 7
        reach = c.height * (
            1.0 if self.reading.place in ("underwater", "sky", "space") else self.horizon + 0.05
        )
        for k in range(1, bands):
            y = reach * k / bands
            swing = c.unit * self.rng.uniform(0.008, 0.03)
            phase = self.rng.uniform(0, 6.3)
            edge = [(c.width * i / 24, y + swing * math.sin(phase + i * 0.42)) for i in range(25)]
            shape = [*edge, (c.width, c.height), (0, c.height)]
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
        big = 1.5 if named else 1.0
        low = {"dawn": 0.86, "dusk": 0.84}.get(self.reading.time, 0.4)
        x, y = c.width * self.light_x, c.height * self.horizon * low
        r = c.unit * 0.085 * big
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
        x, y, w, h = c.width * (self.light_x - 0.17), c.height * 0.12, c.unit * 0.34, c.unit * 0.4
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

    def land(self) -> None:
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
        land = self.c.palette.land
        waves = self.words.uniform(0.7, 1.6)
        self._ridge(self.horizon, 0.045, waves, mix(land[0], self.c.palette.sky[1], 0.35))
        edge = self._ridge(self.horizon + 0.08, 0.035, waves * 1.3, land[0])
        self._sprinkle(edge)
        self._ridge(self.horizon + 0.15, 0.03, waves * 0.8, land[1])

    def _sprinkle(self, edge: list[Point]) -> None:
        """Small trees on a far ridge give the big things their measure."""
        p = self.c.palette
        inks = {"a": p.land[1], "b": p.land[2], "c": p.land[0], "l": p.light, "d": p.land[2]}
        draw = nature.fir if self.words.random() < 0.5 else nature.tree
        for x, y in self.rng.sample(edge[2:-2], 7):
            draw(Pen(self.c, x, y + 6, self.c.unit * self.rng.uniform(0.05, 0.11), inks))

    def _sea(self) -> None:
        c, land = self.c, self.c.palette.land
        for k in range(7):
            share = k / 6
            colour = mix(mix(land[0], land[1], share * 2), land[2], max(0, share * 2 - 1))
            edge = self._ridge(
                self.horizon + 0.40 * share**1.35,
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
                top = c.height * (self.horizon - self.rng.uniform(0.06, 0.34 - row * 0.12))
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
        self._ridge(self.horizon + 0.06, 0.006, 1, p.land[2], side="up")

    def _forest(self) -> None:
        c, p = self.c, self.c.palette
        for row in range(3):
            colour = mix(p.land[0], p.land[2], row * 0.36)
            self._ridge(self.horizon - 0.06 + 0.09 * row, 0.02, 1.2, colour)
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
                        c.height * (self.horizon + 0.02 + 0.09 * row),
                        c.unit * (0.34 + 0.13 * row) * self.rng.uniform(0.8, 1.2),
                        inks,
                    )
                )
        self._ridge(self.horizon + 0.15, 0.02, 0.9, p.land[2], side="up")

    def _mountains(self) -> None:
        c, p = self.c, self.c.palette
        for row in range(3):
            colour = mix(p.land[row], p.sky[1], 0.3 - 0.15 * row)
            for _ in range(3):
                x, w = self.rng.uniform(0, c.width), c.unit * self.rng.uniform(0.3, 0.5)
                base, top = (
                    c.height * (self.horizon + 0.1),
                    c.height * (self.horizon - self.rng.uniform(0.28, 0.42) + row * 0.1),
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
        self._ridge(self.horizon + 0.07, 0.03, 1, p.land[1])
        self._ridge(self.horizon + 0.17, 0.02, 0.7, p.land[2], side="up")

    def _moonscape(self) -> None:
        c, p = self.c, self.c.palette
        r = c.unit * 0.1
        inks = {"a": p.inks[1], "b": p.inks[0], "c": p.light, "l": p.light, "d": p.dark}
        nature.planet(
            Pen(c, c.width * (1 - self.light_x), c.height * 0.3, r * 2.4, inks, angle=0.3)
        )
        ground = mix(p.land[0], p.paper, 0.55)
        y, big = c.height * 0.72, c.width * 1.1
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
        y, floor = c.height * self.horizon, p.land[2]
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
        self._ridge(self.horizon, 0.02, 1.5, self.c.palette.land[0])
        for _ in range(4):
            self._cloud()

    def _seabed(self) -> None:
        c, p = self.c, self.c.palette
        self._ridge(0.74, 0.04, 1.1, mix(p.land[1], p.sky[1], 0.4))
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
                self.horizon + 0.08 * k,
                0.05 - 0.008 * k,
                0.9,
                mix(p.land[0], p.land[2], k / 3.6),
                side=("down", "right", "left", "up")[k],
            )

    def front(self) -> None:
        """Dark forms at the lower edge frame the picture and push the things back."""
        c, p, place = self.c, self.c.palette, self.reading.place
        if place in ("room", "space", "sky", "sea", "city") or c.manner == "line":
            return
        ink = mix(p.land[2], p.dark, 0.45)
        for corner in (0, 1):
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

    def weather(self) -> None:
        c, p, kind = self.c, self.c.palette, self.reading.weather
        if kind in ("rain", "storm"):
            for _ in range(150):
                x, y = self.rng.uniform(-0.1, 1) * c.width, self.rng.uniform(-0.05, 1) * c.height
                h = c.unit * self.rng.uniform(0.02, 0.06)
                c.line(
                    [(x, y), (x + h * 0.3, y + h)], c.unit * 0.0024, mix(p.light, p.sky[1], 0.25)
                )
        if kind == "storm":
            x, y, u = c.width * self.light_x, c.height * 0.12, c.unit
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
