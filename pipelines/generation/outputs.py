"""What an engine gives becomes the files of a run: each once, whatever was interrupted."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from pipelines.catalog import Chunk
from pipelines.engines.jobs import MediaJob, Output
from pipelines.generation.composite import Panel, compose
from pipelines.generation.lease import Lease
from pipelines.labels import role_label
from runs import archive, recorder
from runs.archive import ArchiveError
from runs.entity_types import COMPOSITE_TYPES
from runs.models import Entity, Run

logger = logging.getLogger(__name__)

COMPOSITE = "output_image_composite"
WORKFLOW = "workflow"


def expected_types(chunk: Chunk) -> tuple[str, ...]:
    """Return the types of the files that a run of `chunk` is to end with, in order."""
    outputs = (entity_type(chunk.media_type),) * max(1, len(chunk.roles))
    return (*outputs, COMPOSITE) if _is_compared(chunk) else outputs


def entity_type(media_type: str) -> str:
    return WORKFLOW if media_type == "workflow" else f"output_{media_type}"


def missing(run: Run, chunk: Chunk) -> int:
    """Return how many of the outputs of `run` the engine has still to give."""
    there = _placed(run, entity_type(chunk.media_type))
    return len(set(range(max(1, len(chunk.roles)))) - there.keys())


def record_outputs(
    run: Run,
    outputs: Iterable[Output],
    *,
    job: MediaJob,
    lease: Lease,
    inspect: Callable[[Output], Mapping[str, Any]],
) -> None:
    """Record each of `outputs` that an earlier attempt has not, once `inspect` has seen it.

    What `inspect` returns is recorded with it; what it raises keeps it out.

    An output's place is that of its role, or its number among those of its type; `order` says it
    in its record.
    """
    there: dict[str, set[int]] = {}
    counted: dict[str, int] = {}
    for output in outputs:
        lease.check()
        type_ = entity_type(output.media_type)
        number = counted.get(type_, 0)
        counted[type_] = number + 1
        role, place = _place(output, type_, number, job)
        if place in there.setdefault(type_, set(_placed(run, type_))):
            continue
        there[type_].add(place)
        findings = inspect(output)
        recorder.add(
            run,
            type=type_,
            data=output.data,
            extension=output.extension,
            content_type=output.content_type,
            metadata={
                "config": run.output_config,
                "seed": run.seed,
                "format": output.extension,
                **({"role": role} if role else {}),
                "order": place,
                **output.metadata,
                **findings,
            },
            owner=lease.owner,
        )


def _place(output: Output, type_: str, number: int, job: MediaJob) -> tuple[str, int]:
    if type_ == WORKFLOW:
        return output.role, number
    role = output.role or (job.roles[number] if number < len(job.roles) else "")
    return role, job.roles.index(role) if role in job.roles else number


def _placed(run: Run, type_: str) -> dict[int, Entity]:
    """Return the outputs of a type that the run has, by place.

    What earlier versions listed after a crash has no place; outputs come in order, so it is next.
    """
    entities = enumerate(run.entities.filter(type=type_))
    return {entity.metadata.get("order", number): entity for number, entity in entities}


# The composite ------------------------------------------------------------------------------


def add_composite(run: Run, chunk: Chunk, *, facts: Iterable[str], lease: Lease) -> None:
    """Record the outputs side by side, each under its role's name, where there are several.

    A picture that cannot be drawn is no reason to lose the others: it is logged and left out.
    """
    if not _is_compared(chunk) or run.entities.filter(type__in=COMPOSITE_TYPES).exists():
        return
    placed = _placed(run, entity_type(chunk.media_type))
    lease.check()
    try:
        panels = [
            Panel(archive.read_bytes(run, placed[place].filename), _label(role))
            for place, role in enumerate(chunk.roles)
        ]
        picture = compose(panels, caption="  ·  ".join(facts))
    except Exception as error:
        if isinstance(error, ArchiveError) and error.kind in archive.UNWRITABLE:
            raise
        logger.exception("composite failed: run_id=%s", run.run_id)
        return
    recorder.add(
        run,
        type=COMPOSITE,
        data=picture.data,
        extension="png",
        content_type=picture.content_type,
        metadata={
            "config": run.output_config,
            "seed": run.seed,
            "format": "png",
            "role": "composite",
            "width": picture.width,
            "height": picture.height,
            "of": [placed[place].filename for place in range(len(chunk.roles))],
        },
        owner=lease.owner,
    )


def _is_compared(chunk: Chunk) -> bool:
    return chunk.media_type == "image" and len(chunk.roles) > 1


def _label(role: str) -> str:
    name = role_label(role)
    return name[:1].upper() + name[1:]
