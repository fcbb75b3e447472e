"""What people read for the words of the catalog: the values that a way of working takes, and the
places that its pictures have."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

INPUTS = {
    "prompt1": gettext_noop("first text"),
    "prompt2": gettext_noop("second text"),
    "combination_type": gettext_noop("kind of blend"),
    "alpha_factor": gettext_noop("strength"),
    "mode": gettext_noop("mode"),
    "input_image": gettext_noop("picture"),
    "input_image1": gettext_noop("first picture"),
    "input_image2": gettext_noop("second picture"),
    "input_image3": gettext_noop("third picture"),
}
CHOICES = {
    "linear": gettext_noop("in a straight line"),
    "spherical": gettext_noop("along an arc"),
}
ROLES = {
    "reference": gettext_noop("whole text"),
    "first_half_removed": gettext_noop("first half erased"),
    "second_half_removed": gettext_noop("second half erased"),
    "combined": gettext_noop("blend"),
    "joined": gettext_noop("both texts in a row"),
    "text_1": gettext_noop("first text alone"),
    "text_2": gettext_noop("second text alone"),
}


def input_label(name: str) -> str:
    """Return the name of a value, in the language in force."""
    return _worded(INPUTS, name)


def choice_label(choice: str) -> str:
    return _worded(CHOICES, choice)


def role_label(role: str) -> str:
    return _worded(ROLES, role)


def _worded(words: dict[str, str], name: str) -> str:
    # An operator's own are shown as they are.
    return gettext(words[name]) if name in words else name.replace("_", " ")
