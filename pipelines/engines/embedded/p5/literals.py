"""Values as they are written in a sketch."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from pipelines.engines.embedded.formwerkstatt.palette import Colour


def css(colour: Colour) -> str:
    return "#{:02x}{:02x}{:02x}".format(*colour)


def object_text(fields: Mapping[str, Any]) -> str:
    return "{ " + ", ".join(f"{key}: {_value(key, value)}" for key, value in fields.items()) + " }"


def _value(key: str, value: Any) -> str:
    # The function of a figure stands there by its name.
    return str(value) if key == "male" else json.dumps(value, ensure_ascii=False)
