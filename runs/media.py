"""Files of a run on their way to a browser: which they are, and how they are delivered.

What is delivered was made by machines from what children typed. It is shown or saved, never run:
its type comes from a fixed table, browsers may not guess another, and a sandbox without scripts
holds for whatever is opened as a page.
"""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header

from runs import archive
from runs.entity_types import COMPOSITE_TYPES, MODEL_TEXT_TYPES, SINGLE_PICTURE_TYPES
from runs.frames import frame_of
from runs.models import Entity, Run, Status
from web.streaming import Chunks, streamed

CONTENT_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".avif": "image/avif",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".mp3": "audio/mpeg",
    ".m4a": "audio/mp4",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".flac": "audio/flac",
    ".mid": "audio/midi",
    ".midi": "audio/midi",
    ".glb": "model/gltf-binary",
    ".gltf": "model/gltf+json",
    ".json": "application/json",
    # Code is read here, not run: the page that shows a sketch fetches it as text.
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/plain; charset=utf-8",
    ".csv": "text/plain; charset=utf-8",
    ".js": "text/plain; charset=utf-8",
}
UNKNOWN_TYPE = "application/octet-stream"

COMPOSITE = "composite"
_SKETCHES = ("output_code", "output_p5", "p5")
_TONES = ("tonejs", "output_tonejs")
# What `/api/media/<kind>/…` stands for, as types of entities; the first is the kind of a type,
# the others answer for it, too.
MEDIA_KINDS: dict[str, tuple[str, ...]] = {
    "image": SINGLE_PICTURE_TYPES,
    COMPOSITE: COMPOSITE_TYPES,
    "music": ("output_music",),
    "audio": ("output_audio", "output_music"),
    "video": ("output_video",),
    "3d": ("output_3d",),
    "p5": _SKETCHES,
    "tonejs": _TONES,
    "code": (*_SKETCHES, *_TONES),
}
_PICTURES = ("image", COMPOSITE)
# By role.
_NODE_TITLES = {
    "reference": "Reference",
    "combined": "Combined Vectors",
    "joined": "Reference",
    "text_1": "Prompt 1 only",
    "text_2": "Prompt 2 only",
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


def pictures(run: Run) -> list[Entity]:
    """Return the run's single pictures; where it has none, the sheets that show them."""
    return outputs(run, "image") or outputs(run, COMPOSITE)


def frame_shown(run: Run) -> Path | None:
    """Return the still frame that stands for a sketch, None where there is none or a picture."""
    sketch = None if pictures(run) else next(iter(outputs(run, "p5")), None)
    return frame_of(run, sketch) if sketch else None


def made(run: Run) -> list[tuple[str, int, Entity]]:
    """Return what the run made, each with its kind and its index among those.

    A sheet shows what stands here already, so it is left out unless it is all there is.
    """
    found: list[tuple[str, int, Entity]] = []
    counted: dict[str, int] = {}
    for entity in deliverable(run):
        if kind := kind_of(entity):
            index = counted.get(kind, 0)
            counted[kind] = index + 1
            found.append((kind, index, entity))
    return [each for each in found if each[0] != COMPOSITE] or found


def media_of(run: Run) -> list[dict[str, Any]]:
    """Return the addresses of what the run made (see `made`).

    Pictures have a thumbnail and, where recorded, width and height; a sketch has one where there is
    a still frame of it.
    """
    media: list[dict[str, Any]] = []
    has_frame = frame_shown(run) is not None
    for kind, index, entity in made(run):
        item: dict[str, Any] = {
            "index": index,
            "kind": kind,
            "type": entity.type,
            "role": entity.metadata.get("role", ""),
            "url": media_url(run, kind, index),
            "thumbnail_url": (
                thumbnail_url(run, index)
                if kind in _PICTURES or (has_frame and (kind, index) == ("p5", 0))
                else None
            ),
            "metadata": entity.metadata,
        }
        for side in ("width", "height"):
            if side in entity.metadata:
                item[side] = entity.metadata[side]
        media.append(item)
    return media


def media_url(run: Run, kind: str, index: int) -> str:
    return f"/api/media/{kind}/{run.run_id}/{index}"


def node_title(entity: Entity) -> str:
    """Return what the node is called that saved a picture, as existing clients know it.

    They put the pictures of a comparison into their places by these words.
    """
    recorded = entity.metadata.get("node_title")
    if isinstance(recorded, str):
        return recorded
    role = str(entity.metadata.get("role") or "")
    return _NODE_TITLES.get(role, role.replace("_", " ").capitalize())


def composite_url(run: Run) -> str | None:
    """Return the address of the sheet of all outputs, None where there is none."""
    return media_url(run, COMPOSITE, 0) if outputs(run, COMPOSITE) else None


def file_url(run: Run, entity: Entity) -> str:
    return f"/api/pipeline/{run.run_id}/file/{quote(entity.filename)}"


def thumbnail_url(run: Run, index: int = 0) -> str:
    return f"/api/runs/{run.run_id}/thumbnail" + (f"?index={index}" if index else "")


def deliver(request: HttpRequest, run: Run, entity: Entity) -> HttpResponseBase:
    """Answer with the file of an entity; raises `ArchiveError` where it is not there."""
    return deliver_file(request, run, entity.filename, sha256=entity.sha256)


def deliver_file(
    request: HttpRequest, run: Run, filename: str, *, sha256: str = ""
) -> HttpResponseBase:
    """Answer with a file that lies in a run's folder, as `deliver` does; it need be in no record.

    Who may see it is for the caller to know.
    """
    with archive.open_file(run, filename) as file:
        state = os.fstat(file.fileno())
    etag = f'"{sha256}"' if sha256 else f'W/"{state.st_mtime_ns:x}-{state.st_size:x}"'
    response: HttpResponseBase | None = get_conditional_response(request, etag=etag)
    if response is None:
        response = _content(request, run, filename, state.st_size)
        response.headers["Content-Disposition"] = _disposition(run, filename)
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


def _disposition(run: Run, filename: str) -> str:
    """Name the file so that it tells its run when it is saved."""
    name = f"{run.run_id}_{PurePosixPath(filename).name}"
    unknown = content_type_of(filename) == UNKNOWN_TYPE
    return content_disposition_header(unknown, name) or ""


def _content(request: HttpRequest, run: Run, filename: str, size: int) -> HttpResponseBase:
    span = _requested_range(request, size)
    if span is not None and not 0 <= span.start < size:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    part = span or range(size)
    status = 206 if span else 200
    chunks = _read(run, filename, part)
    content_type = content_type_of(filename)
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


def _read(run: Run, filename: str, part: range) -> Chunks:
    with archive.open_file(run, filename) as file:
        file.seek(part.start)
        remaining = len(part)
        while remaining and (chunk := file.read(min(CHUNK_BYTES, remaining))):
            remaining -= len(chunk)
            yield chunk
