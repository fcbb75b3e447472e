"""What running rewritings have text so far, for a browser that comes back while they go on.

It is in the memory of the process that makes the text: other web processes tell nothing of it,
nothing of it is recorded, and it is gone as soon as the run has ended.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

# A text that a model does not end is shown no further than this.
MOST_CHARACTERS = 32_000


@dataclass(slots=True)
class PartialText:
    """The text as it grows, and the stations that it has passed (as in the event `step`)."""

    text: str = ""
    stations: list[dict[str, Any]] = field(default_factory=list)


_partial_texts: dict[str, PartialText] = {}


def append(run_id: str, name: str, data: dict[str, Any]) -> None:
    """Take in an event of the rewriting `run_id`, as it is sent to whoever asked for it."""
    if name == "chunk":
        _partial_texts.setdefault(run_id, PartialText()).text = data["accumulated"][
            :MOST_CHARACTERS
        ]
    elif name == "step":
        _partial_texts.setdefault(run_id, PartialText()).stations.append(data)


def partial_text(run_id: str) -> PartialText:
    """Return what `run_id` has written in this process; empty where that is nothing."""
    partial = _partial_texts.get(run_id, PartialText())
    return PartialText(partial.text, list(partial.stations))


def discard(run_id: str) -> None:
    _partial_texts.pop(run_id, None)
