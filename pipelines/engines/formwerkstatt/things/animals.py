"""Animals, facing right; `a` is the coat, `b` its second tone, `c` an accent."""

from __future__ import annotations

import math

from pipelines.engines.formwerkstatt.canvas import Pen, arc


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
    back = leg + belly * 1.7
    hx, hy = 0.27 + neck * 0.25, back + neck + 0.03
    if tail == "curl":
        tip = [(-0.33, back - 0.1), (-0.46, back + 0.02), (-0.43, back + 0.2), (-0.35, back + 0.25)]
        pen.line(tip, 0.05, "a", curved=True)
    elif tail == "bush":
        pen.blob(
            [(-0.28, back - 0.15), (-0.5, back - 0.1), (-0.52, back + 0.16), (-0.38, back)], "b"
        )
    elif tail == "hair":
        pen.blob([(-0.3, back - 0.04), (-0.42, back), (-0.47, leg * 0.6), (-0.4, leg * 0.8)], "b")
    elif tail == "thin":
        pen.line(
            [(-0.32, back - 0.1), (-0.42, back - 0.08), (-0.48, back + 0.1)],
            0.022,
            "b",
            curved=True,
        )
    else:
        pen.oval(-0.34, back - 0.08, 0.06, ink="l")
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
    if neck:
        pen.poly([(0.1, back - 0.08), (0.32, back - 0.14), (hx + 0.06, hy), (hx - 0.08, hy + 0.06)])
    if ears == "mane":
        pen.oval(hx, hy, head * 1.5, ink="b")
    if ears == "hang":
        pen.blob(
            [(hx - 0.1, hy + 0.12), (hx - 0.2, hy), (hx - 0.17, hy - 0.14), (hx - 0.08, hy)], "b"
        )
    elif ears == "long":
        for dx in (-0.08, 0.02):
            pen.oval(hx + dx, hy + head + 0.1, 0.04, 0.17, "a" if dx < 0 else "b")
    elif ears == "point":
        for dx in (-0.11, 0.05):
            pen.poly(
                [
                    (hx + dx - 0.04, hy + 0.06),
                    (hx + dx + 0.09, hy + 0.1),
                    (hx + dx, hy + head + 0.11),
                ],
                "b",
            )
    elif ears == "horn":
        for dx in (-0.09, 0.05):
            pen.poly(
                [
                    (hx + dx - 0.03, hy + 0.08),
                    (hx + dx + 0.05, hy + 0.08),
                    (hx + dx + 0.04, hy + head + 0.1),
                ],
                "l",
            )
    elif ears == "antler":
        for dx in (-0.05, 0.05):
            pen.line(
                [(hx, hy + 0.1), (hx + dx * 2, hy + 0.24), (hx + dx * 3, hy + 0.32)], 0.022, "b"
            )
            pen.line([(hx + dx * 2, hy + 0.24), (hx + dx, hy + 0.34)], 0.02, "b")
    elif ears == "round":
        for dx in (-0.11, 0.09):
            pen.oval(hx + dx, hy + head * 0.85, 0.07, ink="b")
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


def bird(pen: Pen) -> None:
    pen.poly([(-0.2, 0.45), (-0.52, 0.5), (-0.48, 0.36), (-0.2, 0.3)], "b")
    pen.blob([(-0.28, 0.44), (-0.02, 0.56), (0.2, 0.72), (0.34, 0.6), (0.26, 0.36), (0, 0.22)], "a")
    pen.poly([(0.3, 0.66), (0.33, 0.55), (0.5, 0.59)], "c")
    pen.blob([(0.08, 0.5), (-0.14, 0.6), (-0.34, 0.95), (-0.38, 0.6), (-0.14, 0.36)], "b")
    pen.eye(0.22, 0.62, 0.04)
    for x in (-0.02, 0.08):
        pen.line([(x, 0.26), (x + 0.02, 0.08), (x + 0.1, 0.06)], 0.02, "d")


def owl(pen: Pen) -> None:
    pen.blob(
        [
            (-0.26, 0.1),
            (-0.3, 0.6),
            (-0.28, 0.95),
            (0, 0.86),
            (0.28, 0.95),
            (0.3, 0.6),
            (0.26, 0.1),
            (0, 0.02),
        ],
        "a",
    )
    pen.blob([(-0.15, 0.1), (-0.16, 0.48), (0.16, 0.48), (0.15, 0.1)], "l")
    for x in (-0.13, 0.13):
        pen.oval(x, 0.69, 0.13, ink="l")
        pen.eye(x, 0.69, 0.085)
    pen.poly([(-0.05, 0.62), (0.05, 0.62), (0, 0.5)], "c")
    for x in (-1, 1):
        pen.blob([(x * 0.27, 0.58), (x * 0.38, 0.3), (x * 0.24, 0.12), (x * 0.2, 0.4)], "b")


def duck(pen: Pen) -> None:
    pen.blob(
        [(-0.44, 0.42), (-0.3, 0.12), (0.1, 0.08), (0.3, 0.28), (0.2, 0.48), (-0.1, 0.36)], "a"
    )
    pen.line([(0.17, 0.35), (0.2, 0.55), (0.22, 0.7)], 0.14, "a", curved=True)
    pen.oval(0.24, 0.74, 0.14)
    pen.poly([(0.35, 0.79), (0.35, 0.68), (0.54, 0.7)], "c")
    pen.eye(0.27, 0.79, 0.035)
    pen.blob([(-0.3, 0.34), (-0.1, 0.2), (0.1, 0.24), (0, 0.36)], "b")


def penguin(pen: Pen) -> None:
    pen.blob(
        [(-0.24, 0.05), (-0.28, 0.5), (-0.16, 0.92), (0.12, 0.95), (0.26, 0.5), (0.22, 0.05)], "d"
    )
    pen.blob([(-0.1, 0.06), (-0.13, 0.45), (0.02, 0.7), (0.2, 0.45), (0.18, 0.06)], "l")
    pen.poly([(0.15, 0.86), (0.17, 0.76), (0.34, 0.79)], "c")
    pen.eye(0.07, 0.83, 0.04)
    pen.blob([(-0.18, 0.62), (-0.36, 0.3), (-0.22, 0.3)], "b")
    for x in (-0.1, 0.12):
        pen.oval(x, 0.03, 0.1, 0.035, "c")


def fish(pen: Pen) -> None:
    pen.poly([(-0.22, 0.5), (-0.5, 0.74), (-0.42, 0.5), (-0.5, 0.26)], "b")
    pen.blob([(-0.05, 0.68), (-0.08, 0.86), (0.16, 0.72)], "b")
    pen.blob(
        [(-0.28, 0.5), (-0.05, 0.7), (0.25, 0.7), (0.46, 0.5), (0.25, 0.31), (-0.05, 0.3)], "a"
    )
    for x in (-0.12, 0.0, 0.12):
        pen.line(arc(x - 0.08, 0.5, 0.1, 0.15, -60, 60), 0.018, "l")
    pen.blob([(0.05, 0.42), (-0.08, 0.26), (0.12, 0.34)], "c")
    pen.eye(0.3, 0.56, 0.05)


def whale(pen: Pen) -> None:
    pen.blob(
        [
            (-0.48, 0.72),
            (-0.4, 0.4),
            (-0.1, 0.14),
            (0.3, 0.16),
            (0.48, 0.4),
            (0.3, 0.66),
            (0, 0.62),
            (-0.3, 0.5),
        ],
        "a",
    )
    pen.blob([(-0.44, 0.6), (-0.56, 0.84), (-0.44, 0.76), (-0.3, 0.86), (-0.38, 0.6)], "a")
    pen.blob([(-0.1, 0.16), (0.3, 0.17), (0.46, 0.36), (0.1, 0.28)], "l")
    pen.eye(0.3, 0.44, 0.035)
    pen.line([(0.14, 0.7), (0.14, 0.85), (0.04, 0.96)], 0.025, "l", curved=True)
    pen.line([(0.14, 0.85), (0.26, 0.96)], 0.025, "l", curved=True)


def dragon(pen: Pen) -> None:
    pen.blob(
        [(-0.02, 0.5), (-0.12, 0.9), (-0.4, 1.0), (-0.34, 0.8), (-0.44, 0.66), (-0.24, 0.6)], "b"
    )
    body = [(-0.62, 0.2), (-0.42, 0.1), (-0.2, 0.18), (0.02, 0.3), (0.14, 0.5), (0.2, 0.72)]
    for x, y in ((-0.4, 0.2), (-0.24, 0.32), (-0.1, 0.46), (0.02, 0.64), (0.08, 0.8)):
        pen.poly([(x - 0.07, y - 0.08), (x + 0.06, y - 0.03), (x - 0.05, y + 0.12)], "c")
    pen.poly([(-0.62, 0.12), (-0.58, 0.27), (-0.76, 0.3)], "c")
    pen.line(body[:3], 0.09, "a", curved=True)
    pen.blob(
        [
            (-0.4, 0.12),
            (-0.26, 0.36),
            (-0.04, 0.56),
            (0.08, 0.8),
            (0.3, 0.76),
            (0.26, 0.5),
            (0.24, 0.24),
            (0.1, 0.06),
            (-0.2, 0.04),
        ],
        "a",
    )
    pen.blob([(0.1, 0.1), (0.14, 0.34), (0.22, 0.6), (0.26, 0.44), (0.22, 0.2)], "l")
    for x in (-0.18, 0.14):
        pen.blob([(x - 0.08, 0.2), (x + 0.06, 0.2), (x + 0.12, 0.0), (x - 0.06, 0)], "a")
    pen.blob(
        [
            (0.06, 0.8),
            (0.12, 0.96),
            (0.3, 0.94),
            (0.52, 0.84),
            (0.52, 0.72),
            (0.3, 0.7),
            (0.12, 0.7),
        ],
        "a",
    )
    pen.poly([(0.08, 0.9), (0.2, 0.92), (0.04, 1.12)], "c")
    pen.eye(0.24, 0.87, 0.045)
    pen.oval(0.47, 0.8, 0.018, ink="d", outline=0)


def snail(pen: Pen) -> None:
    pen.blob(
        [
            (-0.48, 0.02),
            (-0.2, 0.14),
            (0.2, 0.14),
            (0.3, 0.42),
            (0.44, 0.44),
            (0.42, 0.12),
            (0.3, 0.01),
        ],
        "b",
    )
    for x in (0.33, 0.43):
        pen.line([(x, 0.4), (x + 0.04, 0.62)], 0.025, "b")
        pen.oval(x + 0.04, 0.63, 0.03, ink="d")
    pen.oval(-0.04, 0.4, 0.3)
    pen.line(
        [
            (
                -0.04 + (0.25 - 0.25 * t / 40) * math.cos(t * 0.4),
                0.4 + (0.25 - 0.25 * t / 40) * math.sin(t * 0.4),
            )
            for t in range(40)
        ],
        0.035,
        "c",
    )


def snake(pen: Pen) -> None:
    pen.line(
        [
            (-0.5, 0.06),
            (-0.3, 0.2),
            (-0.08, 0.08),
            (0.14, 0.2),
            (0.26, 0.42),
            (0.14, 0.6),
            (0.26, 0.76),
        ],
        0.11,
        "a",
        curved=True,
    )
    pen.line(
        [(-0.42, 0.12), (-0.3, 0.2), (-0.08, 0.08), (0.14, 0.2), (0.26, 0.42)],
        0.025,
        "c",
        curved=True,
    )
    pen.oval(0.3, 0.8, 0.14, 0.1)
    pen.line([(0.43, 0.78), (0.54, 0.76)], 0.02, "c")
    pen.eye(0.33, 0.83, 0.035)


def butterfly(pen: Pen) -> None:
    for s in (-1, 1):
        pen.blob(
            [(0, 0.5), (s * 0.2, 0.9), (s * 0.48, 0.92), (s * 0.44, 0.6), (s * 0.15, 0.46)], "a"
        )
        pen.blob([(0, 0.5), (s * 0.3, 0.46), (s * 0.36, 0.2), (s * 0.14, 0.14)], "b")
        pen.oval(s * 0.3, 0.74, 0.08, ink="c")
        pen.line([(0, 0.68), (s * 0.1, 0.94)], 0.015, "d")
    pen.oval(0, 0.48, 0.035, 0.24, "d")


def bee(pen: Pen) -> None:
    for x in (-0.06, 0.1):
        pen.oval(x, 0.74, 0.12, 0.2, "l")
    pen.oval(0, 0.45, 0.36, 0.24, "a")
    for x in (-0.18, 0, 0.18):
        pen.poly([(x - 0.04, 0.26), (x + 0.04, 0.26), (x + 0.04, 0.64), (x - 0.04, 0.64)], "d")
    pen.eye(0.28, 0.5, 0.045)


def spider(pen: Pen) -> None:
    for s in (-1, 1):
        for k in range(4):
            y = 0.3 + k * 0.1
            pen.line([(0, 0.45), (s * 0.3, y + 0.25), (s * 0.48, 0.06 + k * 0.13)], 0.025, "d")
    pen.oval(0, 0.45, 0.24, ink="a")
    for x in (-0.09, 0.09):
        pen.eye(x, 0.5, 0.07)


def frog(pen: Pen) -> None:
    for s in (-1, 1):
        pen.blob([(s * 0.2, 0.1), (s * 0.48, 0.3), (s * 0.4, 0.02)], "b")
    pen.blob([(-0.34, 0.1), (-0.36, 0.5), (0, 0.64), (0.36, 0.5), (0.34, 0.1), (0, 0.02)], "a")
    for x in (-0.2, 0.2):
        pen.oval(x, 0.66, 0.13)
        pen.eye(x, 0.68, 0.085)
    pen.line(arc(0, 0.5, 0.26, 0.14, 200, 340), 0.03, "d")


def turtle(pen: Pen) -> None:
    pen.oval(0.42, 0.34, 0.13, 0.11, "b")
    for x in (-0.24, 0.22):
        pen.oval(x, 0.1, 0.1, 0.1, "b")
    pen.oval(0, 0.18, 0.38, 0.42, "a", 0, 180)
    for x in (-0.2, 0, 0.2):
        pen.poly(
            [
                (x + p * 0.09, 0.34 + q * 0.09)
                for p, q in ((1, 0), (0.5, 1), (-0.5, 1), (-1, 0), (-0.5, -1), (0.5, -1))
            ],
            "c",
        )
    pen.eye(0.46, 0.37, 0.03)


def octopus(pen: Pen) -> None:
    for k in range(6):
        x = -0.28 + k * 0.112
        pen.line(
            [(x * 0.7, 0.5), (x * 1.2, 0.3), (x * 1.5, 0.12), (x * 1.75 + 0.05, 0.1)],
            0.08,
            "b" if k % 2 else "a",
            curved=True,
        )
    pen.blob([(-0.26, 0.45), (-0.28, 0.8), (0, 0.98), (0.28, 0.8), (0.26, 0.45), (0, 0.4)], "a")
    for x in (-0.1, 0.12):
        pen.eye(x, 0.62, 0.07)


def jellyfish(pen: Pen) -> None:
    for k in range(6):
        x = -0.25 + k * 0.1
        pen.line(
            [(x, 0.6), (x + 0.05, 0.42), (x - 0.04, 0.24), (x + 0.03, 0.03)],
            0.03,
            "c" if k % 2 else "b",
            curved=True,
        )
    pen.blob([(-0.36, 0.56), (-0.3, 0.85), (0, 0.98), (0.3, 0.85), (0.36, 0.56), (0, 0.62)], "a")
