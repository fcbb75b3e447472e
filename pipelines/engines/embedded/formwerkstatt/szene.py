"""The hand "szene": a layered paper landscape with what the words name, in its place."""

from __future__ import annotations

import math
from random import Random
from typing import NamedTuple

from django.utils.translation import gettext_noop

from . import things
from .canvas import Canvas, Layers, Pen, Point
from .land import Land
from .palette import NAMED, Colour, brightness, mix
from .reading import Mention, Reading, word_random
from .sky import Sky
from .view import View
from .weather import Weather

SKIN: tuple[Colour, ...] = ((236, 190, 156), (198, 140, 104), (140, 92, 66), (100, 66, 50))
FOCAL = 0.40
# kinds of things in one scene: more would only be a heap
MOST = 5
# what is named first is the largest
RANK_SIZES = (1.0, 0.74, 0.6, 0.54, 0.5, 0.46, 0.44)
# in shares of the height, so that no two float side by side
FLOATING_LEVELS = (0.54, 0.4, 0.5, 0.33, 0.62, 0.38, 0.5)
# how high in its own size a thing carries another one
ROOFS = {
    "house": 0.72,
    "school": 0.6,
    "castle": 0.6,
    "sun": 0.8,
    "moon": 0.7,
    "mountain": 0.95,
    "table": 0.52,
    "horse": 0.6,
    "boat": 0.2,
    "cloud": 0.6,
    "planet": 0.8,
}


class Spot(NamedTuple):
    """The foot of a thing, and its size."""

    x: float
    y: float
    size: float


def inks_for(canvas: Canvas, mention: Mention, index: int, rng: Random) -> dict[str, Colour]:
    """Named colour, else a thing's own, else the next ink that stands out from the ground."""
    palette = canvas.palette
    natural = things.TRAITS.natural.get(mention.thing)
    named = [NAMED[c] for c in mention.colours if c in NAMED]
    if named:
        main = named[0]
    elif natural and canvas.manner != "brush":
        main = mix(NAMED[natural], palette.inks[index % len(palette.inks)], 0.2)
    else:
        ground = palette.land[1]
        ranked = sorted(
            palette.inks, key=lambda ink: -sum(abs(a - b) for a, b in zip(ink, ground, strict=True))
        )
        main = ranked[index % min(3, len(ranked))]
    if "many" in mention.colours:
        main = rng.choice(palette.inks)
    others = [ink for ink in palette.inks if ink != main] or [palette.light]
    return {
        "a": main,
        "b": mix(main, palette.dark, 0.34 if brightness(main) > 0.25 else -0.18),
        "c": named[1] if len(named) > 1 else others[(index + 1) % len(others)],
        "l": palette.light,
        "d": palette.dark,
        "skin": mix(SKIN[rng.randrange(len(SKIN))], palette.light, 0.08),
    }


class Szene:
    """One scene, from the sky to what stands in front."""

    def __init__(self, canvas: Canvas, reading: Reading, rng: Random) -> None:
        self.canvas, self.reading, self.rng = canvas, reading, rng
        self.view = View.choose(reading.place, reading.time, rng)
        self.weather = Weather(canvas, reading, rng, self.view)
        self.spots: dict[str, Spot] = {}
        self.drawn: dict[str, int] = {}
        self.crowding = 1.0

    def layers(self) -> Layers:
        return [
            (gettext_noop("The sky"), self.sky),
            (gettext_noop("The land"), self.land),
            (gettext_noop("The things"), self.things),
            (gettext_noop("What stands in front"), self.front),
        ]

    def sky(self) -> None:
        Sky(self.canvas, self.reading, self.rng, self.view).draw()

    def land(self) -> None:
        Land(self.canvas, self.reading, self.rng, self.view).draw()
        self.weather.fog()

    def things(self) -> None:
        mentions = [m for m in self.reading.things if not self._is_backdrop(m)][:MOST]
        self.crowding = 1.0 if len(mentions) < 4 else 0.8
        mentions += self._strangers(2 - len(mentions))
        carried = {m.above for m in mentions if m.above}
        alone = len(mentions) == 1
        slots = [0.5 + (x - 0.5) * (0.7 if alone else 1.0) for x in self.view.slots]
        # what stands behind is drawn first: big things, then carried ones on top
        order = sorted(
            range(len(mentions)),
            key=lambda i: (
                bool(mentions[i].above),
                -things.TRAITS.heights.get(mentions[i].thing, 1.0),
            ),
        )
        for i in order:
            self._place(mentions[i], i, slots[i], mentions[i].thing in carried)

    def front(self) -> None:
        self.weather.front()
        self.weather.falling()

    def _is_backdrop(self, mention: Mention) -> bool:
        return mention.thing in things.LIGHTS and (
            mention.count == 1 and len(self.reading.things) > 1
        )

    def _strangers(self, wanted: int) -> list[Mention]:
        """Words without a drawing of their own become figures of their own."""
        known = self.reading.nouns if self.reading.things else self.reading.unknown
        words = sorted(known[:6], key=lambda w: -len(w))[: max(0, wanted)]
        if not words and not self.reading.things:
            words = ["·"]
        return [Mention(f"totem:{word}", word, 10 + i) for i, word in enumerate(words)]

    def _place(self, mention: Mention, index: int, slot: float, is_carrying: bool) -> None:
        size = self._size(mention, index, is_carrying)
        is_lifted = self._is_floating(mention, index, is_carrying)
        host = self.spots.get(mention.above)
        if host:
            spot = self._spot_on(host, mention, size)
        else:
            y = self._height_alone(mention, index, size, is_lifted, is_carrying)
            spot = Spot(self.canvas.width * slot, y, size)
        self.spots[mention.thing] = self._draw_all(mention, index, spot, is_lifted or bool(host))
        self.drawn[mention.thing] = mention.count

    def _size(self, mention: Mention, index: int, is_carrying: bool) -> float:
        c, count = self.canvas, mention.count
        size = c.unit * FOCAL * self.crowding * RANK_SIZES[min(index, 6)]
        stature: float = things.TRAITS.heights.get(mention.thing, 1.0) ** 0.34
        size *= stature * {"small": 0.72, "big": 1.3}.get(mention.size, 1.0)
        if is_carrying:
            size = max(size, c.unit * 0.42 * self.crowding**2) * 1.08
        size *= self.view.scale
        size *= 1.0 if count == 1 else 0.8 if count == 2 else 1.5 / math.sqrt(count + 1.4)
        return min(size, c.unit * 0.8)

    def _is_floating(self, mention: Mention, index: int, is_carrying: bool) -> bool:
        name, place = mention.thing, self.reading.place
        return (
            mention.flying
            or name in things.FLYING
            or place in ("underwater", "sky")
            or (place == "space" and not is_carrying and index % 2 == 1)
            or (name in things.SWIMMING and place != "sea")
        )

    def _spot_on(self, host: Spot, mention: Mention, size: float) -> Spot:
        x = host.x + host.size * self.rng.uniform(-0.1, 0.1)
        y = host.y - host.size * ROOFS.get(mention.above, 0.78)
        if mention.flying:
            y -= host.size * 0.2
        return Spot(x, y, min(size, host.size * 0.62))

    def _height_alone(
        self, mention: Mention, index: int, size: float, is_floating: bool, is_carrying: bool
    ) -> float:
        """Where a thing stands, swims or flies that nothing carries."""
        name, h = mention.thing, self.canvas.height
        y = h * (self.view.ground + 0.035 * (index % 3 - 1))
        if is_carrying:
            y = h * self.view.ground
        if is_floating:
            level = self.rng.choice((-0.08, 0.0, 0.07))
            y = h * (level + FLOATING_LEVELS[index % 7]) + size * 0.25
        elif self.reading.place == "sea" and (name in things.AFLOAT or name in things.SWIMMING):
            y = h * (0.72 + 0.05 * (index % 2))
        if mention.above and mention.flying:
            # above something that the picture does not show
            y = h * 0.5
        return y

    def _draw_all(self, mention: Mention, index: int, spot: Spot, is_lifted: bool) -> Spot:
        """Draw one thing as often as it is there; return where the last one stands."""
        c, rng = self.canvas, self.rng
        edge = c.unit * 0.05
        margin = spot.size * (0.6 if mention.thing in things.WIDE else 0.42)
        facing = rng.random()
        for k in range(mention.count):
            x, y, size = spot
            if mention.count > 1:
                size *= rng.uniform(0.85, 1.1)
                x, y = self._in_group(k, mention.count, spot, is_lifted)
            x = min(max(x, margin + edge), c.width - margin - edge)
            y = max(y, spot.size * 0.95 + edge)
            self._draw(mention, index, Spot(x, y, size), is_lifted, k, facing)
        return Spot(x, y, spot.size)

    def _in_group(self, k: int, count: int, spot: Spot, is_lifted: bool) -> Point:
        """Rows that overlap a little, never a grid."""
        c, rng = self.canvas, self.rng
        x, y, size = spot
        rows = 1 if count < 3 else 2 if count < 8 else 3
        row, column = k % rows, k // rows
        columns = math.ceil(count / rows)
        span = min(c.width * 0.8, size * 1.16 * max(columns, 1))
        centre = c.width * 0.5 + (x - c.width * 0.5) * (0.3 if columns > 2 else 0.7)
        step = span / max(columns, 1)
        px = centre - span / 2 + step * (column + 0.5 + (0.25 if row % 2 else -0.1))
        py = y + (row - (rows - 1) / 2) * size * (0.82 if is_lifted else 0.34)
        return px + rng.uniform(-0.1, 0.1) * size, py + rng.uniform(-0.1, 0.1) * size

    def _draw(
        self, mention: Mention, index: int, spot: Spot, is_lifted: bool, k: int, facing: float
    ) -> None:
        c, rng = self.canvas, self.rng
        x, y, size = spot
        inks = inks_for(c, mention, index if "many" not in mention.colours else index + k, rng)
        if not is_lifted and self.reading.style != "blueprint":
            shade = mix(c.palette.land[2], c.palette.dark, 0.45)
            c.overprint(
                [
                    (
                        x + size * 0.46 * math.cos(t / 3.5) + size * 0.06,
                        y + size * 0.05 * math.sin(t / 3.5),
                    )
                    for t in range(22)
                ],
                mix(shade, (255, 255, 255), 0.45),
            )
        angle = rng.uniform(0.08, 0.24) if mention.flying else 0.0
        if self.reading.mood == "wild":
            angle += rng.uniform(-0.25, 0.25)
        flip = facing < 0.5 if mention.count > 1 else (x > c.width * 0.56) == (facing < 0.85)
        angle = -angle if flip else angle
        pen = Pen(c, x, y, size, inks, flip=flip, angle=angle, sleeping=mention.sleeping)
        if mention.thing.startswith("totem:"):
            things.totem(pen, word_random(mention.word))
        else:
            things.draw(mention.thing, pen)
