"""New files and folders that are on the disk when a function returns. Raises OSError."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def new_files() -> Iterator[Callable[[str, bytes], None]]:
    """Yield a function that writes a new file; when the block ends all are on the disk."""
    descriptors: list[int] = []

    def write(path: str, data: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644)
        descriptors.append(descriptor)
        remaining = memoryview(data)
        while remaining:
            remaining = remaining[os.write(descriptor, remaining) :]
        if hasattr(os, "posix_fadvise"):
            # Makes the disk begin at once, without waiting for it: one commit of the file system
            # then serves all files, and that is most of what the calls of fsync below cost.
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    try:
        yield write
        for descriptor in descriptors:
            os.fsync(descriptor)
    finally:
        for descriptor in descriptors:
            os.close(descriptor)


def make_folders(folder: Path) -> None:
    """Make a folder, and those that it lies in, where they are missing."""
    if folder.is_dir():
        return
    make_folders(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Have the disk take in which names a folder holds."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
