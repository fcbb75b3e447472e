"""What a run's folder says of its files: those that are listed, and those that only lie there.

Paths are never followed; only names inside the folder are.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from runs.bounded import read_start
from runs.entity_types import MEDIA
from runs.json_values import as_number, as_text, as_time, parse_object
from runs.layouts import PARTS, STEPS, Found, FoundFile, settled_type

# What an interception of February 2026 keeps among its steps.
_STREAMED = frozenset({"input", "context_prompt", "interception", "optimized_prompt"})
_OUTSIDE = frozenset({"", ".", ".."})
# Where error.json keeps what was told.
_SENTENCES = ("message", "error_message", "error", "content", "detail")
_MOST_OF_AN_IDEA = 100_000


def entities_of(
    found: Found, metadata: Mapping[str, Any], files: Iterable[FoundFile]
) -> list[dict[str, Any]]:
    """Return what metadata.json lists, then the files that lie in the folder unlisted."""
    sizes = {file.filename: file.size for file in files}
    entities: dict[str, dict[str, Any]] = {}
    for position, item in enumerate(_listed(metadata, sizes), start=1):
        filename = item.get("filename")
        if isinstance(filename, str) and _is_inside(filename) and filename not in entities:
            entities[filename] = _entity(item, filename, position, sizes.get(filename))
    steps: dict[str, dict[str, Any]] = {}
    process = metadata.get(STEPS)
    for position, item in enumerate(process if isinstance(process, list) else [], start=1):
        filename = item.get("filename") if isinstance(item, dict) else None
        if isinstance(filename, str) and _is_inside(filename) and filename not in entities:
            steps.setdefault(filename, _entity(item, filename, position, sizes.get(filename)))
    for file in files:
        if file.filename not in entities and file.filename not in steps:
            position = file.number or len(entities) + 1
            item = {"sequence": position, "type": file.type}
            into = steps if file.filename.startswith(f"{STEPS}/") else entities
            into[file.filename] = _entity(item, file.filename, position, file.size)
    # The steps on the way are not to be taken for the run's own texts: only where it has no
    # others, as an interception that was streamed, the latest of each type are.
    if not steps:
        return list(entities.values())
    latest = {} if entities else {step["type"]: name for name, step in steps.items()}
    for name, step in steps.items():
        if step["type"] not in _STREAMED or latest.get(step["type"]) != name:
            step["metadata"] = step["metadata"] | {"step": step["type"]}
            step["type"] = STEPS
    return list((entities | steps).values())


def has_media(types: Iterable[str]) -> bool:
    return any(type_.startswith(MEDIA) for type_ in types)


def idea_of(found: Found, entities: Iterable[Mapping[str, Any]]) -> str:
    """Return what the participant typed, "" where it cannot be read."""
    for entity in entities:
        filename = entity["filename"]
        if entity["type"] == "input" and filename.endswith(".txt"):
            names = [filename]
            if found.layout == "L3":
                names.append(f"final/{filename}")
            for name in names:
                folder = name.rpartition("/")[0]
                # One folder down at most, and not through a link.
                if folder and (folder not in PARTS or Path(found.path, folder).is_symlink()):
                    continue
                text = _small_text(f"{found.path}/{name}")
                if text is not None:
                    return text
    return ""


def error_of(found: Found, entities: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return kind and message of the error that lies in the folder as JSON, if one does."""
    for entity in entities:
        if entity["type"] != "error" or not entity["filename"].endswith(".json"):
            continue
        for part in ("", "final/"):
            with suppress(OSError, ValueError):
                error = parse_object(read_start(f"{found.path}/{part}{entity['filename']}", 65_536))
                texts = (as_text(error.get(key)) for key in _SENTENCES)
                return {
                    "kind": as_text(error.get("error_type")),
                    "message": next(filter(None, texts), ""),
                }
    return {}


def _listed(metadata: Mapping[str, Any], sizes: Mapping[str, int]) -> list[dict[str, Any]]:
    listed = metadata.get("entities")
    if isinstance(listed, dict):
        by_stem = {name.rpartition(".")[0]: name for name in sizes}
        return [
            {"filename": by_stem.get(stem), "type": stem.partition("_")[2]} | item
            for stem, item in listed.items()
            if isinstance(item, dict)
        ]
    if isinstance(listed, list):
        return [item for item in listed if isinstance(item, dict)]
    return []


def _entity(
    item: Mapping[str, Any], filename: str, position: int, size: int | None
) -> dict[str, Any]:
    sequence = as_number(item.get("sequence"), 2**31)
    recorded_size = as_number(item.get("size"), 2**63)
    extra = item.get("metadata")
    content_type = as_text(item.get("content_type")) or mimetypes.guess_type(filename)[0]
    return {
        "sequence": position if sequence is None else sequence,
        "type": settled_type(as_text(item.get("type"), 60), filename)[:60] or "unknown",
        "filename": filename,
        "content_type": (content_type or "application/octet-stream")[:80],
        "size": size if recorded_size is None else recorded_size,
        "sha256": as_text(item.get("sha256"), 64),
        "created_at": as_time(item.get("timestamp")),
        "metadata": extra if isinstance(extra, dict) else {},
    }


def _is_inside(filename: str) -> bool:
    # Few names have a folder.
    parts = filename.split("/") if "/" in filename else (filename,)
    return (
        len(filename) <= 200
        and _OUTSIDE.isdisjoint(parts)
        and "\\" not in filename
        and "\0" not in filename
    )


def _small_text(path: str) -> str | None:
    try:
        content = read_start(path, _MOST_OF_AN_IDEA)
    except OSError:
        return None
    return content.decode("utf-8", "replace").replace("\0", "")
