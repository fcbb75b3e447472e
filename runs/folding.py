"""Texts as the search compares them."""

from __future__ import annotations

import unicodedata


def fold(text: str) -> str:
    """Return `text` without what is the same to its readers: case, and how marks are written.

    Unicode's canonical caseless matching (The Unicode Standard, D145), done here because SQLite
    folds ASCII only and PostgreSQL by its locale. Composed at the end, so that "a" does not find
    the "ä" that begins with it. Not NFKC: ² is not 2, and nobody sees them as the same.
    """
    decomposed = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", decomposed.casefold())
