"""An operator's own ways of working, in a folder of their own, made by the Formwerkstatt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pipelines import registry

INPUTS: dict[str, Any] = {
    "prompt1": {"type": "text", "required": True},
    "prompt2": {"type": "text"},
    "alpha_factor": {"type": "number", "minimum": -75, "maximum": 75, "default": 20},
    "combination_type": {
        "type": "choice",
        "choices": ["linear", "spherical"],
        "default": "linear",
    },
    "input_image": {"type": "image"},
}


@contextmanager
def own_catalog(folder: Path, settings: Any) -> Iterator[None]:
    """Have the catalog hold what `write_own_catalog` writes."""
    write_own_catalog(folder)
    settings.SCHEMA_DIRS = [folder]
    registry.get_catalog.cache_clear()
    try:
        yield
    finally:
        registry.get_catalog.cache_clear()


def write_own_catalog(folder: Path) -> None:
    """Write `own_workflow` with many inputs, `own_comparison` with three roles and the rule
    `own_rule` with a LoRA."""
    parameters = {"hand": "szene"}
    _write(folder, "chunks", _chunk("own_workflow", inputs=INPUTS, parameters=parameters))
    roles = ["reference", "first_half_removed", "second_half_removed"]
    _write(
        folder,
        "chunks",
        _chunk(
            "own_comparison",
            inputs={"alpha_factor": INPUTS["alpha_factor"]},
            roles=roles,
            parameters=parameters,
        ),
    )
    for name in ("own_workflow", "own_comparison"):
        _write(folder, "configs/output", _choice(name) | {"parameters": {"OUTPUT_CHUNK": name}})
    rule = _choice("own_rule") | {
        "pipeline": "text_transformation",
        "context": {"de": "Mal es blau.", "en": "Paint it blue."},
        "properties": ["arts"],
        "category": _text("Kunst", "Art"),
        "age": 8,
        "loras": [{"name": "blue.safetensors", "strength": 0.8}],
    }
    _write(folder, "configs/interception", rule)


def _chunk(name: str, **values: Any) -> dict[str, Any]:
    return {
        "id": name,
        "stage": 4,
        "backend_type": "formwerkstatt",
        "media_type": "image",
        **values,
    }


def _choice(name: str) -> dict[str, Any]:
    text = _text("Eigenes", "Of our own")
    return {
        "id": name,
        "name": text,
        "short_description": text,
        "description": text,
        "icon": "spiral",
        "color": "#445566",
        "order": 900,
        "pipeline": "media_generation",
    }


def _text(de: str, en: str) -> dict[str, str]:
    return {"de": de, "en": en}


def _write(folder: Path, layer: str, content: dict[str, Any]) -> None:
    path = folder / layer / f"{content['id']}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), encoding="utf-8")
