"""What the safety levels are called."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

SAFETY_LEVELS = (
    (
        "kids",
        gettext_lazy("Children – 8 to 11 years, the strictest: nothing that gives bad dreams"),
    ),
    (
        "youth",
        gettext_lazy("Youth – 12 to 17 years: violence against people and nudity are held back"),
    ),
    ("adult", gettext_lazy("Adults – pornography and torture are held back")),
    ("research", gettext_lazy("Research – only what is a crime is held back; never with children")),
)


def level_name(level: str) -> str:
    """Return the name of a safety level without its explanation; unknown ones as they are."""
    return str(dict(SAFETY_LEVELS).get(level, level)).partition(" – ")[0]
