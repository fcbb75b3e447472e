"""What the engine of a run is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from pipelines import queue, registry
from pipelines.engines.jobs import EngineError, ErrorKind, Lora, MediaJob, Picture
from pipelines.inputs import PICTURE
from pipelines.servers import routing
from runs import archive
from runs.models import Run


def media_job(run: Run, prompt: str, record: Mapping[str, Any]) -> MediaJob:
    """Return what the engine of `run` is asked for; nothing of it is left to the engine.

    `record` is its metadata.json.
    """
    chunk = registry.get_catalog().chunk_of(run.output_config)
    route = routing.route_of(run.output_config)
    if route is None or route.backend_type != run.queue:
        detail = f"{run.output_config} is not made by {run.queue} any more"
        raise EngineError(ErrorKind.UNREACHABLE, "", detail=detail)
    if run.seed is None:
        raise EngineError(ErrorKind.BAD_REQUEST, "", detail="the run has no seed")
    language = run.language or "de"
    return MediaJob(
        job_id=queue.name_job(run, str(uuid.uuid4())),
        prompt=prompt,
        seed=run.seed,
        width=chunk.width,
        height=chunk.height,
        negative_prompt=chunk.negative_prompt,
        model=route.model,
        parameters=route.parameters,
        workflow=chunk.workflow,
        inputs=record.get("inputs", {}),
        pictures=_pictures(run),
        loras=tuple(Lora(**lora) for lora in record.get("loras", [])),
        roles=chunk.roles,
        instruction=chunk.instruction.in_language(language) if chunk.instruction else "",
        language=language,
    )


def _pictures(run: Run) -> dict[str, Picture]:
    """Return the pictures that the run began with, by the names of the chunk's inputs."""
    return {
        entity.metadata["input"]: Picture(
            archive.read_bytes(run, entity.filename),
            entity.content_type,
            entity.metadata["width"],
            entity.metadata["height"],
        )
        for entity in run.entities.filter(type=PICTURE)
    }
