"""All files that lie in a run's folder, whether or not its record knows them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from runs import archive
from runs.archive import ArchiveError
from runs.authorship import FILENAME
from runs.entity_types import MEDIA
from runs.layouts import settled_type
from runs.media import content_type_of
from runs.models import Entity, Run, Status

# More nobody looks through one by one; an export has them all.
MOST_FILES = 1000
# So many folders down; ours have none, those of older versions one level.
_MOST_LEVELS = 4
# What was written, and what was noted of it.
_WORDS = (".txt", ".json")
_RECORDS = (archive.METADATA, FILENAME)
# No address bears them, or they mean another folder elsewhere.
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]")


@dataclass(frozen=True, slots=True)
class RunFile:
    """A file by its place in the folder; `entity` is what is recorded of it, None of others.

    `problem` says why it cannot be opened.
    """

    name: str
    size: int | None
    entity: Entity | None = None
    problem: str = ""

    @property
    def type_name(self) -> str:
        """The type that is recorded, or what is said of a file that has none."""
        if self.entity is not None:
            return self.entity.type
        return _("record of the run") if self.name in _RECORDS else _("in no record")

    @property
    def content_type(self) -> str:
        return content_type_of(self.name)


@dataclass(frozen=True, slots=True)
class RunFiles:
    """The files of a run: those recorded first, in their order; `is_whole`: these are all."""

    files: list[RunFile]
    is_whole: bool = True

    def openable(self, name: str) -> RunFile | None:
        """Return the file of that name if it can be opened."""
        return next((file for file in self.files if file.name == name and not file.problem), None)


def files_of_run(run: Run) -> RunFiles:
    """Return what lies in the folder of `run` and what should; nothing in it is opened."""
    lying: dict[str, RunFile] = {}
    is_whole = True
    try:
        for file in _walk(str(archive.run_folder(run)), ""):
            if len(lying) == MOST_FILES:
                is_whole = False
                break
            lying[file.name] = file
    except ArchiveError:
        pass  # Nothing lies there; what should is named below.
    files = [_recorded(run, entity, lying) for entity in run.entities.all()]
    names = {file.name for file in files}
    for name in sorted(lying.keys() - names):
        file = lying[name]
        files.append(RunFile(name, file.size, problem=file.problem or _closed(run, name)))
    return RunFiles(files, is_whole)


def _recorded(run: Run, entity: Entity, lying: dict[str, RunFile]) -> RunFile:
    name = entity.filename
    if name not in lying and run.layout == "L3" and f"final/{name}" in lying:
        name = f"final/{name}"
    file = lying.get(name)
    if file is None:
        return RunFile(name, entity.size, entity, _("It is not there any more."))
    return RunFile(name, file.size, entity, file.problem or _closed(run, name, entity.type))


def _closed(run: Run, name: str, type_: str = "") -> str:
    """Say why a file stays closed: of a blocked run whatever it has made, and what may be that."""
    if run.status != Status.BLOCKED:
        return ""
    is_made = settled_type(type_, name).startswith(MEDIA)
    if is_made or PurePosixPath(name).suffix.lower() not in _WORDS:
        return _("Kept closed: the run was blocked.")
    return ""


def _walk(folder: str, inside: str, levels: int = _MOST_LEVELS) -> Iterator[RunFile]:
    """Yield the files of a folder and of those in it; `inside` is its name in the run's folder."""
    try:
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if inside:
            yield RunFile(inside, None, problem=_unreadable(error))
        return
    for entry in found:
        name = inside + entry.name
        if entry.is_dir(follow_symlinks=False):
            if levels:
                yield from _walk(entry.path, f"{name}/", levels - 1)
        else:
            yield _look_at(entry, name)


def _look_at(entry: os.DirEntry[str], name: str) -> RunFile:
    printable = name.encode("utf-8", "backslashreplace").decode()
    if printable != name or _UNSAFE.search(name):
        return RunFile(printable, None, problem=_("Its name cannot stand in an address."))
    if entry.is_symlink():
        return RunFile(name, None, problem=_("A link, which is not followed."))
    if not entry.is_file(follow_symlinks=False):
        return RunFile(name, None, problem=_("It is no regular file."))
    try:
        return RunFile(name, entry.stat(follow_symlinks=False).st_size)
    except OSError as error:
        return RunFile(name, None, problem=_unreadable(error))


def _unreadable(error: OSError) -> str:
    return _("It cannot be read: %(reason)s") % {"reason": error.strerror or error}
