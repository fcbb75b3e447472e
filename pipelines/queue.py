"""The queue: rows of `Run` with status queued, claimed fairly, held by a lease.

Every change of state is one conditional update, so it works alike on SQLite and PostgreSQL and
with any number of workers. Order: each device's first waiting run before anyone's second; among
these the device that was served longest ago; then by arrival. Whoever has never returned a cookie
comes after all that have: it cannot fetch what it waits for, and may be one program that is a new
device with each request. The place a child sees is this same order, enumerated.

Crashes. A run may be what kills its worker, and most are not: so that it ends and no other does,

- only the death of a worker whose house still stands counts (`died_by_itself`). Where all of it
  was killed or lost its power, nothing speaks against a run;
- then each run that was in work there is a suspect: its `crashes` grow by one. Of the suspects a
  worker has one in work at a time, beside others as they come. So a culprit is in work with fresh
  runs only: each of those is suspected once, is not in work with it again, and is made;
- a culprit comes to `MAX_CRASHES` and is given up.

What takes the whole house along, again and again, cannot be told from a cable that somebody pulls.
"""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Subquery, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from devices.models import Workshop
from pipelines.engines.json_values import share_of
from runs.models import Run, RunQuerySet, Status
from runs.recorder import LeaseLost

MAX_ATTEMPTS = 3
# So many deaths of one worker after the other are no bad luck, whoever else ends processes here.
MAX_CRASHES = 5
# An interception that takes longer than this has hung.
INTERCEPTION_SECONDS = 600


# Two threads of one process must not both find that no suspect is in work there.
_claiming = threading.Lock()


def new_owner(house: str = "") -> str:
    """Return a name for this process: host, process id, what a reused id lacks, house."""
    birth = _birth_of(os.getpid()) or secrets.token_hex(4)
    name = f"{socket.gethostname()[:40]}/{os.getpid()}/{birth}"
    return f"{name}/{house}" if house else name


def _birth_of(pid: int) -> str:
    """Return when a process of this host began, in the kernel's ticks; "" where nobody can tell."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    # Behind the program's name, which may have any characters.
    return f"{int(stat.rpartition(')')[2].split()[19]):08x}"


def new_house() -> str:
    """Return a name for what starts workers, one after the other, as long as it stands."""
    return secrets.token_hex(4)


def machine_as_house() -> str:
    """Return the house of a worker that nobody of ours starts: this machine until it restarts."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii")[:8]
    except OSError:
        return "machine"


PROCESS = new_owner()

Listener = Callable[[], None]
_listeners: list[Listener] = []


def subscribe(listener: Listener) -> None:
    """Have `listener` called when this process changes a run: queues it or works on it.

    A listener only wakes those who would look a little later by themselves: workers, and streams
    that watch the run. A message to a broker would be sent from here too.
    """
    _listeners.append(listener)


def notify() -> None:
    for listener in _listeners:
        listener()


def waiting(queues: Collection[str]) -> RunQuerySet:
    """Return the runs that wait in any of `queues`, in the order in which they will be served."""
    last_served = (
        Run.objects.filter(device=OuterRef("device"), queue__in=queues, started_at__isnull=False)
        .newest_first()
        .values("started_at")[:1]
    )
    return (
        _servable(queues)
        .annotate(
            turn=Window(RowNumber(), partition_by=F("device"), order_by=(F("created_at"), F("id"))),
            last_served=Subquery(last_served),
        )
        .order_by(
            F("device__has_returned").desc(nulls_last=True),
            "turn",
            F("last_served").asc(nulls_first=True),
            "created_at",
            "id",
        )
    )


def _servable(queues: Collection[str]) -> RunQuerySet:
    """Return what waits in `queues`, but for runs of a workshop that has a break: they stay."""
    waiting = Run.objects.filter(status=Status.QUEUED, queue__in=queues)
    return waiting.exclude(workshop__in=Workshop.objects.paused().values("pk"))


def claim_next(queues: Mapping[str, str], *, owner: str, capacity: int) -> Run | None:
    """Take the next run of `queues` for `owner`, unless `capacity` runs are being worked on.

    `queues` names the server for each queue; all of them stand on one host, whose capacity this is.
    A run that was begun at a server is taken up only for that one.
    """
    # Looking costs nothing; a transaction that means to write keeps other writers out.
    if not _servable(queues).exists():
        return None
    names = set(queues.values())
    with _claiming, transaction.atomic():
        if Run.objects.filter(server__in=names, status=Status.RUNNING).count() >= capacity:
            return None
        mine = waiting(queues).filter(server__in={"", *names})
        if _has_suspect_in_work(owner):
            mine = mine.filter(crashes=0)
        for run in mine[:4]:
            now = timezone.now()
            claimed = Run.objects.filter(pk=run.pk, status=Status.QUEUED).update(
                status=Status.RUNNING,
                lease_owner=owner,
                lease_until=now + timedelta(seconds=settings.LEASE_SECONDS),
                started_at=now,
                server=queues[run.queue],
                progress=0,
                progress_note="",
                changed_at=now,
            )
            if claimed:
                return Run.objects.select_related("device", "workshop").get(pk=run.pk)
    return None


def _has_suspect_in_work(owner: str) -> bool:
    process = owner.rpartition("/")[0]
    in_work = Run.objects.filter(status=Status.RUNNING, lease_owner__startswith=f"{process}/")
    return in_work.filter(crashes__gt=0).exists()


def renew_lease(run: Run, *, owner: str) -> bool:
    """Prolong the lease; return whether a cancellation was asked for. Raises `LeaseLost`."""
    until = timezone.now() + timedelta(seconds=settings.LEASE_SECONDS)
    held = Run.objects.filter(pk=run.pk, lease_owner=owner, status=Status.RUNNING)
    if not held.update(lease_until=until):
        raise LeaseLost(run.run_id)
    return Run.objects.filter(pk=run.pk, cancel_requested=True).exists()


def lease_to_this_process(run: Run) -> None:
    """Mark a run as being worked on by this web process, until it ends or its time is over."""
    Run.objects.filter(pk=run.pk).update(
        lease_owner=PROCESS,
        lease_until=timezone.now() + timedelta(seconds=INTERCEPTION_SECONDS),
        started_at=timezone.now(),
    )
    run.lease_owner = PROCESS


def report_progress(run: Run, *, owner: str, share: float, note: str) -> None:
    """Store how far the run is (0…1). Raises `LeaseLost`."""
    held = Run.objects.filter(pk=run.pk, lease_owner=owner, status=Status.RUNNING)
    if not held.update(
        progress=share_of(share, 1), progress_note=note[:80], changed_at=timezone.now()
    ):
        raise LeaseLost(run.run_id)
    notify()


def stale_runs() -> Iterable[Run]:
    """Return running runs whose holder is gone: the lease ran out, or its process is dead here."""
    now = timezone.now()
    grace = timedelta(seconds=settings.LEASE_SECONDS)
    for run in Run.objects.filter(status=Status.RUNNING):
        if (run.lease_until or run.created_at + grace) < now or is_dead(run.lease_owner):
            yield run


def release(run: Run, **changes: object) -> bool:
    """Put a run back into the queue, at its old place; False where it has moved on."""
    return bool(
        Run.objects.filter(
            pk=run.pk,
            status=Status.RUNNING,
            lease_owner=run.lease_owner,
            lease_until=run.lease_until,
        ).update(
            status=Status.QUEUED,
            lease_owner="",
            lease_until=None,
            started_at=None,
            changed_at=timezone.now(),
            **changes,
        )
    )


def leave(owner: str) -> None:
    """Leave the runs of a worker that stops: they may be taken up at once, and nobody crashed."""
    held = Run.objects.filter(status=Status.RUNNING, lease_owner__startswith=f"{owner}/")
    held.update(lease_owner="", lease_until=timezone.now())


def name_job(run: Run, job_id: str) -> str:
    """Give the job at the engine its name, before anything is sent there; a given one stays."""
    Run.objects.filter(pk=run.pk, engine_job_id="").update(engine_job_id=job_id)
    run.engine_job_id = Run.objects.values_list("engine_job_id", flat=True).get(pk=run.pk)
    return run.engine_job_id


def count_preview(run: Run) -> None:
    """Say that there is a new preview of `run`."""
    Run.objects.filter(pk=run.pk).update(previews=F("previews") + 1, changed_at=timezone.now())
    notify()


def fail_unrecorded(run: Run, *, kind: str, message: str) -> bool:
    """End a run whose folder cannot be written to, in its row alone; False where it has moved on.

    Left as running it would keep its place in the queue for ever.
    """
    held = Run.objects.live().filter(pk=run.pk, lease_owner=run.lease_owner)
    now = timezone.now()
    return bool(
        held.update(
            status=Status.FAILED,
            error_kind=kind,
            error_message=message,
            lease_owner="",
            lease_until=None,
            finished_at=now,
            changed_at=now,
        )
    )


def outstanding(device_id: str, kind: str) -> int:
    """Return how many runs of `kind` this device has waiting or being made."""
    return Run.objects.live().filter(device_id=device_id, kind=kind).count()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a waiting run stands: `position` counts from 1, `eta_seconds` until it is finished."""

    position: int
    waiting: int
    eta_seconds: float


Expectation = Callable[[str], float]
"""Takes the id of an output config, returns the seconds that one run of it is expected to take."""


def places(
    queues: Collection[str], *, expected_seconds: Expectation, capacity: int
) -> dict[int, Place]:
    """Return the place of every run waiting in any of `queues`, by primary key."""
    now = timezone.now()
    ahead = sum(
        max(expected_seconds(run.output_config) - (now - run.started_at).total_seconds(), 0.0)
        for run in Run.objects.filter(
            queue__in=queues, status=Status.RUNNING, started_at__isnull=False
        )
        if run.started_at
    )
    in_line = list(waiting(queues))
    found: dict[int, Place] = {}
    for position, run in enumerate(in_line, start=1):
        own = expected_seconds(run.output_config)
        found[run.pk] = Place(position, len(in_line), round(ahead / max(capacity, 1) + own, 1))
        ahead += own
    return found


def died_by_itself(owner: str, *, house: str) -> bool:
    """Tell whether `owner` is a dead worker of `house`, which the caller's worker belongs to."""
    return is_dead(owner) and owner.split("/")[3:4] == [house]


def is_dead(owner: str) -> bool:
    """Tell whether `owner` names a process of this host that no longer exists."""
    host, pid, birth = (*owner.split("/"), "", "", "")[:3]
    if host != socket.gethostname()[:40] or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    # In a container that was started again another process has its id.
    return _birth_of(int(pid)) not in ("", birth)
