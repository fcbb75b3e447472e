"""What can be wrong with the archive before the first request."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from runs import archive
from runs.archive import ArchiveError
from runs.leftovers import strangers

# A folder grows for milliseconds; what a crash leaves of it goes at the next start.
LEFT_OVER_SECONDS = 3600


@register(Tags.files)
def check_archive(
    app_configs: Sequence[AppConfig] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Write to the archive, really, and look for what lies where folders grow."""
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
    names = strangers(before=time.time() - LEFT_OVER_SECONDS)
    if not names:
        return []
    return [
        Warning(
            f"{len(names)} things lie where new folders grow, the first is {names[0]}.",
            hint=(
                f"They are none of ours. Look into {archive.runs_root() / archive.BUILDING} and "
                "move them elsewhere."
            ),
            id="runs.W001",
        )
    ]
