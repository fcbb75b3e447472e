"""A text that an earlier request began, told to the same request when it is sent once more."""

from __future__ import annotations

from pipelines.api.generation import wait_until_final
from pipelines.error_messages import message_for
from pipelines.submission.repeats import require_not_blocked
from pipelines.texts.rewriting import Emit, RewritingFailed
from runs.models import Run, Status
from runs.texts import text_of


def retell(run: Run, *, type: str, stage: int, emit: Emit) -> str:
    """Wait for the text of `run`, emit it as a whole and return it.

    Raises `RewritingFailed`, or the `BlockedProblem` with which it ended.
    """
    run = wait_until_final(run)
    require_not_blocked(run)
    text = text_of(run, type) if run.status == Status.COMPLETE else None
    if text is None:
        raise RewritingFailed(run.error_kind or run.status, run.error_message or message_for(""))
    emit(
        "chunk",
        {"stage": stage, "text_chunk": text, "accumulated": text, "chunk_count": 1},
    )
    emit(
        "complete",
        {
            "stage": stage,
            "final_text": text,
            "char_count": len(text),
            "chunk_count": 1,
            "run_id": run.run_id,
        },
    )
    return text
