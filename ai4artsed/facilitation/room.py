"""The room at a glance: what every device of a workshop does, the queue, and what needs somebody.

One look has the same number of queries for any archive and any number of devices.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone

from ai4artsed.facilitation.columns import device_name, device_shown
from devices.groups import can_return
from devices.models import Device, Workshop
from devices.presence import Doing
from pipelines import queue
from pipelines.health import Storage, storage_watch
from pipelines.live.page_states import workshop_state
from pipelines.models import ServerState, WorkerPresence
from pipelines.servers.inventory import hosts
from runs.models import Run, Status
from runs.releasing import is_work

# Who was here today has a tile, also while the tablet sleeps.
OF_TODAY = timedelta(hours=10)
# A page says every few seconds that it is open.
GONE = timedelta(seconds=45)
MOST_TILES = 60
MOST_WAITING = 40
TROUBLE = {Status.FAILED: "failed", Status.INTERRUPTED: "failed", Status.BLOCKED: "blocked"}

_DIGITS = re.compile(r"(\d+)")


def get_room(workshop: Workshop) -> dict[str, Any]:
    """Return the room as JSON: bar, tiles in the order of their names, queue, engines."""
    now = timezone.now()
    devices = _devices_of(workshop, now)
    runs = Run.objects.in_bulk(
        {
            key
            for device in devices
            for key in (_annotated(device, "latest"), _annotated(device, "picture"))
            if key
        }
    )
    waiting = list(_waiting())
    places = {run.pk: number for number, run in enumerate(waiting, start=1)}
    live = _live_runs(devices)
    tiles = [
        _tile(
            device,
            run=live.get(device.pk),
            latest=runs.get(_annotated(device, "latest")),
            picture=runs.get(_annotated(device, "picture")),
            places=places,
            now=now,
        )
        for device in sorted(devices, key=natural_key)
    ]
    return {
        "at": now.isoformat(),
        "workshop": {
            **workshop_state(workshop),
            "id": workshop.pk,
            "last_message": workshop.pause_message,
            "may_return": can_return(workshop),
        },
        "counts": {
            "help": sum(tile["hand_since"] is not None for tile in tiles),
            "blocked": sum(tile["trouble"] == "blocked" for tile in tiles),
            "failed": sum(tile["trouble"] == "failed" for tile in tiles),
        },
        "tiles": tiles,
        "queue": [_in_line(run, place) for place, run in enumerate(waiting, start=1)],
        "health": _health(),
    }


def natural_key(device: Device) -> tuple[bool, list[str | int], str]:
    """Sort Tisch 2 before Tisch 10, and what has no name yet behind all that have one."""
    parts = _DIGITS.split(device.name.casefold())
    return not device.name, [int(part) if part.isdigit() else part for part in parts], device.pk


def _devices_of(workshop: Workshop, now: datetime) -> list[Device]:
    own = Run.objects.filter(device=OuterRef("pk"), workshop=workshop, group=workshop.group)
    own = own.newest_first()
    pictures = own.with_picture()
    devices = Device.objects.filter(workshop=workshop, last_seen_at__gte=now - OF_TODAY)
    return list(
        devices.annotate(
            latest=Subquery(own.values("pk")[:1]), picture=Subquery(pictures.values("pk")[:1])
        ).order_by("-last_seen_at")[:MOST_TILES]
    )


def _annotated(device: Device, name: str) -> Any:
    return getattr(device, name)


def _live_runs(devices: list[Device]) -> dict[str | None, Run]:
    """Return the run that says most of each device: what is being made, before what waits."""
    live = Run.objects.live().filter(device__in=devices).order_by("-created_at")
    by_weight = sorted(live, key=lambda run: run.status == Status.RUNNING)
    return {run.device_id: run for run in by_weight}


def _waiting() -> QuerySet[Run]:
    queues = sorted({name for host in hosts() for name in host.queues})
    return queue.waiting(queues).select_related("device")[:MOST_WAITING]


def _tile(
    device: Device,
    *,
    run: Run | None,
    latest: Run | None,
    picture: Run | None,
    places: dict[int, int],
    now: datetime,
) -> dict[str, Any]:
    state, since = _state(device, run, now)
    trouble = TROUBLE.get(Status(latest.status)) if latest and latest.status in TROUBLE else None
    return {
        "id": device.pk,
        "name": device.name,
        "shown_name": device_name(device),
        "state": state,
        "since": since.isoformat() if since else None,
        "place": places.get(run.pk) if run else None,
        "run_id": run.run_id if run else None,
        "hand_since": device.help_asked_at.isoformat() if device.help_asked_at else None,
        "trouble": trouble,
        "reason": latest.error_message if latest and trouble else "",
        "trouble_page": latest.pk if latest and trouble else None,
        "picture": _picture(picture),
    }


def _state(device: Device, run: Run | None, now: datetime) -> tuple[str, datetime | None]:
    if run is not None and run.status == Status.RUNNING:
        return "making", run.started_at or run.created_at
    if run is not None:
        return "queued", run.created_at
    if now - device.last_seen_at > GONE:
        return Doing.AWAY, device.last_seen_at
    return device.doing or Doing.CHOOSING, device.doing_since


def _picture(run: Run | None) -> dict[str, Any] | None:
    if run is None:
        return None
    return {
        "run_id": run.run_id,
        "page": run.pk,
        "thumbnail": f"/api/runs/{run.run_id}/thumbnail",
        "released": run.released_at is not None,
        "releasable": run.released_at is None and is_work(run),
    }


def _in_line(run: Run, place: int) -> dict[str, Any]:
    return {
        "run_id": run.run_id,
        "page": run.pk,
        "name": device_shown(run),
        "place": place,
        "since": run.created_at.isoformat(),
    }


def _health() -> dict[str, Any]:
    """Return a light: ok, slow where a server does not answer, down where nothing can be made."""
    servers = list(ServerState.objects.unavailable().values_list("name", flat=True))
    storage = storage_watch.state()
    if not WorkerPresence.objects.alive().exists():
        return {"light": "down", "reason": "worker", "servers": servers}
    if storage != Storage.OK:
        return {"light": "down", "reason": "storage", "servers": servers}
    return {"light": "slow" if servers else "ok", "reason": "", "servers": servers}
