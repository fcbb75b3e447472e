"""From a participant's request to a recorded run, or to a `Problem` that says what is wrong."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from devices.models import Device
from pipelines import moderation, queue, registry
from pipelines.catalog import InterceptionConfig, OutputConfig, Route, normal_id, plain
from pipelines.error_messages import message_for
from pipelines.generation.outputs import expected_types
from pipelines.inputs import parse_inputs
from pipelines.safety.errors import Blocked
from pipelines.safety.text_check import effective_level
from pipelines.servers import routing
from pipelines.servers.probing import unavailable_queues
from runs import recorder
from runs.archive import STORAGE_FULL, ArchiveError
from runs.metadata import RunContext
from runs.models import Kind, Run, Status
from web.problems import Problem

# The engines agree on these seeds; 0 is one of them.
MAX_SEED = 2**31 - 1


class BlockedProblem(Problem):
    """A safety check said no; the run is recorded and says why."""

    def __init__(self, run: Run, block: Blocked) -> None:
        super().__init__(
            HTTPStatus.FORBIDDEN,
            "blocked",
            block.message,
            extra={
                "status": "blocked",
                "http_status": int(HTTPStatus.FORBIDDEN),
                "stage": block.stage,
                "reason": block.reason,
                "message": block.message,
                "run_id": run.run_id,
            },
        )


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
    safety_stage: int = 3


def submit_interception(*, device: Device, request: InterceptionRequest) -> Run:
    """Record the start of an interception and return its run, checked and ready to be made."""
    config = require_rule(request.schema)
    check_workshop(device, rule=config.id)
    require_text(request.input_text, settings.MAX_IDEA_CHARACTERS)
    own_rule = config.context.in_language(request.language)
    rule = rule_in_force(config, request)
    if len(rule) > settings.MAX_PROMPT_CHARACTERS:
        raise too_long(settings.MAX_PROMPT_CHARACTERS)
    if queue.outstanding(device.pk, Kind.INTERCEPTION) >= settings.MAX_OUTSTANDING_RUNS:
        raise too_many(_("Your words are still being rewritten. Wait for it, then go on."))
    level = level_for(device, request.safety_level)
    parent = get_own_run(device, request.parent_run_id)
    model = routing.text_model()
    run = create_run(
        RunContext(
            kind=Kind.INTERCEPTION,
            device=device,
            workshop=device.workshop,
            interception_config=config.id,
            engine=model.server.engine,
            safety_level=level,
            language=request.language,
            seed=seed_from(request.seed),
            parent_run_id=parent.run_id if parent else "",
            context_prompt=rule,
            texts=(("input", request.input_text),),
            expected_outputs=("input", "interception"),
            status=Status.RUNNING,
            details={"catalog": registry.get_catalog().digest, "model": model.model},
        )
    )
    screening = moderation.get_screening()
    leaves = not model.server.is_local
    with ends_as_blocked(run):
        screening.check_idea(request.input_text, level, is_external=leaves)
        if rule != own_rule:
            screening.check_rule(rule, level, is_external=leaves)
    queue.lease_interception(run)
    return run


def rule_in_force(config: InterceptionConfig, request: InterceptionRequest) -> str:
    """Return the text of the rule: the participant's where there is one, else the config's."""
    return request.context_prompt.strip() or config.context.in_language(request.language)


def submit_generation(*, device: Device, request: GenerationRequest) -> Run:
    """Record a generation with its whole context and put it into the queue."""
    output, route = require_output(request.output_config)
    rule = require_rule(request.interception_config) if request.interception_config else None
    check_workshop(device, rule=request.interception_config, engine=output.id)
    chunk = registry.get_catalog().chunk_of(output.id)
    own = parse_inputs(device, chunk, request.values)
    # A workflow that takes texts of its own needs no further one.
    own_texts = [text for _name, text in own.texts]
    prompt = request.prompt if request.prompt.strip() else "\n".join(own_texts)
    require_text(prompt, settings.MAX_PROMPT_CHARACTERS)
    for text in (request.input_text, request.interception_result):
        if len(text) > settings.MAX_PROMPT_CHARACTERS:
            raise too_long(settings.MAX_PROMPT_CHARACTERS)
    if queue.outstanding(device.pk, Kind.GENERATION) >= settings.MAX_OUTSTANDING_RUNS:
        raise too_many(
            ngettext(
                "A picture of yours is still being made. Wait for it, then go on.",
                "%(count)s pictures of yours are still being made. "
                "Wait for one of them, then go on.",
                settings.MAX_OUTSTANDING_RUNS,
            )
            % {"count": settings.MAX_OUTSTANDING_RUNS}
        )
    level = level_for(device, request.safety_level)
    parent = find_parent(device, request)
    texts = [("input", request.input_text or prompt)]
    if request.interception_result:
        texts.append(("interception", request.interception_result))
    texts += [*own.texts, ("optimized_prompt", prompt)]
    run = create_run(
        RunContext(
            kind=Kind.GENERATION,
            device=device,
            workshop=device.workshop,
            interception_config=request.interception_config,
            output_config=output.id,
            engine=route.backend_type,
            safety_level=level,
            language=request.language,
            seed=seed_from(request.seed),
            parent_run_id=parent.run_id if parent else "",
            context_prompt=recorder.context_prompt_of(parent) if parent else "",
            texts=tuple(texts),
            files=own.files,
            expected_outputs=(
                *(type_ for type_, _text in texts),
                *(file.type for file in own.files),
                *expected_types(chunk),
            ),
            status=Status.QUEUED,
            queue=route.backend_type,
            details={
                "catalog": registry.get_catalog().digest,
                "model": route.model,
                "inputs": dict(own.values),
                "loras": [plain(lora) for lora in rule.loras] if rule else [],
                "safety_stage": request.safety_stage,
            },
        )
    )
    # The worker checks again, with the level then in force; here the child hears it at once.
    with ends_as_blocked(run):
        check_contents(
            (prompt, *own_texts), level=level, stage=request.safety_stage, queue_name=run.queue
        )
    queue.notify()
    return run


@contextmanager
def ends_as_blocked(run: Run) -> Iterator[None]:
    """What is checked here ends `run` where the answer is no; that becomes a `BlockedProblem`."""
    try:
        yield
    except Blocked as block:
        moderation.end_as_blocked(run, block)
        raise BlockedProblem(run, block) from block


def check_contents(texts: Iterable[str], *, level: str, stage: int, queue_name: str = "") -> None:
    """Check everything that an engine of `queue_name` is to work with; raises `Blocked`."""
    screening = moderation.get_screening()
    check = screening.check_idea if stage == 1 else screening.check_prompt
    for text in texts:
        check(text, level, is_external=moderation.is_external(queue_name))


def create_run(context: RunContext) -> Run:
    """Record the start of a run; a full disk becomes a `Problem` that says so."""
    try:
        return recorder.start(context)
    except ArchiveError as error:
        raise archive_problem(error) from error


def archive_problem(error: ArchiveError) -> Problem:
    if error.kind == STORAGE_FULL:
        return Problem(HTTPStatus.INSUFFICIENT_STORAGE, "storage-full", message_for(STORAGE_FULL))
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "archive", message_for(""))


def get_own_run(device: Device, run_id: str) -> Run | None:
    """Return the run of `device` with that id; another device's is as unknown as none."""
    return device.runs.filter(run_id=run_id).first() if run_id else None


def find_parent(device: Device, request: GenerationRequest) -> Run | None:
    """Return the interception that a generation goes on from.

    Clients that do not name it send its texts; then it is the device's latest of that idea.
    """
    interceptions = device.runs.filter(kind=Kind.INTERCEPTION)
    if request.parent_run_id:
        return get_own_run(device, request.parent_run_id)
    if not request.interception_config or not request.input_text:
        return None
    return (
        interceptions.filter(
            interception_config=request.interception_config, idea=request.input_text
        )
        .newest_first()
        .first()
    )


def check_workshop(device: Device, *, rule: str = "", engine: str = "") -> None:
    """Raise a `Problem` where the device's workshop does not let it work, or not with these."""
    workshop = device.workshop
    if workshop is None:
        return
    if workshop.paused:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "workshop-paused",
            workshop.pause_message or _("The workshop has a break. Your text is kept."),
            headers={"Retry-After": "10"},
        )
    if not workshop.is_open():
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "workshop-closed",
            _("The workshop is not open right now. Ask the workshop leader."),
        )
    if (rule and workshop.allowed_rules and rule not in workshop.allowed_rules) or (
        engine and workshop.allowed_engines and engine not in workshop.allowed_engines
    ):
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "not-allowed",
            _("This is not part of today's workshop. Choose another one."),
        )


def level_for(device: Device, requested: str) -> str:
    """Return the level in force: a request may be stricter than the workshop, never laxer."""
    workshop_level = device.workshop.safety_level if device.workshop else settings.SAFETY_LEVEL
    return effective_level(requested or workshop_level, workshop_level)


def require_rule(config_id: str) -> InterceptionConfig:
    config = registry.get_catalog().interceptions.get(normal_id(config_id))
    if config is None:
        raise Problem(
            HTTPStatus.NOT_FOUND, "unknown-config", _("There is no such rule. Choose another one.")
        )
    return config


def require_output(config_id: str) -> tuple[OutputConfig, Route]:
    """Return the output config and the way it is made here; raises `Problem` where it cannot be."""
    output = registry.get_catalog().outputs.get(config_id)
    if output is None:
        raise Problem(
            HTTPStatus.NOT_FOUND,
            "unknown-config",
            _("There is no such picture machine. Choose another one."),
        )
    route = routing.route_of(output.id)
    if route is None:
        raise Problem(
            HTTPStatus.CONFLICT,
            "not-set-up",
            _("This picture machine is not set up here. Choose another one."),
        )
    if unavailable_queues() >= {route.backend_type}:
        raise Problem(
            HTTPStatus.SERVICE_UNAVAILABLE,
            "not-answering",
            _("This picture machine does not answer right now. Your text is kept. Choose another."),
            headers={"Retry-After": "15"},
        )
    return output, route


def require_text(text: str, limit: int) -> None:
    if not text.strip():
        raise Problem(
            HTTPStatus.BAD_REQUEST, "invalid", _("There is no text yet. Write your idea first.")
        )
    if len(text) > limit:
        raise too_long(limit)


def too_many(message: str) -> Problem:
    return Problem(
        HTTPStatus.TOO_MANY_REQUESTS, "too-many-runs", message, headers={"Retry-After": "5"}
    )


def too_long(limit: int) -> Problem:
    return Problem(
        HTTPStatus.BAD_REQUEST,
        "too-long",
        _("That is too long: at most %(limit)s characters. Shorten it a little.")
        % {"limit": limit},
    )


def seed_from(seed: int | None) -> int:
    """Return `seed`, or a drawn one; 0 is a seed like any other."""
    return seed if seed is not None else secrets.randbelow(MAX_SEED + 1)
