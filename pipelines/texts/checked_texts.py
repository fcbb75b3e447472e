"""What models write on the way to its reader: checked as it comes, told when it may be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from pipelines import moderation
from pipelines.engines.call_facts import CallFacts
from pipelines.engines.patience import OnWait
from pipelines.safety.errors import Blocked
from pipelines.safety.text_gate import TextGate
from pipelines.texts.call_details import call_details
from runs.models import Run


class WritingBlocked(Exception):
    """What a model wrote was not let through: the run has ended as blocked."""

    def __init__(self, block: Blocked) -> None:
        super().__init__(block.reason)
        self.block = block


class CheckedTexts:
    """The texts of one rewriting: of its stations, each at once, and the last as it grows.

    What no list may let pass raises `Blocked` at once. Where a judge must say first whether
    something may be read, that and all after it waits for the end.
    """

    def __init__(self, run: Run, *, stage: int, on_wait: OnWait) -> None:
        # Of the call that writes.
        self.facts = CallFacts()
        self._screening = moderation.get_screening()
        self._level = run.safety_level
        self._stage = stage
        self._on_wait = on_wait
        self._gate = self._new_gate()
        self._stations: list[str] = []
        self._waiting: list[Callable[[], None]] = []

    @property
    def text(self) -> str:
        """The text as it was written so far, whether or not it may be read."""
        return self._gate.text

    @property
    def all_text(self) -> str:
        return "\n\n".join((*self._stations, self.text))

    def pass_station(self, text: str, tell: Callable[[], None]) -> None:
        """Take the text of a station; `tell` is called as soon as it may be read."""
        self._stations.append(text)
        if not self._screening.check_passage(text, self._level, stage=self._stage):
            self._gate.waits = True
        if self._gate.waits:
            self._waiting.append(tell)
        else:
            tell()

    def feed(self, piece: str) -> str:
        """Take what comes next of the last text; return what of it may be read now."""
        return self._gate.feed(piece)

    def begin_anew(self) -> None:
        """Forget the last text: it was a thought."""
        waits = self._gate.waits
        self._gate = self._new_gate()
        self._gate.waits = waits

    def finish(self) -> str:
        """Check all that was written as a whole; return what of the last text is not told yet."""
        self._screening.check_written(
            self.all_text, self._level, stage=self._stage, on_wait=self._on_wait
        )
        for tell in self._waiting:
            tell()
        return self._gate.rest()

    def _new_gate(self) -> TextGate:
        return TextGate(self._screening, self._level, stage=self._stage)


@contextmanager
def ending_as_blocked(run: Run, texts: CheckedTexts) -> Iterator[None]:
    """End `run` as blocked where what stands in `texts` may not be read, and keep that apart.

    Raises `WritingBlocked` then.
    """
    try:
        yield
    except Blocked as block:
        details = call_details(run, texts.facts)
        moderation.end_as_blocked(run, block, written=texts.all_text, details=details)
        raise WritingBlocked(block) from block
