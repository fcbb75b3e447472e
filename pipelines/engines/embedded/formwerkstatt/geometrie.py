"""The hand "geometrie": words become forms, rhythm and tension on a poster."""

from __future__ import annotations

import math
from random import Random

from django.utils.translation import gettext_noop

from .canvas import Canvas, Layers, arc
from .composition import PRINCIPLES, Station, stations
from .forms import FORMS, outlines
from .ground import Ground
from .palette import NAMED, Colour, brightness, mix
from .reading import Mention, Reading, digest, word_random
from .things import TRAITS

PLACE_FORMS = {
    "sea": "wave",
    "underwater": "wave",
    "city": "comb",
    "forest": "bar",
    "mountain": "triangle",
    "space": "ring",
    "desert": "half",
    "school": "square",
    "room": "square",
    "sky": "blob",
    "garden": "leaf",
    "snow": "cross",
}


class Geometrie:
    """One composition; every word read gives it a form, a colour or a force."""

    def __init__(self, canvas: Canvas, reading: Reading, rng: Random) -> None:
        self.c, self.reading, self.rng = canvas, reading, rng
        self.words = word_random(
            " ".join([m.thing for m in reading.things[:3]] + reading.unknown[:3])
        )
        self.mentions = reading.things[:5] or [
            Mention("word", word, i) for i, word in enumerate(reading.unknown[:3] or ["·"])
        ]
        for word in reading.unknown[:2]:
            if len(self.mentions) < 3:
                self.mentions = [*self.mentions, Mention("word", word, 20)]
        self.drawn: dict[str, int] = {}
        self.turn = {"calm": 0.0, "sad": 0.0, "wild": 0.7, "scary": 0.5}.get(
            reading.mood, rng.choice((0.0, -0.52, 0.52, 0.785))
        )
        self.principle = rng.choice(PRINCIPLES)
        taken = len(self.mentions)
        plan = stations(self.principle, taken + rng.randint(1, 4), canvas.width, canvas.height, rng)
        self.stations, self.echoes = plan[:taken], plan[taken:]
        self.focus = (plan[0].x, plan[0].y)
        p = canvas.palette
        dusk = (
            reading.time in ("night", "dusk") or reading.place == "space" or reading.mood == "scary"
        )
        self.ground = mix(p.sky[0], p.dark, 0.15) if dusk else mix(p.paper, p.sky[1], 0.3)
        self.dark_ground = brightness(self.ground) < 0.5
        self.inks = [*p.inks, *p.land[:2], p.light if self.dark_ground else p.dark]

    def layers(self) -> Layers:
        return [
            (gettext_noop("The ground"), self.ground_layer),
            (gettext_noop("The place"), self.place_layer),
            (gettext_noop("The words"), self.word_layer),
            (gettext_noop("The tension"), self.tension_layer),
        ]

    def forms(self, mention: Mention) -> tuple[str, str]:
        if mention.thing in TRAITS.made_of:
            first, second = TRAITS.made_of[mention.thing].split()
            return first, second
        own = word_random(mention.word if mention.thing == "word" else mention.thing)
        return own.choice(FORMS), own.choice(FORMS)

    def colour(self, mention: Mention, index: int) -> Colour:
        named = [NAMED[c] for c in mention.colours if c in NAMED]
        if named:
            return named[0]
        if mention.thing == "word":
            return self.inks[(digest(mention.word) + index) % 4]
        return self.inks[index % 4]

    def print(
        self,
        form: str,
        x: float,
        y: float,
        r: float,
        turn: float,
        colour: Colour,
        *,
        over: bool = False,
    ) -> None:
        for outline in outlines(form, x, y, r, turn, self.rng):
            if over and not self.dark_ground:
                self.c.overprint(outline, mix(colour, (255, 255, 255), 0.12))
            else:
                self.c.polygon(
                    outline,
                    colour,
                    grain=mix(colour, self.c.palette.dark, 0.42),
                    side=self.rng.choice(("down", "right", "left")),
                )

    def ground_layer(self) -> None:
        Ground(self.c, self.reading.place, self.rng, self.ground, self.focus).draw()

    def place_layer(self) -> None:
        """The place sets a quiet counter-rhythm along one edge."""
        c, rng = self.c, self.rng
        form = PLACE_FORMS.get(
            self.reading.place, self.words.choice(("bar", "wave", "steps", "arch"))
        )
        count = 3 + rng.randrange(5)
        edge = rng.choice(("bottom", "bottom", "right", "left", "top"))
        for k in range(count):
            share = (k + 0.5) / count
            along, across = 0.1 + 0.8 * share, 0.86 if edge in ("bottom", "right") else 0.14
            x, y = (along, across) if edge in ("bottom", "top") else (across, along)
            x, y = c.width * x, c.height * y
            r = c.unit * (0.05 + 0.035 * math.sin(share * 3.1) + 0.015 * (k % 2))
            colour = self.inks[(k % 2) * 4 + 1 if k % 3 else 4]
            self.print(
                form,
                x,
                y,
                r,
                self.turn if form == "bar" else 0,
                mix(self.ground, colour, 0.72),
                over=True,
            )

    def word_layer(self) -> None:
        """Every word on its station, the lighter ones first, so that the heavy ones overlap."""
        for k, station in enumerate(self.echoes):
            self._echo(k, station)
        for index, mention in reversed(list(enumerate(self.mentions))):
            first, second = self.forms(mention)
            self.drawn[mention.thing] = mention.count
            station = self.stations[index]
            size = station.size * {"small": 0.7, "big": 1.3}.get(mention.size, 1.0)
            colour = self.colour(mention, index)
            self._motif(
                first, second, station.x, station.y, size, colour, mention.count, index, self.rng
            )

    def _echo(self, k: int, station: Station) -> None:
        """The first word's forms return smaller and quieter."""
        form = self.forms(self.mentions[0])[k % 2]
        colour = mix(self.ground, self.inks[(k + 1) % 4], 0.8)
        turn = self.turn + k * math.pi / 2
        self.print(form, station.x, station.y, station.size * 0.8, turn, colour, over=True)

    def _motif(
        self,
        first: str,
        second: str,
        x: float,
        y: float,
        size: float,
        colour: Colour,
        count: int,
        index: int,
        rng: Random,
    ) -> None:
        accent = (
            self.inks[(index + 2) % 4]
            if self.inks[(index + 2) % 4] != colour
            else self.inks[(index + 3) % 4]
        )
        step = 0.0 if count == 1 else 1.0
        r = size if count == 1 else size * 1.55 / math.sqrt(count + 0.6)
        columns = count if count <= 4 else math.ceil(math.sqrt(count * 1.3))
        rows = math.ceil(count / columns)
        for k in range(count):
            col, row = k % columns, k // columns
            u = (col - (columns - 1) / 2) * r * 1.75 * step
            v = (row - (rows - 1) / 2) * r * 1.75 * step + (r * 0.5 * (k % 2) if rows == 1 else 0)
            c, s = math.cos(self.turn), math.sin(self.turn)
            px, py = x + u * c - v * s, y + u * s + v * c
            grown = r * (1 + 0.14 * (col - (columns - 1) / 2) / max(1, columns) * 2 * step)
            px = min(max(px, grown), self.c.width - grown)
            py = min(max(py, grown), self.c.height - grown)
            turn = self.turn + (k % 4) * (0.26 if self.reading.mood == "wild" else 0.0)
            self.print(first, px, py, grown, turn, colour)
            self.print(
                second,
                px + grown * 0.62 * math.cos(turn - 0.8),
                py + grown * 0.62 * math.sin(turn - 0.8),
                grown * 0.5,
                turn + math.pi / 2,
                accent,
                over=index % 2 == 0 and second != "disc",
            )

    def tension_layer(self) -> None:
        """Thin lines and small counterweights: mood as force."""
        c, rng, p = self.c, self.rng, self.c.palette
        ink = p.light if self.dark_ground else p.dark
        fx, fy = self.focus
        mood, weather = self.reading.mood, self.reading.weather
        lines = {"wild": 13, "scary": 9, "calm": 2, "sad": 5}.get(mood, 3)
        if weather in ("rain", "storm", "snowfall"):
            lines += 16
        for k in range(lines):
            t = self.turn + math.pi / 4
            if mood in ("wild", "scary"):
                t = rng.uniform(0, math.pi)
            elif mood == "sad" or weather == "rain":
                t = math.pi / 2 + 0.12
            elif mood == "calm":
                t = 0.0
            length = c.unit * rng.uniform(0.12, 0.42)
            spread = (
                (k - lines / 2) * c.unit * 0.045 if lines < 8 else rng.uniform(-0.45, 0.45) * c.unit
            )
            x, y = (
                fx - spread * math.sin(t),
                fy + (spread * math.cos(t) if lines < 8 else rng.uniform(-0.45, 0.45) * c.unit),
            )
            c.line(
                [
                    (x - length * math.cos(t), y - length * math.sin(t)),
                    (x + length * math.cos(t), y + length * math.sin(t)),
                ],
                c.unit * (0.0035 if k % 3 else 0.008),
                ink,
            )
        for k in range(3):
            r = c.unit * (0.028, 0.018, 0.011)[k]
            x = min(
                max(2 * (c.width / 2) - fx + rng.uniform(-0.2, 0.2) * c.width, c.width * 0.1),
                c.width * 0.9,
            )
            y = c.height * (0.14 + 0.1 * k) if fy > c.height / 2 else c.height * (0.9 - 0.1 * k)
            c.polygon(arc(x, y, r, r), (self.inks[k % 4] if k else ink))
