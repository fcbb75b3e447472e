"""What folders that are only read held when they were first seen: size and SHA-256 of every file.

One JSON object per line of SEALS_FILE, which only grows; of two for one folder the first counts:

    {"root": "/mnt/old1", "folder": "json/2026-02-10/run_1770714000000_a1b2c3",
     "at": "2026-11-24T17:00:00.123456+01:00", "files": {"01_input.txt": [4, "3a0f…"]}}

It lies beside the index, since nothing is written into a foreign folder and an archive may be
write-protected; and it is a file, so that it outlives a database that is lost: a seal made anew
would take for the first sight whatever is there by then. `Run.needs_seal` only tells what is still
to be done, so sealing can be broken off at any time and goes on from there.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from runs import archive
from runs.archive import ArchiveError
from runs.bounded import open_regular
from runs.layouts import is_dropping, is_shadow
from runs.metadata import local_text
from runs.models import Run
from runs.places import place_of
from runs.reading import may_be_written

# Runs per look at the database, and bytes until what was read is kept.
BATCH = 100
BATCH_BYTES = 256 * 1024 * 1024
# The same for who works beside others who wait for the disk.
SMALL_BATCH_BYTES = 32 * 1024 * 1024
_CHUNK_BYTES = 1024 * 1024
# Folders in a run's folder that are looked into, one in the other.
_MOST_LEVELS = 5

Files = dict[str, tuple[int, str]]
"""Size and SHA-256 by name, relative to the folder."""


class Stopped(Exception):
    """Whoever had this sealed wants no more of it."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a pass is: `folders` and `bytes` that were sealed, `left` folders to do."""

    folders: int
    bytes: int
    left: int


def seal_pending(
    *, batch_bytes: int = BATCH_BYTES, should_stop: Callable[[], bool] = lambda: False
) -> Iterator[Progress]:
    """Seal the runs that are not yet; yield after each batch, so that it may be left at any time.

    What cannot be read is left for another time. Raises `ArchiveError` where seals cannot be kept.
    """
    pending = Run.objects.filter(needs_seal=True).order_by("pk")
    left = pending.count()
    # Read only where there is something to do: it may be long.
    sealed = SealFile() if left else None
    last = folders = size = 0
    while sealed and (runs := list(pending.filter(pk__gt=last)[:BATCH])):
        for batch in _by_size(runs, sealed, batch_bytes, should_stop):
            sealed.append(batch.lines)
            _mark(batch.done)
            folders += len(batch.lines)
            size += batch.bytes
            left -= batch.looked_at
            yield Progress(folders, size, max(left, 0))
            if batch.is_stopped:
                return
        last = runs[-1].pk


def _mark(runs: list[Run]) -> None:
    for root in {run.root for run in runs}:
        some = [run for run in runs if run.root == root]
        # One that has moved meanwhile is sealed where it lies now.
        same = Run.objects.filter(root=root, folder__in=[run.folder for run in some])
        same.filter(pk__in=[run.pk for run in some]).update(needs_seal=False)


class _Batch:
    """What was read and is not kept yet."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.done: list[Run] = []
        self.looked_at = self.bytes = 0
        self.is_stopped = False


def _by_size(
    runs: list[Run], sealed: SealFile, batch_bytes: int, should_stop: Callable[[], bool]
) -> Iterator[_Batch]:
    batch = _Batch()
    for run in runs:
        batch.looked_at += 1
        if (run.root, run.folder) not in sealed and not may_be_written(run):
            try:
                files = hash_files(archive.run_folder(run), should_stop)
            except (OSError, ArchiveError):
                continue
            except Stopped:
                batch.is_stopped = True
                break
            batch.lines.append(_line(run, files))
            batch.bytes += sum(size for size, _digest in files.values())
        batch.done.append(run)
        if batch.bytes >= batch_bytes:
            yield batch
            batch = _Batch()
    yield batch


def _line(run: Run, files: Files) -> dict[str, Any]:
    at = local_text(timezone.now())
    return {"root": run.root, "folder": run.folder, "at": at, "files": files}


def hash_files(folder: Path, should_stop: Callable[[], bool] = lambda: False) -> Files:
    """Return size and SHA-256 of every file in a folder; raises OSError and `Stopped`.

    Links, pipes and devices are none, nor is what operating systems lay down beside them.
    """
    files: Files = {}
    for name in _names_of_files(str(folder), "", _MOST_LEVELS):
        digest, size = hashlib.sha256(), 0
        with open_regular(f"{folder}/{name}") as file:
            while chunk := file.read(_CHUNK_BYTES):
                digest.update(chunk)
                size += len(chunk)
                if should_stop():
                    raise Stopped
        files[name] = size, digest.hexdigest()
    return files


def _names_of_files(folder: str, inside: str, levels: int) -> Iterator[str]:
    with os.scandir(folder) as entries:
        found = sorted(entries, key=lambda entry: entry.name)
    for entry in found:
        if is_dropping(entry.name) or is_shadow(entry.name):
            continue
        if entry.is_file(follow_symlinks=False):
            yield inside + entry.name
        elif levels and entry.is_dir(follow_symlinks=False):
            yield from _names_of_files(entry.path, f"{inside}{entry.name}/", levels - 1)


class SealFile:
    """The file of seals, by the places in it: a seal itself is read when it is asked for."""

    def __init__(self) -> None:
        self._path = Path(settings.SEALS_FILE)
        self._begins: dict[tuple[str, str], tuple[int, int]] = {}
        begin = 0
        try:
            with self._path.open("rb") as file:
                for line in file:
                    if (place := _place_in(line)) is not None:
                        self._begins.setdefault(place, (begin, len(line)))
                    begin += len(line)
        except FileNotFoundError:
            pass

    def __contains__(self, place: tuple[str, str]) -> bool:
        return place in self._begins

    def places(self) -> Iterator[tuple[str, str]]:
        """Yield root and folder of everything that is sealed."""
        yield from self._begins

    def files_of(self, root: str, folder: str) -> Files | None:
        """Return what a folder held at first sight, None where it is not sealed."""
        if (root, folder) not in self._begins:
            return None
        begin, length = self._begins[root, folder]
        with self._path.open("rb") as file:
            file.seek(begin)
            files = json.loads(file.read(length))["files"]
        return {name: (size, digest) for name, (size, digest) in files.items()}

    def append(self, lines: list[dict[str, Any]]) -> None:
        """Keep seals; all are on the disk when this returns. Raises `ArchiveError`."""
        if lines:
            texts = [json.dumps(line, ensure_ascii=True) for line in lines]
            archive.append_lines(self._path, texts)


def _place_in(line: bytes) -> tuple[str, str] | None:
    """Return root and folder of a seal, None where a crash tore its line."""
    try:
        seal = json.loads(line)
        return seal["root"], seal["folder"]
    except (ValueError, TypeError, KeyError):
        return None


def differences(sealed: Files, found: Files) -> Iterator[str]:
    """Yield what has become of a folder since it was sealed."""
    for name, (size, digest) in sealed.items():
        if name not in found:
            yield f"{name} is gone since it was sealed"
        elif found[name] != (size, digest):
            yield f"{name} has changed since it was sealed"
    for name in found.keys() - sealed.keys():
        yield f"{name} is new since it was sealed"


def find_faults(sealed: SealFile, root: str, folder: str, path: Path) -> Iterator[str]:
    """Yield what has become of a folder; nothing where it was never sealed."""
    files = sealed.files_of(root, folder)
    if files is None:
        return
    try:
        yield from differences(files, hash_files(path))
    except OSError as error:
        yield f"cannot be compared with its seal: {error.strerror}"


def find_gone(sealed: SealFile) -> Iterator[tuple[str, str]]:
    """Yield (place, what is wrong) for sealed folders that are gone, their archive being there."""
    for root, folder in sealed.places():
        try:
            path = archive.root_folder(root) / folder
        except ArchiveError:
            continue
        if not os.path.lexists(path):
            yield place_of(root, folder), "is gone since it was sealed"
