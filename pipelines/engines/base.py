"""What an engine must offer. One module or package per engine stands beside this one."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from typing import Protocol

from pipelines.engines.call_facts import CallFacts
from pipelines.engines.jobs import (
    Conversation,
    Health,
    MediaJob,
    MissingRequirement,
    Output,
    TextJob,
)
from pipelines.engines.patience import OnWait


class Progress(Protocol):
    """Takes the share done (0…1), a word on what happens and, where there is one, a preview.

    A preview is a small JPEG or PNG. Raises `Cancelled` where the job is to stop; an engine that
    waits calls it at least once a second.
    """

    def __call__(self, share: float, note: str, preview: bytes | None = None, /) -> None: ...


class TextEngine(Protocol):
    """Rewrites a text by a rule."""

    def stream(
        self, job: TextJob, on_wait: OnWait | None = None, facts: CallFacts | None = None
    ) -> Iterator[str]:
        """Yield what is written for `job` as it comes, with all that models put around a text.

        `facts` are filled in meanwhile. Raises `EngineError`, and what `on_wait` raises.
        """
        ...

    def health(self) -> Health: ...


class LanguageModel(TextEngine, Protocol):
    """A text engine that answers any conversation."""

    def chat(
        self,
        conversation: Conversation,
        on_wait: OnWait | None = None,
        facts: CallFacts | None = None,
    ) -> Generator[str, None, None]:
        """Yield the pieces of the answer, without thoughts; closing it closes the connection.

        `facts` are filled in meanwhile. Raises `EngineError`, also where the end is missing, and
        what `on_wait` raises.
        """
        ...

    def missing_requirements(self, model: str) -> tuple[MissingRequirement, ...]:
        """Return what is missing for `model` (the server's own choice where empty)."""
        ...

    def warm_up(self, model: str) -> None:
        """Have the server load `model`. Raises `EngineError`."""
        ...


class MediaEngine(Protocol):
    """Makes pictures (or other files) from a prompt, at one server."""

    def generate(self, job: MediaJob, on_progress: Progress) -> Iterable[Output]:
        """Make the outputs of `job`. Raises `EngineError`, or what `on_progress` raises."""
        ...

    def recover(self, job: MediaJob, on_progress: Progress) -> Iterable[Output] | None:
        """Take up what an interrupted attempt of `job` left at the engine; None: start anew.

        Raises `EngineError` (lost) where a new start could be paid for twice.
        """
        ...

    def cancel(self, job: MediaJob) -> None:
        """Stop this job, and no other; one that the engine does not know is stopped."""
        ...

    def health(self) -> Health:
        """Ask the server; never raises."""
        ...

    def missing_requirements(self, job: MediaJob) -> tuple[MissingRequirement, ...]:
        """Return what is missing at the server for jobs like `job`. Never raises."""
        ...

    def warm_up(self, job: MediaJob) -> None:
        """Have the server load what jobs like `job` need. Raises `EngineError`."""
        ...
