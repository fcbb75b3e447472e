"""A request that was let in becomes a run: recorded first, then checked."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from pipelines import moderation, registry
from pipelines.error_messages import message_for
from pipelines.safety.errors import Blocked
from pipelines.safety.screening import Screening
from pipelines.submission.admission import Admission
from runs import recorder
from runs.archive import READ_ONLY, STORAGE_FULL, ArchiveError
from runs.metadata import RunContext
from runs.models import Kind, Run, Status
from web.problems import Problem

# The engines agree on these seeds; 0 is one of them.
MAX_SEED = 2**31 - 1


class BlockedProblem(Problem):
    """A safety check said no; the run is recorded and says why."""

    def __init__(self, run: Run, block: Blocked) -> None:
        super().__init__(
            HTTPStatus.FORBIDDEN,
            "blocked",
            block.message,
            extra={
                "status": "blocked",
                "http_status": int(HTTPStatus.FORBIDDEN),
                "stage": block.stage,
                "reason": block.reason,
                "message": block.message,
                "run_id": run.run_id,
            },
        )


def new_context(
    admission: Admission,
    *,
    kind: Kind,
    language: str,
    seed: int | None,
    texts: tuple[tuple[str, str], ...],
    expected_outputs: tuple[str, ...],
    status: Status = Status.RUNNING,
    details: Mapping[str, Any] | None = None,
) -> RunContext:
    """Return what every run records of its request; `dataclasses.replace` adds the rest.

    Without a `seed` one is drawn; 0 is a seed like any other.
    """
    return RunContext(
        kind=kind,
        device=admission.device,
        workshop=admission.device.workshop,
        safety_level=admission.level,
        language=language,
        seed=seed if seed is not None else secrets.randbelow(MAX_SEED + 1),
        parent_run_id=admission.parent.run_id if admission.parent else "",
        texts=texts,
        expected_outputs=expected_outputs,
        status=status,
        request_key=admission.request_key,
        details={"catalog": registry.get_catalog().digest, **(details or {})},
    )


def submit(context: RunContext, *, check: Callable[[Screening], None]) -> Run:
    """Record the start of a run, then `check` it; a no ends it and becomes a `BlockedProblem`.

    The text of a child who is told no is kept like any other.
    """
    try:
        run = recorder.start(context)
    except ArchiveError as error:
        raise archive_problem(error) from error
    try:
        check(moderation.get_screening())
    except Blocked as block:
        moderation.end_as_blocked(run, block)
        raise BlockedProblem(run, block) from block
    return run


def archive_problem(error: ArchiveError) -> Problem:
    if error.kind == STORAGE_FULL:
        return Problem(HTTPStatus.INSUFFICIENT_STORAGE, "storage-full", message_for(STORAGE_FULL))
    if error.kind == READ_ONLY:
        return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "read-only", message_for(READ_ONLY))
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "archive", message_for(""))
