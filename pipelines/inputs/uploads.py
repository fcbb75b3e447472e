"""Pictures that a device has sent and may use for a day. They lie outside the archive.

A picture that is used becomes a file of the run that uses it; the one here is forgotten. All
together are bounded: where there is no more room, whoever has most loses their oldest.
"""

from __future__ import annotations

import hashlib
import io
import math
import re
import secrets
import time
from collections.abc import Iterable
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
# Of all devices: some hundreds of photographs as they are kept here.
MOST_BYTES = 1_000_000_000

_ID = re.compile(r"[0-9a-f]{32}", re.ASCII)
# Letters at the beginning of a name that say whose it is.
PREFIX = 33
EXTENSIONS = {"image/jpeg": "jpg", "image/png": "png"}


class OtherPicture(Exception):
    """Under this id another picture is kept."""


def keep(device: Device, picture: Picture, *, key: str = "") -> str:
    """Keep a picture for `device` and return its id; raises `ArchiveError` where it cannot be.

    The same picture with the same `key` is kept once. Raises `OtherPicture` for another one.
    """
    image_id = hashlib.sha256(key.encode()).hexdigest()[:32] if key else secrets.token_hex(16)
    path = _root() / f"{_prefix(device)}{image_id}.{EXTENSIONS[picture.content_type]}"
    if key and (kept := find(device, image_id)) is not None:
        if kept.data != picture.data:
            raise OtherPicture(image_id)
        return image_id
    with archive_errors("upload"):
        forget_old(device, room_for=1, bytes_more=len(picture.data))
        atomic_write(path, picture.data)
    return image_id


def held_by(device_ids: Iterable[str]) -> int:
    """Return how many pictures lie here of all these devices together."""
    prefixes = {_prefix_of(device_id) for device_id in device_ids}
    return sum(path.name[:PREFIX] in prefixes for path in _root().glob("*.*"))


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


def forget_old(device: Device, *, room_for: int = 0, bytes_more: int = 0) -> None:
    """Delete what is older than a day, what `device` has beyond its share, and what is too much.

    Called when a picture comes, so what lies here is bounded without a clock of its own.
    """
    held: dict[str, list[tuple[Path, int]]] = {}
    for path, changed_at, size in _newest_first():
        files = held.setdefault(path.name[:PREFIX], [])
        room = KEEP_PER_DEVICE - room_for if path.name.startswith(_prefix(device)) else math.inf
        if len(files) >= room or changed_at < time.time() - KEEP_SECONDS:
            path.unlink(missing_ok=True)
        else:
            files.append((path, size))
    bytes_of = {whose: sum(size for _path, size in files) for whose, files in held.items()}
    while sum(bytes_of.values()) + bytes_more > MOST_BYTES and any(held.values()):
        most = max(bytes_of, key=lambda whose: bytes_of[whose])
        oldest, size = held[most].pop()
        bytes_of[most] -= size
        oldest.unlink(missing_ok=True)


def _newest_first() -> list[tuple[Path, float, int]]:
    files = []
    for path in _root().glob("*.*"):
        with suppress(FileNotFoundError):
            status = path.stat()
            files.append((path, status.st_mtime, status.st_size))
    return sorted(files, key=lambda file: (file[1], file[0]), reverse=True)


def _root() -> Path:
    return Path(settings.VAR_DIR) / "uploads"


def _prefix(device: Device) -> str:
    return _prefix_of(device.pk)


def _prefix_of(device_id: str) -> str:
    """Return how the names of the device's files begin; its id itself becomes no part of a path."""
    return hashlib.sha256(device_id.encode()).hexdigest()[: PREFIX - 1] + "_"
