"""Houses, vehicles and the things of a room."""

from __future__ import annotations

import math

from pipelines.engines.formwerkstatt.canvas import Pen, arc


def windows(pen: Pen, x0: float, y0: float, x1: float, y1: float, across: int, up: int) -> None:
    w, h = (x1 - x0) / across, (y1 - y0) / up
    for i in range(across):
        for k in range(up):
            x, y = x0 + i * w, y0 + k * h
            pen.rect(
                x + w * 0.24,
                y + h * 0.2,
                x + w * 0.76,
                y + h * 0.8,
                "l" if (i * 3 + k) % 4 else "c",
            )


def house(pen: Pen) -> None:
    pen.rect(0.16, 0.6, 0.26, 0.98, "b")
    pen.rect(-0.36, 0, 0.36, 0.58)
    pen.poly([(-0.46, 0.55), (0.46, 0.55), (0, 0.98)], "b")
    pen.rect(-0.08, 0, 0.1, 0.32, "d")
    for x in (-0.29, 0.17):
        pen.rect(x, 0.28, x + 0.13, 0.44, "l")


def school(pen: Pen) -> None:
    pen.rect(-0.56, 0, 0.56, 0.5)
    windows(pen, -0.54, 0.04, -0.16, 0.46, 3, 2)
    windows(pen, 0.16, 0.04, 0.54, 0.46, 3, 2)
    pen.poly([(-0.6, 0.49), (0.6, 0.49), (0.5, 0.64), (-0.5, 0.64)], "b")
    pen.rect(-0.15, 0, 0.15, 0.66)
    pen.poly([(-0.19, 0.65), (0.19, 0.65), (0, 0.86)], "b")
    pen.oval(0, 0.55, 0.07, ink="l")
    pen.line([(0, 0.6), (0, 0.55), (0.035, 0.55)], 0.014, "d")
    pen.oval(0, 0.24, 0.085, 0.085, "d", 0, 180)
    pen.rect(-0.085, 0, 0.085, 0.245, "d")


def castle(pen: Pen) -> None:
    pen.rect(-0.34, 0, 0.34, 0.46)
    for k in range(5):
        pen.rect(-0.34 + k * 0.145, 0.45, -0.24 + k * 0.145, 0.54)
    for x, top in ((-0.4, 0.66), (0.4, 0.66), (0, 0.72)):
        pen.rect(x - 0.1, 0, x + 0.1, top, "a")
        pen.poly([(x - 0.14, top), (x + 0.14, top), (x, top + 0.26)], "b")
        pen.rect(x - 0.03, top - 0.2, x + 0.03, top - 0.08, "l")
    pen.oval(0, 0.2, 0.09, 0.12, "d", 0, 180)
    pen.rect(-0.09, 0, 0.09, 0.2, "d")


def tower(pen: Pen) -> None:
    pen.poly([(-0.18, 0), (0.18, 0), (0.11, 0.72), (-0.11, 0.72)], "l")
    for y in (0.1, 0.36, 0.58):
        w = 0.175 - y * 0.095
        pen.poly([(-w, y), (w, y), (w - 0.012, y + 0.12), (0.012 - w, y + 0.12)], "a")
    pen.rect(-0.1, 0.72, 0.1, 0.84, "c")
    pen.poly([(-0.15, 0.84), (0.15, 0.84), (0, 1.0)], "b")


def church(pen: Pen) -> None:
    pen.rect(-0.1, 0, 0.44, 0.42)
    pen.poly([(-0.1, 0.4), (0.48, 0.4), (0.4, 0.6), (-0.1, 0.6)], "b")
    pen.rect(-0.36, 0, -0.06, 0.64)
    pen.poly([(-0.4, 0.63), (-0.02, 0.63), (-0.21, 1.02)], "b")
    for x in (0.06, 0.26):
        pen.oval(x, 0.24, 0.05, 0.1, "l")
    pen.rect(-0.27, 0, -0.15, 0.22, "d")


def skyscraper(pen: Pen) -> None:
    pen.rect(-0.2, 0, 0.2, 0.9)
    pen.rect(-0.1, 0.9, 0.1, 0.97, "b")
    windows(pen, -0.18, 0.06, 0.18, 0.86, 3, 7)


def tent(pen: Pen) -> None:
    for k, ink in enumerate(("a", "l", "a", "l", "a")):
        x = -0.5 + k * 0.2
        pen.poly([(x, 0), (x + 0.2, 0), (0, 0.84)], ink)
    pen.poly([(-0.1, 0), (0.1, 0), (0, 0.4)], "d")
    pen.poly([(0, 0.82), (0, 1.0), (0.16, 0.93)], "c")


def bridge(pen: Pen) -> None:
    deck = arc(0, 0.2, 0.6, 0.3, 0, 180)
    pen.poly(
        [(0.6, 0), *deck, (-0.6, 0), (-0.44, 0), *arc(0, 0, 0.4, 0.34, 180, 0), (0.44, 0)], "a"
    )
    for x, y in deck[2:-2:3]:
        pen.line([(x, y), (x, y + 0.12)], 0.02, "b")
    pen.line([(x, y + 0.12) for x, y in deck], 0.025, "b")


def windmill(pen: Pen) -> None:
    pen.poly([(-0.2, 0), (0.2, 0), (0.11, 0.56), (-0.11, 0.56)], "a")
    pen.oval(0, 0.56, 0.12, 0.12, "b", 0, 180)
    for k in range(4):
        t = math.radians(28 + k * 90)
        c, s = math.cos(t), math.sin(t)
        pen.poly(
            [
                (0, 0.6),
                (0.4 * c, 0.6 + 0.4 * s),
                (0.4 * c - 0.1 * s, 0.6 + 0.4 * s + 0.1 * c),
                (-0.07 * s, 0.6 + 0.07 * c),
            ],
            "l",
        )
    pen.rect(-0.05, 0, 0.06, 0.2, "d")


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
