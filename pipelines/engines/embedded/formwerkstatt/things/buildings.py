"""What people live in and walk over."""

from __future__ import annotations

import math

from pipelines.engines.embedded.formwerkstatt.canvas import Pen, arc


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
