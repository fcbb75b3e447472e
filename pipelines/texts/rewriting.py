"""What interception and optimisation share: a text engine's words streamed, recorded, or failed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from pipelines import queue
from pipelines.engines.jobs import Cancelled, EngineError, ErrorKind
from pipelines.error_messages import message_for, message_of
from pipelines.texts import partial_text
from runs import recorder
from runs.archive import STORAGE_FULL, ArchiveError
from runs.models import Run

logger = logging.getLogger(__name__)

CANCEL_LOOK_SECONDS = 0.5

Emit = Callable[[str, dict[str, Any]], None]
"""Takes the name and the data of an event; may be called when nobody listens any more."""


class RewritingFailed(Exception):
    """The run has ended as failed; `kind` and the sentence for the person."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def recorded(run: Run, emit: Emit, work: Callable[[Emit], str]) -> str:
    """Return what `work` returns; where it fails, record that and raise `RewritingFailed`.

    What `work` emits is kept until it ends, for those who come back meanwhile.
    """

    def emit_and_keep(name: str, data: dict[str, Any]) -> None:
        partial_text.append(run.run_id, name, data)
        emit(name, data)

    try:
        return _recorded(run, lambda: work(emit_and_keep))
    finally:
        partial_text.discard(run.run_id)


def _recorded(run: Run, work: Callable[[], str]) -> str:
    with translation.override(run.language or "de"):
        try:
            return work()
        except Cancelled as stop:
            recorder.cancel(run)
            message = _("This was stopped. Your text is kept.")
            raise RewritingFailed(ErrorKind.CANCELLED, message) from stop
        except EngineError as error:
            kind, message, detail = error.kind, message_of(error), error.detail
        except ArchiveError as error:
            kind = STORAGE_FULL if error.kind == STORAGE_FULL else ErrorKind.BACKEND_FAILED
            message, detail = message_for(kind), str(error)
        except Exception as error:
            logger.exception("rewriting failed: run_id=%s", run.run_id)
            kind = ErrorKind.BACKEND_FAILED
            message, detail = message_for(kind), repr(error)
        try:
            recorder.fail(run, kind=kind, message=message, detail=detail)
        except Exception:
            logger.exception("failure not recorded: run_id=%s kind=%s", run.run_id, kind)
            queue.fail_unrecorded(run, kind=kind, message=message)
        raise RewritingFailed(kind, message)


def stream_text(run: Run, pieces: Iterable[str], *, stage: int, type: str, emit: Emit) -> str:
    """Emit the pieces as they come, then record them as `type`, end the run and say so.

    Returns the whole text. Raises `Cancelled` where the run has been stopped meanwhile.
    """
    accumulated = ""
    count = 0
    look_again_at = time.monotonic() + CANCEL_LOOK_SECONDS
    for piece in pieces:
        accumulated += piece
        count += 1
        if time.monotonic() > look_again_at:
            if Run.objects.filter(pk=run.pk, cancel_requested=True).exists():
                raise Cancelled
            look_again_at = time.monotonic() + CANCEL_LOOK_SECONDS
        emit(
            "chunk",
            {"stage": stage, "text_chunk": piece, "accumulated": accumulated, "chunk_count": count},
        )
    recorder.add(run, type=type, data=accumulated, extension="txt")
    recorder.finish(run)
    emit(
        "complete",
        {
            "stage": stage,
            "final_text": accumulated,
            "char_count": len(accumulated),
            "chunk_count": count,
            "run_id": run.run_id,
        },
    )
    return accumulated
