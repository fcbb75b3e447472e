"""Compares the archive with its own records: every file there, whole, and known."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from runs import act_index, archive, recorder
from runs.archive import ArchiveError
from runs.layouts import find_runs
from runs.models import LIVE, Run, Status
from runs.reading import Reading, is_native_layout, read


def find_faults(*, on_progress: Callable[[int], None] | None = None) -> Iterator[tuple[str, str]]:
    """Yield (folder, what is wrong) by reading every file that has a size or a checksum."""
    for count, found in enumerate(find_runs(), start=1):
        reading = read(found)
        if reading.error:
            yield found.name, reading.error
        run = Run.objects.filter(folder=found.name).first()
        if run is None:
            if not reading.in_use:
                yield found.name, "has no row"
        elif run.status not in LIVE:
            for fault in _faults_of_files(run, reading):
                yield found.name, fault
        if on_progress is not None:
            on_progress(count)
    yield from act_index.find_unwritten()


def _faults_of_files(run: Run, reading: Reading) -> Iterator[str]:
    known = set(run.entities.values_list("filename", flat=True))
    beside = [reading.authorship] if reading.authorship else []
    for values in [*reading.entities, *beside]:
        name = values["filename"]
        if name not in known and values not in beside:
            yield f"{name} has no row"
        try:
            path = archive.entity_path(run, name)
            size = path.stat().st_size
            if values["size"] is not None and size != values["size"]:
                yield f"{name} has {size} bytes instead of {values['size']}"
            elif values["sha256"] and _sha256(path) != values["sha256"]:
                yield f"{name} has another SHA-256 than recorded"
        except ArchiveError as error:
            yield str(error)
        except OSError as error:
            yield f"{name}: {error.strerror}"


def repair() -> list[str]:
    """Complete in our own folders what a crash or a full disk kept from them; return which.

    Runs that nobody can be working on only: their rows have ended.
    """
    repaired = []
    for run in Run.objects.filter(layout="L2").exclude(status__in=LIVE).iterator(500):
        if run.status == Status.DAMAGED or not is_native_layout(run):
            continue
        recorder.reconcile(run)
        if recorder.write_state(run):
            repaired.append(run.folder)
    return repaired


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
