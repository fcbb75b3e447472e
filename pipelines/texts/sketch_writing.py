"""Stage 3 where a program is wanted: the sketch itself is what comes of it.

Existing clients show it, let it be changed, and send it as the prompt of stage 4, which keeps it.
"""

from __future__ import annotations

import uuid

from django.utils.translation import gettext as _

from pipelines import moderation, registry
from pipelines.catalog import Chunk
from pipelines.engines.embedded.p5 import words_in
from pipelines.engines.jobs import EngineError, ErrorKind, MediaJob, Output
from pipelines.safety.errors import Blocked
from pipelines.servers import routing
from pipelines.texts.checked_texts import WritingBlocked
from pipelines.texts.rewriting import CancelLook, Emit, recorded
from runs import recorder
from runs.models import Run


def perform_sketch(run: Run, *, text: str, instruction: str, emit: Emit) -> str:
    """Have a sketch written for `text`, record and return it.

    Raises `RewritingFailed` or `WritingBlocked`, after that has been recorded.
    """

    def work(emit: Emit) -> str:
        emit(
            "stage_start",
            {
                "stage": 3,
                "name": _("Writing the program"),
                "description": _("A language model writes a program for your text."),
            },
        )
        recorder.advance(run, stage=3, step="optimization")
        look = CancelLook(run)
        output = _written(run, text, instruction, look)
        code = output.data.decode()
        details = {"model": output.metadata["model"]}
        try:
            moderation.get_screening().check_sketch(words_in(code), run.safety_level, on_wait=look)
        except Blocked as block:
            moderation.end_as_blocked(run, block, written=code, details=details)
            raise WritingBlocked(block) from block
        recorder.add(run, type="optimized_prompt", data=code, extension="txt", details=details)
        recorder.finish(run)
        _tell(run, code, emit)
        return code

    return recorded(run, emit, work)


def _written(run: Run, text: str, instruction: str, look: CancelLook) -> Output:
    chosen, route = routing.code_model(), routing.route_of(run.output_config)
    if chosen is None or route is None:
        detail = f"{run.output_config} is not set up any more"
        raise EngineError(ErrorKind.UNREACHABLE, "", detail=detail)
    chunk = registry.get_catalog().chunk_of(run.output_config)
    job = MediaJob(
        job_id=str(uuid.uuid4()),
        prompt=text,
        seed=run.seed or 0,
        width=chunk.width,
        height=chunk.height,
        model=route.model,
        parameters=route.parameters,
        instruction=_in_language(chunk, instruction, run.language),
        language=run.language,
    )

    def on_progress(share: float, note: str, preview: bytes | None = None, /) -> None:
        look()

    (output,) = routing.media_engine(chosen.server, "code").generate(job, on_progress)
    return output


def _in_language(chunk: Chunk, instruction: str, language: str) -> str:
    """Return an instruction of ours in the participant's language, any other as it is."""
    own = {text.strip() for text in chunk.optimization_instructions()}
    if chunk.instruction is not None and instruction.strip() in own:
        return chunk.instruction.in_language(language)
    return instruction


def _tell(run: Run, code: str, emit: Emit) -> None:
    emit("chunk", {"stage": 3, "text_chunk": code, "accumulated": code, "chunk_count": 1})
    emit(
        "complete",
        {
            "stage": 3,
            "final_text": code,
            "char_count": len(code),
            "chunk_count": 1,
            "run_id": run.run_id,
        },
    )
