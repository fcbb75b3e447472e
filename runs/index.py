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
from itertools import islice
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from runs import archive
from runs.act_index import ActReport, rebuild_acts
from runs.bulk_upsert import bulk_upsert
from runs.index_owners import IndexedDevices, IndexedWorkshops
from runs.layouts import Found, PassedOver, find_runs, milliseconds_in
from runs.models import LIVE, Entity, Run, Status
from runs.reading import Reading, damaged_reading, read

BATCH = 400
# More of them wait for each other rather than for the disk.
READERS = 2
# What is wrong with the database itself, whatever is written.
_OF_THE_DATABASE = (OperationalError, InterfaceError)

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
    "request_key",
    "request_digest",
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

_PLACE_FIELDS = ["run_id", "folder", "layout", "day", "created_at"]

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
    # A second folder of a name that was given by hand bears an id of its own.
    renamed: list[tuple[str, str]] = field(default_factory=list)
    # Further folders of one run, and the run's id: they are not counted.
    copies: dict[str, str] = field(default_factory=dict)
    # Folders under a changed name whose run lies nowhere else: it is in no index.
    lone_copies: list[str] = field(default_factory=list)
    passed_over: list[PassedOver] = field(default_factory=list)
    # Rows whose folder is not there; they are left alone.
    vanished: list[str] = field(default_factory=list)
    acts: ActReport = field(default_factory=ActReport)

    @property
    def seen(self) -> int:
        return self.indexed + self.unchanged + self.live

    @property
    def missed(self) -> list[str]:
        """Folders with runs that are in no index."""
        return [folder.name for folder in self.passed_over if folder.is_missed] + self.lone_copies


def rebuild(*, on_progress: Progress | None = None, dry_run: bool = False) -> Report:
    """Bring the rows in line with all folders below the archive's root; may be repeated."""
    index = _Index(dry_run)
    with _without_collector(), ThreadPoolExecutor(READERS, "reader") as readers:
        for readings in _read_ahead(readers, find_runs(index.report.passed_over)):
            index.take(readings)
            if on_progress is not None:
                on_progress(index.report.seen)
    index.close()
    if Run.objects.count() != index.report.seen:
        index.report.vanished = list(_vanished())
    index.report.lone_copies = list(_lone(index.report.copies))
    # Acts lead to runs and devices, which are there by now.
    index.report.acts = rebuild_acts(dry_run=dry_run)
    return index.report


class _Index:
    """One pass: what it has seen of devices and workshops, and its report."""

    def __init__(self, dry_run: bool) -> None:
        self.report = Report()
        self._dry_run = dry_run
        self._devices = IndexedDevices()
        self._workshops = IndexedWorkshops()

    def take(self, readings: list[Reading]) -> None:
        """Index one batch of folders."""
        folders = [reading.found.name for reading in readings]
        rows = {run.folder: run for run in Run.objects.filter(folder__in=folders)}
        listed = _listed_entities(run.pk for run in rows.values())
        changed: list[Reading] = []
        for reading in self._settle_ids(readings, rows):
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
            self._write(changed)

    def close(self) -> None:
        if not self._dry_run:
            self._devices.complete()

    def _settle_ids(self, readings: list[Reading], rows: dict[str, Run]) -> list[Reading]:
        """Return the readings that count, each with an id that no other folder has."""
        settled: dict[str, Reading] = {}
        ids = {r.values["run_id"] for r in readings if r.found.name not in rows}
        holders = {
            values["run_id"]: values
            for values in Run.objects.filter(run_id__in=ids).values(*_PLACE_FIELDS)
        }
        for reading in readings:
            values, folder = reading.values, reading.found.name
            run_id = values["run_id"]
            holder = holders.get(run_id)
            if reading.is_misnamed:
                self.report.copies[folder] = reading.run_id
                continue
            if folder in rows:
                values["run_id"] = rows[folder].run_id
            elif holder is None or not _is_there(holder["folder"]):
                # Nobody's yet, or that of a folder that has moved here.
                holders[run_id] = values
            elif milliseconds_in(run_id) is None and reading.run_id != run_id:
                # Other names than those of our form are given by hand, so they may meet by chance.
                digest = hashlib.sha256(folder.encode()).hexdigest()[:8]
                values["run_id"] = f"{run_id[:111]}~{digest}"
                self.report.renamed.append((folder, values["run_id"]))
            elif milliseconds_in(run_id) is not None and _regularity(values) > _regularity(holder):
                settled.pop(holder["folder"], None)
                self.report.copies[holder["folder"]] = run_id
                holders[run_id] = values
            else:
                self.report.copies[folder] = run_id
                continue
            settled[folder] = reading
        return list(settled.values())

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
        """Write rows; where the database refuses them, halve them until the culprit is found."""
        try:
            with transaction.atomic():
                self._upsert(changed)
        except _OF_THE_DATABASE:
            raise
        except (DatabaseError, ValueError, TypeError, OverflowError) as error:
            # What was made beside the rows is undone with them.
            self._devices.forget()
            self._workshops = IndexedWorkshops()
            if len(changed) > 1:
                middle = len(changed) // 2
                self._write(changed[:middle])
                self._write(changed[middle:])
            else:
                self._refuse(changed[0], error)

    def _refuse(self, reading: Reading, error: Exception) -> None:
        """Name a folder that the database does not take, and keep it visible where that goes."""
        found = reading.found
        if not reading.error:
            reason = f"the database does not take it: {error}"
            self.report.damaged.append((found.name, reason))
            remaining = damaged_reading(found, reason)
            remaining.values["run_id"] = reading.values["run_id"]
            self._write([remaining])

    def _upsert(self, changed: list[Reading]) -> None:
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


def _listed_entities(runs: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Return what is known of the files of each run, by its key and their names."""
    listed: dict[int, dict[str, Any]] = {}
    for values in Entity.objects.filter(run__in=list(runs)).values("run_id", *_ENTITY_FIELDS):
        listed.setdefault(values.pop("run_id"), {})[values["filename"]] = values
    return listed


def _vanished() -> Iterator[str]:
    for folder in Run.objects.values_list("folder", flat=True).iterator(chunk_size=2_000):
        if not _is_there(folder):
            yield folder


def _is_there(folder: str) -> bool:
    try:
        (archive.archive_root() / folder).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        # Nobody can tell, so nothing shall come of it.
        return True
    return True


def _regularity(values: dict[str, Any]) -> tuple[bool, bool]:
    """Return how much a folder's place is the one in which its run was made."""
    return values["day"] == timezone.localdate(values["created_at"]), values["layout"] == "L2"


def _lone(copies: dict[str, str]) -> Iterator[str]:
    """Yield the copies of which there is no original, neither in the index nor beside them."""
    for folder, run_id in copies.items():
        if "/" not in run_id and _is_there(f"{folder.rpartition('/')[0]}/{run_id}"):
            continue
        original = Run.objects.filter(run_id=run_id).first()
        if original is None or not _is_there(original.folder):
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
