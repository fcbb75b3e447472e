"""What interception and optimisation share: a text engine's words streamed, recorded, or failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from pipelines.engines.jobs import Cancelled, ErrorKind
from pipelines.engines.text_cleaner import RESTART, Piece
from pipelines.failures import end_as_failed
from pipelines.texts import partial_text
from runs import recorder
from runs.models import Run

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
        except Exception as error:
            failure = end_as_failed(run, error)
            raise RewritingFailed(failure.kind, failure.message) from error


class CancelLook:
    """Looks whether `run` is to stop; called as often as one likes. Raises `Cancelled`."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._look_again_at = time.monotonic() + CANCEL_LOOK_SECONDS

    def __call__(self) -> None:
        if time.monotonic() <= self._look_again_at:
            return
        if Run.objects.filter(pk=self._run.pk, cancel_requested=True).exists():
            raise Cancelled
        self._look_again_at = time.monotonic() + CANCEL_LOOK_SECONDS


def stream_text(run: Run, pieces: Iterable[Piece], *, stage: int, type: str, emit: Emit) -> str:
    """Emit the pieces as they come, then record them as `type`, end the run and say so.

    Returns the whole text. Raises what `pieces` raise.
    """
    accumulated = ""
    count = 0
    for piece in pieces:
        said = "" if piece is RESTART else piece
        accumulated = "" if piece is RESTART else accumulated + said
        count += 1
        emit(
            "chunk",
            {"stage": stage, "text_chunk": said, "accumulated": accumulated, "chunk_count": count},
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
