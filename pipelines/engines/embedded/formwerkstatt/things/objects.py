"""Things one can hold, wear or sit on."""

from __future__ import annotations

import math

from pipelines.engines.embedded.formwerkstatt.canvas import Pen, arc


def ball(pen: Pen) -> None:
    pen.oval(0, 0.46, 0.46)
    pen.oval(0, 0.46, 0.46, 0.46, "l", 20, 110)
    pen.oval(0, 0.46, 0.46, 0.46, "c", 200, 290)


def book(pen: Pen) -> None:
    for s in (-1, 1):
        pen.poly([(0, 0.1), (s * 0.5, 0.18), (s * 0.5, 0.74), (0, 0.66)], "a" if s < 0 else "b")
        pen.poly([(0, 0.15), (s * 0.44, 0.24), (s * 0.44, 0.78), (0, 0.7)], "l")
        for k in range(4):
            pen.line([(s * 0.06, 0.28 + k * 0.1), (s * 0.36, 0.33 + k * 0.1)], 0.014, "d")


def umbrella(pen: Pen) -> None:
    pen.line([(0, 0.6), (0, 0.12), (0.06, 0.04), (0.13, 0.1)], 0.03, "d", curved=True)
    pen.oval(0, 0.54, 0.48, 0.42, "a", 0, 180)
    pen.poly([*arc(0, 0.54, 0.16, 0.42, 0, 180)], "c")
    for x in (-0.32, 0, 0.32):
        pen.oval(x, 0.53, 0.16, 0.06, "b", 0, 180)


def crown(pen: Pen) -> None:
    pen.poly(
        [
            (-0.42, 0.14),
            (0.42, 0.14),
            (0.48, 0.76),
            (0.22, 0.46),
            (0, 0.9),
            (-0.22, 0.46),
            (-0.48, 0.76),
        ],
        "a",
    )
    pen.rect(-0.42, 0.1, 0.42, 0.24, "b")
    for x, y in ((-0.48, 0.78), (0, 0.92), (0.48, 0.78)):
        pen.oval(x, y, 0.06, ink="c")


def lamp(pen: Pen) -> None:
    pen.line([(0, 0.05), (0, 0.6)], 0.035, "d")
    pen.oval(0, 0.03, 0.2, 0.06, "d", 0, 180)
    pen.oval(0, 0.58, 0.1, ink="l")
    pen.poly([(-0.3, 0.58), (0.3, 0.58), (0.16, 0.96), (-0.16, 0.96)], "a")


def clock(pen: Pen) -> None:
    pen.oval(0, 0.5, 0.46)
    pen.oval(0, 0.5, 0.37, ink="l")
    for k in range(12):
        t = math.radians(k * 30)
        pen.oval(0.31 * math.cos(t), 0.5 + 0.31 * math.sin(t), 0.02, ink="d", outline=0)
    pen.line([(0.14, 0.62), (0, 0.5), (-0.02, 0.76)], 0.035, "d")


def key(pen: Pen) -> None:
    pen.ring(-0.28, 0.5, 0.16, 0.07, "a")
    pen.line([(-0.12, 0.5), (0.46, 0.5)], 0.07, "a")
    for x in (0.3, 0.42):
        pen.line([(x, 0.5), (x, 0.32)], 0.06, "a")


def chair(pen: Pen) -> None:
    for x in (-0.26, 0.24):
        pen.rect(x, 0, x + 0.06, 0.46, "b")
    pen.rect(-0.3, 0.42, 0.32, 0.5)
    pen.poly([(-0.3, 0.48), (-0.2, 0.48), (-0.24, 1.0), (-0.34, 1.0)], "a")


def table(pen: Pen) -> None:
    for x in (-0.42, 0.35):
        pen.rect(x, 0, x + 0.07, 0.46, "b")
    pen.rect(-0.54, 0.44, 0.54, 0.53)
    pen.rect(-0.1, 0.53, 0.06, 0.68, "c")


def guitar(pen: Pen) -> None:
    pen.line([(0.06, 0.4), (0.4, 0.98)], 0.06, "d")
    pen.blob(
        [
            (-0.34, 0.02),
            (-0.4, 0.3),
            (-0.2, 0.4),
            (-0.1, 0.58),
            (0.14, 0.6),
            (0.2, 0.4),
            (0.06, 0.3),
            (0.06, 0.06),
            (-0.14, -0.02),
        ],
        "a",
    )
    pen.oval(-0.05, 0.34, 0.08, ink="d")


def kite(pen: Pen) -> None:
    pen.line([(0, 0.3), (-0.1, 0.14), (-0.02, 0.04), (-0.16, -0.1)], 0.02, "d", curved=True)
    pen.poly([(0, 0.28), (-0.3, 0.68), (0, 1.0)], "a")
    pen.poly([(0, 0.28), (0.3, 0.68), (0, 1.0)], "c")


def cup(pen: Pen) -> None:
    pen.ring(0.32, 0.34, 0.13, 0.055, "b")
    pen.poly([(-0.34, 0.6), (0.34, 0.6), (0.24, 0.04), (-0.24, 0.04)], "a")
    for x in (-0.12, 0.08):
        pen.line(
            [(x, 0.68), (x + 0.05, 0.76), (x - 0.02, 0.86), (x + 0.04, 0.96)],
            0.025,
            "l",
            curved=True,
        )


def cake(pen: Pen) -> None:
    pen.rect(-0.42, 0.04, 0.42, 0.34)
    pen.rect(-0.3, 0.34, 0.3, 0.6, "b")
    pen.blob(
        [
            (-0.42, 0.36),
            (-0.42, 0.26),
            (-0.2, 0.3),
            (0, 0.22),
            (0.2, 0.3),
            (0.42, 0.24),
            (0.42, 0.36),
        ],
        "l",
    )
    for x in (-0.18, 0, 0.18):
        pen.line([(x, 0.6), (x, 0.8)], 0.035, "l")
        pen.oval(x, 0.87, 0.03, 0.055, "c")


def door(pen: Pen) -> None:
    pen.rect(-0.3, 0, 0.3, 0.98, "b")
    pen.rect(-0.24, 0, 0.24, 0.92)
    pen.oval(0.16, 0.44, 0.035, ink="c")
    pen.rect(-0.14, 0.54, 0.14, 0.82, "l")


def camera(pen: Pen) -> None:
    pen.rect(-0.18, 0.66, 0.12, 0.8, "b")
    pen.rect(-0.46, 0.14, 0.46, 0.68)
    pen.oval(0, 0.4, 0.22, ink="l")
    pen.oval(0, 0.4, 0.14, ink="d")
    pen.oval(0.34, 0.58, 0.05, ink="c")


def screen(pen: Pen) -> None:
    pen.poly([(-0.14, 0), (0.14, 0), (0.08, 0.2), (-0.08, 0.2)], "b")
    pen.rect(-0.48, 0.18, 0.48, 0.86, "d")
    pen.rect(-0.42, 0.25, 0.42, 0.8, "a")
    pen.oval(0.12, 0.52, 0.14, ink="c")


def gift(pen: Pen) -> None:
    pen.rect(-0.38, 0.02, 0.38, 0.62)
    pen.rect(-0.42, 0.52, 0.42, 0.68, "b")
    pen.rect(-0.06, 0.02, 0.06, 0.68, "c")
    for s in (-1, 1):
        pen.blob([(0, 0.68), (s * 0.26, 0.92), (s * 0.28, 0.74)], "c")


def candle(pen: Pen) -> None:
    pen.oval(0, 0.05, 0.3, 0.06, "b")
    pen.rect(-0.11, 0.06, 0.11, 0.62)
    pen.oval(0, 0.8, 0.09, 0.16, "c")


def hat(pen: Pen) -> None:
    pen.blob([(-0.26, 0.2), (-0.24, 0.76), (0, 0.7), (0.24, 0.78), (0.26, 0.2)], "a")
    pen.oval(0, 0.2, 0.5, 0.1, "a")
    pen.rect(-0.26, 0.24, 0.26, 0.36, "c")


def ladder(pen: Pen) -> None:
    for x in (-0.2, 0.2):
        pen.line([(x, 0), (x * 0.8, 1)], 0.05, "a")
    for k in range(6):
        pen.line([(-0.19, 0.1 + k * 0.16), (0.19, 0.1 + k * 0.16)], 0.04, "b")


def eye(pen: Pen) -> None:
    pen.blob(
        [
            (-0.5, 0.5),
            (-0.24, 0.72),
            (0, 0.78),
            (0.24, 0.72),
            (0.5, 0.5),
            (0.24, 0.28),
            (0, 0.22),
            (-0.24, 0.28),
        ],
        "l",
    )
    pen.oval(0, 0.5, 0.22)
    pen.oval(0, 0.5, 0.11, ink="d")
    pen.oval(0.07, 0.57, 0.04, ink="l")
