"""Finds the runs of all archives, in every layout in which they have been kept.

| L0 | `<uuid>/` with `input_text.txt`, `transformed_text.txt`, `output_image.png` |
| L1 | `<run>/` |
| L2 | `<YYYY-MM-DD>/<run>/`, ours |
| L3 | `<YYYY-MM-DD>/<device>/<run>/`, files in `final/` and `prompting_process/` |
| L4 | `<YYYY-MM-DD>/legacy_<YYYYMMDD>/<old name>/`, as L0 or L1 |

Nothing is written here, and nothing outside the root is followed. What is passed over although
it may hold runs is told.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from runs import archive
from runs.places import place_of

# Behind the random part `_canvas` and the number in a batch may follow.
_RUN = re.compile(r"(?:run|gen|leg)_(?P<ms>\d{12,14})_[0-9a-zA-Z]+(?:_canvas)?(?:_\d+)?", re.ASCII)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)
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
# What older versions laid beside their runs.
BESIDE = frozenset({"01_config_used.json", "favorites.json", "chat_history.json"})
# The folders inside a run's, and how names in metadata.json begin for what lies there.
STEPS = "prompting_process"
PARTS = {"final": "", STEPS: f"{STEPS}/"}
_PICTURES = (".png", ".jpg", ".jpeg", ".webp")
# Bins and shadow folders of NAS systems (Synology, QNAP, ZFS …) and of operating systems.
_SHADOW = re.compile(
    r"#recycle|#snapshot|@(?:eadir|recycle|recently-snapshot|sharebin|sharesnap|tmp|__thumb)"
    r"|@gmt-.*|\$recycle\.bin|recycle[rd]|\.recycle(?:\.bin)?|\.trash(?:es|-\d+)?|\.snapshots?|\.zfs"
    r"|\.appledouble|\.temporaryitems|\.spotlight-v100|\.fseventsd|\.documentrevisions-v100"
    r"|\.stversions|\.thumbnails|lost\+found|found\.\d{3}|system volume information|__macosx",
    re.ASCII | re.IGNORECASE,
)
_DROPPING = re.compile(r"\._.*|\.ds_store|thumbs\.db|desktop\.ini", re.IGNORECASE)
# So many folders down runs are looked for where none belong.
_MOST_LEVELS = 5
# As long as the row of a run has room for.
_MOST_OF_A_NAME = 400


@dataclass(frozen=True, slots=True)
class Found:
    """A folder that is a run's, or `error`: why nobody can tell.

    `name` is relative to the `root` of its archive, `device` the device folder of L3.
    """

    path: str
    name: str
    layout: str
    day: date | None = None
    device: str = ""
    error: str = ""
    root: str = ""

    @property
    def place(self) -> str:
        """Where it lies, as people are told: like `Run.place`."""
        return place_of(self.root, self.name)

    @property
    def run_id(self) -> str:
        return self.name.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class PassedOver:
    """A folder that is not looked into, and why; `is_missed`: runs in it are in no index."""

    name: str
    reason: str
    is_missed: bool = True


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file that lies in a run's folder; `filename` as metadata.json would name it."""

    filename: str
    number: int
    type: str
    size: int


def find_runs(passed_over: list[PassedOver] | None = None) -> Iterator[Found]:
    """Yield the folders of all runs, the live archive's first, day by day, by their names.

    What is not read meanwhile is added to `passed_over`.
    """
    for root in archive.roots():
        yield from _Search(root, [] if passed_over is None else passed_over).find()


def day_folders() -> Iterator[tuple[str, str]]:
    """Yield place and path of the folders of all days, in the order of their dates."""
    for root in archive.roots():
        with suppress(OSError):
            for entry in _folders(str(archive.runs_root(root))):
                if _day(entry.name) is not None and not entry.is_symlink():
                    yield place_of(root, f"json/{entry.name}"), entry.path


def _folders(path: str) -> list[os.DirEntry[str]]:
    """Return the folders in a folder, and the links to folders, sorted by name. Raises OSError."""
    with os.scandir(path) as entries:
        folders = (
            entry
            for entry in entries
            if entry.is_dir(follow_symlinks=False) or _is_link_to_folder(entry)
        )
        return sorted(folders, key=lambda entry: entry.name)


def is_shadow(name: str) -> bool:
    """Tell a bin or shadow folder by its name."""
    return _SHADOW.fullmatch(name) is not None


def is_dropping(name: str) -> bool:
    """Tell by its name a file that systems and cameras lay down in any folder that they open."""
    return _DROPPING.fullmatch(name) is not None


def is_unique(run_id: str) -> bool:
    """Tell a name that nobody gave by hand, so that two never bear it by chance."""
    return _RUN.fullmatch(run_id) is not None or _UUID.fullmatch(run_id) is not None


def milliseconds_in(run_id: str) -> int | None:
    """Return the time that a run's id bears, in Unix milliseconds."""
    match = _RUN.fullmatch(run_id)
    return int(match["ms"]) if match else None


def files_of(found: Found) -> list[FoundFile]:
    """Return the files of a run that lie in its folder, sorted by name. Raises OSError."""
    files = _files_in(found.path)
    if found.layout == "L3":
        for part, prefix in PARTS.items():
            folder = Path(found.path, part)
            if folder.is_dir() and not folder.is_symlink():
                files += _files_in(str(folder), prefix)
    return sorted(files, key=lambda file: (file.number, file.filename))


def settled_type(type_: str, filename: str) -> str:
    """Return the type of a file by our names, where need be told by the file's own."""
    match = None if type_ else _ENTITY.fullmatch(filename.rpartition("/")[2])
    type_ = match["type"] if match else type_
    if type_ == "generation" and filename.endswith(_PICTURES):
        # A picture of the canvas.
        return "output_image"
    return "optimized_prompt" if type_ == "generation_prompt" else type_


def _files_in(path: str, prefix: str = "") -> list[FoundFile]:
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
                        prefix + entry.name,
                        int(number) if number.isdigit() else 0,
                        settled_type(type_, entry.name),
                        entry.stat(follow_symlinks=False).st_size,
                    )
                )
    return files


class _Search:
    """One walk through an archive, and what it has passed over."""

    def __init__(self, root: str, passed_over: list[PassedOver]) -> None:
        self._root = root
        self._runs_root = str(archive.runs_root(root))
        self._passed_over = passed_over

    def find(self) -> Iterator[Found]:
        try:
            entries = self._enter(self._runs_root, "json")
        except FileNotFoundError:
            # A live archive begins empty.
            if self._root:
                self._pass_over("json", "it is not there")
            return
        except OSError as error:
            self._pass_over("json", f"cannot be read: {error.strerror}")
            return
        for entry in entries:
            day = _day(entry.name)
            name = f"json/{entry.name}"
            if day is not None:
                yield from self._find_in_day(entry.path, name, day)
            elif _is_run(entry):
                yield self._found(entry.path, name, "L1")
            else:
                self._miss(entry, name, "its name is no day")

    def _find_in_day(self, path: str, name: str, day: date) -> Iterator[Found]:
        try:
            entries = self._enter(path, name)
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
            yield self._found(path, name, "L2", day, error=reason)
            return
        for entry in entries:
            inner = f"{name}/{entry.name}"
            if _LEGACY.fullmatch(entry.name):
                yield from self._find_inside(entry, inner, "L4", day, "")
            elif _is_run(entry):
                yield self._found(entry.path, inner, "L2", day)
            else:
                yield from self._find_inside(entry, inner, "L3", day, entry.name)

    def _find_inside(
        self, folder: os.DirEntry[str], name: str, layout: str, day: date, device: str
    ) -> Iterator[Found]:
        try:
            entries = self._enter(folder.path, name)
        except OSError as error:
            reason = f"cannot be read: {error.strerror}"
            yield self._found(folder.path, name, layout, day, error=reason)
            return
        for entry in entries:
            inner = f"{name}/{entry.name}"
            if _is_run(entry):
                yield self._found(entry.path, inner, layout, day, device)
            else:
                self._miss(entry, inner, "it lies too deep")

    def _found(
        self,
        path: str,
        name: str,
        layout: str,
        day: date | None = None,
        device: str = "",
        error: str = "",
    ) -> Found:
        return Found(path, name, layout, day, device, error, self._root)

    def _enter(self, path: str, name: str) -> list[os.DirEntry[str]]:
        """Return the folders to look into."""
        entries = []
        for entry in _folders(path):
            inner = f"{name}/{entry.name}"
            if is_shadow(entry.name):
                self._pass_over(inner, "a bin or shadow folder", is_missed=False)
            elif entry.is_symlink():
                self._pass_over(
                    inner, "a link, which is not followed", is_missed=self._leads_out(entry.path)
                )
            elif entry.name.startswith("."):
                self._miss(entry, inner, "it is hidden")
            elif len(inner) > _MOST_OF_A_NAME:
                self._pass_over(inner, "its name is too long")
            elif not _is_text(entry.name):
                self._pass_over(inner, "its name is not UTF-8")
            else:
                entries.append(entry)
        return entries

    def _miss(self, folder: os.DirEntry[str], name: str, reason: str) -> None:
        """Tell of a folder that is not read, where it holds runs."""
        if folder.name != archive.BUILDING and (runs := _count_runs(folder)):
            self._pass_over(name, f"{reason}, and it holds runs: {runs}")

    def _leads_out(self, path: str) -> bool:
        """Tell whether what a link leads to lies elsewhere, so that it is not read in its place."""
        return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(self._runs_root))

    def _pass_over(self, name: str, reason: str, *, is_missed: bool = True) -> None:
        # As it can be printed, whatever bytes it has.
        printable = place_of(self._root, name).encode("utf-8", "backslashreplace").decode()
        self._passed_over.append(PassedOver(printable, reason, is_missed))


def _count_runs(folder: os.DirEntry[str], levels: int = _MOST_LEVELS) -> int:
    if _is_run(folder):
        return 1
    if not levels:
        return 0
    try:
        inner = [entry for entry in _folders(folder.path) if not entry.is_symlink()]
    except OSError:
        return 0
    return sum(_count_runs(entry, levels - 1) for entry in inner if not is_shadow(entry.name))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _is_run(entry: os.DirEntry[str]) -> bool:
    """Tell a run's folder, be it damaged, from a device's or any other folder."""
    if _RUN.fullmatch(entry.name):
        return True
    if os.path.lexists(f"{entry.path}/{archive.METADATA}"):
        return True
    try:
        with os.scandir(entry.path) as entries:
            return any(
                inner.name in PARTS
                if inner.is_dir(follow_symlinks=False)
                else _is_entity(inner.name)
                for inner in entries
            )
    except OSError:
        # Nobody can look inside, so it is kept visible by its name.
        return True


def _is_entity(name: str) -> bool:
    if name in BESIDE:
        return False
    return name in _L0_TYPES or _ENTITY.fullmatch(name) is not None


def _is_link_to_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_symlink() and os.path.isdir(entry.path)  # noqa: PTH112  never raises


def _day(name: str) -> date | None:
    if not _DATE.fullmatch(name):
        return None
    try:
        return date.fromisoformat(name)
    except ValueError:
        return None
