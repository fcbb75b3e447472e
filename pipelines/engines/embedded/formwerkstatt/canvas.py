"""Sheet and pen: shapes in ink, with printed grain, drawn at twice the size and then reduced."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

from PIL import Image, ImageChops, ImageDraw

from .palette import Colour, Palette, mix

Point = tuple[float, float]
Layers = list[tuple[str, Callable[[], None]]]
"""What is drawn one upon the other: the name for people, and what draws it."""

SCALE = 2
GRAIN = 384
MANNERS = {"blueprint": "line", "comic": "comic", "ink": "brush", "pixel": "flat", "copy": "comic"}


def smooth(points: Sequence[Point], steps: int = 6, *, closed: bool = True) -> list[Point]:
    """A Catmull-Rom curve through `points`."""
    n = len(points)
    curve: list[Point] = []
    for i in range(n if closed else n - 1):
        p0, p1, p2, p3 = (
            points[(i + k) % n] if closed else points[min(max(i + k, 0), n - 1)]
            for k in (-1, 0, 1, 2)
        )
        for j in range(steps):
            t = j / steps
            a, b, c, d = (
                -0.5 * t + t * t - 0.5 * t**3,
                1 - 2.5 * t * t + 1.5 * t**3,
                0.5 * t + 2 * t * t - 1.5 * t**3,
                -0.5 * t * t + 0.5 * t**3,
            )
            curve.append(
                (
                    a * p0[0] + b * p1[0] + c * p2[0] + d * p3[0],
                    a * p0[1] + b * p1[1] + c * p2[1] + d * p3[1],
                )
            )
    if not closed:
        curve.append(points[-1])
    return curve


def arc(
    x: float, y: float, rx: float, ry: float, start: float = 0, end: float = 360
) -> list[Point]:
    """Points on an ellipse, angles in degrees, anticlockwise where y points up."""
    steps = max(8, round(abs(end - start) / 7))
    angles = [math.radians(start + (end - start) * i / steps) for i in range(steps + 1)]
    return [(x + rx * math.cos(a), y + ry * math.sin(a)) for a in angles]


class Canvas:
    """An RGB sheet of width × height units (= final pixels), y pointing down."""

    def __init__(
        self, width: int, height: int, palette: Palette, rng: Random, style: str = ""
    ) -> None:
        self.width, self.height, self.palette, self.rng = width, height, palette, rng
        self.unit = min(width, height)
        self.manner = MANNERS.get(style, "cut")
        self.image = Image.new("RGB", (width * SCALE, height * SCALE), palette.paper)
        self.pen = ImageDraw.Draw(self.image)
        noise = Image.frombytes("L", (GRAIN, GRAIN), rng.randbytes(GRAIN * GRAIN))
        ramp = Image.linear_gradient("L").resize((GRAIN, GRAIN))
        # noise below the ramp prints: nothing at the top, half the dots at the bottom
        level = ramp.point([max(0, round((v - 90) * 0.85)) for v in range(256)])
        dots = ImageChops.subtract(level, noise).point([0] + [255] * 255, "1")
        self.grains = {
            "down": dots,
            "up": dots.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
            "right": dots.transpose(Image.Transpose.ROTATE_90),
            "left": dots.transpose(Image.Transpose.ROTATE_270),
        }

    def polygon(
        self,
        points: Sequence[Point],
        colour: Colour,
        *,
        grain: Colour | None = None,
        side: str = "down",
        outline: float = 1.0,
    ) -> None:
        """Fill; `grain` is the ink sprayed over one side of the shape."""
        if self.manner == "brush":
            shake = self.unit * 0.0016
            points = [
                (x + self.rng.gauss(0, shake), y + self.rng.gauss(0, shake)) for x, y in points
            ]
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        if self.manner == "line":
            self.pen.polygon(scaled, fill=self.palette.paper)
            if outline:
                self._stroke(scaled + scaled[:1], self.palette.dark, self.unit * 0.003 * outline)
            return
        self.pen.polygon(scaled, fill=colour)
        if grain is not None and self.manner in ("cut", "brush"):
            self._spray(scaled, grain, side)
        if self.manner == "comic" and outline:
            self._stroke(scaled + scaled[:1], self.palette.dark, self.unit * 0.006 * outline)

    def _spray(self, scaled: list[Point], colour: Colour, side: str) -> None:
        left, top = (math.floor(min(p[i] for p in scaled)) for i in (0, 1))
        right, bottom = (math.ceil(max(p[i] for p in scaled)) for i in (0, 1))
        left, top = max(left, 0), max(top, 0)
        right, bottom = min(right, self.image.width), min(bottom, self.image.height)
        if right - left < 24 or bottom - top < 24:
            return
        size = (right - left, bottom - top)
        mask = Image.new("1", size)
        ImageDraw.Draw(mask).polygon([(x - left, y - top) for x, y in scaled], fill=1)
        dots = self.grains[side].resize(size, Image.Resampling.NEAREST)
        self.image.paste(colour, (left, top, right, bottom), ImageChops.logical_and(dots, mask))

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        if self.manner == "line":
            width, colour = min(width, self.unit * 0.003), self.palette.dark
        elif self.manner == "comic":
            if width > self.unit * 0.012:
                self._stroke(scaled, self.palette.dark, width + self.unit * 0.009)
            else:
                colour = self.palette.dark
        self._stroke(scaled, colour, width)

    def _stroke(self, scaled: list[Point], colour: Colour, width: float) -> None:
        w = max(1, round(width * SCALE))
        self.pen.line(scaled, fill=colour, width=w, joint="curve")
        if w > 5:
            for x, y in (scaled[0], scaled[-1]):
                self.pen.ellipse((x - w / 2, y - w / 2, x + w / 2, y + w / 2), fill=colour)

    def overprint(self, points: Sequence[Point], colour: Colour) -> None:
        """Multiply a shape over what is there, as a second ink does on paper."""
        if self.manner == "line":
            scaled = [(x * SCALE, y * SCALE) for x, y in points]
            self._stroke(scaled + scaled[:1], self.palette.dark, self.unit * 0.003)
            return
        xs, ys = [x * SCALE for x, _ in points], [y * SCALE for _, y in points]
        box = (
            max(0, math.floor(min(xs))),
            max(0, math.floor(min(ys))),
            min(self.image.width, math.ceil(max(xs))),
            min(self.image.height, math.ceil(max(ys))),
        )
        if box[2] <= box[0] or box[3] <= box[1]:
            return
        layer = Image.new("RGB", (box[2] - box[0], box[3] - box[1]), (255, 255, 255))
        ImageDraw.Draw(layer).polygon(
            [(x - box[0], y - box[1]) for x, y in zip(xs, ys, strict=True)], fill=colour
        )
        self.image.paste(ImageChops.multiply(self.image.crop(box), layer), box[:2])

    def finished(self) -> Image.Image:
        return self.image.reduce(SCALE)


class Pen:
    """Draws one thing: local x −0.5…0.5, y 0 (ground) … 1 (top), scaled to `size` pixels.

    Ink names: a main, b second, c accent, l light, d dark.
    """

    def __init__(
        self,
        canvas: Canvas,
        x: float,
        y: float,
        size: float,
        inks: dict[str, Colour],
        *,
        flip: bool = False,
        angle: float = 0.0,
        sleeping: bool = False,
    ) -> None:
        self.canvas, self.x, self.y, self.size, self.inks = canvas, x, y, size, inks
        self.flip, self.sleeping = flip, sleeping
        self.cos, self.sin = math.cos(angle), math.sin(angle)

    def at(self, x: float, y: float) -> Point:
        if self.flip:
            x = -x
        y -= 0.5
        u, v = x * self.cos - y * self.sin, x * self.sin + y * self.cos
        return self.x + u * self.size, self.y - (v + 0.5) * self.size

    def poly(self, points: Sequence[Point], ink: str = "a", *, outline: float = 1.0) -> None:
        colour = self.inks[ink]
        grain = mix(colour, self.inks["d"], 0.35) if ink != "d" else None
        self.canvas.polygon(
            [self.at(x, y) for x, y in points], colour, grain=grain, outline=outline
        )

    def blob(self, points: Sequence[Point], ink: str = "a") -> None:
        self.poly(smooth(points), ink)

    def oval(
        self,
        x: float,
        y: float,
        rx: float,
        ry: float | None = None,
        ink: str = "a",
        start: float = 0,
        end: float = 360,
        *,
        outline: float = 1.0,
    ) -> None:
        self.poly(arc(x, y, rx, ry or rx, start, end), ink, outline=outline)

    def rect(self, x0: float, y0: float, x1: float, y1: float, ink: str = "a") -> None:
        self.poly([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], ink)

    def line(
        self, points: Sequence[Point], width: float, ink: str = "d", *, curved: bool = False
    ) -> None:
        path = smooth(points, closed=False) if curved else points
        self.canvas.line([self.at(x, y) for x, y in path], width * self.size, self.inks[ink])

    def ring(self, x: float, y: float, r: float, width: float, ink: str = "d") -> None:
        self.line(arc(x, y, r, r), width, ink)

    def eye(self, x: float, y: float, r: float) -> None:
        if self.sleeping:
            self.line(arc(x, y, r, r, 200, 340), r * 0.4, "d")
            return
        self.oval(x, y, r, ink="l", outline=0.4)
        self.oval(x + r * 0.2, y, r * 0.52, ink="d", outline=0)
