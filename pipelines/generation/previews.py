"""Previews: the picture as it is coming about, kept until the run ends and never recorded."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from django.conf import settings

from runs.models import Run

# What shows a picture at a glance; more is no preview.
MAX_BYTES = 512 * 1024
KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PN": "image/png", b"RIF": "image/webp"}


def keep_preview(run: Run, data: bytes) -> bool:
    """Keep `data` as the newest preview of `run`; False where it is none."""
    if data[:3] not in KINDS or len(data) > MAX_BYTES:
        return False
    path = _path(run)
    path.parent.mkdir(parents=True, exist_ok=True)
    # Named for the run, which one worker holds: nobody else writes this file.
    new = path.with_suffix(".new")
    new.write_bytes(data)
    new.replace(path)
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
