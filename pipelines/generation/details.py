"""What a run's record says of who makes its outputs, and by which values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from pipelines.catalog.models import plain
from pipelines.engines.jobs import MediaJob, Output
from pipelines.models import ServerState

# What engines call it in the metadata of an output → what metadata.json calls it.
TOLD = {
    "model": "model",
    "engine_version": "engine_version",
    "version": "engine_version",
    "comfyui_version": "engine_version",
}
MOST_CHARACTERS = 200


def order_details(job: MediaJob, server: str) -> dict[str, Any]:
    """Return what is known before an output comes: the values as they are sent to `server`."""
    size = {"width": job.width, "height": job.height, "seed": job.seed}
    negative = {"negative_prompt": job.negative_prompt} if job.negative_prompt else {}
    version = ServerState.objects.version_of(server)
    return {
        "model": job.model,
        "parameters": {**size, **negative, **plain(job.parameters)},
        **({"instruction": job.instruction} if job.instruction else {}),
        **({"engine_version": version} if version else {}),
    }


def noting_details(outputs: Iterable[Output], told: dict[str, str]) -> Iterator[Output]:
    """Yield `outputs`; `told` takes what the engine says in them of itself and of its model."""
    for output in outputs:
        for name, key in TOLD.items():
            value = output.metadata.get(name)
            if isinstance(value, str) and value:
                told[key] = value[:MOST_CHARACTERS]
        yield output
