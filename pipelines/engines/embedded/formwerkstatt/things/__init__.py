"""Everything that can be drawn by name: `draw(name, pen)`."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path
from random import Random

from pipelines.engines.embedded.formwerkstatt.canvas import Pen

from . import buildings, creatures, mammals, nature, objects, people, vehicles

FLYING = frozenset(
    {
        "bird",
        "butterfly",
        "bee",
        "plane",
        "balloon",
        "ufo",
        "kite",
        "cloud",
        "star",
        "rocket",
        "planet",
        "rainbow",
        "ghost",
        "heart",
    }
)
LIGHTS = frozenset({"sun", "moon"})
SWIMMING = frozenset({"fish", "whale", "octopus", "jellyfish", "turtle"})
WIDE = frozenset(
    {
        "school",
        "bus",
        "train",
        "mountain",
        "volcano",
        "bridge",
        "dragon",
        "whale",
        "tent",
        "rainbow",
        "castle",
        "bicycle",
    }
)
AFLOAT = frozenset({"boat", "duck"})


@dataclass(frozen=True, slots=True)
class Traits:
    """What is known of the things: height against a person of 1, own colour, two forms."""

    heights: dict[str, float]
    natural: dict[str, str]
    made_of: dict[str, str]


TRAITS = Traits(**json.loads(Path(__file__).with_name("traits.json").read_text("utf-8")))


def draw(name: str, pen: Pen) -> None:
    """Draw a thing of the vocabulary; KeyError for a name that nobody can draw."""
    for module in (mammals, creatures, nature, buildings, vehicles, objects, people):
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
        kind = rng.choice(
            [k for k in ("block", "dome", "disc", "cone", "bowl", "fan") if k != kind]
        )
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
