"""What this installation has: its catalog, its word lists, its engines, made from the settings."""

from __future__ import annotations

from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop

from pipelines.catalog import BUILT_IN, Catalog, load_catalog
from pipelines.context import EngineError, ErrorKind
from pipelines.engines import LANES, MEDIA_ENGINES, PLANNED_ENGINES, TEXT_ENGINES
from pipelines.engines.base import MediaEngine, TextEngine
from pipelines.engines.wortwerkstatt import RECIPES
from pipelines.stages.safety import SafetyLists, load_lists

# The engine of stages 1–3.
TEXT_ENGINE = "wortwerkstatt"
NOT_SET_UP = gettext_noop("not set up here: this installation has no connection to it yet")


@cache
def get_catalog() -> Catalog:
    """Return the catalog, our own folder with the operator's on top; raises `CatalogError`."""
    return load_catalog(
        [BUILT_IN, *settings.SCHEMA_DIRS],
        recipes=tuple(RECIPES),
        engines=(*TEXT_ENGINES, *MEDIA_ENGINES, *PLANNED_ENGINES),
    )


@cache
def get_safety_lists() -> SafetyLists:
    return load_lists(BUILT_IN / "safety")


@cache
def text_engine() -> TextEngine:
    """Return the engine of stages 1–3."""
    engine: TextEngine = import_string(TEXT_ENGINES[TEXT_ENGINE])(
        words_per_second=settings.WORDS_PER_SECOND
    )
    return engine


def is_available(output_config: str) -> bool:
    """Tell whether runs of `output_config` can be made here."""
    return get_catalog().chunk_of(output_config).backend_type in MEDIA_ENGINES


def media_engine(output_config: str) -> MediaEngine:
    """Return the engine that makes `output_config`; raises `EngineError` where none is set up."""
    key = get_catalog().chunk_of(output_config).backend_type
    if key not in MEDIA_ENGINES:
        raise EngineError(ErrorKind.UNREACHABLE, "", detail=f"no engine {key}")
    return _media_engine(key)


@cache
def _media_engine(key: str) -> MediaEngine:
    engine: MediaEngine = import_string(MEDIA_ENGINES[key])()
    return engine


def lanes() -> dict[str, int]:
    """Return the lanes that workers serve, each with the number of runs it takes at a time."""
    return dict(LANES)


def expected_seconds_of_estimate(output_config: str) -> float:
    low, high = get_catalog().chunk_of(output_config).estimate_range()
    return (low + high) / 2


# Engines that follow rules of ours; pages say so: no AI is at work.
RULE_BASED = frozenset({"wortwerkstatt", "formwerkstatt"})
