"""JSON as servers really send it: nested without end, with nulls in place of objects and lists."""

from __future__ import annotations

import json
import math
from typing import Any


def parse_json(text: str | bytes) -> Any:
    """Return the value of `text`; NaN and Infinity, which are no JSON, count as null.

    Raises `ValueError`, also where it is nested deeper than Python follows.
    """
    try:
        return json.loads(text, parse_constant=lambda name: None)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def object_of(value: Any) -> dict[str, Any]:
    """Return `value` where it is an object, an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def objects_of(value: Any) -> list[dict[str, Any]]:
    """Return the objects of a list, without what else is in it."""
    return [each for each in list_of(value) if isinstance(each, dict)]


def number_of(value: Any) -> float | None:
    """Return a number that can be reckoned with, None for all else: 1e400, 10**5000, true, "3"."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None


def share_of(done: Any, whole: Any) -> float:
    """Return how much of `whole` is `done`, from 0 to 1; 0 where they do not tell."""
    part, most = number_of(done), number_of(whole)
    if part is None or most is None or most <= 0:
        return 0.0
    return min(max(part / most, 0.0), 1.0)
