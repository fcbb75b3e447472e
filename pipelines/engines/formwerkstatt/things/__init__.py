"""Everything that can be drawn by name: `draw(name, pen)`."""

from __future__ import annotations

import math
from random import Random

from ..canvas import Pen
from . import animals, built, nature, people

FLYING = frozenset(
    {"bird", "butterfly", "bee", "plane", "balloon", "ufo", "kite", "cloud", "star", "rocket",
     "planet", "rainbow", "ghost", "heart"}
)  # fmt: skip
LIGHTS = frozenset({"sun", "moon"})
SWIMMING = frozenset({"fish", "whale", "octopus", "jellyfish", "turtle"})
AFLOAT = frozenset({"boat", "duck"})
# height against a person of 1; what stands on the ground is scaled by the square root of this
HEIGHTS = {
    "house": 2.4, "school": 2.6, "castle": 3.2, "tower": 3.2, "church": 3.0, "skyscraper": 3.8,
    "tree": 2.4, "fir": 2.4, "palm": 2.2, "mountain": 4.5, "volcano": 4.2, "bridge": 2.2, "rainbow": 3.5,
    "windmill": 2.6, "tent": 2.0, "train": 1.8, "bus": 1.7, "whale": 2.0, "dragon": 1.6, "elephant": 1.6,
    "giraffe": 2.0, "rocket": 2.0, "boat": 1.8, "snail": 0.55, "bee": 0.4, "mouse": 0.5, "spider": 0.5,
    "butterfly": 0.55, "frog": 0.55, "bird": 0.7, "flower": 0.7, "mushroom": 0.6, "apple": 0.45, "ball": 0.5,
    "child": 0.8, "cup": 0.45, "key": 0.4, "leaf": 0.5, "duck": 0.6, "cat": 0.85, "rabbit": 0.7, "star": 0.5,
    "candle": 0.6, "fish": 0.75, "book": 0.8, "hat": 0.6, "crown": 0.6,
}  # fmt: skip
NATURAL = {
    "tree": "green", "fir": "green", "palm": "green", "cactus": "green", "frog": "green", "leaf": "green",
    "elephant": "grey", "pig": "pink", "fox": "orange", "lion": "yellow", "fire": "orange", "sun": "yellow",
    "moon": "white", "star": "yellow", "bee": "yellow", "crown": "gold", "heart": "red", "mushroom": "red",
    "apple": "red", "whale": "blue", "giraffe": "yellow", "duck": "yellow", "unicorn": "white", "bear": "brown",
    "deer": "brown", "candle": "white",
}  # fmt: skip


def draw(name: str, pen: Pen) -> None:
    """Draw a thing of the vocabulary; KeyError for a name that nobody can draw."""
    for module in (animals, nature, built, people):
        function = vars(module).get(name)
        if function is not None:
            function(pen)
            return
    raise KeyError(name)


def totem(pen: Pen, rng: Random) -> None:
    """A figure for a word nobody has drawn yet: three to five forms, stacked."""
    y, width = 0.0, rng.uniform(0.26, 0.4)
    levels = rng.randint(3, 5)
    kind = ""
    for level in range(levels):
        height = 1 / levels
        ink = ("a", "b", "c", "l")[(level + rng.randrange(2)) % 4]
        kind = rng.choice([k for k in ("block", "dome", "disc", "cone", "bowl", "fan") if k != kind])
        mid = y + height / 2
        if kind == "block":
            pen.rect(-width * 0.8, y, width * 0.8, y + height, ink)
        elif kind == "dome":
            pen.oval(0, y, width, height, ink, 0, 180)
        elif kind == "disc":
            pen.oval(0, mid, height * 0.62, height * 0.5, ink)
            pen.oval(0, mid, height * 0.3, height * 0.25, "d")
        elif kind == "cone":
            pen.poly([(-width, y), (width, y), (0, y + height)], ink)
        elif kind == "bowl":
            pen.oval(0, y + height, width, height, ink, 180, 360)
        else:
            for k in range(5):
                t = math.radians(20 + k * 35)
                pen.line([(0, y), (width * math.cos(t), y + height * math.sin(t))], 0.05, ink)
                pen.oval(width * math.cos(t), y + height * math.sin(t), 0.045, ink="c")
        y += height
        width *= rng.uniform(0.72, 1.05)
    if rng.random() < 0.7:
        pen.eye(0, 0.78, 0.07)
