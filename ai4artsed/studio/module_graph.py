"""Which JavaScript modules a page needs: its entry and, by their import statements, all others.

They are named in the page's head, so that a tablet asks for all of them at once.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path, PurePosixPath

_IMPORT = re.compile(
    r"""^(?:import|export)\b(?:[^"';]*\bfrom)?\s*["'](\.[^"']+)["']""", re.MULTILINE
)


_LATER = re.compile(r"""\bimport\(["'](\.[^"']+)["']\)""")


@cache
def needed_modules(root: Path, entry: str, *, later: bool = False) -> tuple[str, ...]:
    """Return `entry` and the modules that it needs, each once, as paths below `root`.

    The nearest come first: what the entry imports, in its order, then what these import. With
    `later` also those that a page fetches only when it comes to need them.
    """
    found = [entry]
    for module in found:
        source = root.joinpath(module).read_text(encoding="utf-8")
        names = _IMPORT.findall(source) + (_LATER.findall(source) if later else [])
        found += [
            target
            for name in dict.fromkeys(names)
            if (target := _resolved(module, name)) not in found
        ]
    return tuple(found)


def _resolved(module: str, name: str) -> str:
    parts = list(PurePosixPath(module).parent.parts)
    for part in PurePosixPath(name).parts:
        if part == "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)
