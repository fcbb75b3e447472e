"""Reads files that others have left: regular ones only, and never more than was asked for."""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader
from pathlib import Path


def read_start(path: str, most: int) -> bytes:
    """Return a file's first `most` bytes; raises OSError, also for links, pipes and devices.

    Twice as fast as a file object, which is made for more.
    """
    descriptor = _open(path)
    try:
        size = min(os.fstat(descriptor).st_size, most)
        content = os.read(descriptor, size)
        while len(content) < size and (more := os.read(descriptor, size - len(content))):
            content += more
        return content
    finally:
        os.close(descriptor)


def read_whole(path: str, most: int) -> bytes:
    """Return a file's content; raises OSError as `read_start` does, and for more than `most`."""
    content = read_start(path, most + 1)
    if len(content) > most:
        raise OSError(errno.EOVERFLOW, f"it has more than {most} bytes", path)
    return content


def open_regular(path: str | Path) -> BufferedReader:
    """Return a file to be read piece by piece; raises OSError as `read_start` does."""
    return os.fdopen(_open(path), "rb")


def _open(path: str | Path) -> int:
    try:
        # To open a pipe would wait for its other end; a link could lead out of the archive.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise OSError(errno.ELOOP, "it is a symbolic link", str(path)) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.EINVAL, "it is no regular file", str(path))
    return descriptor
