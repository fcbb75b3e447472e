"""System checks: what is wrong with the catalog is said before the first request."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register

from pipelines.catalog import CatalogError, Mistake
from pipelines.configured import get_catalog

MISTAKES_ID = "pipelines.E001"


@register()
def check_catalog(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Load the catalog and report each of its mistakes by file and field."""
    try:
        get_catalog()
    except CatalogError as error:
        return [_as_message(mistake) for mistake in error.mistakes]
    return []


def _as_message(mistake: Mistake) -> CheckMessage:
    place = f"{mistake.file}, {mistake.field}" if mistake.field else str(mistake.file)
    hint = "Correct this field of the file." if mistake.field else "Correct or remove this file."
    return Error(f"{place}: {mistake.message}", hint=hint, id=MISTAKES_ID)
