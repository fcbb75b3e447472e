"""How people are told where a folder lies."""

from __future__ import annotations


def place_of(root: str, folder: str) -> str:
    """Return a folder of the live archive ("") by its name there, of another one by its path."""
    return f"{root}/{folder}" if root else folder
