"""Emptiness: most words go; what stays stands alone on its line, with ink and mist around it."""

from __future__ import annotations

from pipelines.engines.embedded.wortwerkstatt.lens import bag, filled
from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.sketch import Sketch
from pipelines.engines.embedded.wortwerkstatt.words import capital

_MOST_LINES = 5


def emptied(sketch: Sketch) -> str:
    words = load("games", sketch.language)["ink"]
    brush = {kind: bag(sketch, strokes) for kind, strokes in words["strokes"].items()}
    lines = [sketch.pick(words["first"])]
    kinds = {thing.name: thing.noun.kind for thing in sketch.things}
    for thing in sketch.things[:_MOST_LINES]:
        stroke = brush[kinds[thing.name]]()
        lines.append(f"{capital(thing.name)} – {stroke}")
    kept = [w for _, w in sketch.words() if w.lower() in words["keep"]]
    verbs = [w for _, w in sketch.words() if w.lower() in sketch.lexicon.verbs]
    if verbs or kept:
        lines.append(capital(" … ".join([*verbs[:1], *kept[:1]])) + " …")
    lines.append(filled(sketch, sketch.pick(words["last"])))
    return "\n".join(lines)
