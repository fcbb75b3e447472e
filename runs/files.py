"""Files outside the archive that appear whole: nobody ever reads half of one."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO


@contextmanager
def atomic_file(path: Path, *, replaces: bool = True, fsync: bool = True) -> Iterator[IO[bytes]]:
    """Yield a new file that has the name `path` once the block has ended well; else it is gone.

    It replaces what has that name already, or raises `FileExistsError` where it is not to. It is
    on the disk first, but for what is not worth the wait: a power cut may leave that one empty.
    """
    growing = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with growing.open("xb") as file:
            yield file
            if fsync:
                file.flush()
                os.fsync(file.fileno())
        if replaces:
            growing.replace(path)
        else:
            path.hardlink_to(growing)
    finally:
        with suppress(OSError):
            growing.unlink()


def atomic_write(path: Path, data: bytes, *, fsync: bool = True) -> None:
    """Write a small file, and its folder where that is missing, as `atomic_file` does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(path, fsync=fsync) as file:
        file.write(data)
