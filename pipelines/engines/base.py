"""What an engine must offer. One module or package per engine stands beside this one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Protocol

from pipelines.context import Health, MediaJob, Output, TextJob

Progress = Callable[[float, str], None]
"""Takes the share done (0…1) and a word on what happens; may raise `Cancelled`."""


class TextEngine(Protocol):
    """Rewrites a text by a rule."""

    def stream(self, job: TextJob) -> Iterator[str]:
        """Yield the pieces of the new text; together they are the text. Raises `EngineError`."""
        ...

    def health(self) -> Health: ...


class MediaEngine(Protocol):
    """Makes pictures (or other files) from a prompt."""

    def generate(self, job: MediaJob, on_progress: Progress) -> Iterable[Output]:
        """Make the outputs of `job`. Raises `EngineError`, or what `on_progress` raises."""
        ...

    def recover(self, job: MediaJob) -> Iterable[Output] | None:
        """Fetch what an interrupted attempt of `job` left at the engine; None: start anew."""
        ...

    def cancel(self, job: MediaJob) -> None: ...

    def health(self) -> Health: ...
