"""Stage 3: a text that is to be put into the words that an engine works best with."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings

from devices.models import Device
from pipelines import queue, registry
from pipelines.engines.table import RULE_BASED
from pipelines.safety.screening import Screening
from pipelines.servers import routing
from pipelines.submission.admission import admit, require_capacity, require_length, require_text
from pipelines.submission.recording import new_context, submit
from runs.metadata import RequestKey
from runs.models import Kind, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizationRequest:
    """What is asked of stage 3; an empty `instruction` is that of the output config."""

    input_text: str
    output_config: str = ""
    instruction: str = ""
    safety_level: str = ""
    language: str = "de"
    parent_run_id: str = ""
    request_key: RequestKey | None = None


def submit_optimization(*, device: Device, request: OptimizationRequest) -> Run | None:
    """Record the start of an optimization; None where the text goes to the engine as it is.

    That is so where the output config asks for nothing or no language model is set up.
    """
    admission = admit(
        device,
        requested_level=request.safety_level,
        parent_run_id=request.parent_run_id,
        request_key=request.request_key,
    )
    require_text(request.input_text, settings.MAX_PROMPT_CHARACTERS)
    instruction = instruction_in_force(request)
    is_code = output_of_code(request) != ""
    model = routing.code_model() if is_code else routing.text_model()
    if not instruction or model is None or model.server.engine in RULE_BASED:
        return None
    require_length(instruction, settings.MAX_PROMPT_CHARACTERS)
    require_capacity(device, Kind.OPTIMIZATION)
    is_external = not model.server.is_local

    def check(screening: Screening) -> None:
        screening.check_prompt(request.input_text, admission.level, is_external=is_external)
        if instruction not in _own_instructions():
            screening.check_rule(instruction, admission.level, is_external=is_external, stage=3)

    parent = admission.parent
    context = replace(
        new_context(
            admission,
            kind=Kind.OPTIMIZATION,
            language=request.language,
            seed=None,
            texts=(("interception", request.input_text),),
            expected_outputs=("interception", "optimized_prompt"),
            details={"model": model.model},
        ),
        interception_config=parent.interception_config if parent else "",
        output_config=output_of_code(request) or request.output_config,
        engine=model.server.engine,
        context_prompt=instruction,
    )
    run = submit(context, check=check)
    queue.lease_to_this_process(run)
    return run


def instruction_in_force(request: OptimizationRequest) -> str:
    """Return how the text is to be rewritten: as the request says, else as the output config."""
    outputs = registry.get_catalog().outputs
    if request.instruction.strip() or request.output_config not in outputs:
        return request.instruction.strip()
    chunk = registry.get_catalog().chunk_of(request.output_config)
    return next(iter(chunk.optimization_instructions()), "")


def output_of_code(request: OptimizationRequest) -> str:
    """Return the output config that `request` wants a program for, "" where it wants words.

    Existing clients need not name it: they send its instruction.
    """
    catalog = registry.get_catalog()
    for output_id in catalog.outputs:
        chunk = catalog.chunk_of(output_id)
        if chunk.media_type != "code" or chunk.backend_type in RULE_BASED:
            continue
        instructions = {text.strip() for text in chunk.optimization_instructions()}
        if output_id == request.output_config or request.instruction.strip() in instructions:
            return output_id
    return ""


def _own_instructions() -> set[str]:
    chunks = registry.get_catalog().chunks.values()
    return {text.strip() for chunk in chunks for text in chunk.optimization_instructions()}
