"""How a run that did not work is ended: what the person is told, and what is recorded."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from pipelines import queue
from pipelines.engines.jobs import EngineError, ErrorKind
from pipelines.error_messages import interrupted_message, message_for, message_of
from runs import recorder
from runs.archive import UNWRITABLE, ArchiveError
from runs.models import Run
from runs.recorder import LeaseLost

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """`message` is for the person, in the language in force, `detail` for the operator."""

    kind: str
    message: str
    detail: str


def failure_of(error: Exception) -> Failure:
    """Return what `error` means for a run."""
    if isinstance(error, EngineError):
        return Failure(error.kind, message_of(error), error.detail)
    if isinstance(error, ArchiveError):
        kind = error.kind if error.kind in UNWRITABLE else ErrorKind.BACKEND_FAILED
        return Failure(kind, message_for(kind), str(error))
    # A fault of ours must not leave a child before a still screen.
    kind = ErrorKind.BACKEND_FAILED
    return Failure(kind, message_for(kind), repr(error))


def end_as_failed(run: Run, error: Exception, *, owner: str | None = None) -> Failure:
    """Record that `error` ended `run` and return what it means. Raises `LeaseLost`.

    Where not even that can be recorded, the row alone says so.
    """
    failure = failure_of(error)
    expected = isinstance(error, EngineError | ArchiveError)
    logger.warning(
        "run failed: run_id=%s kind=%s",
        run.run_id,
        failure.kind,
        exc_info=None if expected else error,
    )
    try:
        recorder.fail(
            run,
            kind=failure.kind,
            message=failure.message,
            detail=failure.detail,
            owner=owner,
        )
    except LeaseLost:
        raise
    except Exception:
        _end_unrecorded(run, failure.kind, failure.message)
    return failure


def end_as_interrupted(run: Run) -> None:
    """End a run that was left by its worker and is not to be taken up again."""
    message = interrupted_message(run.kind)
    try:
        recorder.interrupt(run, message=message)
    except Exception:
        _end_unrecorded(run, ErrorKind.LOST, message)
    logger.warning("run interrupted: run_id=%s", run.run_id)


def _end_unrecorded(run: Run, kind: str, message: str) -> None:
    logger.exception("end not recorded: run_id=%s kind=%s", run.run_id, kind)
    queue.fail_unrecorded(run, kind=kind, message=message)
