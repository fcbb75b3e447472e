"""Stages 3 and 4: a picture that is to be made, with the whole context that it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.conf import settings

from devices.models import Device
from pipelines import moderation, queue
from pipelines.catalog import plain
from pipelines.engines.embedded.p5 import MAX_CHARACTERS, is_sketch
from pipelines.generation.outputs import expected_types
from pipelines.inputs import parse_inputs
from pipelines.registry import get_catalog
from pipelines.safety.screening import Screening
from pipelines.submission.admission import (
    admit,
    require_capacity,
    require_length,
    require_output,
    require_rule,
    require_text,
)
from pipelines.submission.recording import new_context, submit
from pipelines.submission.sketch_words import words_of_sketch
from runs import recorder
from runs.metadata import RequestKey
from runs.models import Kind, Run, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationRequest:
    """What a participant asks of stages 3 and 4; `values` are fields that its chunk may know.

    Workflows without stages 2 and 3 are checked as stage 1.
    """

    prompt: str
    output_config: str
    input_text: str = ""
    interception_result: str = ""
    interception_config: str = ""
    safety_level: str = ""
    seed: int | None = None
    language: str = "de"
    parent_run_id: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    request_key: RequestKey | None = None
    safety_stage: int = 3


def submit_generation(*, device: Device, request: GenerationRequest) -> Run:
    """Record a generation with its whole context and put it into the queue."""
    output, route = require_output(request.output_config)
    rule = require_rule(request.interception_config) if request.interception_config else None
    admission = admit(
        device,
        requested_level=request.safety_level,
        parent_run_id=request.parent_run_id,
        request_key=request.request_key,
        rule=request.interception_config,
        output_config=output.id,
    )
    if not request.parent_run_id:
        admission = replace(admission, parent=_interception_before(device, request))
    chunk = get_catalog().chunk_of(output.id)
    inputs = parse_inputs(device, chunk, request.values)
    # A workflow that takes texts of its own needs no further one.
    own_texts = [text for _name, text in inputs.texts]
    prompt = request.prompt if request.prompt.strip() else "\n".join(own_texts)
    is_program = chunk.media_type == "code" and is_sketch(prompt)
    require_text(prompt, MAX_CHARACTERS if is_program else settings.MAX_PROMPT_CHARACTERS)
    readable = words_of_sketch(prompt) if is_program else prompt
    for text in (request.input_text, request.interception_result):
        require_length(text, settings.MAX_PROMPT_CHARACTERS)
    require_capacity(device, Kind.GENERATION)

    # The worker checks again, with the level then in force; here the child hears it at once.
    def check(screening: Screening) -> None:
        check_texts(
            screening,
            (readable, *own_texts),
            level=admission.level,
            stage=request.safety_stage,
            queue_name=route.backend_type,
        )

    texts = [("input", request.input_text or prompt)]
    if request.interception_result:
        texts.append(("interception", request.interception_result))
    texts += [*inputs.texts, ("optimized_prompt", prompt)]
    context = replace(
        new_context(
            admission,
            kind=Kind.GENERATION,
            language=request.language,
            seed=request.seed,
            texts=tuple(texts),
            expected_outputs=(
                *(type_ for type_, _text in texts),
                *(file.type for file in inputs.files),
                *expected_types(chunk),
            ),
            status=Status.QUEUED,
            details={
                "model": route.model,
                "inputs": dict(inputs.values),
                "loras": [plain(lora) for lora in rule.loras] if rule else [],
                "safety_stage": request.safety_stage,
            },
        ),
        interception_config=request.interception_config,
        output_config=output.id,
        engine=route.backend_type,
        context_prompt=(recorder.context_prompt_of(admission.parent) if admission.parent else ""),
        files=inputs.files,
        queue=route.backend_type,
    )
    run = submit(context, check=check)
    queue.notify()
    return run


def _interception_before(device: Device, request: GenerationRequest) -> Run | None:
    """Return the interception that a generation goes on from, where its client does not name it.

    Such clients send its texts; it is the device's latest of that idea.
    """
    if not request.interception_config or not request.input_text:
        return None
    return (
        device.runs.filter(
            kind=Kind.INTERCEPTION,
            interception_config=request.interception_config,
            idea=request.input_text,
        )
        .newest_first()
        .first()
    )


def check_texts(
    screening: Screening, texts: Iterable[str], *, level: str, stage: int, queue_name: str = ""
) -> None:
    """Check everything that an engine of `queue_name` is to work with; raises `Blocked`."""
    check = screening.check_idea if stage == 1 else screening.check_prompt
    for text in texts:
        check(text, level, is_external=moderation.is_external(queue_name))
