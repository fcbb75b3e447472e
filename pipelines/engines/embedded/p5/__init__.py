"""p5.js: sketches by rules and by language models, and what a sketch may not contain."""

from .patterns import InvalidSketch, check, words_in
from .templates import SketchTemplates
from .writer import SketchWriter

__all__ = ["InvalidSketch", "SketchTemplates", "SketchWriter", "check", "words_in"]
