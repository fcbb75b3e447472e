"""Inks: a few curated palettes, bent by place, mood, style and the colours named in the text."""

from __future__ import annotations

import colorsys
import json
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

from .reading import Reading, digest

Colour = tuple[int, int, int]

NAMED: dict[str, Colour] = {
    "red": (208, 52, 44),
    "orange": (232, 122, 44),
    "yellow": (244, 190, 52),
    "gold": (214, 160, 52),
    "green": (64, 132, 84),
    "turquoise": (56, 156, 152),
    "blue": (36, 88, 164),
    "purple": (112, 72, 140),
    "pink": (232, 132, 148),
    "brown": (128, 84, 56),
    "black": (36, 34, 40),
    "white": (250, 246, 236),
    "grey": (140, 140, 138),
    "silver": (186, 190, 194),
}


def rgb(code: str) -> Colour:
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` 0 gives `one`, 1 gives `other`."""
    return tuple(round(a + (b - a) * share) for a, b in zip(one, other, strict=True))  # type: ignore[return-value]


def adjust(colour: Colour, *, saturation: float = 1.0, light: float = 1.0) -> Colour:
    h, lightness, s = colorsys.rgb_to_hls(*(c / 255 for c in colour))
    r, g, b = colorsys.hls_to_rgb(h, min(1.0, lightness * light), min(1.0, s * saturation))
    return round(r * 255), round(g * 255), round(b * 255)


def brightness(colour: Colour) -> float:
    return (0.3 * colour[0] + 0.59 * colour[1] + 0.11 * colour[2]) / 255


@dataclass(frozen=True, slots=True)
class Palette:
    """Sky from top to horizon, land from far to near, the inks of the things."""

    paper: Colour
    sky: tuple[Colour, Colour]
    land: tuple[Colour, Colour, Colour]
    inks: tuple[Colour, ...]
    dark: Colour
    light: Colour
    glow: Colour


def _palette(row: str) -> Palette:
    c = [rgb(code) for code in row.split()]
    return Palette(c[0], (c[1], c[2]), (c[3], c[4], c[5]), tuple(c[6:10]), c[10], c[11], c[12])


# each row: paper · sky top, horizon · land far, mid, near · four inks · dark, light, glow
ROWS = json.loads(Path(__file__).with_name("palettes.json").read_text("utf-8"))
HOURS = {hour: tuple(map(_palette, rows)) for hour, rows in ROWS["hours"].items()}
STYLES = {style: _palette(row) for style, row in ROWS["styles"].items()}

LANDS: dict[str, tuple[str, str, str]] = {
    "sea": ("7fb4bd", "3f8298", "1f4f70"),
    "underwater": ("3f8f9c", "276b80", "143f58"),
    "forest": ("8fae94", "4f7f62", "1f4638"),
    "desert": ("e9c48c", "d99a58", "a85c3c"),
    "snow": ("dfe8ec", "c3d3dd", "f6f7f4"),
    "garden": ("b3c98a", "7fa860", "3f7248"),
    "city": ("a9b3bd", "6f7f92", "3a465c"),
    "mountain": ("a7b6c4", "6c8296", "37506a"),
}


def choose(reading: Reading, rng: Random) -> Palette:
    """The palette of a picture: hour first, then place and mood, then what the text names."""
    open_hour = rng.choice(("day", "day", "day", "dawn", "dusk"))
    hour = reading.time or ("night" if reading.place == "space" else open_hour)
    choices = HOURS[hour]
    pick = (digest(" ".join(reading.unknown[:3])) + rng.randrange(len(choices))) % len(choices)
    base = choices[pick]
    if reading.style in STYLES:
        style = STYLES[reading.style]
        if reading.style in ("ink", "blueprint", "bauhaus", "renaissance") or hour == "day":
            if hour in ("night", "dusk") and reading.style != "blueprint":
                style = replace(
                    style,
                    sky=(mix(style.dark, style.sky[0], 0.25), mix(style.dark, style.sky[1], 0.5)),
                    land=tuple(mix(c, style.dark, 0.45) for c in style.land),  # type: ignore[arg-type]
                )
            base = style
    if reading.place in LANDS and reading.style not in (
        "blueprint",
        "ink",
        "bauhaus",
        "renaissance",
    ):
        wanted = [rgb(code) for code in LANDS[reading.place]]
        night = {"night": 0.62, "dusk": 0.42, "dawn": 0.3, "day": 0.05}[hour]
        base = replace(
            base,
            land=tuple(mix(w, own, night) for w, own in zip(wanted, base.land, strict=True)),  # type: ignore[arg-type]
        )
        if reading.place == "underwater":
            deep = mix(rgb("17506e"), base.sky[0], night * 0.7)
            base = replace(base, sky=(mix(rgb("8fd0c8"), base.sky[1], night), deep))
    if reading.style in ("daguerreotype", "copy"):
        base = replace(base, glow=base.light)
    base = _mood(base, reading.mood)
    if reading.unknown and reading.style not in ("blueprint", "ink"):
        hue = (digest(reading.unknown[0]) % 360) / 360
        r, g, b = colorsys.hls_to_rgb(hue, 0.52, 0.58)
        accent = (round(r * 255), round(g * 255), round(b * 255))
        base = replace(base, inks=(*base.inks[:3], mix(base.inks[3], accent, 0.75)))
    return _named(base, reading)


def _mood(base: Palette, mood: str) -> Palette:
    saturation, light, veil, share = {
        "happy": (1.18, 1.05, base.glow, 0.05),
        "sad": (0.5, 0.88, rgb("56697c"), 0.25),
        "wild": (1.35, 1.0, rgb("e8442e"), 0.10),
        "calm": (0.75, 1.06, base.paper, 0.14),
        "scary": (0.75, 0.6, rgb("2a1d33"), 0.3),
    }.get(mood, (1.0, 1.0, base.paper, 0.0))

    def bend(colour: Colour) -> Colour:
        return mix(adjust(colour, saturation=saturation, light=light), veil, share)

    return replace(
        base,
        sky=(bend(base.sky[0]), bend(base.sky[1])),
        land=(bend(base.land[0]), bend(base.land[1]), bend(base.land[2])),
        inks=tuple(mix(c, bend(c), 0.6) for c in base.inks),
        glow=rgb("b8d04a") if mood == "scary" else base.glow,
    )


def _named(base: Palette, reading: Reading) -> Palette:
    """Colours named in the text become inks and tint land and sky."""
    named = [NAMED[c] for c in reading.colours if c in NAMED]
    if not named or reading.style == "blueprint":
        return base
    inks = (*named, *base.inks)[: max(4, len(named))]
    first = named[0]
    return replace(
        base,
        inks=inks,
        sky=(mix(base.sky[0], first, 0.10), mix(base.sky[1], first, 0.22)),
        land=(mix(base.land[0], first, 0.25), base.land[1], base.land[2]),
    )
