"""A request that is sent once more, since its answer was lost, makes no second run.

Its sender names it by a key (`Idempotency-Key`, as in the draft of the IETF). The run keeps digests
of that and of what was asked for, in its row and in metadata.json, for good.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from devices.models import Device
from pipelines.safety.errors import Blocked
from pipelines.submission.recording import BlockedProblem
from runs import archive
from runs.archive import ArchiveError
from runs.metadata import RequestKey
from runs.models import Run, Status
from runs.rows import AlreadyMade
from web.problems import Problem

MOST_CHARACTERS = 200

Made = TypeVar("Made", bound=Run | None)


def parse_key(sent: str, *, path: str, fields: Mapping[str, Any]) -> RequestKey | None:
    """Return what the header and what it came with say, None where there is no header."""
    key = sent.strip()
    if not key:
        return None
    if len(key) > MOST_CHARACTERS or not key.isprintable():
        message = _("The Idempotency-Key is too long, or has letters that cannot be seen.")
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid", message)
    # A string in quotation marks, by the draft; many send it without.
    asked = json.dumps([path, fields], sort_keys=True, default=str)
    return RequestKey(_digest(key.strip('"')), _digest(asked))


def run_once(
    device: Device, key: RequestKey | None, submit: Callable[[], Made]
) -> tuple[Run | Made, bool]:
    """Return the run of a request, and whether `submit` made it now.

    Raises `Problem` where the key was sent with another request before. A refusal made no run, so
    that is asked for anew.
    """
    if key is None:
        return submit(), True
    run = _earlier_run(device, key)
    if run is None:
        try:
            return submit(), True
        except AlreadyMade:
            run = device.runs.get(request_key=key.key)
    if run.request_digest != key.digest:
        raise mismatch()
    require_not_blocked(run)
    return run, False


def mismatch() -> Problem:
    return Problem(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "idempotency-mismatch",
        _("Something else was asked for under this key before. Use a new one."),
    )


def require_not_blocked(run: Run) -> None:
    """Raise the `BlockedProblem` that was told when `run` was blocked."""
    if run.status != Status.BLOCKED:
        return
    stage = 0
    try:
        error = archive.read_metadata(archive.run_folder(run)).get("error") or {}
        stage = error.get("stage", 0)
    except ArchiveError:
        pass  # What matters is in the row.
    raise BlockedProblem(
        run, Blocked(stage=stage, reason=run.error_kind, message=run.error_message)
    )


def _earlier_run(device: Device, key: RequestKey) -> Run | None:
    return device.runs.select_related("device", "workshop").filter(request_key=key.key).first()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
