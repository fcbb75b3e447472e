"""What can be wrong with the archive before the first request."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from runs import archive
from runs.archive import ArchiveError

# A folder is built in milliseconds; what is this old was left by a crash.
LEFT_OVER_SECONDS = 3600


@register(Tags.files)
def check_archive(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Look whether the archive can be written, and for folders that were never finished.

    Nothing is tried: most commands only read, and what is read is not touched.
    """
    root = archive.archive_root()
    try:
        place = archive.growing_place()
    except ArchiveError as error:
        return [_unusable(f"{error}")]
    if not place.is_dir():
        return [_unusable(f"{place} is no folder")]
    if not os.access(place, os.W_OK | os.X_OK):
        if not place.is_relative_to(root):
            return [_unusable(f"{root} is not there and cannot be made")]
        return [_read_only(f"{place} is write-protected")]
    if not shutil.disk_usage(place).free:
        return [_read_only("its disk is full")]
    names = archive.unfinished_folders(before=time.time() - LEFT_OVER_SECONDS)
    if not names:
        return []
    return [
        Warning(
            f"{len(names)} unfinished folders were left by a crash, the first is {names[0]}.",
            hint=(
                f"They are no runs. Look into {archive.runs_root() / archive.BUILDING} "
                "and delete them by hand."
            ),
            id="runs.W001",
        )
    ]


def _unusable(reason: str) -> CheckMessage:
    return Error(
        f"The archive cannot be used: {reason}.",
        hint=(
            f"Make {archive.archive_root()} a folder that the account which runs this server can "
            "write, or set ARCHIVE_ROOT to one."
        ),
        id="runs.E001",
    )


def _read_only(reason: str) -> CheckMessage:
    return Warning(
        f"The archive can only be read, so nothing new can be made: {reason}.",
        hint=f"Make room in {archive.archive_root()}, or make it writable for this server.",
        id="runs.W002",
    )


@register(Tags.files)
def check_archives(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Look whether each of ARCHIVES is there, and lies beside the others."""
    messages: list[CheckMessage] = []
    earlier = [archive.archive_root()]
    for root in map(Path, archive.roots()[1:]):
        messages += _faults_of(root, earlier)
        earlier.append(root)
    return messages


def _faults_of(root: Path, earlier: list[Path]) -> Iterator[CheckMessage]:
    try:
        readable = os.access(root, os.R_OK | os.X_OK) and root.is_dir()
    except OSError:
        readable = False
    if not readable:
        yield Error(
            f"ARCHIVES names {root}, which is not there or cannot be read.",
            hint="Mount it, make it readable, or take it out of ARCHIVES.",
            id="runs.E002",
        )
    elif not archive.runs_root(str(root)).is_dir():
        yield Warning(
            f"ARCHIVES names {root}, in which there is no folder json.",
            hint="Name the folder that holds json, as ARCHIVE_ROOT does. Is it mounted?",
            id="runs.W003",
        )
    for other in earlier:
        if _overlap(root, other):
            yield Error(
                f"ARCHIVES names {root}, which overlaps {other}.",
                hint="Each run would be found twice. Name folders that lie beside each other.",
                id="runs.E003",
            )


def _overlap(one: Path, other: Path) -> bool:
    one, other = Path(os.path.realpath(one)), Path(os.path.realpath(other))
    return one.is_relative_to(other) or other.is_relative_to(one)
