"""Inks: a few curated palettes, bent by place, mood, style and the colours named in the text."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass, replace
from random import Random

from .reading import Reading, digest

Colour = tuple[int, int, int]

NAMED: dict[str, Colour] = {
    "red": (208, 52, 44), "orange": (232, 122, 44), "yellow": (244, 190, 52),
    "gold": (214, 160, 52), "green": (64, 132, 84), "turquoise": (56, 156, 152),
    "blue": (36, 88, 164), "purple": (112, 72, 140), "pink": (232, 132, 148),
    "brown": (128, 84, 56), "black": (36, 34, 40), "white": (250, 246, 236),
    "grey": (140, 140, 138), "silver": (186, 190, 194),
}  # fmt: skip


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


# paper · sky top, horizon · land far, mid, near · four inks · dark, light, glow
HOURS: dict[str, tuple[Palette, ...]] = {
    "day": (
        _palette("f4ecdc 8fc1c4 e9e2c6 a9bf9a 6d9a7c 2f6259 d9503a f0b33c 2f5d8a e88f7c 22333c faf4e4 f6c654"),
        _palette("f5eee0 e8d9b8 f4e7cb d9ab7c b9704c 6e3f38 2c6e7a e4573d f2b544 47907c 2b2630 fbf5e6 ee6a44"),
        _palette("f3ede2 a8cfdb f3e3d3 8fb8b4 e3a587 3c5a78 e8623f f3c04b 2a7f86 c9476b 24283c fcf6ea f7d070"),
    ),
    "dawn": (
        _palette("f6ece2 7f94bd f6bfa6 b48aa6 7a6592 41406c ef6f5a f9c66a 3f7a97 f3e0cf 29264a fdf2e4 fbd98c"),
        _palette("f6ede0 b9c8d6 fad2b2 dc9c94 9a6f88 4c4666 e8604e f7c56d 377b86 fbe4d0 2c2744 fef3e2 f58b5e"),
    ),
    "dusk": (
        _palette("f2e4d4 4a3a6e f08a5d b5486a 6f3263 351f4a f9b84a e8503f 3e7c98 f4d6bc 1f1534 fdeeda fbc75d"),
        _palette("f3e6d6 2f4f70 f2a65e c2604c 743d50 33264a f6cf6b df4a44 4f9a98 f4dcc4 1c1a30 fdf0dc f9dc80"),
    ),
    "night": (
        _palette("efe6d6 101c3c 2c4a74 24406a 1a2f54 0f1c38 f0b54a d9513f 5fa6ae e8d8bc 080f22 f8efd8 f7e2a0"),
        _palette("efe6d8 16132f 41356c 322a5c 221d44 120f29 f2c14e e4607a 5c9ebf d9cdea 0a081a f8f0e0 fbe7b4"),
        _palette("eee8da 0d2a33 2a5a5e 1e4a4f 15373d 0b2228 f3b950 e0603c 8fc4a8 ead9b8 06151a f6f0dc f8e4a6"),
    ),
}  # fmt: skip

LANDS: dict[str, tuple[str, str, str]] = {
    "sea": ("7fb4bd", "3f8298", "1f4f70"), "underwater": ("3f8f9c", "276b80", "143f58"),
    "forest": ("8fae94", "4f7f62", "1f4638"), "desert": ("e9c48c", "d99a58", "a85c3c"),
    "snow": ("dfe8ec", "c3d3dd", "f6f7f4"), "garden": ("b3c98a", "7fa860", "3f7248"),
    "city": ("a9b3bd", "6f7f92", "3a465c"), "mountain": ("a7b6c4", "6c8296", "37506a"),
}  # fmt: skip

STYLES: dict[str, str] = {
    "bauhaus": "f1e8d4 f1e8d4 e9dcc0 d8c8a4 2a5caa 1c1c1e d62f2a f2b81e 1f55a5 1c1c1e 1a1a1c f7f0de d62f2a",
    "renaissance": "e6d3a8 3a4a4e a89a68 7a7a56 5a4a30 32241a a8322a c99a3c 2e4e5e dcbc8c 1e1610 f0deb4 e2bc64",
    "ink": "f1ead9 ece4d1 f1ead9 c9c4b6 8f8c84 4a4846 2e2d2e 6a6866 a33a2c 9a968c 1c1b1d f3eddd d9d2c0",
    "blueprint": "1d4a86 1d4a86 1d4a86 1d4a86 1d4a86 1d4a86 1d4a86 1d4a86 1d4a86 1d4a86 dce8f4 1d4a86 1d4a86",
    "comic": "fdf6e3 3fb0e8 fbe27a 7fd06a f25c9a 5a3fa8 f2322e ffd21e 1e78e0 ff8ac0 14121a ffffff ffe24a",
    "collage": "f3ead8 e6d6bc f0e2ca d9a58c 5f8a8c 2a4a5c e0492f f0a92e 2b6f77 d98aa0 26242c fbf4e2 f0a92e",
    "pixel": "e8f0ff 2a2f8f 5ad0e8 5ad88a 2a9a6a 1a4a5a ff4a6a ffd84a 3a7aff ff9ad0 12122e ffffff fff08a",
}


def choose(reading: Reading, rng: Random) -> Palette:
    """The palette of a picture: hour first, then place and mood, then what the text names."""
    hour = reading.time or ("night" if reading.place == "space" else "day")
    choices = HOURS[hour]
    pick = (digest(" ".join(reading.unknown[:3])) + rng.randrange(len(choices))) % len(choices)
    base = choices[pick]
    if reading.style in STYLES:
        style = _palette(STYLES[reading.style])
        if reading.style in ("ink", "blueprint", "bauhaus", "renaissance") or hour == "day":
            if hour in ("night", "dusk") and reading.style != "blueprint":
                style = replace(
                    style,
                    sky=(mix(style.dark, style.sky[0], 0.25), mix(style.dark, style.sky[1], 0.5)),
                    land=tuple(mix(c, style.dark, 0.45) for c in style.land),  # type: ignore[arg-type]
                )
            base = style
    if reading.place in LANDS and reading.style not in ("blueprint", "ink", "bauhaus", "renaissance"):
        wanted = [rgb(code) for code in LANDS[reading.place]]
        night = {"night": 0.62, "dusk": 0.42, "dawn": 0.3, "day": 0.05}[hour]
        base = replace(
            base,
            land=tuple(mix(w, own, night) for w, own in zip(wanted, base.land, strict=True)),  # type: ignore[arg-type]
        )
        if reading.place == "underwater":
            deep = mix(rgb("17506e"), base.sky[0], night * 0.7)
            base = replace(base, sky=(mix(rgb("8fd0c8"), base.sky[1], night), deep))
    base = _mood(base, reading.mood)
    if reading.unknown and reading.style not in ("blueprint", "ink"):
        hue = (digest(reading.unknown[0]) % 360) / 360
        r, g, b = colorsys.hls_to_rgb(hue, 0.52, 0.58)
        accent = (round(r * 255), round(g * 255), round(b * 255))
        base = replace(base, inks=(*base.inks[:3], mix(base.inks[3], accent, 0.75)))
    return _named(base, reading)


def _mood(base: Palette, mood: str) -> Palette:
    saturation, light, veil, share = {
        "happy": (1.18, 1.05, base.glow, 0.05), "sad": (0.5, 0.88, rgb("56697c"), 0.25),
        "wild": (1.35, 1.0, rgb("e8442e"), 0.10), "calm": (0.75, 1.06, base.paper, 0.14),
        "scary": (0.75, 0.6, rgb("2a1d33"), 0.3),
    }.get(mood, (1.0, 1.0, base.paper, 0.0))  # fmt: skip

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
