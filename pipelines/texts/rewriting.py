"""What interception and optimisation share: a text engine's words streamed, recorded, or failed."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from pipelines.engines.jobs import Cancelled, ErrorKind
from pipelines.engines.text_cleaner import RESTART, Piece
from pipelines.failures import end_as_failed
from pipelines.safety.errors import Blocked
from pipelines.texts import partial_text
from pipelines.texts.call_details import call_details
from pipelines.texts.checked_texts import (
    CheckedTexts,
    WritingBlocked,
    ending_as_blocked,
)
from pipelines.texts.reply_faults import Question, fault_in, is_looping, message_for
from runs import recorder
from runs.models import Run

CANCEL_LOOK_SECONDS = 0.5
# Whether a text repeats itself is asked anew when it has grown so far.
LOOP_LOOK_CHARACTERS = 200

Emit = Callable[[str, dict[str, Any]], None]
"""Takes the name and the data of an event; may be called when nobody listens any more."""


class RewritingFailed(Exception):
    """The run has ended as failed; `kind` and the sentence for the person."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def recorded(run: Run, emit: Emit, work: Callable[[Emit], str]) -> str:
    """Return what `work` returns; where it fails, record that and raise `RewritingFailed`.

    What `work` emits is kept until it ends, for those who come back meanwhile. Raises
    `WritingBlocked` where what a model wrote may not be read.
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
        except WritingBlocked:
            raise
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


@dataclass(slots=True)
class Chunks:
    """The events `chunk` of one text."""

    stage: int
    emit: Emit
    accumulated: str = ""
    count: int = 0

    def tell(self, text: str) -> None:
        if text:
            self.accumulated += text
            self._emit(text)

    def take_back(self) -> None:
        """Tell that the text begins anew, where any was told."""
        if self.accumulated:
            self.accumulated = ""
            self._emit("")

    def _emit(self, text: str) -> None:
        self.count += 1
        self.emit(
            "chunk",
            {
                "stage": self.stage,
                "text_chunk": text,
                "accumulated": self.accumulated,
                "chunk_count": self.count,
            },
        )


def stream_text(
    run: Run,
    pieces: Generator[Piece, None, None],
    *,
    stage: int,
    type: str,
    emit: Emit,
    texts: CheckedTexts,
    question: Question,
) -> str:
    """Emit what comes as it may be read, then record it as `type`, end the run and say so.

    Returns the whole text. Raises what `pieces` raise, and `WritingBlocked`.
    """
    chunks = Chunks(stage, emit)
    with ending_as_blocked(run, texts):
        try:
            _tell(pieces, texts, chunks)
        except Blocked:
            chunks.take_back()
            raise
    fault = fault_in(texts.text, question)
    notice = {"kind": fault.value, "message": message_for(fault)} if fault else None
    metadata = {"notice": notice} if notice else {}
    recorder.add(
        run,
        type=type,
        data=texts.text,
        extension="txt",
        metadata=metadata,
        details=call_details(run, texts.facts),
    )
    recorder.finish(run)
    emit(
        "complete",
        {
            "stage": stage,
            "final_text": texts.text,
            "char_count": len(texts.text),
            "chunk_count": chunks.count,
            "run_id": run.run_id,
            **metadata,
        },
    )
    return texts.text


def _tell(pieces: Generator[Piece, None, None], texts: CheckedTexts, chunks: Chunks) -> None:
    look_at = LOOP_LOOK_CHARACTERS
    # A text that repeats itself is left, and with it the connection.
    with closing(pieces):
        for piece in pieces:
            if piece is RESTART:
                texts.begin_anew()
                chunks.take_back()
                look_at = LOOP_LOOK_CHARACTERS
                continue
            chunks.tell(texts.feed(piece))
            if len(texts.text) >= look_at:
                if is_looping(texts.text):
                    break
                look_at = len(texts.text) + LOOP_LOOK_CHARACTERS
    chunks.tell(texts.finish())
