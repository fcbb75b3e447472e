"""Cut-up: the text and the rule are cut into snippets and laid between one another."""

from __future__ import annotations

from pipelines.engines.embedded.wortwerkstatt.lexicon import load
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.words import capital, closed, pieces

_LONGEST_RULE = 300


def snippets(parsed: ParsedText, text: str) -> list[str]:
    """`text` cut into pieces of two to four words."""
    words, cut = [piece.strip() for piece in pieces(text)], []
    while words:
        length = parsed.dice.randint(2, 4)
        cut.append(" ".join(words[:length]))
        del words[:length]
    return cut


def interleaved(parsed: ParsedText) -> str:
    """Snippets of idea and rule by turns; without a rule, the idea's own in another order."""
    own = load("games", parsed.language)["own"]
    idea = snippets(parsed, parsed.text)
    rule = snippets(parsed, parsed.rule.strip()[:_LONGEST_RULE])
    if not rule:
        first, *_ = idea
        parsed.dice.shuffle(idea)
        if len(idea) > 1 and idea[0] == first:
            idea.append(idea.pop(0))
        strips = [strip.rstrip(".,;") for strip in idea]
        return f"{own['silent']} {capital(closed(' / '.join(strips)))}"
    mixed: list[str] = []
    longest = max(len(idea), len(rule))
    for at in range(longest):
        mixed += [part[at].rstrip(".,;") for part in (idea, rule) if at < len(part)]
    return f"{parsed.pick(own['cutup'])} {capital(closed(' / '.join(mixed)))}"
