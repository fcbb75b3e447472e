"""What a person can read of a program, to be checked in its place: its comments and texts."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext as _

from pipelines.engines.embedded.p5 import InvalidSketch, check, words_in
from web.problems import Problem


def words_of_sketch(code: str) -> str:
    """Return what a person can read of a sketch that may be shown; else raise a `Problem`."""
    try:
        check(code)
        return words_in(code)
    except InvalidSketch as invalid:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            "not-a-sketch",
            message_for_sketch(invalid),
            extra={"reason": invalid.what, "line": invalid.line},
        ) from invalid


def message_for_sketch(invalid: InvalidSketch) -> str:
    """Return what the person who wrote the program is told."""
    values = {"line": invalid.line, "name": invalid.name}
    if invalid.what == "forbidden":
        return (
            _("Line %(line)s: “%(name)s” is not allowed here. A sketch may draw, and nothing else.")
            % values
        )
    if invalid.what == "broken":
        return (
            _(
                "Line %(line)s: something is missing here, or too much (%(name)s). "
                "Is every bracket and every quotation mark closed?"
            )
            % values
        )
    if invalid.what == "long":
        return _("The program is too long: at most %(name)s characters.") % values
    return _("This is no sketch yet: it needs a function setup() or draw().")
