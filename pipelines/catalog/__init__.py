"""The catalog: every rule and every way of making a picture, read once and never changed."""

from __future__ import annotations

from pipelines.catalog.loading import BUILT_IN, Catalog, CatalogError, Mistake, load_catalog
from pipelines.catalog.models import (
    DEPLOYMENT_TEXT_ENGINE,
    Chunk,
    Input,
    InterceptionConfig,
    LoraChoice,
    Meta,
    OutputConfig,
    Pipeline,
    PropertyPair,
    Route,
    Rule,
    Station,
    Text,
    ViewConfig,
    normal_id,
    plain,
)

__all__ = [
    "BUILT_IN",
    "DEPLOYMENT_TEXT_ENGINE",
    "Catalog",
    "CatalogError",
    "Chunk",
    "Input",
    "InterceptionConfig",
    "LoraChoice",
    "Meta",
    "Mistake",
    "OutputConfig",
    "Pipeline",
    "PropertyPair",
    "Route",
    "Rule",
    "Station",
    "Text",
    "ViewConfig",
    "load_catalog",
    "normal_id",
    "plain",
]
