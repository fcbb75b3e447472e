"""N+7: each noun gives way to the seventh noun after it in our word list.

In German the list is that of its own gender, so that the article still fits. Times of day stay, so
that the hour is known. For the topsy-turvy ending the child's own things change places.
"""

from __future__ import annotations

from bisect import bisect_right

from pipelines.engines.embedded.wortwerkstatt.lens import filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import Lexicon, Noun, load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.phrases import Thing
from pipelines.engines.embedded.wortwerkstatt.words import closed, like


def noun_after(lexicon: Lexicon, noun: Noun, steps: int = 7) -> Noun:
    """The noun `steps` further on, going round at the end."""
    gender = noun.gender[:1] or "m"
    shelf = [n for n in lexicon.nouns if n.gender[:1] == gender]
    before = bisect_right([n.lemma.lower() for n in shelf], noun.lemma.lower())
    return shelf[(before + steps - 1) % len(shelf)]


def shifted(parsed: ParsedText, steps: int = 7) -> str:
    parts = list(parsed.parts)
    for phrase in parsed.phrases:
        if phrase.noun.kind == "z":
            continue
        old = parts[phrase.place]
        noun = noun_after(parsed.lexicon, phrase.noun, steps)
        case = "nom"
        if parsed.language == "de" and phrase.ending(parsed.lexicon, parsed.parts) == "en":
            feminine = noun.gender == "f"
            case = "nom" if feminine else "dat" if phrase.plural else "acc"
            case = "dat" if phrase.plural and phrase.determiner == "den" else case
        thing = Thing(noun, phrase.plural, parsed.language, named=True)
        word = Thing(noun, phrase.plural, parsed.language).the(case).split(" ", 1)[-1]
        if parsed.language == "en":
            word = thing.name
            if phrase.owner:
                word += "'s"
        parts[phrase.place] = like(old, word)
    return "".join(parts)


def gone_mad(parsed: ParsedText) -> str:
    words = load("games", parsed.language)["mad"]
    place = "many" if len(parsed.things) > 1 else "one"
    line = filled(parsed, parsed.pick(words[place]))
    return f"{closed(shifted(parsed))} {parsed.pick(words['bridge'])} {line}"
