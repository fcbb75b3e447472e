"""How a run stands, as the browser is told: the same facts for a stream and for polling."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from pipelines import queue
from pipelines.moderation import BY_MODEL
from pipelines.servers.durations import durations_of
from pipelines.servers.inventory import competing_queues, hosts_of
from pipelines.texts.partial_text import partial_text
from runs.entity_types import BLOCKED_TEXT
from runs.media import composite_url, media_of
from runs.models import Kind, Run, Status
from runs.texts import notice_of, text_of

EVENT_NAMES = {
    Status.QUEUED: "queued",
    Status.RUNNING: "running",
    Status.COMPLETE: "finished",
    Status.FAILED: "failed",
    Status.BLOCKED: "blocked",
    Status.CANCELLED: "cancelled",
    Status.INTERRUPTED: "interrupted",
    Status.DAMAGED: "failed",
}


def states_of(runs: Iterable[Run]) -> dict[str, dict[str, Any]]:
    """Return the state of each run by its run id; one look at each queue serves all."""
    runs = list(runs)
    expectations: dict[str, float] = {}

    def expected(output_config: str) -> float:
        if output_config not in expectations:
            expectations[output_config] = durations_of(output_config).expected
        return expectations[output_config]

    places: dict[int, queue.Place] = {}
    queued = {run.queue for run in runs if run.status == Status.QUEUED}
    # Queues that compete for a host stand in one queue.
    for competing, name in {competing_queues(name): name for name in queued}.items():
        capacity = sum(host.capacity for host in hosts_of(name))
        places |= queue.places(competing, expected_seconds=expected, capacity=capacity)
    return {run.run_id: _state(run, places.get(run.pk), expected) for run in runs}


def _state(run: Run, place: queue.Place | None, expected: queue.Expectation) -> dict[str, Any]:
    eta_seconds: float | None = None
    if place is not None:
        eta_seconds = place.eta_seconds
    elif run.status == Status.RUNNING and run.output_config:
        eta_seconds = round(expected(run.output_config) * (1 - run.progress), 1)
    state: dict[str, Any] = {
        "run_id": run.run_id,
        "kind": run.kind,
        "status": run.status,
        "position": place.position if place else None,
        "waiting": place.waiting if place else 0,
        "eta_seconds": eta_seconds,
        "progress": run.progress,
        "note": gettext(run.progress_note) if run.progress_note else "",
        "preview": (
            f"{reverse('run-preview', args=[run.run_id])}?v={run.previews}"
            if run.previews and run.status == Status.RUNNING
            else None
        ),
        "output_config": run.output_config,
        "seed": run.seed,
        "media": media_of(run),
        "composite_url": composite_url(run),
        "error": _error(run),
    }
    if run.kind != Kind.GENERATION:
        state |= {"texts": _texts(run), "notice": notice_of(run)}
        if run.status == Status.RUNNING:
            partial = partial_text(run.run_id)
            state |= {"text_so_far": partial.text, "stations": partial.stations}
    return state


def _error(run: Run) -> dict[str, str] | None:
    if not (run.error_kind or run.error_message):
        return None
    error = {"kind": run.error_kind, "message": run.error_message}
    if any(entity.type == BLOCKED_TEXT for entity in run.entities.all()):
        # Who comes back to it need not change what they wrote.
        error["by"] = BY_MODEL
    return error


def _texts(run: Run) -> dict[str, str]:
    found = {type_: text_of(run, type_) for type_ in ("input", "interception", "optimized_prompt")}
    return {type_: text for type_, text in found.items() if text is not None}
