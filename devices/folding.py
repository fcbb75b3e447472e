"""Texts as the search compares them."""

from __future__ import annotations

import unicodedata
from typing import Any

from django.db import models


def fold(text: str) -> str:
    """Return `text` without what is the same to its readers: case, and how marks are written.

    Unicode's canonical caseless matching (The Unicode Standard, D145), done here because SQLite
    folds ASCII only and PostgreSQL by its locale. Composed at the end, so that "a" does not find
    the "ä" that begins with it. Not NFKC: ² is not 2, and nobody sees them as the same.
    """
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", decomposed.casefold())


class FoldedField(models.TextField[str, str]):
    """What another field of its row says, folded: it follows that with every `save`.

    Whoever writes with `update` writes both.
    """

    def __init__(self, *, of: str, **options: Any) -> None:
        super().__init__(**options | {"blank": True, "editable": False})
        self._of = of

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(getattr(model_instance, self._of))
        setattr(model_instance, self.attname, folded)
        return folded

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self._of}
