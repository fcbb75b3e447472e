"""From where a scene is seen: what the seed decides before anything is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

HORIZONS = {"sea": 0.54, "space": 0.78, "room": 0.7, "sky": 0.92, "desert": 0.58, "city": 0.7}
# how large the things are, and where they stand
DISTANCES = {"near": (1.32, 0.92), "middle": (1.0, 0.85), "far": (0.66, 0.86)}
ARRANGEMENTS = (
    (0.13, -0.25, 0.34, -0.06, -0.37, 0.2, -0.16),
    (0.26, -0.16, -0.36, 0.05, 0.38, -0.28, 0.14),
    (0.02, 0.31, -0.3, 0.17, -0.17, 0.39, -0.39),
    (0.33, 0.08, -0.17, -0.35, 0.2, -0.05, -0.26),
)


@dataclass(frozen=True, slots=True)
class View:
    """Shares of the sheet: `horizon` and `light_y` of the height, `light_x` of the width."""

    horizon: float
    light_x: float
    light_y: float
    light_size: float
    scale: float
    ground: float
    slots: tuple[float, ...]
    """x of each thing: the first one carries the picture, the others answer it."""

    @classmethod
    def choose(cls, place: str, time: str, rng: Random) -> View:
        side = rng.choice((-1, 1))
        scale, ground = DISTANCES[rng.choice(tuple(DISTANCES))]
        lift = 0.0 if place in ("sky", "space") else rng.choice((-0.13, 0.0, 0.08))
        low = {"dawn": 0.86, "dusk": 0.84}.get(time) or rng.choice((0.3, 0.48, 0.85))
        horizon = min(0.78, HORIZONS.get(place, 0.61) + lift) if place != "sky" else 0.92
        return cls(
            horizon=horizon + rng.uniform(-0.02, 0.02),
            light_x=rng.choice((0.18, 0.34, 0.66, 0.82)) + rng.uniform(-0.05, 0.05),
            light_y=max(0.14, horizon * low),
            light_size=rng.choice((0.75, 1.0, 1.7)),
            scale=scale,
            ground=ground,
            slots=tuple(0.5 + side * x for x in rng.choice(ARRANGEMENTS)),
        )
