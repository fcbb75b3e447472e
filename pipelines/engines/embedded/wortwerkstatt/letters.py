"""Small machines for a child's own rule: letters left out, order turned, words doubled …"""

from __future__ import annotations

from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText, replaced
from pipelines.engines.embedded.wortwerkstatt.telephone_game import families
from pipelines.engines.embedded.wortwerkstatt.words import bare, capital, closed, sentences


def without(text: str, letters: str) -> str:
    """A lipogram: none of `letters` is left, in either case."""
    banned = set(letters.lower()) | set(letters.upper())
    lines = text.split("\n")
    return "\n".join(
        " ".join("".join(c for c in line if c not in banned).split()) for line in lines
    )


def backwards(parsed: ParsedText) -> str:
    """The words of each sentence in the opposite order."""
    turned = []
    for sentence in sentences(parsed.text):
        words = [word for _, word in parsed.with_text(sentence).words()]
        if words and words[0].lower() in parsed.lexicon.small and words[0] != "I":
            words[0] = words[0].lower()
        turned.append(closed(capital(" ".join(reversed(words))) or sentence))
    return " ".join(turned)


def letters_backwards(parsed: ParsedText) -> str:
    return parsed.text[::-1]


def alphabetical(parsed: ParsedText) -> str:
    """The words of the text, sorted: the dictionary's view of it."""
    return ", ".join(sorted((word for _, word in parsed.words()), key=str.lower)) + "."


def shorter(parsed: ParsedText) -> str:
    """Telegram style: the small words go."""
    small = parsed.lexicon.small
    kept = [word for _, word in parsed.words() if word.lower() not in small]
    return " ".join(kept[:20]) + "."


def doubled(parsed: ParsedText) -> str:
    """Every word with weight twice."""
    small = parsed.lexicon.small
    return "".join(
        f"{part} {part}" if at % 2 and part.lower() not in small else part
        for at, part in enumerate(parsed.parts)
    )


def robotic(parsed: ParsedText) -> str:
    """Capitals, hyphens, a beep: how a machine would read it aloud."""
    beep, click, end = load("games", parsed.language)["own"]["robot"]
    spoken = [
        "-".join(word.upper() for _, word in parsed.with_text(sentence).words()) or sentence
        for sentence in sentences(parsed.text)
    ]
    return f"{beep} {f'. {click} '.join(spoken)}. {end}"


def coloured(parsed: ParsedText, wanted: list[str]) -> str:
    """The colours of the text change, and each thing gets one: `wanted`, or any."""
    from_list = wanted or [c for c in parsed.lexicon.colours if c not in ("lila", "rosa", "gray")]
    lines = [f"{thing.name}: {parsed.pick(from_list)}" for thing in parsed.things]
    fitting = {c: parsed.pick(from_list) for c in parsed.lexicon.colours}
    return f"{bare(replaced(parsed, fitting))} – {', '.join(lines)}."


def rhymed(parsed: ParsedText) -> str:
    """An echo of words that sound like those of the text."""
    known = families(parsed.language)
    echoes = [
        f"{word} – {parsed.pick(known[word.lower()])}"
        for _, word in parsed.words()
        if word.lower() in known
    ][:4]
    if not echoes:
        echoes = [f"{thing.name} – Schm{thing.name.lower().lstrip('bcdfghjklmnpqrstvwxyz')}"
                  for thing in parsed.things[:2]]  # fmt: skip
    opening = parsed.pick(load("games", parsed.language)["own"]["rhyme"])
    return f"{bare(parsed.text)}, {opening} {', '.join(echoes)}."


def questioned(parsed: ParsedText) -> str:
    """Every sentence becomes a question."""
    really = load("games", parsed.language)["own"]["question"]
    return " ".join(f"{bare(sentence)}?" for sentence in sentences(parsed.text)) + f" {really}"
