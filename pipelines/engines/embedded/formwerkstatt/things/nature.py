"""Plants, sky and stones, and the plain shapes that words can name."""

from __future__ import annotations

import math

from pipelines.engines.embedded.formwerkstatt.canvas import Pen, Point, arc


def star_points(n: int, inner: float, turn: float = 90, r: float = 0.48) -> list[Point]:
    return [
        (
            (r if k % 2 == 0 else r * inner) * math.cos(math.radians(turn + 180 * k / n)),
            0.5 + (r if k % 2 == 0 else r * inner) * math.sin(math.radians(turn + 180 * k / n)),
        )
        for k in range(2 * n)
    ]


def tree(pen: Pen) -> None:
    pen.poly([(-0.06, 0), (0.07, 0), (0.04, 0.55), (-0.03, 0.55)], "d")
    pen.line([(0, 0.36), (0.16, 0.52)], 0.03, "d")
    pen.blob(
        [
            (-0.34, 0.5),
            (-0.36, 0.76),
            (-0.14, 0.98),
            (0.16, 0.96),
            (0.37, 0.74),
            (0.32, 0.48),
            (0, 0.42),
        ],
        "a",
    )
    for x, y in ((-0.14, 0.72), (0.12, 0.82), (0.16, 0.6)):
        pen.line(arc(x, y, 0.08, 0.06, 180, 360), 0.02, "b")


def fir(pen: Pen) -> None:
    pen.rect(-0.04, 0, 0.04, 0.2, "d")
    for k, ink in enumerate(("b", "a", "b")):
        y = 0.14 + k * 0.25
        pen.poly([(-0.34 + k * 0.08, y), (0.34 - k * 0.08, y), (0, y + 0.4)], ink)


def palm(pen: Pen) -> None:
    pen.line([(-0.1, 0), (-0.04, 0.35), (0.08, 0.72)], 0.06, "d", curved=True)
    for x, y in ((0.5, 0.62), (0.42, 0.9), (0.05, 1.0), (-0.34, 0.86), (-0.3, 0.58)):
        pen.blob(
            [
                (0.08, 0.7),
                ((x + 0.08) / 2, (y + 0.86) / 2 + 0.06),
                (x, y),
                ((x + 0.08) / 2, (y + 0.62) / 2),
            ],
            "a",
        )


def cactus(pen: Pen) -> None:
    pen.line([(0, 0.05), (0, 0.85)], 0.2, "a")
    pen.line([(0, 0.35), (-0.28, 0.38), (-0.3, 0.62)], 0.12, "a")
    pen.line([(0, 0.48), (0.28, 0.5), (0.3, 0.75)], 0.12, "a")
    for x in (-0.04, 0.04):
        pen.line([(x, 0.08), (x, 0.86)], 0.012, "l")
    pen.oval(0, 0.96, 0.07, ink="c")


def flower(pen: Pen) -> None:
    pen.line([(0, 0), (0.03, 0.3), (0, 0.6)], 0.035, "b", curved=True)
    for s in (-1, 1):
        pen.blob([(0.02, 0.15), (s * 0.22, 0.36), (s * 0.26, 0.24)], "b")
    for k in range(7):
        t = math.radians(k * 360 / 7 + 12)
        pen.oval(0.18 * math.cos(t), 0.7 + 0.18 * math.sin(t), 0.12, ink="a")
    pen.oval(0, 0.7, 0.1, ink="c")


def mushroom(pen: Pen) -> None:
    pen.blob([(-0.12, 0.02), (-0.08, 0.5), (0.08, 0.5), (0.13, 0.02)], "l")
    pen.oval(0, 0.46, 0.44, 0.44, "a", 0, 180)
    for x, y, r in ((-0.22, 0.6, 0.06), (0.02, 0.74, 0.075), (0.24, 0.58, 0.055)):
        pen.oval(x, y, r, ink="l", outline=0.4)


def leaf(pen: Pen) -> None:
    pen.blob([(-0.36, 0.14), (-0.24, 0.6), (0.34, 0.92), (0.22, 0.34)], "a")
    pen.line([(-0.46, 0.04), (0.3, 0.86)], 0.03, "l")
    for t in (0.3, 0.5, 0.7):
        x, y = -0.46 + t * 0.76, 0.04 + t * 0.82
        pen.line([(x, y), (x + 0.18, y + 0.02)], 0.018, "l")
        pen.line([(x, y), (x - 0.02, y + 0.18)], 0.018, "l")


def sun(pen: Pen) -> None:
    pen.poly(star_points(14, 0.74), "c")
    pen.oval(0, 0.5, 0.32)


def moon(pen: Pen) -> None:
    pen.poly(arc(0, 0.5, 0.44, 0.44, 60, 300) + arc(0.16, 0.5, 0.34, 0.36, 284, 76)[::1], "a")


def star(pen: Pen) -> None:
    pen.poly(star_points(5, 0.45))


def cloud(pen: Pen) -> None:
    pen.blob(
        [
            (-0.48, 0.34),
            (-0.4, 0.54),
            (-0.2, 0.52),
            (-0.06, 0.74),
            (0.18, 0.68),
            (0.26, 0.54),
            (0.46, 0.5),
            (0.48, 0.34),
            (0, 0.31),
        ],
        "l",
    )


def mountain(pen: Pen) -> None:
    pen.poly([(-0.2, 0), (0.56, 0), (0.24, 0.7)], "b")
    pen.poly([(-0.56, 0), (0.4, 0), (-0.08, 1)], "a")
    pen.poly(
        [(-0.08, 1), (-0.24, 0.66), (-0.14, 0.7), (-0.07, 0.6), (0.02, 0.7), (0.08, 0.66)], "l"
    )


def volcano(pen: Pen) -> None:
    pen.blob([(0, 0.7), (-0.22, 0.85), (-0.12, 1), (0.1, 1.02), (0.2, 0.86)], "l")
    pen.poly([(-0.55, 0), (0.55, 0), (0.14, 0.72), (-0.14, 0.72)], "a")
    pen.poly(
        [(-0.14, 0.72), (0.14, 0.72), (0.16, 0.44), (0.06, 0.52), (-0.02, 0.34), (-0.1, 0.5)], "c"
    )


def rainbow(pen: Pen) -> None:
    for k, ink in enumerate(("a", "c", "l", "b")):
        pen.line(arc(0, 0, 0.48 - k * 0.075, 0.9 - k * 0.14, 0, 180), 0.08, ink)


def planet(pen: Pen) -> None:
    pen.oval(0, 0.5, 0.34)
    pen.line(arc(-0.1, 0.56, 0.2, 0.06, 180, 360), 0.04, "b")
    pen.line([(-0.3, 0.4), (0.1, 0.36), (0.26, 0.38)], 0.05, "b", curved=True)
    ring = arc(0, 0.5, 0.54, 0.14, 150, 390)
    pen.line([(x, y + x * 0.25) for x, y in ring], 0.04, "c")


def fire(pen: Pen) -> None:
    pen.blob(
        [
            (-0.26, 0.02),
            (-0.36, 0.36),
            (-0.16, 0.6),
            (-0.1, 0.98),
            (0.14, 0.7),
            (0.3, 0.5),
            (0.3, 0.1),
        ],
        "a",
    )
    pen.blob([(-0.14, 0.03), (-0.18, 0.28), (0.02, 0.6), (0.18, 0.3), (0.14, 0.03)], "c")


def apple(pen: Pen) -> None:
    pen.blob(
        [
            (0, 0.72),
            (-0.3, 0.8),
            (-0.42, 0.45),
            (-0.2, 0.06),
            (0, 0.1),
            (0.2, 0.06),
            (0.42, 0.45),
            (0.3, 0.8),
        ],
        "a",
    )
    pen.line([(0, 0.72), (0.06, 0.96)], 0.04, "d")
    pen.blob([(0.06, 0.86), (0.3, 1.0), (0.28, 0.84)], "b")


def heart(pen: Pen) -> None:
    pen.blob(
        [
            (0, 0.76),
            (-0.24, 0.95),
            (-0.47, 0.72),
            (-0.3, 0.36),
            (0, 0.04),
            (0.3, 0.36),
            (0.47, 0.72),
            (0.24, 0.95),
        ],
        "a",
    )


def circle(pen: Pen) -> None:
    pen.oval(0, 0.5, 0.48)


def square(pen: Pen) -> None:
    pen.rect(-0.42, 0.06, 0.42, 0.92)


def triangle(pen: Pen) -> None:
    pen.poly([(-0.5, 0.04), (0.5, 0.04), (0, 0.92)])


def spiral(pen: Pen) -> None:
    pen.line(
        [
            (t / 90 * 0.46 * math.cos(t * 0.22), 0.5 + t / 90 * 0.46 * math.sin(t * 0.22))
            for t in range(91)
        ],
        0.055,
        "a",
    )
