"""Takes values out of JSON that anybody may have written: what is not of its type is none."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from runs.metadata import storable

# Where all archives that wrote times without an offset come from.
NAIVE_TIMES = ZoneInfo("Europe/Berlin")
# Deeper nesting is no record; databases take a thousand levels at most.
MOST_LEVELS = 100
_MAX_SEED = 2**63 - 1
# The character 0, and halves of pairs.
_ODD_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def parse_object(content: bytes) -> dict[str, Any]:
    """Return the JSON object in `content`, as a database can keep it; raises ValueError."""
    encoding = json.detect_encoding(content)
    try:
        text, has_halves = content.decode(encoding), False
    except UnicodeDecodeError:
        text, has_halves = content.decode(encoding, "surrogatepass"), True
    try:
        value = _decode(text)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")
    if content.count(b"{") + content.count(b"[") > MOST_LEVELS and _is_deep(value):
        raise ValueError("nested too deeply")
    if has_halves or ("\\" in text and _ODD_ESCAPE.search(text)):
        return dict(storable(value))
    return value


def as_text(value: Any, limit: int | None = None) -> str:
    return value[:limit] if isinstance(value, str) else ""


def as_time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not 2000 <= at.year < 2200:
        return None
    # In UTC, for a time in the hour of a clock change equals none of another zone.
    return at if at.tzinfo else at.replace(tzinfo=NAIVE_TIMES).astimezone(UTC)


def as_number(value: Any, below: int) -> int | None:
    """Return an integer from 0 on; True is none."""
    return value if type(value) is int and 0 <= value < below else None


def as_seed(value: Any) -> int | None:
    return value if type(value) is int and abs(value) <= _MAX_SEED else None


def _finite(literal: str) -> float | None:
    number = float(literal)
    return number if math.isfinite(number) else None


# NaN, the infinities and what Python takes for one are no JSON; no database takes them.
_decode = json.JSONDecoder(parse_float=_finite, parse_constant=lambda _name: None).decode


def _is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(MOST_LEVELS):
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True
