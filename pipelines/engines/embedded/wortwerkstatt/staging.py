"""Staging: the sentence is set into time (a tiny story) or into many places at one moment."""

from __future__ import annotations

from pipelines.engines.embedded.wortwerkstatt.lens import filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.words import closed


def story(parsed: ParsedText) -> str:
    """Beginning, the child's sentence, a turn brought by its own things, an end."""
    words = load("games", parsed.language)["story"]
    many = "many" if len(parsed.things) > 1 else "one"
    lines = [parsed.pick(words["first"]), closed(parsed.text)]
    lines += [parsed.pick(words[f"turn_{many}"]), parsed.pick(words[f"end_{many}"])]
    return " ".join([filled(parsed, lines[0]), lines[1], *(filled(parsed, x) for x in lines[2:])])


def everywhere(parsed: ParsedText) -> str:
    """The same minute in several places, each with one of the things and its own local hour."""
    words = load("games", parsed.language)["world"]
    hour = parsed.dice.randrange(24)
    cities = parsed.dice.sample(words["cities"], min(4, max(3, len(parsed.things))))
    lines = [closed(parsed.text), parsed.pick(words["first"])]
    scenes = parsed.dice.sample(words["scenes"], len(cities))
    for number, ((city, offset), scene) in enumerate(zip(cities, scenes, strict=True)):
        letter = "abcdef"[number % len(parsed.things)]
        local = (hour + int(offset)) % 24
        light = words["light"][local // 6]
        line = scene.replace("{x", "{" + letter).replace("{X", "{" + letter.upper())
        lines.append(f"{city}, {local:02d}:00, {light}: {filled(parsed, line)}.")
    lines.append(filled(parsed, parsed.pick(words["last"])))
    return " ".join(lines)
