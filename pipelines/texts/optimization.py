"""Stage 3 at work: a text is rewritten for an engine, streamed and recorded like a rule's."""

from __future__ import annotations

from django.utils.translation import gettext as _

from pipelines import registry
from pipelines.engines.jobs import TextJob
from pipelines.servers import routing
from pipelines.stages.interception import stream_step
from pipelines.texts.checked_texts import CheckedTexts
from pipelines.texts.reply_faults import Question
from pipelines.texts.rewriting import CancelLook, Emit, recorded, stream_text
from runs import recorder
from runs.models import Run


def perform_optimization(run: Run, *, text: str, instruction: str, emit: Emit) -> str:
    """Rewrite `text` by `instruction`, record and return it.

    Raises `RewritingFailed` or `WritingBlocked`, after that has been recorded.
    """

    def work(emit: Emit) -> str:
        emit(
            "stage_start",
            {
                "stage": 3,
                "name": _("Fitting"),
                "description": _("Your text is put into words that the machine understands."),
            },
        )
        recorder.advance(run, stage=3, step="optimization")
        chunk = registry.get_catalog().chunks["optimize"]
        job = TextJob(
            text=text,
            rule=instruction,
            language=run.language,
            seed=run.seed or 0,
            instruction=chunk.instruction.in_language(run.language) if chunk.instruction else "",
            model=routing.text_model().model,
            parameters=chunk.parameters,
        )
        on_wait = CancelLook(run)
        texts = CheckedTexts(run, stage=3, on_wait=on_wait)
        return stream_text(
            run,
            stream_step(routing.text_engine(), job, on_wait, texts.facts),
            stage=3,
            type="optimized_prompt",
            emit=emit,
            texts=texts,
            # Which language a picture machine wants its instruction knows.
            question=Question(text=text, rule=instruction),
        )

    return recorded(run, emit, work)
