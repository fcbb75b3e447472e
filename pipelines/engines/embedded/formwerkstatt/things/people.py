"""People and beings on two legs."""

from __future__ import annotations

import math

from pipelines.engines.embedded.formwerkstatt.canvas import Pen, arc

SKINS = "skin"


def figure(pen: Pen, *, dress: bool = False, hair: str = "short", head: float = 0.13) -> None:
    hy = 0.96 - head
    for x in (-0.09, 0.09):
        pen.line([(x * 0.8, 0.36), (x, 0.03), (x + 0.05, 0.02)], 0.075, "d")
    pen.line([(-0.12, 0.6), (-0.24, 0.44), (-0.22, 0.32)], 0.065, "b", curved=True)
    pen.line([(0.12, 0.6), (0.28, 0.56), (0.36, 0.68)], 0.065, "b", curved=True)
    pen.oval(0.37, 0.69, 0.045, ink=SKINS)
    pen.oval(-0.22, 0.31, 0.045, ink=SKINS)
    hem = 0.28 if dress else 0.17
    low = 0.2 if dress else 0.32
    pen.blob([(-hem, low), (-0.15, 0.62), (0, 0.7), (0.15, 0.62), (hem, low), (0, low - 0.03)], "a")
    if hair == "long":
        pen.blob(
            [
                (-0.17, hy + 0.1),
                (-0.2, hy - 0.2),
                (0.2, hy - 0.2),
                (0.17, hy + 0.1),
                (0, hy + 0.18),
            ],
            "d",
        )
    pen.oval(0, hy, head, ink=SKINS)
    pen.poly(arc(0, hy + 0.01, head * 1.08, head * 1.08, 10, 190), "l" if hair == "bun" else "d")
    if hair == "bun":
        pen.oval(-0.02, hy + head * 1.15, 0.07, ink="l")
        for x in (-0.02, 0.09):
            pen.ring(x, hy - 0.02, 0.04, 0.012, "d")
    else:
        for x in (-0.01, 0.08):
            if pen.sleeping:
                pen.line([(x - 0.02, hy - 0.03), (x + 0.02, hy - 0.03)], 0.012, "d")
            else:
                pen.oval(x, hy - 0.02, 0.016, ink="d", outline=0)
    pen.line(arc(0.03, hy - 0.05, 0.04, 0.03, 200, 340), 0.012, "d")


def person(pen: Pen) -> None:
    figure(pen, hair="short")


def woman(pen: Pen) -> None:
    figure(pen, hair="long", dress=True, head=0.12)


def man(pen: Pen) -> None:
    figure(pen, hair="short", head=0.12)
    pen.line([(-0.04, 0.795), (0.035, 0.81), (0.11, 0.795)], 0.028, "d")
    pen.line([(0, 0.68), (0, 0.44)], 0.035, "c")


def child(pen: Pen) -> None:
    """A big head over short legs, in a striped shirt."""
    figure(pen, hair="short", head=0.19)
    pen.line([(-0.15, 0.47), (0.15, 0.47)], 0.05, "c")
    pen.line([(-0.17, 0.37), (0.17, 0.37)], 0.05, "c")


def grandmother(pen: Pen) -> None:
    figure(pen, hair="bun", dress=True)


def king(pen: Pen) -> None:
    pen.blob([(-0.2, 0.66), (-0.4, 0.04), (0.4, 0.04), (0.2, 0.66)], "b")
    figure(pen, dress=True)
    pen.poly(
        [
            (-0.13, 0.92),
            (0.13, 0.92),
            (0.17, 1.1),
            (0.06, 1.0),
            (0, 1.12),
            (-0.06, 1.0),
            (-0.17, 1.1),
        ],
        "c",
    )


def witch(pen: Pen) -> None:
    figure(pen, dress=True, hair="long")
    pen.line([(0.36, 0.05), (0.38, 0.86)], 0.03, "b")
    pen.poly([(-0.26, 0.9), (0.26, 0.9), (0.08, 0.98), (-0.08, 1.26), (-0.08, 0.98)], "b")


def ghost(pen: Pen) -> None:
    hem = [(0.34 - k * 0.113, 0.02 if k % 2 else 0.14) for k in range(7)]
    pen.blob([(-0.32, 0.6), (-0.2, 0.9), (0, 0.98), (0.2, 0.9), (0.32, 0.6), *hem], "l")
    for x in (-0.1, 0.12):
        pen.oval(x, 0.7, 0.05, 0.07, "d")
    pen.oval(0.01, 0.52, 0.05, 0.06, "d")


def robot(pen: Pen) -> None:
    for x in (-0.14, 0.14):
        pen.rect(x - 0.05, 0.04, x + 0.05, 0.28, "b")
        pen.rect(x - 0.1, 0, x + 0.1, 0.06, "d")
    for s in (-1, 1):
        pen.line([(s * 0.22, 0.54), (s * 0.36, 0.42), (s * 0.34, 0.24)], 0.06, "b")
        pen.oval(s * 0.34, 0.2, 0.06, ink="d")
    pen.rect(-0.24, 0.22, 0.24, 0.62)
    pen.rect(-0.14, 0.32, 0.14, 0.52, "l")
    pen.line([(-0.1, 0.42), (-0.04, 0.42), (0, 0.48), (0.04, 0.37), (0.1, 0.42)], 0.016, "c")
    pen.rect(-0.06, 0.62, 0.06, 0.68, "b")
    pen.rect(-0.2, 0.66, 0.2, 0.92)
    for x in (-0.09, 0.09):
        pen.eye(x, 0.81, 0.06)
    pen.line([(-0.08, 0.71), (0.08, 0.71)], 0.02, "d")
    pen.line([(0, 0.92), (0, 1.02)], 0.02, "d")
    pen.oval(0, 1.04, 0.035, ink="c")


def monster(pen: Pen) -> None:
    for s in (-1, 1):
        pen.poly([(s * 0.14, 0.84), (s * 0.28, 0.76), (s * 0.3, 1.04)], "c")
    pen.blob(
        [
            (
                0.34 * math.cos(k * 0.35) * (1.12 if k % 2 else 0.95),
                0.46 + 0.44 * math.sin(k * 0.35) * (1.1 if k % 2 else 0.95),
            )
            for k in range(18)
        ],
        "a",
    )
    pen.eye(0.02, 0.66, 0.14)
    pen.oval(0, 0.4, 0.2, 0.15, "d", 180, 360)
    for x in (-0.12, 0, 0.1):
        pen.poly([(x - 0.03, 0.4), (x + 0.05, 0.4), (x + 0.01, 0.32)], "l", outline=0.3)
