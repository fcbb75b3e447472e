"""What the types of entities stand for, where several are asked for at once."""

from __future__ import annotations

# Types of entities that are images for people to look at.
SINGLE_PICTURE_TYPES = ("output_image", "output_image_comparison")
# The sheet of all outputs of a run; the second is its name in our first archives.
COMPOSITE_TYPES = ("output_image_composite", "composite")
PICTURE_TYPES = (*SINGLE_PICTURE_TYPES, *COMPOSITE_TYPES)
# How types of what a run made begin.
MEDIA = ("output_", "composite", "p5", "tonejs")
# What a model wrote and no participant may read.
BLOCKED_TEXT = "blocked_text"
# Texts that only a model writes; what is recorded as one of the others may be a person's.
MODEL_TEXT_TYPES = ("translation", BLOCKED_TEXT)
