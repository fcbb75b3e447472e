"""What this installation has to offer: its catalog and its word lists, made from the settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from django.conf import settings

from pipelines.catalog import BUILT_IN, Catalog, load_catalog
from pipelines.engines.comfyui.graph import Workflow, load_workflows
from pipelines.engines.embedded.wortwerkstatt import RECIPES
from pipelines.engines.table import ENGINES
from pipelines.safety.text_check import SafetyLists, load_lists


@cache
def get_catalog() -> Catalog:
    """Return the catalog, our own folder with the operator's on top; raises `CatalogError`."""
    return load_catalog(
        [BUILT_IN, *settings.SCHEMA_DIRS],
        recipes=tuple(RECIPES),
        engines=tuple(ENGINES),
        workflows=tuple(get_workflows()),
    )


@cache
def get_workflows() -> Mapping[str, Workflow]:
    """Return the graphs for ComfyUI by their names, ours and the operator's; see `get_catalog`."""
    return load_workflows([folder / "workflows" for folder in (BUILT_IN, *settings.SCHEMA_DIRS)])


@cache
def get_safety_lists() -> SafetyLists:
    return load_lists(BUILT_IN / "safety")
