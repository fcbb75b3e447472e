"""The archive on disk: the only module that turns runs into paths and writes files.

A run lies in `<ARCHIVE_ROOT>/json/YYYY-MM-DD/run_<unix ms>_<hex>/`. Files and folders appear
complete or not at all, and are on the disk when a function returns. `runs.layouts` reads what
older versions have left, `runs.leftovers` takes away what a crash has. Beside this *live archive*
lie those of ARCHIVES, which are only read.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.utils import timezone

from runs.bounded import open_regular, read_start, read_whole
from runs.durable import make_folders, new_files, sync_folder
from runs.models import Run

METADATA = "metadata.json"
# Bytes of a metadata.json: far more than any that was ever written.
MOST_METADATA = 2 * 1024 * 1024
# Bytes of a text that people read, and of a file that is taken into memory as a whole.
MOST_TEXT = 4 * 1024 * 1024
MOST_BYTES = 256 * 1024 * 1024
TEMP_SUFFIX = ".tmp"
# New folders grow here, on the same file system as the date folders they move to.
BUILDING = ".tmp"

MISSING = "missing"
DAMAGED = "damaged"
INVALID = "invalid"
STORAGE_FULL = "storage_full"
READ_ONLY = "read_only"
UNAVAILABLE = "unavailable"

# Kinds that a workshop leader can mend, so they are told as what they are.
UNWRITABLE = frozenset({STORAGE_FULL, READ_ONLY})

_KIND_OF_ERRNO = {
    # A disk, a quota or a size limit is used up.
    errno.ENOSPC: STORAGE_FULL,
    errno.EDQUOT: STORAGE_FULL,
    errno.EFBIG: STORAGE_FULL,
    # Somebody made it so, or a disk with a fault did it by itself.
    errno.EROFS: READ_ONLY,
    errno.ENOENT: MISSING,
    errno.ENOTDIR: MISSING,
}


class ArchiveError(Exception):
    """The archive could not do it; `kind` is one of this module's constants."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


def archive_root() -> Path:
    """Return the folder that all of the live archive lies in."""
    return Path(settings.ARCHIVE_ROOT)


def roots() -> list[str]:
    """Return the names of all archives, as `Run.root` has them: "" is the live one's."""
    return ["", *(os.path.abspath(path) for path in settings.ARCHIVES)]  # noqa: PTH100


def runs_root(root: str = "") -> Path:
    """Return the folder of an archive that holds the date folders, there or not."""
    return Path(root or archive_root(), "json")


def root_folder(root: str) -> Path:
    """Return the folder of an archive; raises `ArchiveError` (missing) where it is not there."""
    if not root:
        return archive_root()
    if root not in roots():
        raise ArchiveError(MISSING, f"the archive {root} is not among ARCHIVES")
    if not runs_root(root).is_dir():
        raise ArchiveError(MISSING, f"the archive {root} is not there")
    return Path(root)


def new_run_id(at: datetime) -> str:
    """Return an id that sorts by `at` (aware) and cannot be guessed: 64 random bits."""
    return f"run_{int(at.timestamp() * 1000):013d}_{secrets.token_hex(8)}"


def new_folder_name(run_id: str, at: datetime) -> str:
    """Return where a run that begins `at` will lie, relative to the archive root."""
    return f"json/{timezone.localtime(at):%Y-%m-%d}/{run_id}"


# Paths --------------------------------------------------------------------------------------


def run_folder(run: Run) -> Path:
    """Return the folder of `run`; raises `ArchiveError`.

    `invalid` where that leaves the archive, `missing` where its archive is not there.
    """
    return _inside(root_folder(run.root), run.folder)


def entity_path(run: Run, filename: str) -> Path:
    """Return the path of a file of `run`, named as in its metadata.json.

    In layout L3 the names of finished files lack their folder `final/`. Raises `ArchiveError`:
    `invalid` for a name that leads out of the run's folder, also through a symbolic link.
    """
    folder = run_folder(run)
    path = _inside(folder, filename)
    if run.layout == "L3" and not path.exists():
        in_final = _inside(folder, f"final/{filename}")
        if in_final.exists():
            return in_final
    return path


def _inside(folder: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or "\\" in name or "\0" in name:
        raise ArchiveError(INVALID, f"not a name inside the archive: {name!r}")
    path = folder.joinpath(*parts)
    if not _has_link(folder, parts):
        return path
    try:
        is_inside = path.resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError) as error:
        raise ArchiveError(INVALID, f"not a name inside the archive: {name!r}") from error
    if not is_inside:
        raise ArchiveError(INVALID, f"{name!r} leads out of its folder")
    return path


def _has_link(folder: Path, parts: Sequence[str]) -> bool:
    """Tell whether one of the steps below `folder` is a symbolic link, which may lead anywhere."""
    step = str(folder)
    for part in parts:
        step = f"{step}/{part}"
        if os.path.islink(step):  # noqa: PTH114  a step of every access to a file
            return True
    return False


# Reading ------------------------------------------------------------------------------------


def open_file(run: Run, filename: str) -> BufferedReader:
    """Return a file to be read piece by piece; raises `ArchiveError` (missing, invalid …)."""
    path = _followed(entity_path(run, filename))
    with archive_errors(filename):
        return open_regular(path)


def read_bytes(run: Run, filename: str, most: int = MOST_BYTES) -> bytes:
    """Return a file's content; raises `ArchiveError` (missing, invalid, unavailable).

    The last of these also for what has more than `most` bytes or is no file at all.
    """
    path = _followed(entity_path(run, filename))
    with archive_errors(filename):
        return read_whole(path, most)


def _followed(path: Path) -> str:
    """Return what a link leads to: only one that stays in its folder comes this far."""
    return os.path.realpath(path) if path.is_symlink() else str(path)


def read_text(run: Run, filename: str) -> str:
    """Return a text file's content; bytes that are not UTF-8 become replacement characters."""
    return read_bytes(run, filename, MOST_TEXT).decode("utf-8", "replace")


def read_metadata(folder: Path) -> dict[str, Any]:
    """Return metadata.json of a run's folder; raises `ArchiveError` (missing, damaged …)."""
    with archive_errors(f"{folder.name}/{METADATA}"):
        content = read_start(f"{folder}/{METADATA}", MOST_METADATA + 1)
    if len(content) > MOST_METADATA:
        raise ArchiveError(DAMAGED, f"{folder.name}/{METADATA}: more than {MOST_METADATA} bytes")
    try:
        metadata = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ArchiveError(DAMAGED, f"{folder.name}/{METADATA}: {error}") from error
    if not isinstance(metadata, dict):
        raise ArchiveError(DAMAGED, f"{folder.name}/{METADATA}: not an object")
    return metadata


def file_names(folder: Path) -> list[str]:
    """Return the names of a run's complete files, sorted, without metadata.json."""
    with archive_errors(folder.name), os.scandir(folder) as entries:
        return sorted(
            entry.name
            for entry in entries
            if entry.is_file(follow_symlinks=False)
            and entry.name != METADATA
            and not entry.name.startswith(".")
        )


# Writing ------------------------------------------------------------------------------------


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a run's folder against every other thread and process that changes it."""
    with archive_errors(folder.name):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def is_locked(folder: Path) -> bool:
    """Tell whether somebody is changing a run's folder right now."""
    with archive_errors(folder.name):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


@contextmanager
def create_folder(name: str, files: Mapping[str, bytes]) -> Iterator[None]:
    """Make the folder `name` (relative to the archive root) appear with all of `files` in it.

    It is locked until the caller is done, so nobody takes a run without rows for a lost one.
    """
    folder = archive_root() / name
    building = runs_root() / BUILDING / folder.name
    descriptor = -1
    try:
        with archive_errors(name):
            make_folders(building.parent)
            building.mkdir()
            descriptor = os.open(building, os.O_RDONLY | os.O_DIRECTORY)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            try:
                with new_files() as write:
                    for filename, data in files.items():
                        write(f"{building}/{filename}", data)
                os.fsync(descriptor)
                make_folders(folder.parent)
                building.rename(folder)
            except BaseException:
                shutil.rmtree(building, ignore_errors=True)
                raise
            sync_folder(folder.parent)
        yield
    finally:
        if descriptor >= 0:
            os.close(descriptor)


def take_away(name: str) -> None:
    """Remove the folder `name`, which whoever calls has just made and holds (`create_folder`)."""
    with archive_errors(name):
        shutil.rmtree(archive_root() / name)


def growing_place() -> Path:
    """Return where new folders grow; where that is still to be made, what it will be made in."""
    building = runs_root() / BUILDING
    with archive_errors(str(building)):
        return next(folder for folder in (building, *building.parents) if folder.exists())


def probe() -> None:
    """Write a file where new folders grow and take it away again; raises `ArchiveError`."""
    place = growing_place()
    with archive_errors(str(place)):
        path = place / f".probe-{secrets.token_hex(4)}"
        try:
            with new_files() as write:
                write(str(path), b"can be written")
        except PermissionError as error:
            raise ArchiveError(READ_ONLY, f"{place}: {error.strerror}") from error
        finally:
            with suppress(OSError):
                path.unlink()


def write_atomic(path: Path, data: bytes) -> None:
    """Write a file so that readers see all of it or what was there before."""
    with replacing(path.parent) as write:
        write(path.name, data)


@contextmanager
def replacing(folder: Path) -> Iterator[Callable[[str, bytes], None]]:
    """Yield a function that takes names and contents of new files of `folder`.

    Where the block ends well they appear in the order given, replacing others of their names;
    else nothing has changed. The disk takes them in while the block goes on. Outside of the live
    archive nothing is written, whoever asks: `ArchiveError` (read_only).
    """
    if not folder.is_relative_to(archive_root()):
        raise ArchiveError(READ_ONLY, f"{folder} is only read")
    temporary: dict[str, str] = {}
    try:
        with archive_errors(folder.name), new_files() as write_new:

            def write(name: str, data: bytes) -> None:
                temp = f"{folder}/.{name}.{secrets.token_hex(4)}{TEMP_SUFFIX}"
                temporary[temp] = f"{folder}/{name}"
                write_new(temp, data)

            yield write
        with archive_errors(folder.name):
            for temp, path in temporary.items():
                os.replace(temp, path)  # noqa: PTH105
            sync_folder(folder)
    except BaseException:
        for temp in temporary:
            with suppress(OSError):
                os.unlink(temp)  # noqa: PTH108
        raise


def write_metadata(folder: Path, metadata: Mapping[str, Any]) -> None:
    """Replace a run's metadata.json."""
    write_atomic(folder / METADATA, metadata_bytes(metadata))


def append_lines(path: Path, lines: Sequence[str]) -> None:
    """Append to a text file of many writers; its folder is made where it is missing.

    Either all lines are on the disk when this returns, or none. What a crash of the machine tore
    stays a line of its own.
    """
    data = "".join(f"{line}\n" for line in lines).encode("utf-8", "replace")
    with archive_errors(path.name):
        make_folders(path.parent)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            size = os.fstat(descriptor).st_size
            if size and os.pread(descriptor, 1, size - 1) != b"\n":
                data = b"\n" + data
            try:
                remaining = memoryview(data)
                while remaining:
                    remaining = remaining[os.write(descriptor, remaining) :]
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, size)
                raise
        finally:
            os.close(descriptor)
        if not size:
            sync_folder(path.parent)


def metadata_bytes(metadata: Mapping[str, Any]) -> bytes:
    return json.dumps(metadata, ensure_ascii=False, indent=2).encode("utf-8", "replace")


@contextmanager
def archive_errors(name: str) -> Iterator[None]:
    """Turn the system's errors into `ArchiveError`."""
    try:
        yield
    except OSError as error:
        kind = _KIND_OF_ERRNO.get(error.errno or 0, UNAVAILABLE)
        raise ArchiveError(kind, f"{name}: {error.strerror}") from error
