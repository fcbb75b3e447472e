"""What can be wrong with the archive before the first request."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from runs import archive
from runs.archive import UNWRITABLE, ArchiveError

# A folder is built in milliseconds; what is this old was left by a crash.
LEFT_OVER_SECONDS = 3600


@register(Tags.files)
def check_archive(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Write to the archive, really, and look for folders that were never finished."""
    try:
        archive.probe()
    except ArchiveError as error:
        if error.kind in UNWRITABLE:
            # Whatever only reads goes on.
            return [
                Warning(
                    f"The archive can only be read, so nothing new can be made: {error}",
                    hint=(
                        f"Make room in {archive.archive_root()}, or make it writable for the "
                        "account that runs this server."
                    ),
                    id="runs.W002",
                )
            ]
        return [
            Error(
                f"The archive cannot be written: {error}",
                hint=(
                    f"Make {archive.archive_root()} writable for the account that runs this "
                    "server, or set ARCHIVE_ROOT to a folder that is."
                ),
                id="runs.E001",
            )
        ]
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
