"""Previews: the picture as it is coming about, kept until the run ends and never recorded."""

from __future__ import annotations

import logging
from contextlib import suppress
from pathlib import Path

from django.conf import settings

from runs.files import atomic_write
from runs.models import Run

logger = logging.getLogger(__name__)

# What shows a picture at a glance; more is no preview.
MAX_BYTES = 512 * 1024
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png", b"RIF": "image/webp"}


def keep_preview(run: Run, data: bytes) -> bool:
    """Keep `data` as the newest preview of `run`; False where it is none or cannot be kept."""
    if data[:3] not in KINDS or len(data) > MAX_BYTES:
        return False
    try:
        # Several come in a second, and the next one makes up for a lost one.
        atomic_write(_path(run), data, fsync=False)
    except OSError as error:
        # The picture itself may still find its room; a preview is not worth a run.
        logger.warning("preview not kept: run_id=%s error=%s", run.run_id, error.strerror)
        return False
    return True


def preview_of(run: Run) -> tuple[bytes, str] | None:
    """Return the newest preview of `run` and its content type."""
    try:
        data = _path(run).read_bytes()
    except OSError:
        return None
    return data, KINDS.get(data[:3], "application/octet-stream")


def forget_preview(run: Run) -> None:
    with suppress(OSError):
        _path(run).unlink()


def _path(run: Run) -> Path:
    return Path(settings.VAR_DIR) / "previews" / f"{run.pk}"
