"""System checks: what is wrong with catalog and word lists is said before the first request."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error

from pipelines.catalog import CatalogError, Mistake
from pipelines.configured import get_catalog, get_safety_lists
from pipelines.stages.safety import safety_problems

MISTAKES_ID = "pipelines.E001"
SAFETY_ID = "pipelines.E002"


def check_catalog(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Load the catalog and report each of its mistakes by file and field."""
    try:
        get_catalog()
    except CatalogError as error:
        return [_as_message(mistake) for mistake in error.mistakes]
    return []


def check_safety(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Let the safety check prove itself, and report what closes a level."""
    return [
        Error(problem, hint="Until this is mended the level stays closed.", id=SAFETY_ID)
        for problem in safety_problems(get_safety_lists())
    ]


def _as_message(mistake: Mistake) -> CheckMessage:
    place = f"{mistake.file}, {mistake.field}" if mistake.field else str(mistake.file)
    hint = "Correct this field of the file." if mistake.field else "Correct or remove this file."
    return Error(f"{place}: {mistake.message}", hint=hint, id=MISTAKES_ID)
