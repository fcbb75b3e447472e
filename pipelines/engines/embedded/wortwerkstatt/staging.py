"""Staging: the sentence is set into time (a tiny story) or into many places at one moment."""

from __future__ import annotations

from pipelines.engines.embedded.wortwerkstatt.lens import filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.sketch import Sketch
from pipelines.engines.embedded.wortwerkstatt.words import closed


def story(sketch: Sketch) -> str:
    """Beginning, the child's sentence, a turn brought by its own things, an end."""
    words = load("games", sketch.language)["story"]
    many = "many" if len(sketch.things) > 1 else "one"
    lines = [sketch.pick(words["first"]), closed(sketch.text)]
    lines += [sketch.pick(words[f"turn_{many}"]), sketch.pick(words[f"end_{many}"])]
    return " ".join([filled(sketch, lines[0]), lines[1], *(filled(sketch, x) for x in lines[2:])])


def everywhere(sketch: Sketch) -> str:
    """The same minute in several places, each with one of the things and its own local hour."""
    words = load("games", sketch.language)["world"]
    hour = sketch.dice.randrange(24)
    cities = sketch.dice.sample(words["cities"], min(4, max(3, len(sketch.things))))
    lines = [closed(sketch.text), sketch.pick(words["first"])]
    scenes = sketch.dice.sample(words["scenes"], len(cities))
    for number, ((city, offset), scene) in enumerate(zip(cities, scenes, strict=True)):
        letter = "abcdef"[number % len(sketch.things)]
        local = (hour + int(offset)) % 24
        light = words["light"][local // 6]
        line = scene.replace("{x", "{" + letter).replace("{X", "{" + letter.upper())
        lines.append(f"{city}, {local:02d}:00, {light}: {filled(sketch, line)}.")
    lines.append(filled(sketch, sketch.pick(words["last"])))
    return " ".join(lines)
