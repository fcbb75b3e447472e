"""What the tests of the archive record, and folders as older versions left them."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from PIL import Image

from runs.metadata import RunContext
from runs.models import Kind


def picture(format: str = "PNG") -> bytes:
    stream = io.BytesIO()
    Image.effect_noise((64, 64), 80).convert("RGB").save(stream, format)
    return stream.getvalue()


def context(**changes: Any) -> RunContext:
    values: dict[str, Any] = {
        "kind": Kind.GENERATION,
        "device": None,
        "workshop": None,
        "interception_config": "planetarizer",
        "output_config": "flux2",
        "engine": "comfyui",
        "safety_level": "kids",
        "seed": 0,
        "context_prompt": "Denk an den Planeten.",
        "texts": (
            ("input", "Ein Haus\r\nam Meer ☀\n"),
            ("interception", "Ein Nest am Meer"),
            ("optimized_prompt", "a nest by the sea"),
        ),
        "expected_outputs": ("input", "interception", "optimized_prompt", "output_image"),
    }
    return RunContext(**(values | changes))


def old_run(
    folder: Path, metadata: dict[str, Any] | bytes | None, files: dict[str, bytes | str]
) -> Path:
    """Make a run's folder as a predecessor left it; `metadata` None leaves metadata.json out."""
    folder.mkdir(parents=True)
    if metadata is not None:
        content = metadata if isinstance(metadata, bytes) else json.dumps(metadata).encode()
        (folder / "metadata.json").write_bytes(content)
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data.encode() if isinstance(data, str) else data)
    return folder
