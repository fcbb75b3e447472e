"""Stage 3: the text is fitted to an engine by a language model, told and recorded like a rule."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from devices.models import Device
from pipelines import moderation, queue, registry
from pipelines.engines import RULE_BASED
from pipelines.engines.jobs import TextJob
from pipelines.servers import routing
from pipelines.stages.interception import stream_step
from pipelines.submission import (
    check_workshop,
    create_run,
    ends_as_blocked,
    get_own_run,
    level_for,
    require_text,
    seed_from,
    too_long,
    too_many,
)
from pipelines.texts.rewriting import Emit, recorded, stream_text
from runs import recorder
from runs.metadata import RunContext
from runs.models import Kind, Run, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizationRequest:
    """What is asked of stage 3; an empty `instruction` is that of the output config."""

    input_text: str
    output_config: str = ""
    instruction: str = ""
    safety_level: str = ""
    language: str = "de"
    parent_run_id: str = ""


def submit_optimization(*, device: Device, request: OptimizationRequest) -> Run | None:
    """Record the start of an optimisation; None where the text goes to the engine as it is.

    That is so where the output config asks for nothing or no language model is set up.
    """
    check_workshop(device)
    require_text(request.input_text, settings.MAX_PROMPT_CHARACTERS)
    instruction = instruction_in_force(request)
    model = routing.text_model()
    if not instruction or model.server.engine in RULE_BASED:
        return None
    if len(instruction) > settings.MAX_PROMPT_CHARACTERS:
        raise too_long(settings.MAX_PROMPT_CHARACTERS)
    if queue.outstanding(device.pk, Kind.OPTIMIZATION) >= settings.MAX_OUTSTANDING_RUNS:
        raise too_many(_("Your words are still being rewritten. Wait for it, then go on."))
    level = level_for(device, request.safety_level)
    parent = get_own_run(device, request.parent_run_id)
    run = create_run(
        RunContext(
            kind=Kind.OPTIMIZATION,
            device=device,
            workshop=device.workshop,
            interception_config=parent.interception_config if parent else "",
            output_config=request.output_config,
            engine=model.server.engine,
            safety_level=level,
            language=request.language,
            seed=seed_from(None),
            parent_run_id=parent.run_id if parent else "",
            context_prompt=instruction,
            texts=(("interception", request.input_text),),
            expected_outputs=("interception", "optimized_prompt"),
            status=Status.RUNNING,
            details={"catalog": registry.get_catalog().digest, "model": model.model},
        )
    )
    screening = moderation.get_screening()
    leaves = not model.server.is_local
    with ends_as_blocked(run):
        screening.check_prompt(request.input_text, level, is_external=leaves)
        if instruction not in _own_instructions():
            screening.check_rule(instruction, level, is_external=leaves, stage=3)
    queue.lease_interception(run)
    return run


def instruction_in_force(request: OptimizationRequest) -> str:
    """Return how the text is to be rewritten: as the request says, else as the output config."""
    outputs = registry.get_catalog().outputs
    if request.instruction.strip() or request.output_config not in outputs:
        return request.instruction.strip()
    chunk = registry.get_catalog().chunk_of(request.output_config)
    return chunk.meta.optimization_instruction


def _own_instructions() -> set[str]:
    chunks = registry.get_catalog().chunks.values()
    return {chunk.meta.optimization_instruction.strip() for chunk in chunks}


def perform_optimization(run: Run, *, text: str, instruction: str, emit: Emit) -> str:
    """Fit `text` by `instruction`, record and return it. Raises `RewritingFailed`."""

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
        pieces = stream_step(routing.text_engine(), job)
        return stream_text(run, pieces, stage=3, type="optimized_prompt", emit=emit)

    return recorded(run, emit, work)
