"""Wortwerkstatt: rule-based rewriting in the tradition of Oulipo and surrealist word games.

No AI. Reading order: `parsed_text` (what a mechanism gets), `recipes` (which config does what),
then the one module of the mechanism that you are after.
"""

from pipelines.engines.embedded.wortwerkstatt.engine import Wortwerkstatt
from pipelines.engines.embedded.wortwerkstatt.recipes import RECIPES, Recipe

__all__ = ["RECIPES", "Recipe", "Wortwerkstatt"]
