"""Completes what a crash left between a file, metadata.json and the rows.

Only what can be proved. A file that lies in a run's folder unlisted is the run's where the
metadata.json that was to list it lies there too, whole, under its temporary name: the recorder
writes it first and names it last, and it bears the file's SHA-256. All other files are strangers:
they are named and left alone.

Everything happens under the folder's lock, and may be repeated.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from runs import act_index, archive, authorship, index, leftovers
from runs.archive import ArchiveError
from runs.bounded import read_start
from runs.index_report import Report
from runs.json_values import parse_object
from runs.layouts import Found, day_folders, find_runs
from runs.metadata import local_text, progress
from runs.models import LIVE, Entity, Run, Status
from runs.reading import Reading, read
from runs.recorder import OpenedRun, beside, follow_metadata, open_run
from runs.rows import new_entity, update_live_row
from runs.verify import orphans_of

# A crash is healed at the next start; a school may start again after a long weekend.
RECENT_DAYS = 7

GIVEN_ROW = "given its row"
LISTED = f"added to {archive.METADATA}"
ENDED = "completed, the run is"
REMOVED = "removed, a temporary file of a crash"


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done, or would be, to the file or folder `place`, relative to the archive's root."""

    place: str
    what: str


def heal(*, days: int = RECENT_DAYS) -> Iterator[Deed]:
    """Heal what a crash left in the last `days`, and yield each deed.

    What somebody is at, here or on another host, is passed over: it is live or its lock is held.
    """
    since = timezone.localdate() - timedelta(days=days - 1)
    yield from _remove_unfinished(dry_run=False)
    found = list(_own_folders(since))
    report = index.index_folders(found)
    yield from deeds_of(report)
    torn = {*report.untold, *report.abandoned}
    torn |= {folder.name for folder in found if _has_temporary_files(folder)}
    for run in Run.objects.filter(root="", folder__in=torn).order_by("folder"):
        if not _is_at_work(run):
            yield from _reconciled(run, dry_run=False)
    yield from _write_acts(since)


def deeds_of(report: Report) -> Iterator[Deed]:
    """Yield what an index run did to the rows of folders."""
    yield from (Deed(folder, GIVEN_ROW) for folder in report.new)
    yield from (Deed(folder, "followed by its row") for folder in report.changed)


def repair(*, dry_run: bool = False) -> Iterator[Deed]:
    """Do the same for the whole archive, tell what is nobody's, and yield each deed."""
    yield from _remove_unfinished(dry_run=dry_run)
    for found in find_runs():
        reading = read(found)
        if reading.may_be_written and not (reading.error or reading.in_use or reading.is_misnamed):
            yield from _repair_folder(reading, dry_run=dry_run)
    yield from _write_acts(dry_run=dry_run)


def _repair_folder(reading: Reading, *, dry_run: bool) -> Iterator[Deed]:
    name = reading.found.name
    run = Run.objects.filter(root="", folder=name).first()
    if run is None and dry_run:
        yield from _deeds_without_row(reading.found)
    if run is None or run.status == Status.DAMAGED or _is_at_work(run):
        return
    deeds = _reconciled(run, dry_run=dry_run) if _is_torn(run, reading) else []
    yield from deeds
    places = {deed.place for deed in deeds}
    for orphan in orphans_of(reading) if run.is_final else ():
        if f"{name}/{orphan}" not in places:
            yield Deed(f"{name}/{orphan}", "left alone, for nobody can tell where it comes from")


def _deeds_without_row(found: Found) -> Iterator[Deed]:
    """Yield what will be done with a folder once it has its row."""
    folder = Path(found.path)
    with suppress(ArchiveError, KeyError, TypeError):
        metadata = archive.read_metadata(folder)
        for item in _meant_items(folder, metadata):
            yield Deed(f"{found.name}/{item['filename']}", LISTED)
        if metadata["status"] in LIVE:
            yield Deed(f"{found.name}/{archive.METADATA}", f"{ENDED} {Status.INTERRUPTED}")
        for name in leftovers.temporary_files(folder):
            yield Deed(f"{found.name}/{name}", REMOVED)


def reconcile(run: Run, *, dry_run: bool = False) -> list[Deed]:
    """Bring folder and rows of `run` in line and return the deeds; raises `ArchiveError`.

    The file that a crash kept from metadata.json is listed, what is listed gets its row, an end
    that only one of the two knows is told to the other, temporary files go.
    """
    folder = archive.run_folder(run)
    with archive.locked(folder):
        opened = open_run(run, folder)
        temporary = leftovers.temporary_files(folder)
        deeds = [
            *_complete_metadata(run, opened, dry_run=dry_run),
            *_complete_rows(run, opened, dry_run=dry_run),
        ]
        for name in temporary:
            if not dry_run:
                (folder / name).unlink(missing_ok=True)
            deeds.append(Deed(name, REMOVED))
    return [Deed(f"{run.folder}/{deed.place}".rstrip("/"), deed.what) for deed in deeds]


# One run, held by its lock ------------------------------------------------------------------


def _complete_metadata(run: Run, opened: OpenedRun, *, dry_run: bool) -> list[Deed]:
    metadata = opened.metadata
    meant = _meant_items(opened.folder, metadata)
    metadata["entities"].extend(meant)
    deeds = [Deed(item["filename"], LISTED) for item in meant]
    if opened.row.is_final and not opened.is_final:
        row = Run.objects.get(pk=run.pk)
        opened.refresh()
        metadata["finished_at"] = local_text(row.finished_at)
        metadata["current_state"]["step"] = row.status
        if row.error_kind or row.error_message:
            metadata["error"] = {"kind": row.error_kind, "message": row.error_message}
        deeds.append(Deed(archive.METADATA, f"{ENDED} {row.status}"))
    if deeds and not dry_run:
        metadata["current_state"]["progress"] = progress(metadata)
        with archive.replacing(opened.folder) as write:
            if any(item["type"] == authorship.FINAL_TEXT.get(run.kind) for item in meant):
                # The crash was before it was told who wrote what, or in its midst.
                texts = authorship.texts_in(run, metadata["entities"])
                for name, content in beside(run, metadata, texts, now=timezone.now()).items():
                    write(name, content)
            write(archive.METADATA, archive.metadata_bytes(metadata))
    return deeds


def _meant_items(folder: Path, metadata: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what the next metadata.json was to list, where its file has come and is whole."""
    known = metadata["entities"]
    for name in leftovers.temporary_files(folder, of=archive.METADATA):
        # Half of one, where the crash was earlier, is none.
        with suppress(OSError, ValueError, TypeError, KeyError):
            meant = parse_object(read_start(f"{folder}/{name}", archive.MOST_METADATA))
            items: list[dict[str, Any]] = meant["entities"]
            further = items[len(known) :]
            if (
                meant["run_id"] == metadata["run_id"]
                and items[: len(known)] == known
                and further
                and all(_is_there(folder, item) for item in further)
            ):
                return further
    return []


def _is_there(folder: Path, item: dict[str, Any]) -> bool:
    path = folder / os.path.basename(item["filename"])  # noqa: PTH119  what else it may be
    if path.is_symlink() or path.stat().st_size != item["size"]:
        return False
    with path.open("rb") as file:
        return bool(hashlib.file_digest(file, "sha256").hexdigest() == item["sha256"])


def _complete_rows(run: Run, opened: OpenedRun, *, dry_run: bool) -> list[Deed]:
    rows = set(run.entities.values_list("filename", flat=True))
    missing = [item for item in opened.metadata["entities"] if item["filename"] not in rows]
    deeds = [Deed(item["filename"], GIVEN_ROW) for item in missing]
    is_unheard = opened.is_final and not opened.row.is_final
    if is_unheard:
        deeds.append(Deed("", f"ended in its row, the run is {opened.metadata['status']}"))
    if deeds and not dry_run:
        with transaction.atomic():
            Entity.objects.bulk_create([new_entity(run, item) for item in missing])
            if is_unheard:
                follow_metadata(run, opened.metadata)
            if missing:
                run.shares = authorship.shares_in(opened.metadata)
                Run.objects.filter(pk=run.pk).update(shares=run.shares)
                update_live_row(run)
    return deeds


# What to look at ----------------------------------------------------------------------------


def _own_folders(since: date) -> Iterator[Found]:
    """Yield the folders of our own runs from `since` on."""
    for name, path in day_folders():
        if not name.startswith("json/"):
            # Of an archive that is only read.
            continue
        day = date.fromisoformat(name.removeprefix("json/"))
        if day < since:
            continue
        with suppress(OSError), os.scandir(path) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                if leftovers.is_own_folder(entry.name) and entry.is_dir(follow_symlinks=False):
                    yield Found(entry.path, f"{name}/{entry.name}", "L2", day)


def _has_temporary_files(found: Found) -> bool:
    try:
        return bool(leftovers.temporary_files(found.path))
    except ArchiveError:
        return False


def _is_torn(run: Run, reading: Reading) -> bool:
    """Tell whether folder and rows say different things, or something was being written."""
    if (run.status in LIVE) != reading.is_live or _has_temporary_files(reading.found):
        return True
    rows = set(run.entities.values_list("filename", flat=True))
    return not rows.issuperset(values["filename"] for values in reading.entities)


def _is_at_work(run: Run) -> bool:
    """Tell whether a worker holds `run`, wherever it is, or somebody changes it just now."""
    if run.status == Status.RUNNING and run.lease_until and run.lease_until > timezone.now():
        return True
    try:
        return archive.is_locked(archive.run_folder(run))
    except ArchiveError:
        return True


def _reconciled(run: Run, *, dry_run: bool) -> list[Deed]:
    try:
        return reconcile(run, dry_run=dry_run)
    except Exception as error:
        # One odd folder must not keep the others from being healed.
        return [Deed(run.folder, f"left alone: {type(error).__name__}: {error}")]


def _remove_unfinished(*, dry_run: bool) -> Iterator[Deed]:
    for name in leftovers.remove_unfinished(dry_run=dry_run):
        yield Deed(name, "removed, it was never finished")


def _write_acts(since: date | None = None, *, dry_run: bool = False) -> Iterator[Deed]:
    try:
        for file, act_id in act_index.write_missing(since=since, dry_run=dry_run):
            yield Deed(file, f"completed by {act_id}")
    except ArchiveError as error:
        yield Deed("acts.jsonl", f"left alone: {error}")
