"""The engine: takes a text job, works its recipe and says the new text word by word."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

from pipelines.engines.call_facts import CallFacts
from pipelines.engines.embedded.wortwerkstatt.lexicon import language_of, load
from pipelines.engines.embedded.wortwerkstatt.own_rule import by_own_rule
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.recipes import RECIPES
from pipelines.engines.embedded.wortwerkstatt.words import bare, pieces, shortened, tidy
from pipelines.engines.jobs import Health, TextJob
from pipelines.engines.patience import OnWait

VERSION = "1"
_OWN = "user_defined"
_AS_WRITTEN = frozenset({"stillepost", "theopposite", "piglatin", "analogue_copy"})


class Wortwerkstatt:
    """Rule-based rewriting, no AI: the same job gives the same text, always and at once.

    `words_per_second` slows the telling down so that it can be watched; 0 is full speed.
    """

    def __init__(self, words_per_second: float = 0) -> None:
        self.words_per_second = words_per_second

    def stream(
        self, job: TextJob, on_wait: OnWait | None = None, facts: CallFacts | None = None
    ) -> Iterator[str]:
        if facts is not None:
            facts.parameters = {"recipe": job.recipe, "seed": job.seed}
            facts.engine_version = VERSION
        for number, piece in enumerate(pieces(rewritten(job))):
            if number and self.words_per_second > 0:
                time.sleep(1 / self.words_per_second)
            yield piece

    def health(self) -> Health:
        return Health(ready=True, detail="rule-based, no AI", version=VERSION)


def rewritten(job: TextJob) -> str:
    """The new text: never empty, at most four times as long as the old one and 600 more."""
    text = job.text.strip() or "…"
    language = language_of(text, job.language)
    dice = random.Random(f"{job.seed}/{job.step}/{job.recipe}/{text}")  # noqa: S311 – a game
    parsed = ParsedText(text, language, dice, rule=job.rule, step=job.step)
    recipe = RECIPES.get(job.recipe)
    if recipe is None or recipe.name == _OWN:
        made = by_own_rule(parsed)
    else:
        made = recipe.make(parsed)
        if job.rule_is_own and job.rule.strip():
            made = by_own_rule(parsed.with_text(_finished(made, parsed, job)))
            return shortened(made.strip() or text, 4 * len(text) + 600)
    return shortened(_finished(made, parsed, job), 4 * len(text) + 600)


def _finished(made: str, parsed: ParsedText, job: TextJob) -> str:
    """`made`, tidied; where no word could be changed, the text stands in a frame that says so."""
    if job.recipe not in _AS_WRITTEN and job.recipe in RECIPES and job.recipe != _OWN:
        made = tidy(made, parsed.language)
    elif parsed.language == "en" and job.recipe in ("theopposite", "stillepost"):
        made = tidy(made, "en")
    if made.strip() and made.strip() != parsed.text:
        return made.strip()
    frames = load("games", parsed.language)["frame"]
    frame = str(frames.get(job.recipe, frames["default"]))
    return frame.format(text=bare(parsed.text), idea=parsed.things[0].name)
