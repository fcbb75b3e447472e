"""Stage 2: the idea is rewritten by the rule, in one step or through a chain of stations."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace

from pipelines.engines.base import TextEngine
from pipelines.engines.call_facts import CallFacts
from pipelines.engines.conversation import mark_around
from pipelines.engines.jobs import EngineError, ErrorKind, TextJob
from pipelines.engines.patience import OnWait
from pipelines.engines.text_cleaner import RESTART, Piece, clean_text, text_of


@dataclass(frozen=True, slots=True)
class Station:
    """One step of a chained rule: what is done there, and the language it leads into."""

    rule: str
    language: str


Passed = Callable[[int, str], None]
"""Called with the number of a station (from 0) and the text that left it."""


def intercept(
    engine: TextEngine,
    job: TextJob,
    *,
    stations: Sequence[Station],
    on_passed: Passed,
    on_wait: OnWait,
    facts: CallFacts | None = None,
) -> Generator[Piece, None, None]:
    """Yield the pieces of the rewritten text.

    With `stations` the text goes through each in turn; all but the last are worked through
    silently and reported to `on_passed`. `facts` are of the call that is under way or was the last.
    Raises `EngineError` where nothing came back.
    """
    text = job.text
    for number, station in enumerate(stations[:-1]):
        step = replace(job, text=text, rule=station.rule, step=number)
        text = text_of(stream_step(engine, step, on_wait, facts))
        on_passed(number, text)
    last = replace(job, text=text)
    if stations:
        last = replace(last, rule=stations[-1].rule, step=len(stations) - 1)
    yield from stream_step(engine, last, on_wait, facts)


def stream_step(
    engine: TextEngine, job: TextJob, on_wait: OnWait, facts: CallFacts | None = None
) -> Generator[Piece, None, None]:
    """Yield the pieces of one step's text; raises `EngineError` where nothing came back.

    `on_wait` is called with each piece as well: what it raises ends the step.
    """
    came = False
    for piece in clean_text(engine.stream(job, on_wait, facts), own_mark=mark_around(job.text)):
        on_wait()
        came = piece is not RESTART
        yield piece
    if not came:
        raise EngineError(
            ErrorKind.BAD_RESPONSE, "", detail="the text engine gave no text", permanent=False
        )
