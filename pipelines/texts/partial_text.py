"""What running rewritings have told so far, for a browser that comes back while they go on.

It is in the memory of the process that makes the text: other web processes tell nothing of it,
nothing of it is recorded, and it is gone as soon as the run has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# A text that a model does not end is shown no further than this.
MOST_CHARACTERS = 32_000


@dataclass(slots=True)
class SoFar:
    """The text as it grows, and the stations that it has passed (as in the event `step`)."""

    text: str = ""
    stations: list[dict[str, Any]] = field(default_factory=list)


_told: dict[str, SoFar] = {}


def hear(run_id: str, name: str, data: dict[str, Any]) -> None:
    """Take in an event of the rewriting `run_id`, as it is told to whoever asked for it."""
    if name == "chunk":
        _told.setdefault(run_id, SoFar()).text = data["accumulated"][:MOST_CHARACTERS]
    elif name == "step":
        _told.setdefault(run_id, SoFar()).stations.append(data)


def so_far(run_id: str) -> SoFar:
    """Return what `run_id` has told in this process; empty where that is nothing."""
    told = _told.get(run_id, SoFar())
    return SoFar(told.text, list(told.stations))


def forget(run_id: str) -> None:
    _told.pop(run_id, None)
