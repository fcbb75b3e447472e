"""An operator's folder whose picture machines work with the lab's ComfyUI."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipelines.tests.lab.graphs import write_workflows


def write_operators_folder(folder: Path) -> None:
    """Write the machines lab_tiny (one picture), lab_two (two roles) and lab_sleep (8 seconds)."""
    workflows = folder / "workflows"
    workflows.mkdir(parents=True)
    write_workflows(workflows)
    two = json.loads((workflows / "tiny.json").read_text())
    two["graph"]["10"] = {
        "class_type": "SaveImage",
        "inputs": {"images": ["11", 0], "filename_prefix": "x"},
    }
    two["graph"]["11"] = {"class_type": "ImageInvert", "inputs": {"image": ["6", 0]}}
    two["outputs"] = [{"node": "9", "role": "combined"}, {"node": "10", "role": "joined"}]
    (workflows / "two.json").write_text(json.dumps(two))
    _machine(folder, "lab_tiny", workflow="tiny", parameters={"steps": 3})
    _machine(folder, "lab_sleep", workflow="sleep", parameters={"seconds": 8.0})
    _machine(
        folder, "lab_two", workflow="two", parameters={"steps": 2}, roles=["combined", "joined"]
    )


def _machine(folder: Path, name: str, **chunk: Any) -> None:
    text = {"de": "Aus dem Labor", "en": "From the lab"}
    _write(
        folder / "chunks",
        {
            "id": name,
            "stage": 4,
            "backend_type": "comfyui",
            "media_type": "image",
            "requires_workflow": True,
            "width": 128,
            "height": 128,
            **chunk,
        },
    )
    _write(
        folder / "configs" / "output",
        {
            "id": name,
            "name": text,
            "short_description": text,
            "description": text,
            "icon": "spiral",
            "color": "#445566",
            "order": 900,
            "pipeline": "media_generation",
            "parameters": {"OUTPUT_CHUNK": name},
        },
    )


def _write(folder: Path, content: dict[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{content['id']}.json").write_text(json.dumps(content))
