"""Animals on four legs."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from pipelines.engines.embedded.formwerkstatt.canvas import Pen, Point


@dataclass(frozen=True, slots=True)
class Build:
    """The measures of an animal on four legs."""

    leg: float
    neck: float
    head: float
    belly: float
    snout: float

    @property
    def back(self) -> float:
        return self.leg + self.belly * 1.7

    @property
    def head_at(self) -> Point:
        return 0.27 + self.neck * 0.25, self.back + self.neck + 0.03


def quadruped(
    pen: Pen,
    *,
    ears: str = "point",
    tail: str = "curl",
    leg: float = 0.26,
    neck: float = 0.0,
    head: float = 0.17,
    belly: float = 0.2,
    snout: float = 0.0,
) -> None:
    """Body, four legs, head, ears and tail: the family of cats, dogs, horses and cows."""
    build = Build(leg, neck, head, belly, snout)
    TAILS[tail](pen, build)
    _body(pen, build)
    if ears != "none":
        EARS[ears](pen, build)
    _face(pen, build)


def _body(pen: Pen, build: Build) -> None:
    leg, back = build.leg, build.back
    for x, ink in ((-0.2, "b"), (0.24, "b"), (-0.29, "a"), (0.14, "a")):
        pen.poly([(x, leg + 0.1), (x + 0.1, leg + 0.1), (x + 0.085, 0), (x + 0.01, 0)], ink)
    pen.blob(
        [
            (-0.35, leg + 0.1),
            (-0.33, back - 0.02),
            (-0.1, back - 0.01),
            (0.2, back + 0.02),
            (0.32, back - 0.05),
            (0.3, leg + 0.06),
            (0, leg + 0.01),
            (-0.25, leg),
        ],
        "a",
    )
    if build.neck:
        hx, hy = build.head_at
        pen.poly([(0.1, back - 0.08), (0.32, back - 0.14), (hx + 0.06, hy), (hx - 0.08, hy + 0.06)])


def _face(pen: Pen, build: Build) -> None:
    (hx, hy), head, snout = build.head_at, build.head, build.snout
    if snout:
        pen.blob(
            [
                (hx - 0.02, hy + 0.1),
                (hx + head + snout, hy),
                (hx + head + snout, hy - 0.1),
                (hx, hy - 0.13),
            ],
            "a",
        )
        pen.oval(hx, hy, head * 0.82, head * 0.8)
        pen.oval(hx + head + snout - 0.01, hy - 0.03, 0.03, ink="d")
    else:
        pen.oval(hx, hy, head, head * 0.88)
        pen.oval(hx + head * 0.5, hy - head * 0.35, head * 0.42, head * 0.32, "l")
        pen.oval(hx + head * 0.55, hy - head * 0.15, 0.025, 0.018, "d")
    pen.eye(hx + head * 0.15, hy + head * 0.25, head * 0.24)


def _curled_tail(pen: Pen, build: Build) -> None:
    back = build.back
    tip = [(-0.33, back - 0.1), (-0.46, back + 0.02), (-0.43, back + 0.2), (-0.35, back + 0.25)]
    pen.line(tip, 0.05, "a", curved=True)


def _bushy_tail(pen: Pen, build: Build) -> None:
    back = build.back
    pen.blob([(-0.28, back - 0.15), (-0.5, back - 0.1), (-0.52, back + 0.16), (-0.38, back)], "b")


def _tail_of_hair(pen: Pen, build: Build) -> None:
    leg, back = build.leg, build.back
    pen.blob([(-0.3, back - 0.04), (-0.42, back), (-0.47, leg * 0.6), (-0.4, leg * 0.8)], "b")


def _thin_tail(pen: Pen, build: Build) -> None:
    back = build.back
    path = [(-0.32, back - 0.1), (-0.42, back - 0.08), (-0.48, back + 0.1)]
    pen.line(path, 0.022, "b", curved=True)


def _puff_tail(pen: Pen, build: Build) -> None:
    pen.oval(-0.34, build.back - 0.08, 0.06, ink="l")


def _mane(pen: Pen, build: Build) -> None:
    pen.oval(*build.head_at, build.head * 1.5, ink="b")


def _hanging_ears(pen: Pen, build: Build) -> None:
    hx, hy = build.head_at
    pen.blob([(hx - 0.1, hy + 0.12), (hx - 0.2, hy), (hx - 0.17, hy - 0.14), (hx - 0.08, hy)], "b")


def _long_ears(pen: Pen, build: Build) -> None:
    hx, hy = build.head_at
    for dx, ink in ((-0.08, "a"), (0.02, "b")):
        pen.oval(hx + dx, hy + build.head + 0.1, 0.04, 0.17, ink)


def _pointed_ears(pen: Pen, build: Build) -> None:
    hx, hy = build.head_at
    for x in (hx - 0.11, hx + 0.05):
        pen.poly([(x - 0.04, hy + 0.06), (x + 0.09, hy + 0.1), (x, hy + build.head + 0.11)], "b")


def _horns(pen: Pen, build: Build) -> None:
    hx, hy = build.head_at
    for x in (hx - 0.09, hx + 0.05):
        pen.poly(
            [(x - 0.03, hy + 0.08), (x + 0.05, hy + 0.08), (x + 0.04, hy + build.head + 0.1)], "l"
        )


def _antlers(pen: Pen, build: Build) -> None:
    hx, hy = build.head_at
    for dx in (-0.05, 0.05):
        pen.line([(hx, hy + 0.1), (hx + dx * 2, hy + 0.24), (hx + dx * 3, hy + 0.32)], 0.022, "b")
        pen.line([(hx + dx * 2, hy + 0.24), (hx + dx, hy + 0.34)], 0.02, "b")


def _round_ears(pen: Pen, build: Build) -> None:
    hx, hy = build.head_at
    for x in (hx - 0.11, hx + 0.09):
        pen.oval(x, hy + build.head * 0.85, 0.07, ink="b")


TAILS: dict[str, Callable[[Pen, Build], None]] = {
    "curl": _curled_tail,
    "bush": _bushy_tail,
    "hair": _tail_of_hair,
    "thin": _thin_tail,
    "puff": _puff_tail,
}
EARS: dict[str, Callable[[Pen, Build], None]] = {
    "mane": _mane,
    "hang": _hanging_ears,
    "long": _long_ears,
    "point": _pointed_ears,
    "horn": _horns,
    "antler": _antlers,
    "round": _round_ears,
}


def cat(pen: Pen) -> None:
    quadruped(pen)
    for k in range(3):
        x = -0.22 + k * 0.12
        pen.poly([(x, 0.61), (x + 0.05, 0.615), (x + 0.03, 0.46)], "b", outline=0.3)


def dog(pen: Pen) -> None:
    quadruped(pen, ears="hang", snout=0.06)


def horse(pen: Pen) -> None:
    quadruped(pen, ears="none", tail="hair", leg=0.36, neck=0.22, head=0.12, belly=0.15, snout=0.1)
    pen.blob([(0.06, 0.6), (0.1, 0.78), (0.2, 0.96), (0.33, 0.98), (0.26, 0.84), (0.18, 0.68)], "d")
    pen.poly([(0.28, 0.9), (0.36, 0.92), (0.34, 1.06)], "a")


def unicorn(pen: Pen) -> None:
    horse(pen)
    pen.poly([(0.33, 0.94), (0.4, 0.93), (0.46, 1.16)], "c")


def cow(pen: Pen) -> None:
    quadruped(pen, ears="horn", tail="thin", head=0.16, snout=0.05)
    pen.blob([(-0.2, 0.58), (-0.05, 0.6), (-0.02, 0.46), (-0.16, 0.42)], "l")
    pen.blob([(0.06, 0.48), (0.16, 0.5), (0.16, 0.36), (0.04, 0.36)], "l")


def sheep(pen: Pen) -> None:
    for x in (-0.2, -0.1, 0.1, 0.2):
        pen.line([(x, 0.3), (x, 0.02)], 0.05, "d")
    pen.blob(
        [
            (
                0.3 * math.cos(k * 0.393) * (1.16 if k % 2 else 0.96),
                0.48 + 0.24 * math.sin(k * 0.393) * (1.16 if k % 2 else 0.96),
            )
            for k in range(16)
        ],
        "l",
    )
    pen.oval(0.3, 0.58, 0.11, 0.14, "d")
    pen.eye(0.34, 0.61, 0.03)


def pig(pen: Pen) -> None:
    quadruped(pen, tail="thin", leg=0.15, belly=0.24, snout=0.03)


def elephant(pen: Pen) -> None:
    quadruped(pen, ears="none", tail="thin", leg=0.24, belly=0.26, head=0.2)
    pen.line([(0.4, 0.68), (0.5, 0.5), (0.48, 0.25), (0.56, 0.16)], 0.085, "a", curved=True)
    pen.blob([(0.12, 0.85), (0.2, 0.6), (0.1, 0.5), (-0.04, 0.62), (0, 0.84)], "b")


def lion(pen: Pen) -> None:
    quadruped(pen, ears="mane", tail="thin")


def fox(pen: Pen) -> None:
    quadruped(pen, tail="bush", snout=0.08, head=0.15)


def bear(pen: Pen) -> None:
    quadruped(pen, ears="round", tail="puff", leg=0.2, belly=0.28, head=0.19)


def mouse(pen: Pen) -> None:
    quadruped(pen, ears="round", tail="thin", leg=0.1, belly=0.2, snout=0.06)


def rabbit(pen: Pen) -> None:
    quadruped(pen, ears="long", tail="puff", leg=0.14, belly=0.22)


def giraffe(pen: Pen) -> None:
    quadruped(pen, ears="horn", tail="thin", leg=0.38, neck=0.36, head=0.1, belly=0.11, snout=0.05)
    for x, y in ((-0.2, 0.5), (-0.05, 0.53), (0.1, 0.48), (0.24, 0.62), (0.3, 0.75)):
        pen.oval(x, y, 0.045, ink="b", outline=0)


def deer(pen: Pen) -> None:
    quadruped(
        pen, ears="antler", tail="puff", leg=0.36, neck=0.14, head=0.11, belly=0.13, snout=0.05
    )
