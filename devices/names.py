"""Names as people give them, in one form, so that whoever types one finds it.

A letter with its marks is one character or several (Unicode's NFC and NFD), by keyboard and
system, and no eye tells which.
"""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models


def plain_name(name: str) -> str:
    """Return `name` in NFC, with single spaces and none around it."""
    return " ".join(unicodedata.normalize("NFC", name).split())


class NameField(models.CharField[str, str]):
    """A name that is plain wherever it is written or asked for by its whole."""

    def to_python(self, value: Any) -> Any:
        # Forms, whatever is saved, and what exact lookups compare with: all of it comes by here.
        value = super().to_python(value)
        return plain_name(value) if isinstance(value, str) else value

    def deconstruct(self) -> Any:
        # The column is that of a CharField: nothing to migrate.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.CharField", args, kwargs
