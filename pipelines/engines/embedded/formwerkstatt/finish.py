"""From drawing to print: paper, register, border, and the finish of a style."""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from .palette import Colour, Palette


def _noise(size: tuple[int, int], rng: Random, strength: float) -> Image.Image:
    """A grey sheet, 128 on average, that scatters by `strength` of the full range."""
    tile = Image.frombytes("L", (512, 512), rng.randbytes(512 * 512))
    tile = tile.point([round(128 + (v - 128) * strength) for v in range(256)])
    sheet = Image.new("L", size)
    for x in range(0, size[0], 512):
        for y in range(0, size[1], 512):
            sheet.paste(tile, (x, y))
    return sheet


def finish(image: Image.Image, palette: Palette, style: str, rng: Random) -> Image.Image:
    size = image.size
    unit = min(size)
    if style == "pixel":
        small = image.resize((size[0] * 96 // unit, size[1] * 96 // unit), Image.Resampling.BOX)
        small = small.quantize(20, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
        return small.convert("RGB").resize(size, Image.Resampling.NEAREST)
    if style == "blueprint":
        return _grain(image, rng, 0.10)
    if style == "renaissance":
        image = image.filter(ImageFilter.GaussianBlur(unit / 700))
        image = _grain(_craquelure(image, rng), rng, 0.12)
        return _frame(
            _vignette(image, (40, 24, 12), 0.75), (58, 38, 20), unit, inner=(196, 156, 84)
        )
    if style == "daguerreotype":
        grey = ImageEnhance.Contrast(ImageOps.grayscale(image)).enhance(1.15)
        grey = grey.filter(ImageFilter.GaussianBlur(unit / 560))
        toned = ImageOps.colorize(grey, (34, 22, 14), (240, 222, 184), mid=(142, 108, 74))
        return _scratches(
            _vignette(_grain(toned, rng, 0.18), (30, 18, 10), 1.0), rng, (240, 226, 196)
        )
    if style == "film":
        faded = ImageEnhance.Color(image).enhance(0.78)
        r, g, b = faded.split()
        r = r.point([min(255, round(44 + v * 0.84)) for v in range(256)])
        g = g.point([round(32 + v * 0.8) for v in range(256)])
        b = b.point([round(38 + v * 0.64) for v in range(256)])
        image = _vignette(
            Image.merge("RGB", (r, g, b)).filter(ImageFilter.GaussianBlur(unit / 900)),
            (70, 34, 30),
            0.45,
        )
        return _frame(_grain(image, rng, 0.26), (246, 240, 224), unit, bottom=2.6)
    if style == "copy":
        grey = ImageOps.autocontrast(ImageOps.grayscale(image), cutoff=2)
        grey = ImageChops.add(grey, _noise(size, rng, 0.5), offset=-128)
        grey = grey.point([0 if v < 112 else 255 for v in range(256)]).filter(
            ImageFilter.BoxBlur(0.6)
        )
        toner = ImageOps.colorize(grey, (34, 32, 36), (238, 236, 228))
        for _ in range(3):
            x = rng.randrange(size[0])
            band = toner.crop((x, 0, min(x + rng.randrange(4, 30), size[0]), size[1]))
            toner.paste(ImageEnhance.Brightness(band).enhance(rng.uniform(0.82, 1.1)), (x, 0))
        return _scratches(toner, rng, (34, 32, 36))
    if style == "ink":
        image = image.filter(ImageFilter.GaussianBlur(unit / 640))
        image = Image.blend(image, ImageOps.grayscale(image).convert("RGB"), 0.35)
        wash = _noise((14, 14), rng, 0.5).resize(size, Image.Resampling.BICUBIC)
        wash = wash.point([min(255, 196 + v * 2 // 5) for v in range(256)])
        image = ImageChops.multiply(image, Image.merge("RGB", (wash, wash, wash)))
        return _frame(_grain(image, rng, 0.1), palette.paper, unit)
    image = _misregister(image, unit)
    if style == "comic":
        image = _dots(image, unit, palette.dark)
    return _frame(_grain(image, rng, 0.15), palette.paper, unit)


def _grain(image: Image.Image, rng: Random, strength: float) -> Image.Image:
    noise = _noise(image.size, rng, strength)
    return ImageChops.add(image, Image.merge("RGB", (noise, noise, noise)), offset=-128)


def _misregister(image: Image.Image, unit: int) -> Image.Image:
    """The plates of a print never lie exactly on each other."""
    r, g, b = image.split()
    shift = max(1, round(unit / 900))
    return Image.merge(
        "RGB", (ImageChops.offset(r, shift, 0), g, ImageChops.offset(b, -shift, shift))
    )


def _frame(
    image: Image.Image,
    colour: Colour,
    unit: int,
    *,
    bottom: float = 1.0,
    inner: Colour | None = None,
) -> Image.Image:
    width, height = image.size
    m = round(unit * 0.034)
    low = round(m * bottom)
    draw = ImageDraw.Draw(image)
    for box in (
        (0, 0, width, m),
        (0, height - low, width, height),
        (0, 0, m, height),
        (width - m, 0, width, height),
    ):
        draw.rectangle(box, fill=colour)
    if inner:
        draw.rectangle(
            (m - 4, m - 4, width - m + 4, height - m + 4), outline=inner, width=max(2, unit // 220)
        )
    return image


def _vignette(image: Image.Image, colour: Colour, strength: float) -> Image.Image:
    mask = Image.radial_gradient("L").resize(image.size, Image.Resampling.BILINEAR)
    mask = mask.point([round(max(0, v - 70) * strength) if v > 70 else 0 for v in range(256)])
    image.paste(colour, (0, 0, *image.size), mask.point([min(255, v) for v in range(256)]))
    return image


def _scratches(image: Image.Image, rng: Random, colour: Colour) -> Image.Image:
    draw = ImageDraw.Draw(image)
    width, height = image.size
    for _ in range(26):
        x, y = rng.uniform(0, width), rng.uniform(0, height)
        length, angle = rng.uniform(2, min(image.size) * 0.06), rng.gauss(1.57, 0.3)
        draw.line((x, y, x + length * math.cos(angle), y + length * math.sin(angle)), fill=colour)
    for _ in range(80):
        x, y, r = rng.uniform(0, width), rng.uniform(0, height), rng.uniform(0.4, 1.6)
        draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    return image


def _craquelure(image: Image.Image, rng: Random) -> Image.Image:
    cloud = _noise((48, 48), rng, 0.9).resize(image.size, Image.Resampling.BICUBIC)
    lines = cloud.point([22 if v % 26 == 0 else 0 for v in range(256)])
    image.paste((44, 28, 14), (0, 0, *image.size), lines)
    return image


def _dots(image: Image.Image, unit: int, ink: Colour) -> Image.Image:
    """A coarse screen over the middle tones, as in cheap colour printing."""
    cell = max(4, unit // 90)
    tile = Image.radial_gradient("L").resize((cell, cell))
    screen = Image.new("L", image.size)
    row = Image.new("L", (image.width, cell))
    for x in range(0, image.width, cell):
        row.paste(tile, (x, 0))
    for y in range(0, image.height, cell):
        screen.paste(row, (0, y))
    tone = ImageOps.grayscale(image).point([max(0, 150 - v) if v > 60 else 0 for v in range(256)])
    dots = ImageChops.subtract(tone, screen).point([0] + [110] * 255)
    image.paste(ink, (0, 0, *image.size), dots)
    return image
