"""Small machines for a child's own rule: letters left out, order turned, words doubled …"""

from __future__ import annotations

from pipelines.engines.embedded.wortwerkstatt.hearing import families
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.sketch import Sketch, replaced
from pipelines.engines.embedded.wortwerkstatt.words import bare, capital, closed, sentences


def without(text: str, letters: str) -> str:
    """A lipogram: none of `letters` is left, in either case."""
    banned = set(letters.lower()) | set(letters.upper())
    lines = text.split("\n")
    return "\n".join(
        " ".join("".join(c for c in line if c not in banned).split()) for line in lines
    )


def backwards(sketch: Sketch) -> str:
    """The words of each sentence in the opposite order."""
    turned = []
    for sentence in sentences(sketch.text):
        words = [word for _, word in sketch.again(sentence).words()]
        if words and words[0].lower() in sketch.lexicon.small and words[0] != "I":
            words[0] = words[0].lower()
        turned.append(closed(capital(" ".join(reversed(words))) or sentence))
    return " ".join(turned)


def letters_backwards(sketch: Sketch) -> str:
    return sketch.text[::-1]


def alphabetical(sketch: Sketch) -> str:
    """The words of the text, sorted: the dictionary's view of it."""
    return ", ".join(sorted((word for _, word in sketch.words()), key=str.lower)) + "."


def shorter(sketch: Sketch) -> str:
    """Telegram style: the small words go."""
    small = sketch.lexicon.small
    kept = [word for _, word in sketch.words() if word.lower() not in small]
    return " ".join(kept[:20]) + "."


def doubled(sketch: Sketch) -> str:
    """Every word with weight twice."""
    small = sketch.lexicon.small
    return "".join(
        f"{part} {part}" if at % 2 and part.lower() not in small else part
        for at, part in enumerate(sketch.parts)
    )


def robotic(sketch: Sketch) -> str:
    """Capitals, hyphens, a beep: how a machine would read it aloud."""
    beep, click, end = load("games", sketch.language)["own"]["robot"]
    spoken = [
        "-".join(word.upper() for _, word in sketch.again(sentence).words()) or sentence
        for sentence in sentences(sketch.text)
    ]
    return f"{beep} {f'. {click} '.join(spoken)}. {end}"


def coloured(sketch: Sketch, wanted: list[str]) -> str:
    """The colours of the text change, and each thing gets one: `wanted`, or any."""
    from_list = wanted or [c for c in sketch.lexicon.colours if c not in ("lila", "rosa", "gray")]
    lines = [f"{thing.name}: {sketch.pick(from_list)}" for thing in sketch.things]
    fitting = {c: sketch.pick(from_list) for c in sketch.lexicon.colours}
    return f"{bare(replaced(sketch, fitting))} – {', '.join(lines)}."


def rhymed(sketch: Sketch) -> str:
    """An echo of words that sound like those of the text."""
    known = families(sketch.language)
    echoes = [
        f"{word} – {sketch.pick(known[word.lower()])}"
        for _, word in sketch.words()
        if word.lower() in known
    ][:4]
    if not echoes:
        echoes = [f"{thing.name} – Schm{thing.name.lower().lstrip('bcdfghjklmnpqrstvwxyz')}"
                  for thing in sketch.things[:2]]  # fmt: skip
    opening = sketch.pick(load("games", sketch.language)["own"]["rhyme"])
    return f"{bare(sketch.text)}, {opening} {', '.join(echoes)}."


def questioned(sketch: Sketch) -> str:
    """Every sentence becomes a question."""
    really = load("games", sketch.language)["own"]["question"]
    return " ".join(f"{bare(sentence)}?" for sentence in sentences(sketch.text)) + f" {really}"
