"""Finds the runs below the archive's root, in every layout in which they have been kept.

| L0 | `<uuid>/` with `input_text.txt`, `transformed_text.txt`, `output_image.png` |
| L1 | `<run>/` |
| L2 | `<YYYY-MM-DD>/<run>/`, ours |
| L3 | `<YYYY-MM-DD>/<device>/<run>/`, files in `final/` and `prompting_process/` |
| L4 | `<YYYY-MM-DD>/legacy_<YYYYMMDD>/<old name>/`, as L0 or L1 |

Nothing is written here, and nothing outside the root is followed. What is not a run is ignored.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from runs import archive

_RUN = re.compile(r"(?:run|gen|leg)_(?P<ms>\d{12,14})_[0-9a-zA-Z]+", re.ASCII)
_LEGACY = re.compile(r"legacy_\d{8}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# `04_output_image.png`, and `A_input.txt`, `Z1_…` of a short time in between.
_ENTITY = re.compile(
    r"(?P<number>\d{1,4}|[A-Z]\d*)_(?P<type>[A-Za-z][A-Za-z0-9_]*)\.(?P<extension>[A-Za-z0-9]+)",
    re.ASCII,
)
_L0_TYPES = {
    "input_text.txt": "input",
    "transformed_text.txt": "interception",
    "output_image.png": "output_image",
}
_BESIDE = {"01_config_used.json"}
_PARTS = ("final", "prompting_process")


@dataclass(frozen=True, slots=True)
class Found:
    """A folder that is a run's, or `error`: why nobody can tell.

    `name` is relative to the archive root, `device` the device folder of L3.
    """

    path: str
    name: str
    layout: str
    day: date | None = None
    device: str = ""
    error: str = ""

    @property
    def run_id(self) -> str:
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that lies in a run's folder; `filename` as metadata.json would name it."""

    filename: str
    number: int
    type: str
    size: int


def find_runs() -> Iterator[Found]:
    """Yield the folders of all runs, day by day, in the order of their names."""
    root = archive.runs_root()
    if not root.is_dir():
        return
    for entry in _folders(str(root)):
        day = _day(entry.name)
        name = f"json/{entry.name}"
        if day is not None:
            yield from _find_in_day(entry.path, name, day)
        elif _is_run(entry):
            yield Found(entry.path, name, "L1")


def day_folders() -> Iterator[tuple[str, str]]:
    """Yield name and path of the folders of all days, in the order of their dates."""
    root = archive.runs_root()
    if root.is_dir():
        for entry in _folders(str(root)):
            if _day(entry.name) is not None:
                yield f"json/{entry.name}", entry.path


def milliseconds_in(run_id: str) -> int | None:
    """Return the time that a run's id bears, in Unix milliseconds."""
    match = _RUN.fullmatch(run_id)
    return int(match["ms"]) if match else None


def files_of(found: Found) -> list[FoundFile]:
    """Return the files of a run that lie in its folder, sorted by name. Raises OSError."""
    files = _files_in(found.path)
    final = Path(found.path, "final")
    if found.layout == "L3" and final.is_dir() and not final.is_symlink():
        files += _files_in(str(final))
    return sorted(files, key=lambda file: (file.number, file.filename))


def _files_in(path: str) -> list[FoundFile]:
    files = []
    with os.scandir(path) as entries:
        for entry in entries:
            if not entry.is_file(follow_symlinks=False):
                continue
            if _is_entity(entry.name):
                match = _ENTITY.fullmatch(entry.name)
                type_ = match["type"] if match else _L0_TYPES[entry.name]
                number = match["number"] if match else ""
                files.append(
                    FoundFile(
                        entry.name,
                        int(number) if number.isdigit() else 0,
                        type_,
                        entry.stat(follow_symlinks=False).st_size,
                    )
                )
    return files


def _find_in_day(path: str, name: str, day: date) -> Iterator[Found]:
    try:
        entries = _folders(path)
    except OSError as error:
        yield Found(path, name, "L2", day, error=f"cannot be read: {error.strerror}")
        return
    for entry in entries:
        inner = f"{name}/{entry.name}"
        if _LEGACY.fullmatch(entry.name):
            yield from _find_inside(entry, inner, "L4", day, "")
        elif _is_run(entry):
            yield Found(entry.path, inner, "L2", day)
        else:
            yield from _find_inside(entry, inner, "L3", day, entry.name)


def _find_inside(
    folder: os.DirEntry[str], name: str, layout: str, day: date, device: str
) -> Iterator[Found]:
    try:
        entries = _folders(folder.path)
    except OSError as error:
        yield Found(folder.path, name, layout, day, error=f"cannot be read: {error.strerror}")
        return
    for entry in entries:
        if _is_run(entry):
            yield Found(entry.path, f"{name}/{entry.name}", layout, day, device)


def _is_run(entry: os.DirEntry[str]) -> bool:
    """Tell a run's folder, be it damaged, from a device's or any other folder."""
    if _RUN.fullmatch(entry.name):
        return True
    if os.path.lexists(f"{entry.path}/{archive.METADATA}"):
        return True
    try:
        with os.scandir(entry.path) as entries:
            return any(
                inner.name in _PARTS
                if inner.is_dir(follow_symlinks=False)
                else _is_entity(inner.name)
                for inner in entries
            )
    except OSError:
        # Nobody can look inside, so it is kept visible by its name.
        return True


def _is_entity(name: str) -> bool:
    if name in _BESIDE:
        return False
    return name in _L0_TYPES or _ENTITY.fullmatch(name) is not None


def _folders(path: str) -> list[os.DirEntry[str]]:
    with os.scandir(path) as entries:
        return sorted(
            (
                entry
                for entry in entries
                if not entry.name.startswith(".") and entry.is_dir(follow_symlinks=False)
            ),
            key=lambda entry: entry.name,
        )


def _day(name: str) -> date | None:
    if not _DATE.fullmatch(name):
        return None
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
