"""What is happening in the room: one look, with the same number of queries for any archive."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.utils import timezone

from devices.models import Device, Workshop
from devices.presence import PRESENT
from runs.models import Run, Status

# More than these would not be read at a glance; the page says how many there are beyond.
MOST_WAITING = 24
MOST_DEVICES = 60
MOST_WORKSHOPS = 8
MOST_PICTURES = 12
MOST_FAILURES = 10

FAILURES = (Status.FAILED, Status.INTERRUPTED, Status.BLOCKED)


@dataclass(frozen=True, slots=True)
class Presence:
    """A device that was here just now, and the run it waits for or watches."""

    device: Device
    run: Run | None


@dataclass(frozen=True, slots=True)
class Dashboard:
    running: list[Run]
    waiting: list[Run]
    more_waiting: int
    workshops: list[Workshop]
    present: list[Presence]
    pictures: list[Run]
    failures: list[Run]
    more_failures: int


def get_dashboard(now: datetime | None = None) -> Dashboard:
    """Return what the dashboard shows: six queries."""
    now = now or timezone.now()
    live = list(
        Run.objects.live().select_related("device", "workshop").order_by("created_at", "id")
    )
    waiting = [run for run in live if run.status == Status.QUEUED]
    # The run that is being made says more about a device than the one that waits behind it.
    run_of = {run.device_id: run for run in sorted(live, key=_is_running)}
    devices = Device.objects.filter(last_seen_at__gte=now - PRESENT).select_related("workshop")
    failures = Run.objects.of_day(timezone.localdate(now)).filter(status__in=FAILURES)
    return Dashboard(
        running=[run for run in live if run.status == Status.RUNNING],
        waiting=waiting[:MOST_WAITING],
        more_waiting=max(len(waiting) - MOST_WAITING, 0),
        workshops=list(
            Workshop.objects.annotate(device_total=Count("devices")).order_by("-created_at", "-id")[
                :MOST_WORKSHOPS
            ]
        ),
        present=[
            Presence(device, run_of.get(device.pk))
            for device in devices.order_by("name", "id")[:MOST_DEVICES]
        ],
        pictures=list(
            Run.objects.with_picture().select_related("device").newest_first()[:MOST_PICTURES]
        ),
        failures=list(failures.select_related("device").newest_first()[:MOST_FAILURES]),
        more_failures=max(failures.count() - MOST_FAILURES, 0),
    )


def _is_running(run: Run) -> bool:
    return run.status == Status.RUNNING
