"""Small copies of pictures for lists. They lie outside the archive and may be deleted any time."""

from __future__ import annotations

import hashlib
import io
import logging
import secrets
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps

from runs import archive
from runs.models import Entity, Run

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
        _keep(kept, data)
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
        with Image.open(archive.entity_path(run, entity.filename)) as image:
            # JPEG decoders can skip most of the work.
            image.draft("RGB", (SIDE_PIXELS, SIDE_PIXELS))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((SIDE_PIXELS, SIDE_PIXELS))
            if upright.mode not in {"RGB", "RGBA"}:
                upright = upright.convert("RGBA" if "transparency" in upright.info else "RGB")
            target = io.BytesIO()
            upright.save(target, "WEBP", quality=_QUALITY, method=2)
    # Pillow's decoders raise nearly anything for bytes that are no picture.
    except Exception as error:
        raise NoThumbnail(f"{run.run_id}/{entity.filename}: {error}") from error
    return target.getvalue()


def _keep(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        temporary.write_bytes(data)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
