"""Stage 4: the final prompt goes to a media engine and comes back as files."""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.engines.base import MediaEngine, Progress
from pipelines.engines.jobs import Cancelled, EngineError, ErrorKind, MediaJob, Output


def generate(
    engine: MediaEngine, job: MediaJob, *, on_progress: Progress, interrupted: bool
) -> Iterable[Output]:
    """Yield the outputs of `job`; after an interruption first what the engine still has of it.

    Where it is to stop, the engine is told so. Raises `EngineError` where there is no output: an
    answer without a picture is no success, nor is one with the workflow alone.
    """
    count = 0
    try:
        outputs = engine.recover(job, on_progress) if interrupted else None
        if outputs is None:
            outputs = engine.generate(job, on_progress)
        for output in outputs:
            count += output.media_type != "workflow"
            yield output
    except Cancelled:
        engine.cancel(job)
        raise
    if not count:
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="the engine gave no output")
