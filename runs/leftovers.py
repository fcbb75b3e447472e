"""What a crash leaves half done: files and folders that were growing under names of our own.

Nothing else is ever taken away. Whoever writes holds the folder's lock, so what has such a name
while nobody writes will never be finished.
"""

from __future__ import annotations

import fcntl
import math
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from runs import archive, authorship

_NUMBERED = r"\d{2,}_[a-z][a-z0-9_]*\.[a-z0-9]{1,8}"
_FILE = rf"{_NUMBERED}|{re.escape(archive.METADATA)}|{re.escape(authorship.FILENAME)}"
_NAME = re.compile(_FILE, re.ASCII)
_TEMPORARY = re.compile(
    rf"\.(?P<name>{_FILE})\.[0-9a-f]{{8}}{re.escape(archive.TEMP_SUFFIX)}", re.ASCII
)
_FOLDER = re.compile(r"run_\d{13}_[0-9a-f]{16}", re.ASCII)
_PROBE = re.compile(r"\.probe-[0-9a-f]{8}", re.ASCII)

# A new folder is made and then locked: one that is empty may have been made this moment.
_EMPTY_SECONDS = 5


def is_own_folder(name: str) -> bool:
    """Tell the folder of a run of ours by its name."""
    return _FOLDER.fullmatch(name) is not None


def temporary_files(folder: Path | str, of: str = "") -> list[str]:
    """Return the names of our temporary files in a run's folder, or of those that become `of`."""
    with archive.archive_errors(str(folder)), os.scandir(folder) as entries:
        return sorted(
            entry.name
            for entry in entries
            if entry.name.startswith(".")
            and (match := _TEMPORARY.fullmatch(entry.name))
            and of in ("", match["name"])
            and entry.is_file(follow_symlinks=False)
        )


def remove_unfinished(*, dry_run: bool = False) -> Iterator[str]:
    """Take away the folders that were growing and those files by which the disk was tried.

    Yields their names, relative to the archive's root. A folder that somebody holds, or that holds
    anything but what we write, is left alone.
    """
    building = archive.runs_root() / archive.BUILDING
    for folder in (building, archive.runs_root(), archive.archive_root()):
        for path in _entries(folder):
            name = path.relative_to(archive.archive_root()).as_posix()
            is_folder = folder == building and is_own_folder(path.name)
            if _remove(path, dry_run) if is_folder else _remove_probe(path, dry_run):
                yield name


def strangers(*, before: float) -> list[str]:
    """Return what has lain since `before` (Unix seconds) where folders grow and is not ours."""
    building = archive.runs_root() / archive.BUILDING
    return [
        path.name
        for path in _entries(building, before)
        if not (_PROBE.fullmatch(path.name) or (is_own_folder(path.name) and _is_ours(path)))
    ]


def _entries(folder: Path, before: float = math.inf) -> list[Path]:
    found = []
    with suppress(OSError), os.scandir(folder) as entries:
        for entry in entries:
            with suppress(OSError):
                if entry.stat(follow_symlinks=False).st_mtime < before:
                    found.append(Path(entry.path))
    return sorted(found)


def _is_ours(folder: Path) -> bool:
    """Tell whether a growing folder holds nothing but files as we write them."""
    with suppress(OSError), os.scandir(folder) as entries:
        return all(
            entry.is_file(follow_symlinks=False) and _NAME.fullmatch(entry.name)
            for entry in entries
        )
    return False


def _remove_probe(path: Path, dry_run: bool) -> bool:
    if not _PROBE.fullmatch(path.name) or path.is_symlink() or not path.is_file():
        return False
    try:
        if not dry_run:
            path.unlink(missing_ok=True)
    except OSError:
        return False
    return True


def _remove(folder: Path, dry_run: bool) -> bool:
    """Take away a growing folder that nobody holds; tell whether it went, or would."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        names = os.listdir(folder)  # noqa: PTH208  names are all that is asked for
        is_young = os.fstat(descriptor).st_mtime > time.time() - _EMPTY_SECONDS
        if not _is_ours(folder) or (not names and is_young):
            return False
        if not dry_run:
            for name in names:
                (folder / name).unlink()
            folder.rmdir()
    except OSError:
        # Held by somebody, or not to be written to.
        return False
    finally:
        os.close(descriptor)
    return True
