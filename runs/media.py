"""Files of a run on their way to a browser: which they are, and how they are delivered.

What is delivered was made by machines from what children typed. It is shown or saved, never run:
its type comes from a fixed table, browsers may not guess another, and a sandbox without scripts
holds for whatever is opened as a page.
"""

from __future__ import annotations

import os
import re
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from runs import archive
from runs.models import MODEL_TEXT_TYPES, PICTURE_TYPES, Entity, Run, Status
from web.streaming import Chunks, streamed

CONTENT_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".ogg": "audio/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".json": "application/json",
    # Code is read here, not run: the page that shows a sketch fetches it as text.
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".js": "text/plain; charset=utf-8",
}
UNKNOWN_TYPE = "application/octet-stream"

# What `/api/media/<kind>/…` stands for, as types of entities.
MEDIA_KINDS = {
    "image": PICTURE_TYPES,
    "audio": ("output_audio",),
    "video": ("output_video",),
    "p5": ("output_code", "output_p5", "p5"),
    "code": ("output_code", "output_p5", "p5"),
}
_KIND_OF_TYPE = {type_: kind for kind, types in reversed(MEDIA_KINDS.items()) for type_ in types}

_SANDBOX = (
    "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
)
_HEADERS = {
    "Content-Security-Policy": _SANDBOX,
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # The browser may keep it, but asks each time whether it still may see it.
    "Cache-Control": "private, no-cache",
}

# What is smaller leaves in one piece.
SMALL_FILE_BYTES = 4 * 1024 * 1024
CHUNK_BYTES = 256 * 1024

# One range, as players of video and audio ask for; Safari plays nothing without.
_RANGE = re.compile(r"bytes=(\d{1,18})?-(\d{1,18})?", re.ASCII)


def content_type_of(filename: str) -> str:
    """Return the type under which a file is delivered, whatever its record says."""
    return CONTENT_TYPES.get(PurePosixPath(filename).suffix.lower(), UNKNOWN_TYPE)


def kind_of(entity: Entity) -> str | None:
    """Return the `<kind>` of the media address that delivers `entity`, None where none does."""
    return _KIND_OF_TYPE.get(entity.type)


def deliverable(run: Run) -> list[Entity]:
    """Return the run's files that may leave; of a blocked run these are a person's texts.

    Prefetch `entities` where there are many runs.
    """
    entities = list(run.entities.all())
    if run.status == Status.BLOCKED:
        entities = [entity for entity in entities if _is_text(entity)]
    return entities


def _is_text(entity: Entity) -> bool:
    is_text = PurePosixPath(entity.filename).suffix.lower() == ".txt"
    return is_text and not entity.is_media and entity.type not in MODEL_TEXT_TYPES


def outputs(run: Run, kind: str) -> list[Entity]:
    """Return the run's outputs of a media kind, in order; their places are their indexes."""
    return [entity for entity in deliverable(run) if entity.type in MEDIA_KINDS[kind]]


def media_of(run: Run) -> list[dict[str, Any]]:
    """Return the addresses of what the run made: index, type, role, url, thumbnail_url, metadata.

    Pictures have a thumbnail and, where recorded, width and height.
    """
    media: list[dict[str, Any]] = []
    counted: dict[str, int] = {}
    for entity in deliverable(run):
        kind = kind_of(entity)
        if kind is None:
            continue
        index = counted.get(kind, 0)
        counted[kind] = index + 1
        item: dict[str, Any] = {
            "index": index,
            "type": entity.type,
            "role": entity.metadata.get("role", ""),
            "url": media_url(run, kind, index),
            "thumbnail_url": thumbnail_url(run, index) if kind == "image" else None,
            "metadata": entity.metadata,
        }
        for side in ("width", "height"):
            if side in entity.metadata:
                item[side] = entity.metadata[side]
        media.append(item)
    return media


def media_url(run: Run, kind: str, index: int) -> str:
    return f"/api/media/{kind}/{run.run_id}/{index}"


def file_url(run: Run, entity: Entity) -> str:
    return f"/api/pipeline/{run.run_id}/file/{quote(entity.filename)}"


def thumbnail_url(run: Run, index: int = 0) -> str:
    return f"/api/runs/{run.run_id}/thumbnail" + (f"?index={index}" if index else "")


def deliver(request: HttpRequest, run: Run, entity: Entity) -> HttpResponseBase:
    """Answer with the file of an entity; raises `ArchiveError` where it is not there."""
    with archive.open_file(run, entity.filename) as file:
        state = os.fstat(file.fileno())
    etag = _etag(entity, state)
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = _content(request, run, entity, state.st_size)
        response.headers["Content-Disposition"] = _disposition(run, entity)
    return _guarded(response, etag)


def deliver_bytes(
    request: HttpRequest, data: bytes, *, content_type: str, etag: str
) -> HttpResponseBase:
    """Answer with bytes at hand, as guarded as a file."""
    response = get_conditional_response(request, etag=etag)
    return _guarded(response or HttpResponse(data, content_type=content_type), etag)


def _guarded(response: HttpResponseBase, etag: str) -> HttpResponseBase:
    for name, value in _HEADERS.items():
        response.headers[name] = value
    response.headers["ETag"] = etag
    return response


def _etag(entity: Entity, state: os.stat_result) -> str:
    if entity.sha256:
        return f'"{entity.sha256}"'
    return f'W/"{state.st_mtime_ns:x}-{state.st_size:x}"'


def _disposition(run: Run, entity: Entity) -> str:
    """Name the file so that it tells its run when it is saved."""
    name = f"{run.run_id}_{PurePosixPath(entity.filename).name}"
    unknown = content_type_of(entity.filename) == UNKNOWN_TYPE
    return content_disposition_header(unknown, name) or ""


def _content(request: HttpRequest, run: Run, entity: Entity, size: int) -> HttpResponseBase:
    span = _requested_range(request, size)
    if span is not None and not 0 <= span.start < size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = span or range(size)
    status = 206 if span else 200
    chunks = _read(run, entity, part)
    content_type = content_type_of(entity.filename)
    response: HttpResponseBase
    if len(part) <= SMALL_FILE_BYTES:
        response = HttpResponse(b"".join(chunks), content_type=content_type, status=status)
    else:
        response = streamed(request, chunks, content_type=content_type, status=status)
    response.headers["Content-Length"] = str(len(part))
    response.headers["Accept-Ranges"] = "bytes"
    if span:
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return response


def _requested_range(request: HttpRequest, size: int) -> range | None:
    """Return the part of `size` bytes that is asked for, None for all; other forms are ignored."""
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    # A part of what has changed meanwhile would not fit to the part that the browser has.
    if asked is None or asked.group() == "bytes=-" or "If-Range" in request.headers:
        return None
    first, last = asked.groups()
    if first is None:
        return range(max(size - int(last), 0), size)
    return range(int(first), min(int(last) + 1, size) if last else size)


def _read(run: Run, entity: Entity, part: range) -> Chunks:
    with archive.open_file(run, entity.filename) as file:
        file.seek(part.start)
        remaining = len(part)
        while remaining and (chunk := file.read(min(CHUNK_BYTES, remaining))):
            remaining -= len(chunk)
            yield chunk
