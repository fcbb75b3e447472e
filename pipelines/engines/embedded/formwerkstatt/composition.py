"""Where the words stand on a poster: one of several principles, each with its own weights."""

from __future__ import annotations

import math
from random import Random
from typing import NamedTuple

PRINCIPLES = ("counterpoint", "diagonal", "grid", "orbit", "stack", "frieze", "giant")
FALLING = (0.235, 0.15, 0.11, 0.09, 0.075)


class Station(NamedTuple):
    x: float
    y: float
    size: float


def stations(principle: str, count: int, width: int, height: int, rng: Random) -> list[Station]:
    """`count` places in pixels, the heaviest word's first; 1 to 9 of them."""
    shares = _SHARES[principle](count, rng)
    if rng.random() < 0.5:
        shares = [(1 - x, y, size) for x, y, size in shares]
    if rng.random() < 0.5 and principle != "stack":
        shares = [(x, 1 - y, size) for x, y, size in shares]
    unit = min(width, height)
    return [
        Station(width * min(max(x, 0.12), 0.88), height * min(max(y, 0.12), 0.88), unit * size)
        for x, y, size in shares
    ]


Shares = list[tuple[float, float, float]]


def _weight(index: int) -> float:
    return FALLING[min(index, len(FALLING) - 1)]


def _counterpoint(count: int, rng: Random) -> Shares:
    """Heavy on one side, the answers fanned out on the other."""
    fx, fy = rng.uniform(0.3, 0.42), rng.uniform(0.32, 0.46)
    plan = [(fx, fy, 0.24)]
    away = math.atan2(0.5 - fy, 0.5 - fx)
    for index in range(1, count):
        t = away + (index - 2) * 0.7 + rng.uniform(-0.2, 0.2)
        reach = 0.38 + 0.09 * (index % 2)
        plan.append((fx + reach * math.cos(t), fy + reach * math.sin(t), _weight(index)))
    return plan


def _diagonal(count: int, rng: Random) -> Shares:
    """All on one slope, growing toward the heavy end."""
    lean, start = rng.uniform(0.75, 1.1), rng.uniform(0.66, 0.76)
    plan = []
    for index in range(count):
        t = start - 0.62 * index / max(1, count - 1)
        plan.append((t, 0.5 + (t - 0.5) * lean, 0.26 * 0.74**index))
    return plan


def _grid(count: int, rng: Random) -> Shares:
    """Equal fields, the order of the words shuffled into them."""
    cells = [(0.22 + 0.28 * column, 0.22 + 0.28 * row) for column in range(3) for row in range(3)]
    chosen = rng.sample(cells, count)
    return [(x, y, 0.16 if index == 0 else 0.12) for index, (x, y) in enumerate(chosen)]


def _orbit(count: int, rng: Random) -> Shares:
    """One body in the middle, the others circle it."""
    start, reach = rng.uniform(0, math.tau), rng.uniform(0.31, 0.37)
    plan = [(0.5, 0.5, 0.18)]
    for index in range(1, count):
        t = start + math.tau * (index - 1) / max(1, count - 1)
        plan.append((0.5 + reach * math.cos(t), 0.5 + reach * math.sin(t), 0.7 * _weight(index)))
    return plan


def _stack(count: int, rng: Random) -> Shares:
    """A tower, the heaviest at its foot."""
    x, y, plan = rng.uniform(0.28, 0.5), 0.9, []
    sizes = [0.21 * 0.78**index for index in range(count)]
    squeeze = min(1.0, 0.8 / (1.7 * sum(sizes)))
    for size in (size * squeeze for size in sizes):
        y -= size * 0.85
        plan.append((x + rng.uniform(-0.05, 0.05), y, size))
        y -= size * 0.85
    return plan


def _frieze(count: int, rng: Random) -> Shares:
    """A row from edge to edge, up and down like notes."""
    y, beat = rng.uniform(0.36, 0.62), rng.choice((-0.07, 0.07))
    order = rng.sample(range(count), count)
    step = 0.84 / count
    plan = [(0.0, 0.0, 0.0)] * count
    for seat, index in enumerate(order):
        size = min(0.2, step * 0.62) * (1.15 if index == 0 else 0.9)
        plan[index] = (0.08 + step * (seat + 0.5), y + beat * (-1) ** seat, size)
    return plan


def _giant(count: int, rng: Random) -> Shares:
    """One form almost too big for the sheet, the rest small in the corner left free."""
    plan = [(rng.uniform(0.3, 0.38), rng.uniform(0.3, 0.4), 0.36)]
    for index in range(1, count):
        t = math.radians(10 + 76 * (index - 0.5) / max(1, count - 1))
        reach = 0.54 + 0.06 * (index % 2)
        plan.append((0.26 + reach * math.cos(t), 0.28 + reach * math.sin(t), 0.085))
    return plan


_SHARES = {
    "counterpoint": _counterpoint,
    "diagonal": _diagonal,
    "grid": _grid,
    "orbit": _orbit,
    "stack": _stack,
    "frieze": _frieze,
    "giant": _giant,
}
