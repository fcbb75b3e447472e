"""Small copies of pictures for lists. They lie outside the archive and may be deleted any time."""

from __future__ import annotations

import hashlib
import io
import logging
from pathlib import Path

from django.conf import settings

from runs import archive
from runs.archive import ArchiveError
from runs.files import atomic_write
from runs.models import Entity, Run
from runs.viewing import NotViewable, open_viewable

logger = logging.getLogger(__name__)

SIDE_PIXELS = 384
CONTENT_TYPE = "image/webp"
_QUALITY = 80


class NoThumbnail(Exception):
    """There is no picture, or what is there is none."""


def thumbnail(run: Run, entity: Entity) -> bytes:
    """Return a WebP of at most 384 × 384 pixels, made at its first use.

    Raises `NoThumbnail` where the file is missing or no picture.
    """
    kept = kept_at(run, entity)
    try:
        return kept.read_bytes()
    except OSError:
        data = _make(run, entity)
    try:
        atomic_write(kept, data)
    except OSError as error:
        # It is made again next time; the disk's state is told elsewhere.
        logger.warning("thumbnail not kept: run_id=%s error=%s", run.run_id, error.strerror)
    return data


def kept_at(run: Run, entity: Entity) -> Path:
    """Return where the thumbnail is kept; the same picture has one, however often it was made."""
    key = entity.sha256 or hashlib.sha256(f"{run.run_id}/{entity.filename}".encode()).hexdigest()
    return Path(settings.THUMBNAIL_DIR) / key[:2] / f"{key}.webp"


def _make(run: Run, entity: Entity) -> bytes:
    try:
        # Transparent stays transparent: a list shows the page through it, as a work's page does.
        with archive.open_file(run, entity.filename) as file:
            picture = open_viewable(file, ground=None, long_side=SIDE_PIXELS)
    except (ArchiveError, NotViewable) as error:
        raise NoThumbnail(f"{run.run_id}/{entity.filename}: {error}") from error
    target = io.BytesIO()
    picture.save(target, "WEBP", quality=_QUALITY, method=2)
    return target.getvalue()
