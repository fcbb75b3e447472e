"""The values that a request brings for its chunk, such as `alpha_factor` or a second text."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from pipelines.catalog import Chunk, Input
from pipelines.labels import choice_label, input_label

Value = str | int | float


class WrongValue(Exception):
    """A value that a chunk does not take; `message` tells the person which, and why."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


def values_for(chunk: Chunk, fields: Mapping[str, Any], *, text_limit: int) -> dict[str, Value]:
    """Return the values of `fields` that `chunk` takes, its defaults for those left out.

    Pictures stay the names under which they were sent, texts have at most `text_limit`
    characters, fields that the chunk does not know are ignored. Raises `WrongValue`.
    """
    values: dict[str, Value] = {}
    for name, about in chunk.inputs.items():
        given = fields.get(name)
        if given is None or (isinstance(given, str) and not given.strip()):
            if about.default is not None:
                values[name] = _short(about.default)
            elif about.required:
                raise WrongValue(name, _missing(about) % {"field": input_label(name)})
        elif about.type == "number":
            values[name] = _number(name, about, given)
        elif not isinstance(given, str):
            raise WrongValue(name, _("“%(field)s” must be a text.") % {"field": input_label(name)})
        elif about.type == "choice" and given not in about.choices:
            raise WrongValue(
                name,
                _("“%(field)s” must be one of these: %(choices)s.")
                % {
                    "field": input_label(name),
                    "choices": ", ".join(map(choice_label, about.choices)),
                },
            )
        elif len(given) > text_limit:
            raise WrongValue(
                name,
                _("“%(field)s” is too long: at most %(limit)s characters. Shorten it a little.")
                % {"field": input_label(name), "limit": text_limit},
            )
        else:
            values[name] = given
    return values


def _missing(about: Input) -> str:
    if about.type == "image":
        return _("“%(field)s” is still missing. Choose a picture first.")
    return _("“%(field)s” is still missing. Fill it in first.")


def _number(name: str, about: Input, given: Any) -> Value:
    try:
        number = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    field = input_label(name)
    if not math.isfinite(number):
        raise WrongValue(name, _("“%(field)s” must be a number.") % {"field": field})
    low, high = about.minimum, about.maximum
    if low is not None and high is not None and not low <= number <= high:
        message = _("“%(field)s” must lie between %(low)s and %(high)s.")
    elif low is not None and number < low:
        message = _("“%(field)s” must be at least %(low)s.")
    elif high is not None and number > high:
        message = _("“%(field)s” must be at most %(high)s.")
    else:
        return _short(number)
    bounds = {"low": _worded(low), "high": _worded(high)}
    raise WrongValue(name, message % ({"field": field} | bounds))


def _short(value: str | float) -> Value:
    """Return whole numbers as such: 20 rather than 20.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _worded(bound: float | None) -> str:
    return f"{bound or 0:g}".replace("-", "−")
