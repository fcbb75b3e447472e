"""p5.js: sketches by rules and by language models, and what a sketch may not contain."""

from .patterns import Unfit, check, words_in
from .templates import SketchTemplates
from .writer import SketchWriter

__all__ = ["SketchTemplates", "SketchWriter", "Unfit", "check", "words_in"]
