"""Compares the archive with its own records: every file there, whole, and known."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from io import BufferedReader
from pathlib import Path

from runs import act_files, act_index, archive, recorder, seals
from runs.archive import ArchiveError
from runs.layouts import BESIDE, PARTS, day_folders, find_runs, is_dropping, is_shadow
from runs.models import LIVE, Run, Status
from runs.reading import Reading, may_be_written, read
from runs.seals import SealFile

_OF_A_DAY = BESIDE | {act_files.FILENAME}


def find_faults(*, on_progress: Callable[[int], None] | None = None) -> Iterator[tuple[str, str]]:
    """Yield (place, what is wrong) by reading every file that has a size, a checksum or a seal.

    Neither rows nor files are changed.
    """
    sealed = SealFile()
    for count, found in enumerate(find_runs(), start=1):
        for fault in _faults_of(read(found), sealed):
            yield found.place, fault
        if on_progress is not None:
            on_progress(count)
    yield from seals.find_gone(sealed)
    yield from _strays()
    yield from act_index.find_unwritten()


def _faults_of(reading: Reading, sealed: SealFile) -> Iterator[str]:
    found = reading.found
    if reading.error:
        yield reading.error
    run = Run.objects.filter(folder=found.name, root=found.root).first()
    if run is None:
        if not reading.in_use and not _is_copy(reading):
            yield "has no row"
    elif run.status not in LIVE:
        yield from _faults_of_files(run, reading)
        for orphan in _orphans(reading):
            yield f"{orphan} is in no record"
    if not reading.may_be_written:
        yield from seals.find_faults(sealed, found.root, found.name, Path(found.path))


def _is_copy(reading: Reading) -> bool:
    """Tell whether a folder that has no row is another one's copy, which the index lists."""
    if reading.is_misnamed:
        return True
    return Run.objects.filter(run_id=reading.values["run_id"]).exists()


def _faults_of_files(run: Run, reading: Reading) -> Iterator[str]:
    known = set(run.entities.values_list("filename", flat=True))
    beside = [reading.authorship] if reading.authorship else []
    for values in [*reading.entities, *beside]:
        name = values["filename"]
        if name not in known and values not in beside:
            yield f"{name} has no row"
        try:
            with archive.open_file(run, name) as file:
                size = os.fstat(file.fileno()).st_size
                if values["size"] is not None and size != values["size"]:
                    yield f"{name} has {size} bytes instead of {values['size']}"
                elif values["sha256"] and _sha256(file) != values["sha256"]:
                    yield f"{name} has another SHA-256 than recorded"
        except ArchiveError as error:
            yield str(error)
        except OSError as error:
            yield f"{name}: {error.strerror}"


def _orphans(reading: Reading) -> Iterator[str]:
    """Yield the names of what lies in a run's folder and in no record of it."""
    known = {values["filename"] for values in reading.entities} | {archive.METADATA} | BESIDE
    if reading.authorship:
        known.add(reading.authorship["filename"])
    known |= {name.partition("/")[0] for name in known}
    parts = PARTS if reading.found.layout == "L3" else ()
    for name in _names_in(reading.found.path):
        if name in parts:
            inner = (f"{name}/{file}" for file in _names_in(f"{reading.found.path}/{name}"))
            # What is finished is recorded without its folder.
            yield from (file for file in inner if not {file, file.removeprefix("final/")} & known)
        elif name not in known:
            yield name


def _strays() -> Iterator[tuple[str, str]]:
    """Yield what lies in the folders of days and belongs to no run."""
    for name, path in day_folders():
        for stray in _names_in(path):
            # Folders are looked into by the search for runs.
            if stray not in _OF_A_DAY and not os.path.isdir(f"{path}/{stray}"):  # noqa: PTH112
                yield f"{name}/{stray}", "belongs to no run"


def _names_in(path: str) -> list[str]:
    """Return what lies in a folder, as it can be printed; nothing where it cannot be read."""
    try:
        names = sorted(os.listdir(path))  # noqa: PTH208  names are all that is asked for
    except OSError:
        return []
    return [
        name.encode("utf-8", "backslashreplace").decode()
        for name in names
        if not is_dropping(name) and not is_shadow(name)
    ]


def repair() -> list[str]:
    """Complete in our own folders what a crash or a full disk kept from them; return which.

    Runs that nobody can be working on only: their rows have ended.
    """
    repaired = []
    for run in Run.objects.filter(root="", layout="L2").exclude(status__in=LIVE).iterator(500):
        if run.status == Status.DAMAGED or not may_be_written(run):
            continue
        recorder.reconcile(run)
        if recorder.write_state(run):
            repaired.append(run.folder)
    return repaired


def _sha256(file: BufferedReader) -> str:
    return hashlib.file_digest(file, "sha256").hexdigest()
