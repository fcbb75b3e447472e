"""Stages 1 and 2: an idea that is to be rewritten by a rule."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.conf import settings

from devices.models import Device
from pipelines import queue
from pipelines.catalog import InterceptionConfig
from pipelines.safety.screening import Screening
from pipelines.servers import routing
from pipelines.submission.admission import (
    admit,
    require_capacity,
    require_length,
    require_rule,
    require_text,
)
from pipelines.submission.recording import new_context, submit
from runs.metadata import RequestKey
from runs.models import Kind, Run


@dataclass(frozen=True, slots=True, kw_only=True)
class InterceptionRequest:
    """What a participant asks of stages 1 and 2; an empty `context_prompt` is the rule's own."""

    schema: str
    input_text: str
    context_prompt: str = ""
    safety_level: str = ""
    language: str = "de"
    seed: int | None = None
    # The work that this one goes on from.
    parent_run_id: str = ""
    request_key: RequestKey | None = None


def submit_interception(*, device: Device, request: InterceptionRequest) -> Run:
    """Record the start of an interception and return its run, checked and ready to be made."""
    config = require_rule(request.schema)
    admission = admit(
        device,
        requested_level=request.safety_level,
        parent_run_id=request.parent_run_id,
        request_key=request.request_key,
        rule=config.id,
    )
    require_text(request.input_text, settings.MAX_IDEA_CHARACTERS)
    rule = rule_in_force(config, request)
    require_length(rule, settings.MAX_PROMPT_CHARACTERS)
    require_capacity(device, Kind.INTERCEPTION)
    model = routing.text_model()
    is_external = not model.server.is_local

    def check(screening: Screening) -> None:
        screening.check_idea(request.input_text, admission.level, is_external=is_external)
        if rule != config.context.in_language(request.language):
            screening.check_rule(rule, admission.level, is_external=is_external)

    context = replace(
        new_context(
            admission,
            kind=Kind.INTERCEPTION,
            language=request.language,
            seed=request.seed,
            texts=(("input", request.input_text),),
            expected_outputs=("input", "interception"),
            details={"model": model.model},
        ),
        interception_config=config.id,
        engine=model.server.engine,
        context_prompt=rule,
    )
    run = submit(context, check=check)
    queue.lease_to_this_process(run)
    return run


def rule_in_force(config: InterceptionConfig, request: InterceptionRequest) -> str:
    """Return the text of the rule: the participant's where there is one, else the config's."""
    return request.context_prompt.strip() or config.context.in_language(request.language)
