"""What every request must pass, each with the `Problem` that says why it does not."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from devices.models import Device
from pipelines import queue, registry
from pipelines.catalog import InterceptionConfig, OutputConfig, Route, normal_id
from pipelines.safety.text_check import effective_level
from pipelines.servers import routing
from pipelines.servers.probing import unavailable_queues
from runs.metadata import RequestKey
from runs.models import Kind, Run
from web.problems import Problem


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that may be made: whose it is, at which level, and which run it goes on from."""

    device: Device
    level: str
    parent: Run | None = None
    request_key: RequestKey | None = None


def admit(
    device: Device,
    *,
    requested_level: str = "",
    parent_run_id: str = "",
    rule: str = "",
    output_config: str = "",
    request_key: RequestKey | None = None,
) -> Admission:
    """Let a request of `device` in; raises a `Problem` where its workshop does not."""
    require_workshop(device, rule=rule, output_config=output_config)
    level = level_in_force(device, requested_level)
    return Admission(device, level, get_own_run(device, parent_run_id), request_key)


def require_workshop(device: Device, *, rule: str = "", output_config: str = "") -> None:
    """Raise a `Problem` where the device's workshop does not let it work, or not with these."""
    workshop = device.workshop
    if workshop is None:
        return
    if workshop.is_paused():
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
        output_config and workshop.allowed_outputs and output_config not in workshop.allowed_outputs
    ):
        raise Problem(
            HTTPStatus.FORBIDDEN,
            "not-allowed",
            _("This is not part of today's workshop. Choose another one."),
        )


def level_in_force(device: Device, requested: str) -> str:
    """Return the level in force: a request may be stricter than the workshop, never laxer."""
    workshop_level = device.workshop.safety_level if device.workshop else settings.SAFETY_LEVEL
    return effective_level(requested or workshop_level, workshop_level)


def get_own_run(device: Device, run_id: str) -> Run | None:
    """Return the run of `device` with that id; another device's is as unknown as none."""
    own = Run.objects.filter(device=device.pk).of_present_group(device)
    return own.filter(run_id=run_id).first() if run_id else None


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
    require_length(text, limit)


def require_length(text: str, limit: int) -> None:
    if len(text) > limit:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            "too-long",
            _("That is too long: at most %(limit)s characters. Shorten it a little.")
            % {"limit": limit},
        )


def require_capacity(device: Device, kind: Kind) -> None:
    """Raise a `Problem` where `device` has as many runs of `kind` outstanding as it may have."""
    if queue.outstanding(device.pk, kind) < settings.MAX_OUTSTANDING_RUNS:
        return
    if kind == Kind.GENERATION:
        message = ngettext(
            "A picture of yours is still being made. Wait for it, then go on.",
            "%(count)s pictures of yours are still being made. Wait for one of them, then go on.",
            settings.MAX_OUTSTANDING_RUNS,
        ) % {"count": settings.MAX_OUTSTANDING_RUNS}
    else:
        message = _("Your words are still being rewritten. Wait for it, then go on.")
    raise Problem(
        HTTPStatus.TOO_MANY_REQUESTS, "too-many-runs", message, headers={"Retry-After": "5"}
    )
