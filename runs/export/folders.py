"""The run folders of a selection, read with the same memory however many there are."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Prefetch, QuerySet

from runs import archive
from runs.archive import ArchiveError
from runs.authorship import record_in
from runs.bounded import open_regular
from runs.models import Act, Entity, Run
from web.streaming import Chunks

CHUNK_BYTES = 256 * 1024
# Runs per look at the database: no transaction stays open while files travel.
BATCH = 200

_KEPT_SUFFIXES = (".txt", ".json")


@dataclass(slots=True)
class ExportedFile:
    """A file of a run; `size` and `sha256` are those of the bytes that went out."""

    name: str
    path: str
    # As it was listed.
    expected_size: int
    size: int = 0
    sha256: str = ""
    error: str = ""
    # The content of a text, or its beginning, so that the manifest quotes what went out.
    text: str = ""

    def chunks(self) -> Chunks:
        """Yield the content. What cannot be read is told by `error`, when all has been taken."""
        digest = hashlib.sha256()
        kept: list[bytes] = []
        keeps = self.name.endswith(_KEPT_SUFFIXES)
        try:
            with open_regular(self.path) as file:
                while chunk := file.read(CHUNK_BYTES):
                    digest.update(chunk)
                    self.size += len(chunk)
                    if keeps and self.size <= archive.MOST_TEXT:
                        kept.append(chunk)
                    yield chunk
        except OSError as error:
            self.error = error.strerror or str(error)
        self.sha256 = digest.hexdigest()
        self.text = b"".join(kept).decode("utf-8", "replace")


@dataclass(slots=True)
class ExportedRun:
    """A run and the files that lie in its folder."""

    run: Run
    files: list[ExportedFile] = field(default_factory=list)
    # What the folder should hold and does not, one phrase each.
    problems: list[str] = field(default_factory=list)

    @property
    def folder(self) -> str:
        """Where it lies in the export: each archive beside the live one has a folder of its own."""
        root = self.run.root
        if not root:
            return self.run.folder
        # Two of them may end in one name.
        digest = hashlib.sha256(root.encode()).hexdigest()[:8]
        return f"archives/{root.rpartition('/')[2]}-{digest}/{self.run.folder}"

    def file(self, name: str) -> ExportedFile | None:
        """Return the file of that name if it went out."""
        return next((file for file in self.files if file.name == name and not file.error), None)

    def file_of(self, entity: Entity) -> ExportedFile | None:
        """Return the recorded file if it went out; in layout L3 records leave out `final/`."""
        found = self.file(entity.filename)
        if found is None and self.run.layout == "L3":
            found = self.file(f"final/{entity.filename}")
        return found

    def text_of(self, type_: str) -> str:
        """Return the run's first text of a type, "" where none went out."""
        for entity in self.run.entities.all():
            if entity.type == type_ and (file := self.file_of(entity)):
                return file.text
        return ""

    @property
    def record(self) -> dict[str, Any]:
        """What metadata.json says, as it went out; nothing where it is damaged."""
        file = self.file(archive.METADATA)
        try:
            record = json.loads(file.text) if file else None
        except (ValueError, RecursionError):
            return {}
        return record if isinstance(record, dict) else {}

    def check(self) -> None:
        """Compare what went out with the run's record, after the files have been taken."""
        self.problems += [f"unreadable: {file.name}" for file in self.files if file.error]
        if self.file(archive.METADATA) is None:
            self.problems.append(f"missing: {archive.METADATA}")
        for entity in self.run.entities.all():
            file = self.file_of(entity)
            if file is None:
                self.problems.append(f"missing: {entity.filename}")
            elif entity.sha256 and entity.sha256 != file.sha256:
                self.problems.append(f"changed: {entity.filename}")
        # Foreign folders may hold anything under that name.
        beside = record_in(self.record) if self.run.shares else None
        if beside:
            beside_file = self.file(beside["filename"])
            if beside_file is None:
                self.problems.append(f"missing: {beside['filename']}")
            elif beside["sha256"] != beside_file.sha256:
                self.problems.append(f"changed: {beside['filename']}")


def exported_runs(runs: QuerySet[Run]) -> Iterator[ExportedRun]:
    """Yield the selected runs, oldest first, as they are when their turn comes."""
    pks = list(runs.order_by("created_at", "id").values_list("pk", flat=True))
    acts = Act.objects.order_by("at", "id").prefetch_related("undoes")
    for start in range(0, len(pks), BATCH):
        some = Run.objects.filter(pk__in=pks[start : start + BATCH])
        for run in (
            some.select_related("device", "workshop")
            .prefetch_related("entities", Prefetch("acts", acts))
            .order_by("created_at", "id")
        ):
            yield _exported(run)


def _exported(run: Run) -> ExportedRun:
    exported = ExportedRun(run)
    try:
        _list(exported, str(archive.run_folder(run)), "")
    except ArchiveError as error:
        exported.problems.append(str(error))
    return exported


def _list(exported: ExportedRun, folder: str, inside: str) -> None:
    """List the files of a folder and of those in it; `inside` is its name in the run's folder."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except FileNotFoundError:
        # What should lie there is missed by its name.
        return
    except OSError as error:
        exported.problems.append(f"unreadable: {inside or 'the folder'} ({error.strerror})")
        return
    for entry in found:
        name = f"{inside}{entry.name}"
        if entry.is_symlink():
            # It may lead to anything on this machine.
            exported.problems.append(f"left out, a link: {name}")
        elif entry.is_dir(follow_symlinks=False):
            _list(exported, entry.path, f"{name}/")
        elif not entry.is_file(follow_symlinks=False):
            # A pipe would be waited for.
            exported.problems.append(f"left out, no regular file: {name}")
        elif not _is_unfinished(entry.name):
            exported.files.append(ExportedFile(name, entry.path, _size(entry)))


def _size(entry: os.DirEntry[str]) -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except OSError:
        return 0


def _is_unfinished(name: str) -> bool:
    return name.startswith(".") and name.endswith(archive.TEMP_SUFFIX)
