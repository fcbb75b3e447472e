"""Folders → rows: the database can be deleted and made again from what lies on the disk.

Reading changes no folder and no row of a run that is being made. Nothing is ever deleted here.
"""

from __future__ import annotations

import gc
import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone

from devices.models import Device, Workshop
from runs import archive
from runs.act_index import ActReport, rebuild_acts
from runs.bulk_upsert import bulk_upsert
from runs.layouts import Found, find_runs
from runs.models import LIVE, Entity, Run, Status
from runs.reading import Reading, read

BATCH = 400
# More of them wait for each other rather than for the disk.
READERS = 2

# What a folder says about its run; the rest of the row is the queue's.
_RUN_FIELDS = [
    "run_id",
    "folder",
    "layout",
    "day",
    "kind",
    "status",
    "error_kind",
    "error_message",
    "device_name",
    "parent_run_id",
    "interception_config",
    "output_config",
    "engine",
    "server",
    "safety_level",
    "language",
    "seed",
    "idea",
    "idea_folded",
    "created_at",
    "started_at",
    "finished_at",
    "released_at",
    "is_favourite",
    "shares",
]
_RUN_COLUMNS = [*_RUN_FIELDS, "device_id", "workshop_id", "progress", "changed_at"]
_ENTITY_FIELDS = [
    "sequence",
    "type",
    "filename",
    "content_type",
    "size",
    "sha256",
    "created_at",
    "metadata",
]
_ENTITY_COLUMNS = [name for name in _ENTITY_FIELDS if name != "filename"]

Progress = Callable[[int], None]
"""Takes the number of folders looked at so far."""


@dataclass(slots=True)
class Report:
    """What a rebuild did. Lists are (folder, reason) or folders."""

    indexed: int = 0
    unchanged: int = 0
    live: int = 0
    damaged: list[tuple[str, str]] = field(default_factory=list)
    # Folders without a row whose run was never ended: nobody works on them any more.
    abandoned: list[str] = field(default_factory=list)
    # A second folder of the same name bears an id of its own.
    renamed: list[tuple[str, str]] = field(default_factory=list)
    # Rows whose folder is not there; they are left alone.
    vanished: list[str] = field(default_factory=list)
    acts: ActReport = field(default_factory=ActReport)

    @property
    def seen(self) -> int:
        return self.indexed + self.unchanged + self.live


def rebuild(*, on_progress: Progress | None = None, dry_run: bool = False) -> Report:
    """Bring the rows in line with all folders below the archive's root; may be repeated."""
    index = _Index(dry_run)
    with _without_collector(), ThreadPoolExecutor(READERS, "reader") as readers:
        for readings in _read_ahead(readers, find_runs()):
            index.take(readings)
            if on_progress is not None:
                on_progress(index.report.seen)
    index.close()
    if Run.objects.count() != index.report.seen:
        index.report.vanished = list(_vanished())
    # Acts lead to runs and devices, which are there by now.
    index.report.acts = rebuild_acts(dry_run=dry_run)
    return index.report


class _Index:
    """One pass: what it has seen of devices and workshops, and its report."""

    def __init__(self, dry_run: bool) -> None:
        self.report = Report()
        self._dry_run = dry_run
        self._devices = _Devices()
        self._workshops = _Workshops()

    def take(self, readings: list[Reading]) -> None:
        """Index one batch of folders."""
        folders = [reading.found.name for reading in readings]
        rows = {run.folder: run for run in Run.objects.filter(folder__in=folders)}
        listed = _listed_entities(run.pk for run in rows.values())
        self._settle_ids(readings, rows)
        changed: list[Reading] = []
        for reading in readings:
            row = rows.get(reading.found.name)
            if row is not None and not reading.is_native:
                # Foreign folders are not written, so a name given later stands in the row only.
                reading.values["device_name"] = reading.values["device_name"] or row.device_name
            if reading.error:
                self.report.damaged.append((reading.found.name, reading.error))
            if reading.in_use or (row is not None and row.status in LIVE):
                self.report.live += 1
            elif row is not None and (reading.is_live or reading.error):
                self._keep(row, reading)
            elif row is not None and self._is_same(row, listed.get(row.pk, {}), reading):
                self.report.unchanged += 1
            else:
                changed.append(reading)
                if reading.is_live:
                    self.report.abandoned.append(reading.found.name)
        self.report.indexed += len(changed)
        if changed and not self._dry_run:
            with transaction.atomic():
                self._write(changed)

    def close(self) -> None:
        if not self._dry_run:
            self._devices.complete()

    def _settle_ids(self, readings: list[Reading], rows: dict[str, Run]) -> None:
        """Give a folder whose name another one bears already an id of its own."""
        holders = dict.fromkeys((reading.values["run_id"] for reading in readings), "")
        holders |= dict(Run.objects.filter(run_id__in=holders).values_list("run_id", "folder"))
        for reading in readings:
            run_id, folder = reading.values["run_id"], reading.found.name
            if folder in rows:
                reading.values["run_id"] = rows[folder].run_id
            elif (holder := holders[run_id]) and (archive.archive_root() / holder).exists():
                digest = hashlib.sha256(folder.encode()).hexdigest()[:8]
                reading.values["run_id"] = f"{run_id[:111]}~{digest}"
                self.report.renamed.append((folder, reading.values["run_id"]))
            else:
                # Nobody's yet, or that of a folder that has moved here.
                holders[run_id] = folder

    def _keep(self, row: Run, reading: Reading) -> None:
        """Leave a row that knows more than its folder; mark it where the folder is damaged."""
        self.report.unchanged += 1
        if reading.error and row.status != Status.DAMAGED and not self._dry_run:
            Run.objects.filter(pk=row.pk).exclude(status__in=LIVE).update(
                status=Status.DAMAGED,
                error_kind="damaged",
                error_message=reading.error,
                changed_at=timezone.now(),
            )

    def _is_same(self, row: Run, listed: dict[str, Any], reading: Reading) -> bool:
        return (
            all(getattr(row, name) == reading.values[name] for name in _RUN_FIELDS)
            and row.device_id == (reading.device_id or None)
            and row.workshop_id == self._workshops.get(reading.workshop)
            and listed == {values["filename"]: values for values in reading.entities}
        )

    def _write(self, changed: list[Reading]) -> None:
        now = timezone.now()
        self._devices.take(changed)
        runs = [
            reading.values
            | {
                "device_id": reading.device_id or None,
                "workshop_id": self._workshops.get_or_make(reading.workshop),
                "changed_at": now,
            }
            for reading in changed
        ]
        bulk_upsert(Run, runs, unique=["run_id"], update=_RUN_COLUMNS)
        keys = dict(
            Run.objects.filter(run_id__in=[run["run_id"] for run in runs]).values_list(
                "run_id", "pk"
            )
        )
        entities = [
            values | {"run_id": keys[reading.values["run_id"]]}
            for reading in changed
            for values in reading.entities
        ]
        bulk_upsert(Entity, entities, unique=["run_id", "filename"], update=_ENTITY_COLUMNS)


class _Workshops:
    """The workshops that runs name, found or made again with the strictest level."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = dict(Workshop.objects.values_list("name", "pk"))

    def get(self, name: str) -> int | None:
        return self._keys.get(name)

    def get_or_make(self, name: str) -> int | None:
        if name and name not in self._keys:
            workshop, _new = Workshop.objects.get_or_create(
                name=name, defaults={"safety_level": "kids"}
            )
            self._keys[name] = workshop.pk
        return self._keys.get(name)


class _Devices:
    """Makes the devices again that runs name."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._bound: set[str] = set()
        self._made: list[str] = []

    def take(self, readings: Iterable[Reading]) -> None:
        """Make rows for the devices of these runs, bound where a run is one of ours.

        An id of a foreign archive stays free for the client that has it still.
        """
        first: dict[str, datetime] = {}
        ours: dict[str, datetime] = {}
        for reading in readings:
            if reading.device_id and reading.device_id not in self._known:
                first.setdefault(reading.device_id, reading.values["created_at"])
            if reading.device_id and reading.is_native and reading.device_id not in self._bound:
                ours.setdefault(reading.device_id, reading.values["created_at"])
        existing = set(Device.objects.filter(pk__in=first).values_list("pk", flat=True))
        made = [
            Device(pk=key, first_seen_at=at, last_seen_at=at)
            for key, at in first.items()
            if key not in existing
        ]
        Device.objects.bulk_create(made, ignore_conflicts=True)
        for key, at in ours.items():
            Device.objects.filter(pk=key, bound_at=None).update(bound_at=at)
        self._known |= first.keys()
        self._bound |= ours.keys()
        self._made += [device.pk for device in made]

    def complete(self) -> None:
        """Give nameless devices the latest name they bore, and those made anew what else is told.

        Asked of the rows, so that a rebuild cut short is completed by the next one.
        """
        runs = Run.objects.filter(device=OuterRef("pk")).newest_first()
        named = runs.exclude(device_name="").values("device_name")[:1]
        Device.objects.filter(name="").filter(Exists(named)).update(name=Subquery(named))
        for start in range(0, len(self._made), BATCH):
            made = Device.objects.filter(pk__in=self._made[start : start + BATCH])
            made.filter(Exists(runs)).update(
                workshop=Subquery(runs.values("workshop")[:1]),
                last_seen_at=Subquery(runs.values("created_at")[:1]),
            )


def _listed_entities(runs: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what is known of the files of each run, by its key and their names."""
    listed: dict[int, dict[str, Any]] = {}
    for values in Entity.objects.filter(run__in=list(runs)).values("run_id", *_ENTITY_FIELDS):
        listed.setdefault(values.pop("run_id"), {})[values["filename"]] = values
    return listed


def _vanished() -> Iterator[str]:
    root = archive.archive_root()
    for folder in Run.objects.values_list("folder", flat=True).iterator(chunk_size=2_000):
        if not (root / folder).exists():
            yield folder


def _read_ahead(readers: ThreadPoolExecutor, found: Iterator[Found]) -> Iterator[list[Reading]]:
    """Yield batches in order while the next ones are being read: never more than `READERS`."""
    ahead: deque[Future[list[Reading]]] = deque()
    while batch := list(islice(found, BATCH)):
        ahead.append(readers.submit(_read_all, batch))
        if len(ahead) >= READERS:
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()


def _read_all(batch: list[Found]) -> list[Reading]:
    return [read(found) for found in batch]


@contextmanager
def _without_collector() -> Iterator[None]:
    """Many short-lived objects make the garbage collector run without finding anything."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
