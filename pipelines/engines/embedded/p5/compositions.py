"""Which sketch fits what was read, and the values that fill it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from pipelines.engines.embedded.formwerkstatt.palette import NAMED, Colour, Palette
from pipelines.engines.embedded.formwerkstatt.reading import Mention, Reading

from .literals import css, object_text
from .plan import ground_of, read_plan

# The function that draws a thing; things without one are drawn as a being made of circles.
FIGURES = {
    thing: f"male{figure}"
    for figure, things in {
        "Tier": "cat dog horse unicorn cow sheep pig elephant lion fox bear mouse rabbit giraffe "
        "deer frog turtle snail spider",
        "Vogel": "bird owl duck penguin",
        "Fisch": "fish whale",
        "Drache": "dragon",
        "Schmetterling": "butterfly bee",
        "Kuppel": "octopus jellyfish ghost ufo umbrella mushroom",
        "Baum": "tree palm leaf",
        "Tanne": "fir",
        "Kaktus": "cactus",
        "Blume": "flower",
        "Haus": "house school tent",
        "Turm": "castle tower church skyscraper windmill",
        "Boot": "boat",
        "Auto": "car bus train bicycle",
        "Rakete": "rocket plane",
        "Ballon": "balloon ball kite",
        "Stern": "star crown",
        "Herz": "heart",
        "Mensch": "person woman man child grandmother king witch robot",
    }.items()
    for thing in things.split()
}
OTHERWISE = "maleWesen"
# The composition draws these itself, or they are no figures.
PART_OF_THE_PLACE = frozenset(
    {"sun", "moon", "cloud", "mountain", "volcano", "rainbow", "planet"}
    | {"circle", "square", "triangle", "spiral"}
)
PLACES = {
    "sea": "meer", "underwater": "meer", "space": "nacht", "city": "stadt", "school": "stadt",
}  # fmt: skip
SWARMING = frozenset(
    ["maleVogel", "maleFisch", "maleSchmetterling", "maleStern", "maleBallon", "maleHerz"]
)
IN_THE_AIR = frozenset(["maleVogel", "maleSchmetterling", "maleStern", "maleBallon", "maleRakete"])
FORMS = ("kreis", "quadrat", "dreieck")
SIZES = {"small": 0.65, "big": 1.7}
TEMPI = {"wild": 2.2, "happy": 1.3, "calm": 0.6, "sad": 0.5, "scary": 0.8}
LAND_PLANTS = {
    "forest": "maleTanne", "mountain": "maleTanne", "snow": "maleTanne", "desert": "maleKaktus",
    "garden": "maleBlume",
}  # fmt: skip
MAX_FIGURES = 12


@dataclass(frozen=True, slots=True)
class Composition:
    """A sketch's file, the values for its marks, and its constants by their German names."""

    name: str
    values: Mapping[str, str]
    constants: Mapping[str, Any]
    figures: tuple[Mapping[str, Any], ...] = ()
    uses: tuple[str, ...] = ()


def compose(text: str, reading: Reading, palette: Palette, rng: Random) -> Composition:
    """Choose the sketch for a text and fill it; the same dice give the same sketch."""
    plan = read_plan(text, palette)
    if plan:
        return _plan(plan, text, palette)
    name = choose(reading)
    return {
        "meer": _sea, "nacht": _night, "stadt": _city, "schwarm": _swarm, "land": _land,
        "muster": _pattern,
    }[name](text, reading, palette, rng)  # fmt: skip


def choose(reading: Reading) -> str:
    """Return which composition fits: by the place, then by what is named, how often."""
    if reading.style in ("bauhaus", "collage"):
        return "muster"
    if reading.place in PLACES:
        return PLACES[reading.place]
    things = _figures_of(reading)
    figures = [FIGURES.get(mention.thing, OTHERWISE) for mention in things]
    if not reading.place and any(
        mention.count >= 5 and figure in SWARMING
        for mention, figure in zip(things, figures, strict=True)
    ):
        return "schwarm"
    if any(mention.thing in ("fish", "whale", "boat") for mention in things):
        return "meer"
    if any(mention.thing in ("planet", "rocket", "ufo") for mention in reading.things):
        return "nacht"
    if any(figure in ("maleHaus", "maleTurm", "maleAuto") for figure in figures):
        return "stadt"
    if not things and any(mention.thing in ("moon", "star") for mention in reading.things):
        return "nacht"
    if things or reading.place or reading.weather or reading.things:
        return "land"
    return "muster"


def _figures_of(reading: Reading) -> list[Mention]:
    return [mention for mention in reading.things if mention.thing not in PART_OF_THE_PLACE]


# The six places ------------------------------------------------------------------------------


def _land(text: str, reading: Reading, palette: Palette, rng: Random) -> Composition:
    plant = LAND_PLANTS.get(reading.place, "maleBaum")
    steep = {"mountain": 420, "desert": 90, "snow": 240}.get(reading.place, 180)
    green = _one(reading, "tree", "flower", "fir") or palette.inks[2]
    amount = {"forest": 42, "garden": 60, "desert": 8}.get(reading.place, 14)
    return Composition(
        "land",
        {"plant": plant, "steepness": str(steep)},
        {
            **_sky(reading, palette, rng),
            "landFarben": [css(colour) for colour in palette.land],
            "pflanzenFarbe": css(green),
            "pflanzenAnzahl": amount,
            "esIstNacht": reading.time == "night",
            **_moves(reading),
        },
        _placed(reading, palette, rng, ground=650, air=300),
        (plant,),
    )


def _sea(text: str, reading: Reading, palette: Palette, rng: Random) -> Composition:
    below = reading.place == "underwater"
    swimming = any(m.thing in ("fish", "whale") for m in reading.things)
    line = 0 if below else 400
    return Composition(
        "meer",
        {},
        {
            **_sky(reading, palette, rng),
            "landFarben": [css(colour) for colour in palette.land],
            "wasserLinie": line,
            "pflanzenFarbe": css(palette.inks[2]),
            **_moves(reading),
        },
        _placed(reading, palette, rng, ground=590 if swimming or below else 470, air=250),
    )


def _night(text: str, reading: Reading, palette: Palette, rng: Random) -> Composition:
    planets = min(max([2, *[m.count for m in reading.things if m.thing == "planet"]]), 8)
    return Composition(
        "nacht",
        {},
        {
            **_sky(reading, palette, rng),
            "sterneAnzahl": 220,
            "planetenAnzahl": max(planets, 3),
            "farben": _inks(reading, palette),
            **_moves(reading),
        },
        _placed(reading, palette, rng, ground=620, air=200),
    )


def _city(text: str, reading: Reading, palette: Palette, rng: Random) -> Composition:
    lights = 0.42 if reading.time in ("night", "dusk") else 0.58
    return Composition(
        "stadt",
        {},
        {
            **_sky(reading, palette, rng),
            "landFarben": [css(colour) for colour in palette.land],
            "farben": _inks(reading, palette),
            "lichterWeniger": lights,
            **_moves(reading),
        },
        _placed(reading, palette, rng, ground=650, air=230),
    )


def _swarm(text: str, reading: Reading, palette: Palette, rng: Random) -> Composition:
    leader = next(
        mention
        for mention in _figures_of(reading)
        if mention.count >= 5 and FIGURES.get(mention.thing) in SWARMING
    )
    member = FIGURES[leader.thing]
    colours = [css(NAMED[c]) for c in leader.colours if c in NAMED] or _inks(reading, palette)
    others = [mention for mention in _figures_of(reading) if mention is not leader]
    return Composition(
        "schwarm",
        {"member": member},
        {
            **_sky(reading, palette, rng),
            "farben": colours,
            "anzahl": min(max(leader.count, 5) * 4, 60),
            **_moves(reading),
        },
        _placed(reading, palette, rng, ground=600, air=400, only=others),
        (member,),
    )


def _pattern(text: str, reading: Reading, palette: Palette, rng: Random) -> Composition:
    words = re.findall(r"[^\W\d_]{3,14}", text)[:8] or ["…"]
    rings = ",\n".join(
        f'  {{ wort: "{word}", form: "{_form(reading, number)}", start: 0 }}'
        for number, word in enumerate(words)
    )
    repeats = reading.numbers[0] if reading.numbers else 2
    return Composition(
        "muster",
        {"rings": f"[\n{rings},\n]"},
        {
            **_sky(reading, palette, rng),
            "farben": _inks(reading, palette),
            "wiederholung": min(max(repeats, 1), 6),
            **_moves(reading),
        },
        _placed(reading, palette, rng, ground=400, air=400),
    )


def _form(reading: Reading, number: int) -> str:
    named = {"circle": "kreis", "square": "quadrat", "triangle": "dreieck"}
    forms = [named[m.thing] for m in reading.things if m.thing in named] or list(FORMS)
    return forms[number % len(forms)]


def _plan(parts: list[dict[str, Any]], text: str, palette: Palette) -> Composition:
    return Composition(
        "bauplan",
        {"plan": "\n".join(f"  {object_text(part)}," for part in parts)},
        {"grundFarbe": css(ground_of(text, palette)), "tempo": 1},
    )


# What they share -----------------------------------------------------------------------------


def _sky(reading: Reading, palette: Palette, rng: Random) -> dict[str, Any]:
    falling = {"rain": "regen", "storm": "regen", "snowfall": "schnee"}
    return {
        "himmelOben": css(palette.sky[0]),
        "himmelUnten": css(palette.sky[1]),
        "lichtFarbe": css(palette.glow),
        "hellFarbe": css(palette.light),
        "dunkelFarbe": css(palette.dark),
        "lichtX": rng.randrange(140, 660, 20),
        "wetterArt": falling.get(reading.weather, "nichts"),
    }


def _moves(reading: Reading) -> dict[str, Any]:
    return {
        "tempo": TEMPI.get(reading.mood, 1),
        "stammFarbe": "#5d4a3a",
        "hautFarbe": "#c68e62",
    }


def _inks(reading: Reading, palette: Palette) -> list[str]:
    named = [NAMED[colour] for colour in reading.colours if colour in NAMED]
    return list(dict.fromkeys(css(colour) for colour in (*named, *palette.inks)))[:5]


def _one(reading: Reading, *things: str) -> Colour | None:
    """The colour that the text gives to one of `things`."""
    return next(
        (
            NAMED[colour]
            for mention in reading.things
            if mention.thing in things
            for colour in mention.colours
            if colour in NAMED
        ),
        None,
    )


def _placed(
    reading: Reading,
    palette: Palette,
    rng: Random,
    *,
    ground: int,
    air: int,
    only: list[Mention] | None = None,
) -> tuple[Mapping[str, Any], ...]:
    """The figures with their places: beside each other, those that fly above, all in the frame."""
    wanted = [
        (mention, FIGURES.get(mention.thing, OTHERWISE))
        for mention in (_figures_of(reading) if only is None else only)
        for _copy in range(min(mention.count, 7))
    ][:MAX_FIGURES]
    crowd = max(len(wanted), 1)
    across = [90 + (number + 0.5) * 620 / crowd for number in range(crowd)]
    rng.shuffle(across)
    figures: list[dict[str, Any]] = []
    for number, (mention, figure) in enumerate(wanted):
        flies = mention.flying or (figure in IN_THE_AIR and not mention.sleeping)
        size = SIZES.get(mention.size, 1.0) * (1.7 if crowd == 1 else max(0.55, 1.5 - crowd * 0.13))
        named = [NAMED[colour] for colour in mention.colours if colour in NAMED]
        figures.append(
            {
                "name": mention.word,
                "male": figure,
                "x": round(across[number]),
                "y": round((air if flies else ground) - 60 * size + 60 + rng.uniform(-25, 25)),
                "groesse": round(size, 2),
                "farbe": css(named[0] if named else palette.inks[number % len(palette.inks)]),
                "wippen": 3 if mention.sleeping else 14 if flies else 6,
            }
        )
    _put_on_top([mention for mention, _figure in wanted], figures)
    return tuple(sorted(figures, key=lambda figure: figure["y"]))


def _put_on_top(mentions: list[Mention], figures: list[dict[str, Any]]) -> None:
    """What the text puts on something sits on it: a figure reaches 80 down and about 110 up."""
    by_thing = {mention.thing: figure for mention, figure in zip(mentions, figures, strict=True)}
    for mention, figure in zip(mentions, figures, strict=True):
        below = by_thing.get(mention.above)
        if below is not None and below is not figure:
            figure["x"] = below["x"]
            figure["y"] = round(below["y"] - 105 * below["groesse"] - 70 * figure["groesse"])
