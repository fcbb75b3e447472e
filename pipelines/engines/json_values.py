"""JSON as servers really send it: nested without end, with nulls in place of objects and lists."""

from __future__ import annotations

import json
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
