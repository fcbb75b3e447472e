"""What an output config asks of its engine, as a job that could be sent."""

from __future__ import annotations

from pipelines import registry
from pipelines.engines.jobs import MediaJob, Picture
from pipelines.servers import routing

# One grey pixel, where a job needs a picture to be complete.
PIXEL = Picture(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763"
        "686868000002840181a4a6f5c80000000049454e44ae426082"
    ),
    "image/png",
    1,
    1,
)


def sample_job(output_config: str) -> tuple[MediaJob, str]:
    """Return a job like those of `output_config`, and its media type.

    With it an engine says what is missing, or loads what it needs. Raises `KeyError`, and
    `LookupError` where no engine for it is set up.
    """
    chunk = registry.get_catalog().chunk_of(output_config)
    route = routing.route_of(output_config)
    if route is None:
        raise LookupError(output_config)
    job = MediaJob(
        job_id="00000000-0000-4000-8000-000000000000",
        prompt="a red apple on a table",
        seed=1,
        width=chunk.width,
        height=chunk.height,
        negative_prompt=chunk.negative_prompt,
        model=route.model,
        parameters=route.parameters,
        workflow=chunk.workflow,
        inputs={
            name: value.default if value.default is not None else "a red apple"
            for name, value in chunk.inputs.items()
            if value.type != "image"
        },
        pictures={name: PIXEL for name, value in chunk.inputs.items() if value.type == "image"},
        roles=chunk.roles,
        instruction=chunk.instruction.in_language("de") if chunk.instruction else "",
    )
    return job, chunk.media_type
