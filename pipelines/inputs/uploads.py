"""Pictures that a device has sent and may use for a day. They lie outside the archive.

A picture that is used becomes a file of the run that uses it; the one here is forgotten.
"""

from __future__ import annotations

import hashlib
import io
import re
import secrets
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from PIL import Image

from devices.models import Device
from pipelines.engines.jobs import Picture
from runs.archive import archive_errors
from runs.files import atomic_write

KEEP_SECONDS = 24 * 3600
# A device that sends more loses its oldest.
KEEP_PER_DEVICE = 30

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png"}


def keep(device: Device, picture: Picture) -> str:
    """Keep a picture for `device` and return its id; raises `ArchiveError` where it cannot be."""
    image_id = secrets.token_hex(16)
    path = _root() / f"{_prefix(device)}{image_id}.{EXTENSIONS[picture.content_type]}"
    with archive_errors("upload"):
        forget_old(device, room_for=1)
        atomic_write(path, picture.data)
    return image_id


def find(device: Device, image_id: str) -> Picture | None:
    """Return a picture that `device` has sent, None where there is none (any more).

    Another device's picture is as unknown as one that never was.
    """
    if not _ID.fullmatch(image_id):
        return None
    for content_type, extension in EXTENSIONS.items():
        path = _root() / f"{_prefix(device)}{image_id}.{extension}"
        with suppress(FileNotFoundError):
            if path.stat().st_mtime > time.time() - KEEP_SECONDS:
                data = path.read_bytes()
                with Image.open(io.BytesIO(data)) as image:
                    return Picture(data, content_type, *image.size)
    return None


def forget_old(device: Device, *, room_for: int = 0) -> None:
    """Delete what is older than a day, of any device, and the oldest of `device` beyond its share.

    Called when a picture comes, so what lies here is bounded without a clock of its own.
    """
    files = []
    for path in _root().glob("*.*"):
        with suppress(FileNotFoundError):
            files.append((path.stat().st_mtime, path))
    own = 0
    for changed_at, path in sorted(files, reverse=True):
        own += path.name.startswith(_prefix(device))
        too_many = path.name.startswith(_prefix(device)) and own > KEEP_PER_DEVICE - room_for
        if too_many or changed_at < time.time() - KEEP_SECONDS:
            path.unlink(missing_ok=True)


def _root() -> Path:
    return Path(settings.VAR_DIR) / "uploads"


def _prefix(device: Device) -> str:
    """Return how the names of the device's files begin; its id itself becomes no part of a path."""
    return hashlib.sha256(device.pk.encode()).hexdigest()[:32] + "_"
