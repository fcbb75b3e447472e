"""The run folders of a selection, read with the same memory however many there are."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db.models import QuerySet

from runs import archive
from runs.archive import ArchiveError
from runs.models import Run
from runs.streaming import Chunks

CHUNK_BYTES = 256 * 1024
# Runs per look at the database: no transaction stays open while files travel.
BATCH = 200


@dataclass(slots=True)
class ExportedFile:
    """A file of a run; `size` and `sha256` are those of the bytes that went out."""

    name: str
    path: Path
    # As it was listed; 0 where it cannot be told.
    expected_size: int
    size: int = 0
    sha256: str = ""
    error: str = ""

    def chunks(self) -> Chunks:
        """Yield the content. What cannot be read is told by `error`, when all has been taken."""
        digest = hashlib.sha256()
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
                    self.size += len(chunk)
                    yield chunk
        except OSError as error:
            self.error = error.strerror or str(error)
        self.sha256 = digest.hexdigest()


@dataclass(slots=True)
class ExportedRun:
    """A run and the files that lie in its folder."""

    run: Run
    files: list[ExportedFile]
    # What the folder should hold and does not, one phrase each.
    problems: list[str] = field(default_factory=list)

    def check(self) -> None:
        """Compare what went out with the run's record, after the files have been taken."""
        taken = {file.name: file for file in self.files if not file.error}
        self.problems += [f"unreadable: {file.name}" for file in self.files if file.error]
        if archive.METADATA not in taken:
            self.problems.append(f"missing: {archive.METADATA}")
        for entity in self.run.entities.all():
            file = taken.get(_name_in_folder(self.run, entity.filename))
            if file is None:
                self.problems.append(f"missing: {entity.filename}")
            elif entity.sha256 and entity.sha256 != file.sha256:
                self.problems.append(f"changed: {entity.filename}")


def exported_runs(runs: QuerySet[Run]) -> Iterator[ExportedRun]:
    """Yield the selected runs, oldest first, as they are when their turn comes."""
    pks = list(runs.order_by("created_at", "id").values_list("pk", flat=True))
    for start in range(0, len(pks), BATCH):
        some = Run.objects.filter(pk__in=pks[start : start + BATCH])
        for run in (
            some.select_related("device", "workshop")
            .prefetch_related("entities")
            .order_by("created_at", "id")
        ):
            yield _exported(run)


def _exported(run: Run) -> ExportedRun:
    try:
        folder = archive.run_folder(run)
    except ArchiveError as error:
        return ExportedRun(run, [], [str(error)])
    files: list[ExportedFile] = []
    problems: list[str] = []
    for parent, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(parent, name)
            relative = path.relative_to(folder).as_posix()
            if path.is_symlink():
                # It may lead to anything on this machine.
                problems.append(f"left out, a link: {relative}")
            elif not _is_unfinished(name):
                files.append(ExportedFile(relative, path, _size(path)))
    return ExportedRun(run, files, problems)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _is_unfinished(name: str) -> bool:
    return name.startswith(".") and name.endswith(archive.TEMP_SUFFIX)


def _name_in_folder(run: Run, filename: str) -> str:
    """Return where a recorded file lies in the run's folder, "" where it cannot."""
    try:
        path = archive.entity_path(run, filename)
        return path.relative_to(archive.run_folder(run)).as_posix()
    except (ArchiveError, ValueError):
        return ""
