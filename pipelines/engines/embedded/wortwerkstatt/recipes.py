"""The table of recipes: for each interception config its rule-based counterpart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipelines.engines.embedded.wortwerkstatt.cliches import filtered
from pipelines.engines.embedded.wortwerkstatt.cutup import interleaved
from pipelines.engines.embedded.wortwerkstatt.dependencies import planetarized
from pipelines.engines.embedded.wortwerkstatt.emptiness import emptied
from pipelines.engines.embedded.wortwerkstatt.exaggeration import overdriven
from pipelines.engines.embedded.wortwerkstatt.geometry import listed, reduced
from pipelines.engines.embedded.wortwerkstatt.labelling import drawn
from pipelines.engines.embedded.wortwerkstatt.language_games import in_play_language
from pipelines.engines.embedded.wortwerkstatt.lens import through
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText
from pipelines.engines.embedded.wortwerkstatt.reversal import reversed_meaning
from pipelines.engines.embedded.wortwerkstatt.shift import gone_mad
from pipelines.engines.embedded.wortwerkstatt.speech import commanded, slangy, softened
from pipelines.engines.embedded.wortwerkstatt.staging import everywhere, story
from pipelines.engines.embedded.wortwerkstatt.telephone_game import misheard
from pipelines.engines.embedded.wortwerkstatt.wear import worn


@dataclass(frozen=True, slots=True)
class Recipe:
    """`make` turns a parsed text into the new text; recipes may share a `mechanism`."""

    name: str
    mechanism: str
    make: Callable[[ParsedText], str]


def _lens(name: str) -> Recipe:
    return Recipe(name, "lens", through(name))


RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        Recipe("planetarizer", "dependency graph", planetarized),
        Recipe("overdrive", "exaggeration", overdriven),
        Recipe("bauhaus", "geometric reduction", reduced),
        _lens("renaissance"),
        Recipe("confucianliterati", "emptiness", emptied),
        Recipe("clichéfilter_v2", "cliché filter", filtered),
        Recipe("technicaldrawing", "labelling", drawn),
        Recipe("stillepost", "telephone game", misheard),
        Recipe("theopposite", "reversal", reversed_meaning),
        Recipe("jugendsprache", "slang", slangy),
        Recipe("piglatin", "language game", in_play_language),
        Recipe("forceful", "commands", commanded),
        Recipe("sensitive", "softening", softened),
        Recipe("tellastory", "story", story),
        Recipe("one_world", "many places", everywhere),
        Recipe("mad_world", "n+7", gone_mad),
        _lens("hunkydoryharmonizer"),
        _lens("analog_photography_1870s"),
        _lens("analog_photography_1970s"),
        _lens("digital_photography"),
        Recipe("analogue_copy", "wear", worn),
        Recipe("p5js_simplifier", "list of shapes", listed),
        Recipe("user_defined", "cut-up", interleaved),
    )
}
