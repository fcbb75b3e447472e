"""What can be wrong with the archive before the first request."""

from __future__ import annotations

import time
from collections.abc import Sequence
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
    """Write to the archive, really, and look for folders that were never finished."""
    try:
        archive.probe()
    except ArchiveError as error:
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
