"""p5.js: sketches by rules and by language models, and what a sketch may not contain."""

from .patterns import MAX_CHARACTERS, InvalidSketch, check, words_in
from .templates import SketchTemplates
from .writer import SketchWriter
from .written import is_sketch

__all__ = [
    "MAX_CHARACTERS",
    "InvalidSketch",
    "SketchTemplates",
    "SketchWriter",
    "check",
    "is_sketch",
    "words_in",
]
