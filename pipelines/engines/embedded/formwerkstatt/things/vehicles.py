"""What drives, swims and flies."""

from __future__ import annotations

import math

from pipelines.engines.embedded.formwerkstatt.canvas import Pen


def boat(pen: Pen) -> None:
    pen.line([(0, 0.2), (0, 0.98)], 0.03, "d")
    pen.poly([(0.04, 0.28), (0.4, 0.3), (0.04, 0.94)], "l")
    pen.poly([(-0.04, 0.3), (-0.3, 0.32), (-0.04, 0.8)], "c")
    pen.poly([(-0.5, 0.24), (0.5, 0.24), (0.34, 0.02), (-0.36, 0.02)], "a")


def wheel(pen: Pen, x: float, r: float) -> None:
    pen.oval(x, r, r, ink="d")
    pen.oval(x, r, r * 0.45, ink="l")


def car(pen: Pen) -> None:
    pen.blob([(-0.3, 0.34), (-0.2, 0.6), (0.14, 0.62), (0.28, 0.36)], "b")
    pen.blob(
        [(-0.5, 0.14), (-0.48, 0.36), (-0.1, 0.4), (0.3, 0.38), (0.5, 0.3), (0.5, 0.12), (0, 0.1)],
        "a",
    )
    pen.poly([(-0.2, 0.4), (-0.14, 0.55), (-0.02, 0.56), (-0.02, 0.4)], "l")
    pen.poly([(0.03, 0.4), (0.03, 0.56), (0.12, 0.54), (0.2, 0.4)], "l")
    for x in (-0.28, 0.28):
        wheel(pen, x, 0.12)


def bus(pen: Pen) -> None:
    pen.rect(-0.54, 0.1, 0.54, 0.62)
    pen.rect(-0.54, 0.2, 0.54, 0.26, "b")
    for k in range(5):
        pen.rect(-0.48 + k * 0.2, 0.34, -0.33 + k * 0.2, 0.54, "l")
    for x in (-0.3, 0.3):
        wheel(pen, x, 0.12)


def train(pen: Pen) -> None:
    pen.rect(-0.5, 0.16, -0.1, 0.7, "b")
    pen.rect(-0.42, 0.42, -0.18, 0.62, "l")
    pen.rect(-0.1, 0.16, 0.46, 0.5)
    pen.rect(0.24, 0.5, 0.36, 0.76, "d")
    pen.poly([(0.46, 0.16), (0.6, 0.06), (0.46, 0.06)], "c")
    for x, y in ((0.28, 0.88), (0.14, 0.98)):
        pen.oval(x, y, 0.1, 0.07, "l")
    for x in (-0.36, -0.1, 0.14, 0.36):
        wheel(pen, x, 0.11)


def bicycle(pen: Pen) -> None:
    for x in (-0.3, 0.3):
        pen.ring(x, 0.22, 0.2, 0.035, "d")
        for k in range(6):
            t = math.radians(k * 60)
            pen.line([(x, 0.22), (x + 0.19 * math.cos(t), 0.22 + 0.19 * math.sin(t))], 0.008, "l")
    for a, b in (
        ((-0.3, 0.22), (-0.12, 0.52)),
        ((-0.12, 0.52), (0.2, 0.54)),
        ((0.2, 0.54), (-0.02, 0.22)),
        ((-0.02, 0.22), (-0.3, 0.22)),
        ((-0.14, 0.6), (-0.02, 0.22)),
        ((0.3, 0.22), (0.18, 0.64)),
    ):
        pen.line([a, b], 0.045, "a")
    pen.line([(-0.24, 0.62), (-0.04, 0.62)], 0.06, "d")
    pen.line([(0.18, 0.64), (0.3, 0.7), (0.34, 0.62)], 0.035, "d", curved=True)
    pen.oval(-0.02, 0.22, 0.05, ink="c")


def rocket(pen: Pen) -> None:
    pen.blob([(-0.1, 0.2), (0, -0.06), (0.1, 0.2)], "c")
    for s in (-1, 1):
        pen.blob([(s * 0.13, 0.5), (s * 0.34, 0.14), (s * 0.12, 0.2)], "b")
    pen.blob([(-0.13, 0.18), (-0.2, 0.56), (0, 1.02), (0.2, 0.56), (0.13, 0.18)], "a")
    pen.oval(0, 0.6, 0.1, ink="l")
    pen.oval(0, 0.6, 0.06, ink="d")


def plane(pen: Pen) -> None:
    pen.poly([(-0.38, 0.5), (-0.5, 0.76), (-0.4, 0.76), (-0.24, 0.54)], "b")
    pen.blob([(-0.48, 0.5), (0.3, 0.62), (0.52, 0.48), (0.3, 0.38), (-0.3, 0.42)], "a")
    pen.poly([(0.1, 0.48), (-0.28, 0.2), (-0.16, 0.2), (0.26, 0.46)], "b")
    for x in (-0.1, 0.04, 0.18):
        pen.oval(x, 0.52, 0.03, ink="l")


def balloon(pen: Pen) -> None:
    pen.line([(-0.2, 0.5), (-0.08, 0.16)], 0.012, "d")
    pen.line([(0.2, 0.5), (0.08, 0.16)], 0.012, "d")
    shape = [(0, 0.28), (-0.3, 0.5), (-0.36, 0.78), (0, 1.02), (0.36, 0.78), (0.3, 0.5)]
    pen.blob(shape, "a")
    pen.blob([(x * 0.42, y) for x, y in shape], "c")
    pen.rect(-0.09, 0.02, 0.09, 0.16, "b")


def ufo(pen: Pen) -> None:
    pen.oval(0, 0.5, 0.22, 0.26, "l", 0, 180)
    pen.oval(0, 0.46, 0.5, 0.13)
    for x in (-0.3, 0, 0.3):
        pen.oval(x, 0.44, 0.05, ink="c")
