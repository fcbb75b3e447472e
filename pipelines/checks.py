"""System checks: what is wrong with catalog and word lists is said before the first request."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error

from pipelines.catalog import CatalogError, Mistake
from pipelines.registry import get_catalog, get_safety_lists, get_workflows
from pipelines.safety.text_check import safety_problems
from pipelines.servers import routing

MISTAKES_ID = "pipelines.E001"
SAFETY_ID = "pipelines.E002"
MODELS_ID = "pipelines.E003"


def check_catalog(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Load catalog and workflows and report each mistake by file and field."""
    try:
        catalog, workflows = get_catalog(), get_workflows()
    except CatalogError as error:
        return [_as_message(mistake) for mistake in error.mistakes]
    return [
        _as_message(Mistake(Path("chunks", f"{chunk.id}.json"), field, message))
        for chunk in catalog.chunks.values()
        if chunk.workflow
        for field, message in workflows[chunk.workflow].misfits(chunk)
    ]


def check_safety(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Let the safety check prove itself, and report what closes a level."""
    return [
        Error(problem, hint="Until this is mended the level stays closed.", id=SAFETY_ID)
        for problem in safety_problems(get_safety_lists())
    ]


def check_models(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Report each setting of a language model that names an engine which there is not."""
    names = ", ".join(routing.text_engine_names())
    return [
        Error(
            f"{setting}: {getattr(settings, setting).partition(':')[0]!r} is no text engine.",
            hint=f"It is engine:model, with one of these engines: {names}.",
            id=MODELS_ID,
        )
        for setting in routing.MODEL_SETTINGS
        if routing.names_no_engine(setting)
    ]


def _as_message(mistake: Mistake) -> CheckMessage:
    place = f"{mistake.file}, {mistake.field}" if mistake.field else str(mistake.file)
    hint = "Correct this field of the file." if mistake.field else "Correct or remove this file."
    return Error(f"{place}: {mistake.message}", hint=hint, id=MISTAKES_ID)
