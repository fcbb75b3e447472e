"""Understands what a run's folder says, as values for its row, however old the folder is.

Old metadata.json may lack nearly everything, name files that are gone and keep silent about
others that are there. Paths in it are never followed; only names inside the folder are.
"""

from __future__ import annotations

import json
import mimetypes
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from devices.identity import is_valid_id
from devices.names import plain_name
from runs import archive
from runs.archive import ArchiveError
from runs.authorship import record_in, shares_in
from runs.folding import fold
from runs.layouts import Found, FoundFile, files_of, milliseconds_in
from runs.metadata import storable
from runs.models import LIVE, Kind, Run, Status

# Where all archives that wrote times without an offset come from.
NAIVE_TIMES = ZoneInfo("Europe/Berlin")
_OUTSIDE = frozenset({"", ".", ".."})
_MEDIA = ("output_", "composite", "p5")
_MAX_SEED = 2**63 - 1
# Asked for each of perhaps a million folders; as lists of the choices they would be made anew.
_STATUSES = frozenset(Status.values)
_KINDS = frozenset(Kind.values)
# Bytes read at once: few metadata.json are longer.
_MOST = 64 * 1024
# NaN and the infinities are no JSON; no database takes them.
_decode = json.JSONDecoder(parse_constant=lambda _name: None).decode


@dataclass(slots=True)
class Reading:
    """What a folder says: `values` of the Run, `entities` as values of each Entity.

    `is_live`: metadata.json says that it is still to be made; `in_use`: somebody is at it now.
    """

    found: Found
    values: dict[str, Any]
    entities: list[dict[str, Any]] = field(default_factory=list)
    # Name, size and SHA-256 of authorship.json, where it should be there.
    authorship: dict[str, Any] | None = None
    device_id: str = ""
    workshop: str = ""
    is_native: bool = False
    is_live: bool = False
    in_use: bool = False

    @property
    def error(self) -> str:
        is_damaged = self.values["status"] == Status.DAMAGED
        return self.values["error_message"] if is_damaged else ""


def read(found: Found) -> Reading:
    """Read one folder. What cannot be read makes a damaged run of it, never an exception."""
    metadata: dict[str, Any] = {}
    damage = found.error
    if not damage:
        try:
            metadata = _metadata_of(found)
        except ArchiveError as error:
            damage = str(error)
    try:
        return _understand(found, metadata, damage)
    except OSError as error:
        return _understand(found, {}, f"cannot be read: {error.strerror}", look=False)


def is_native_layout(run: Run) -> bool:
    """Tell whether this program wrote the folder of `run`, and so may change it."""
    if run.layout != "L2":
        return False
    try:
        metadata = archive.read_metadata(archive.run_folder(run))
    except ArchiveError:
        return False
    return _is_native(metadata)


def _is_native(metadata: Mapping[str, Any]) -> bool:
    return isinstance(metadata.get("schema_version"), int)


def _understand(
    found: Found, metadata: Mapping[str, Any], damage: str, *, look: bool = True
) -> Reading:
    native = _is_native(metadata)
    files: list[FoundFile] = []
    if not native and look and not found.error:
        files = files_of(found)
    entities = _entities(found, metadata, files)
    created_at = _created_at(found, metadata)
    kind = _kind(metadata, entities, files)
    rule, output = _configs(metadata, entities, kind)
    error = metadata.get("error")
    error = error if isinstance(error, dict) else {}
    is_live = native and metadata.get("status") in LIVE
    if damage:
        status = Status.DAMAGED
        error = {"kind": "damaged", "message": damage}
    elif is_live:
        status = Status.INTERRUPTED
    elif native and metadata.get("status") in _STATUSES:
        status = Status(metadata["status"])
    else:
        status = _derived_status(metadata, kind, files)
    layout = found.layout
    if layout == "L1" and "entities" not in metadata and "outputs" in metadata:
        layout = "L0"
    idea = _idea(found, entities)
    values = {
        "run_id": found.run_id[:120],
        "folder": found.name,
        "layout": layout,
        "day": found.day or created_at.astimezone(NAIVE_TIMES).date(),
        "kind": kind,
        "status": status,
        "error_kind": _text(error.get("kind"), 40),
        "error_message": _text(error.get("message")),
        "device_name": plain_name(_text(metadata.get("device_name")))[:80],
        "parent_run_id": _text(metadata.get("parent_run_id"), 120),
        "interception_config": rule,
        "output_config": output,
        "engine": _text(metadata.get("engine"), 40),
        "server": _text(metadata.get("server"), 80),
        "safety_level": _text(metadata.get("safety_level"), 20),
        "language": _text(metadata.get("language"), 10),
        "seed": _seed(metadata, entities),
        "idea": idea,
        "idea_folded": fold(idea),
        "created_at": created_at,
        "started_at": _time(metadata.get("started_at")),
        "finished_at": _time(metadata.get("finished_at")),
        "released_at": _time(metadata.get("released_at")) if native and not damage else None,
        "is_favourite": native and not damage and metadata.get("favourite") is True,
        "shares": shares_in(metadata) if native and not damage else {},
        "progress": 1.0 if status == Status.COMPLETE else 0.0,
    }
    return Reading(
        found=found,
        values=values,
        entities=entities,
        authorship=record_in(metadata) if native else None,
        device_id=_device_id(found, metadata),
        workshop=plain_name(_text(metadata.get("workshop")))[:120],
        is_native=native,
        is_live=is_live,
        in_use=is_live and archive.is_locked(Path(found.path)),
    )


def _metadata_of(found: Found) -> dict[str, Any]:
    try:
        content = _content(f"{found.path}/{archive.METADATA}")
    except OSError as error:
        raise ArchiveError(
            archive.DAMAGED, f"{archive.METADATA} cannot be read: {error.strerror}"
        ) from error
    try:
        metadata = _decode(content.decode(json.detect_encoding(content), "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise ArchiveError(archive.DAMAGED, f"{archive.METADATA}: {error}") from error
    if not isinstance(metadata, dict):
        raise ArchiveError(archive.DAMAGED, f"{archive.METADATA}: not an object")
    if b"\\u0000" in content or b"\\ud" in content or b"\\uD" in content:
        metadata = storable(metadata)
    return {**metadata}


# Files --------------------------------------------------------------------------------------


def _entities(
    found: Found, metadata: Mapping[str, Any], files: Iterable[FoundFile]
) -> list[dict[str, Any]]:
    """Return what metadata.json lists, then the files that lie in the folder unlisted."""
    sizes = {file.filename: file.size for file in files}
    entities: dict[str, dict[str, Any]] = {}
    for position, item in enumerate(_listed(metadata, sizes), start=1):
        filename = item.get("filename")
        if isinstance(filename, str) and _is_inside(filename) and filename not in entities:
            entities[filename] = _entity(item, filename, position, sizes.get(filename))
    process = metadata.get("prompting_process")
    for position, item in enumerate(process if isinstance(process, list) else [], start=1):
        filename = item.get("filename") if isinstance(item, dict) else None
        if isinstance(filename, str) and _is_inside(filename) and filename not in entities:
            entity = _entity(item, filename, position, None)
            # The steps on the way are not to be taken for the run's own texts.
            entity["metadata"] = entity["metadata"] | {"step": entity["type"]}
            entity["type"] = "prompting_process"
            entities[filename] = entity
    for file in files:
        if file.filename not in entities:
            item = {"sequence": file.number or len(entities) + 1, "type": file.type}
            entities[file.filename] = _entity(item, file.filename, 0, file.size)
    return list(entities.values())


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
    sequence = item.get("sequence")
    is_number = isinstance(sequence, int) and 0 <= sequence < 2**31
    recorded_size = item.get("size")
    extra = item.get("metadata")
    content_type = _text(item.get("content_type"), 80) or mimetypes.guess_type(filename)[0]
    return {
        "sequence": sequence if is_number else position,
        "type": _text(item.get("type"), 60) or "unknown",
        "filename": filename,
        "content_type": content_type or "application/octet-stream",
        "size": recorded_size if _is_size(recorded_size) else size,
        "sha256": _text(item.get("sha256"), 64),
        "created_at": _time(item.get("timestamp")),
        "metadata": extra if isinstance(extra, dict) else {},
    }


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _is_inside(filename: str) -> bool:
    return (
        0 < len(filename) <= 200
        and not _OUTSIDE.intersection(filename.split("/"))
        and "\\" not in filename
        and "\0" not in filename
    )


def _has_media(types: Iterable[str]) -> bool:
    return any(type_.startswith(_MEDIA) for type_ in types)


def _idea(found: Found, entities: Iterable[Mapping[str, Any]]) -> str:
    for entity in entities:
        filename = entity["filename"]
        if entity["type"] == "input" and filename.endswith(".txt") and "/" not in filename:
            names = [filename]
            if found.layout == "L3" and not Path(found.path, "final").is_symlink():
                names.append(f"final/{filename}")
            for name in names:
                text = _small_text(f"{found.path}/{name}")
                if text is not None:
                    return text
    return ""


def _small_text(path: str) -> str | None:
    try:
        # Not through a symbolic link: it could lead out of the archive.
        content = _content(path, os.O_NOFOLLOW, limit=100_000)
    except OSError:
        return None
    return content.decode("utf-8", "replace").replace("\0", "")


def _content(path: str, flags: int = 0, *, limit: int | None = None) -> bytes:
    """Return what a file holds; twice as fast as a file object, which is made for more."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | flags)
    try:
        content = os.read(descriptor, limit or _MOST)
        while limit is None and (more := os.read(descriptor, _MOST)):
            content += more
        return content
    finally:
        os.close(descriptor)


# Facts --------------------------------------------------------------------------------------


def _text(value: Any, limit: int | None = None) -> str:
    return value[:limit] if isinstance(value, str) else ""


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    if not 2000 <= at.year < 2200:
        return None
    return at if at.tzinfo else at.replace(tzinfo=NAIVE_TIMES)


def _created_at(found: Found, metadata: Mapping[str, Any]) -> datetime:
    at = _time(metadata.get("timestamp"))
    if at is not None:
        return at
    milliseconds = milliseconds_in(found.run_id)
    if milliseconds is not None:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    if found.day is not None:
        return datetime.combine(found.day, time(12), tzinfo=NAIVE_TIMES)
    try:
        return datetime.fromtimestamp(Path(found.path).stat().st_mtime, tz=UTC)
    except OSError:
        return datetime.combine(date(2000, 1, 1), time(12), tzinfo=UTC)


def _kind(
    metadata: Mapping[str, Any], entities: Iterable[Mapping[str, Any]], files: Iterable[FoundFile]
) -> str:
    if metadata.get("kind") in _KINDS:
        return str(metadata["kind"])
    types = {entity["type"] for entity in entities}
    rule = _text(metadata.get("interception_config"))
    names_both = bool(rule) and _text(metadata.get("config_name")) not in ("", rule)
    has_media = _has_media(types) or _has_media(file.type for file in files)
    if has_media or names_both or "optimized_prompt" in types:
        return Kind.GENERATION
    return Kind.INTERCEPTION if types else Kind.GENERATION


def _configs(
    metadata: Mapping[str, Any], entities: Iterable[Mapping[str, Any]], kind: str
) -> tuple[str, str]:
    """Return the rule's and the engine's config; old metadata has one name for either."""
    rule = _text(metadata.get("interception_config"), 80)
    output = _text(metadata.get("output_config"), 80)
    name = _text(metadata.get("config_name"), 80)
    if not name:
        # The oldest runs say `schema` and mean the rule.
        return rule or _text(metadata.get("schema"), 80), output
    if kind == Kind.INTERCEPTION:
        return rule or name, output
    if output:
        return rule, output
    made_by = [
        _text(entity["metadata"].get("config"), 80)
        for entity in entities
        if entity["type"].startswith(_MEDIA)
    ]
    if (rule and rule != name) or name in made_by or not any(made_by):
        return rule if rule != name else "", name
    # One run for text and picture, named for its rule.
    return name, next(filter(None, made_by))


def _seed(metadata: Mapping[str, Any], entities: Iterable[Mapping[str, Any]]) -> int | None:
    candidates = [metadata.get("seed")]
    if not _is_native(metadata):
        # Old runs name it with the picture, if at all.
        candidates += [
            entity["metadata"].get("seed")
            for entity in entities
            if entity["type"].startswith(_MEDIA)
        ]
    for seed in candidates:
        if isinstance(seed, int) and not isinstance(seed, bool) and abs(seed) <= _MAX_SEED:
            return seed
    return None


def _derived_status(metadata: Mapping[str, Any], kind: str, files: Iterable[FoundFile]) -> Status:
    """Return how an old run ended: what lies in its folder tells, not what its state says."""
    types = {file.type for file in files}
    made = {Kind.INTERCEPTION: "interception", Kind.OPTIMIZATION: "optimized_prompt"}
    if made[Kind(kind)] in types if kind in made else _has_media(types):
        return Status.COMPLETE
    return Status.FAILED if "error" in types or metadata.get("error") else Status.INTERRUPTED


def _device_id(found: Found, metadata: Mapping[str, Any]) -> str:
    for candidate in (metadata.get("device_id"), found.device):
        if isinstance(candidate, str) and is_valid_id(candidate):
            return candidate
    return ""
