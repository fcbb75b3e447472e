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
from itertools import islice
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.utils import timezone

from runs.act_index import rebuild_acts
from runs.bulk_upsert import bulk_upsert
from runs.index_owners import IndexedDevices, IndexedWorkshops
from runs.index_places import (
    find_absent,
    find_lone,
    find_vanished,
    has_better_claim,
    is_there,
    meet_by_chance,
)
from runs.index_report import Report
from runs.layouts import Found, find_runs
from runs.models import LIVE, Entity, Run, Status
from runs.places import place_of
from runs.reading import Reading, damaged_reading, read

BATCH = 400
# More of them wait for each other rather than for the disk.
READERS = 2
# What is wrong with the database itself, whatever is written.
_OF_THE_DATABASE = (OperationalError, InterfaceError)

# What a folder says about its run; the rest of the row is the queue's.
_RUN_FIELDS = [
    "run_id",
    "root",
    "folder",
    "layout",
    "day",
    "kind",
    "status",
    "error_kind",
    "error_message",
    "device_name",
    "device_name_folded",
    "group",
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
_RUN_COLUMNS = [
    *_RUN_FIELDS,
    "device_id",
    "workshop_id",
    "progress",
    "changed_at",
    "needs_seal",
]
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

_PLACE_FIELDS = ["run_id", "root", "folder", "layout", "day", "created_at"]

Progress = Callable[[int], None]
"""Takes the number of folders looked at so far."""


def rebuild(*, on_progress: Progress | None = None, dry_run: bool = False) -> Report:
    """Bring the rows in line with the folders of all archives; may be repeated."""
    index = _Index(dry_run)
    index.take_all(find_runs(index.report.passed_over), on_progress)
    report = index.report
    report.lone_copies = list(find_lone(report.copies))
    index.uncount()
    if Run.objects.count() != report.seen:
        report.absent = dict(find_absent())
        report.vanished = list(find_vanished(report.absent))
    # Acts lead to runs and devices, which are there by now.
    report.acts = rebuild_acts(dry_run=dry_run)
    return report


def index_folders(found: Iterable[Found]) -> Report:
    """Bring the rows in line with some folders only."""
    index = _Index(dry_run=False)
    index.take_all(iter(found))
    return index.report


class _Index:
    """One pass: what it has seen of devices and workshops, and its report."""

    def __init__(self, dry_run: bool) -> None:
        self.report = Report()
        self._dry_run = dry_run
        self._devices = IndexedDevices()
        self._workshops = IndexedWorkshops()
        # Of copies, which an earlier version counted.
        self._rows_of_copies: dict[str, Run] = {}

    def take_all(self, found: Iterator[Found], on_progress: Progress | None = None) -> None:
        """Index folders, which are read ahead."""
        with _without_collector(), ThreadPoolExecutor(READERS, "reader") as readers:
            for readings in _read_ahead(readers, found):
                self.take(readings)
                if on_progress is not None:
                    on_progress(self.report.seen)
        if not self._dry_run:
            self._devices.complete()
            self._workshops.complete()

    def take(self, readings: list[Reading]) -> None:
        """Index one batch of folders."""
        folders = [reading.found.name for reading in readings]
        rows = {run.place: run for run in Run.objects.filter(folder__in=folders)}
        listed = _listed_entities(run.pk for run in rows.values())
        changed: list[Reading] = []
        for reading in self._settle_ids(readings, rows):
            row = rows.get(reading.found.place)
            _keep_what_rows_know(row, reading)
            if reading.error:
                self.report.damaged.append((reading.found.place, reading.error))
            if row is not None and self._is_untold(row, reading):
                self.report.untold.append(row.folder)
            if reading.in_use or (row is not None and row.status in LIVE):
                self.report.live += 1
            elif row is not None and (reading.is_live or reading.error):
                self._keep(row, reading)
            elif row is not None and self._is_same(row, listed.get(row.pk, {}), reading):
                self.report.unchanged += 1
            else:
                changed.append(reading)
                told = self.report.new if row is None else self.report.changed
                told.append(reading.found.place)
                if reading.is_live:
                    self.report.abandoned.append(reading.found.place)
        self.report.indexed += len(changed)
        if changed and not self._dry_run:
            self._write(changed)

    def uncount(self) -> None:
        """Take away the rows of copies. Their folders stay, and so do rows that are in doubt."""
        for place, row in self._rows_of_copies.items():
            is_original = row.run_id == self.report.copies[place]
            if is_original or place in self.report.lone_copies or row.status in LIVE:
                continue
            self.report.uncounted.append(place)
            if not self._dry_run:
                row.delete()

    def _settle_ids(self, readings: list[Reading], rows: dict[str, Run]) -> list[Reading]:
        """Return the readings that count, each with an id that no other folder has."""
        settled: dict[str, Reading] = {}
        ids = {r.values["run_id"] for r in readings if r.found.place not in rows}
        holders = {
            values["run_id"]: values
            for values in Run.objects.filter(run_id__in=ids).values(*_PLACE_FIELDS)
        }
        for reading in readings:
            values, place = reading.values, reading.found.place
            run_id = values["run_id"]
            holder = holders.get(run_id)
            if reading.is_misnamed:
                self.report.copies[place] = reading.run_id
                if place in rows:
                    self._rows_of_copies[place] = rows[place]
                continue
            if place in rows:
                values["run_id"] = rows[place].run_id
            elif holder is None or not is_there(holder["root"], holder["folder"]):
                # Nobody's yet, or that of a folder that has moved here.
                holders[run_id] = values
            elif meet_by_chance(reading, holder):
                digest = hashlib.sha256(place.encode()).hexdigest()[:8]
                values["run_id"] = f"{run_id[:111]}~{digest}"
                self.report.renamed.append((place, values["run_id"]))
            elif has_better_claim(values, holder):
                held = place_of(holder["root"], holder["folder"])
                settled.pop(held, None)
                self.report.copies[held] = run_id
                holders[run_id] = values
            else:
                self.report.copies[place] = run_id
                continue
            settled[place] = reading
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

    def _is_untold(self, row: Run, reading: Reading) -> bool:
        is_read = reading.may_be_written and not reading.error and not reading.in_use
        return is_read and (row.status in LIVE) != reading.is_live

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
            self.report.damaged.append((found.place, reason))
            remaining = damaged_reading(found, reason)
            remaining.values |= {name: reading.values[name] for name in ("run_id", "needs_seal")}
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


def _keep_what_rows_know(row: Run | None, reading: Reading) -> None:
    """Have the reading of a folder that is not written say what stands in its row only."""
    values = reading.values
    values["needs_seal"] = not reading.may_be_written if row is None else row.needs_seal
    if row is not None and not reading.may_be_written:
        if not values["device_name"]:
            values["device_name"] = row.device_name
            values["device_name_folded"] = row.device_name_folded
        values["released_at"] = row.released_at
        values["is_favourite"] = row.is_favourite


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
