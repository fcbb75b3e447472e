"""Cut-up: the text and the rule are cut into snippets and laid between one another."""

from __future__ import annotations

from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.sketch import Sketch
from pipelines.engines.embedded.wortwerkstatt.words import capital, closed, pieces

_LONGEST_RULE = 300


def snippets(sketch: Sketch, text: str) -> list[str]:
    """`text` cut into pieces of two to four words."""
    words, cut = [piece.strip() for piece in pieces(text)], []
    while words:
        length = sketch.dice.randint(2, 4)
        cut.append(" ".join(words[:length]))
        del words[:length]
    return cut


def interleaved(sketch: Sketch) -> str:
    """Snippets of idea and rule by turns; without a rule, the idea's own in another order."""
    own = load("games", sketch.language)["own"]
    idea = snippets(sketch, sketch.text)
    rule = snippets(sketch, sketch.rule.strip()[:_LONGEST_RULE])
    if not rule:
        first, *_ = idea
        sketch.dice.shuffle(idea)
        if len(idea) > 1 and idea[0] == first:
            idea.append(idea.pop(0))
        strips = [strip.rstrip(".,;") for strip in idea]
        return f"{own['silent']} {capital(closed(' / '.join(strips)))}"
    mixed: list[str] = []
    longest = max(len(idea), len(rule))
    for at in range(longest):
        mixed += [part[at].rstrip(".,;") for part in (idea, rule) if at < len(part)]
    return f"{sketch.pick(own['cutup'])} {capital(closed(' / '.join(mixed)))}"
