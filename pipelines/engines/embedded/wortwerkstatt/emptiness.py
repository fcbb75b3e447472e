"""Emptiness: most words go; what stays stands alone on its line, with ink and mist around it."""

from __future__ import annotations

from pipelines.engines.embedded.wortwerkstatt.lens import bag, filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.words import capital

_MOST_LINES = 5


def emptied(parsed: ParsedText) -> str:
    words = load("games", parsed.language)["ink"]
    brush = {kind: bag(parsed, strokes) for kind, strokes in words["strokes"].items()}
    lines = [parsed.pick(words["first"])]
    kinds = {thing.name: thing.noun.kind for thing in parsed.things}
    for thing in parsed.things[:_MOST_LINES]:
        stroke = brush[kinds[thing.name]]()
        lines.append(f"{capital(thing.name)} – {stroke}")
    kept = [w for _, w in parsed.words() if w.lower() in words["keep"]]
    verbs = [w for _, w in parsed.words() if w.lower() in parsed.lexicon.verbs]
    if verbs or kept:
        lines.append(capital(" … ".join([*verbs[:1], *kept[:1]])) + " …")
    lines.append(filled(parsed, parsed.pick(words["last"])))
    return "\n".join(lines)
