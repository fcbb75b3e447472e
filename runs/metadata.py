"""What metadata.json says: of a run as a whole, and of each of its files."""

from __future__ import annotations

import hashlib
import mimetypes
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from devices.models import Device, Workshop
from runs.archive import INVALID, ArchiveError
from runs.models import Kind, Status

SCHEMA_VERSION = 1

_ENTITY_NAME = re.compile(r"(?P<sequence>\d+)_(?P<type>[A-Za-z0-9_]+)\.(?P<extension>[A-Za-z0-9]+)")
_TYPE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_EXTENSION = re.compile(r"[a-z0-9]{1,8}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartFile:
    """A file that a run begins with besides its texts, such as a picture of the participant's."""

    type: str
    data: bytes
    extension: str
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RequestKey:
    """What a request is known by when it is sent once more, and what it asks for: two SHA-256."""

    key: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """Everything that a new run records. `texts` are (entity type, text), in order.

    `files` come after the texts.
    """

    kind: str
    device: Device | None
    workshop: Workshop | None
    interception_config: str = ""
    output_config: str = ""
    engine: str = ""
    safety_level: str
    language: str = "de"
    seed: int | None
    parent_run_id: str = ""
    # The text of the rule in force, the participant's own where they changed it.
    context_prompt: str = ""
    texts: tuple[tuple[str, str], ...]
    files: tuple[StartFile, ...] = ()
    expected_outputs: tuple[str, ...]
    execution_mode: str = "eco"
    status: str = Status.QUEUED
    queue: str = ""
    request_key: RequestKey | None = None
    # Further keys of metadata.json: the catalog's digest, the model's id …
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def group(self) -> int:
        """The group of the workshop that makes it; 1 where there is none."""
        return self.workshop.group if self.workshop else 1


def new_metadata(
    context: RunContext, *, run_id: str, items: list[dict[str, Any]], now: datetime
) -> dict[str, Any]:
    is_interception = context.kind == Kind.INTERCEPTION
    metadata: dict[str, Any] = {
        "run_id": run_id,
        "timestamp": local_text(now),
        "config_name": context.interception_config if is_interception else context.output_config,
        "interception_config": context.interception_config,
        "execution_mode": context.execution_mode,
        "safety_level": context.safety_level,
        "user_id": "anonymous",
        "device_id": context.device.pk if context.device else None,
        "device_name": context.device.name if context.device else "",
        "expected_outputs": list(context.expected_outputs),
        "current_state": {"stage": 0, "step": "initialized", "progress": ""},
        "entities": items,
        "schema_version": SCHEMA_VERSION,
        "software_version": settings.VERSION,
        "kind": str(context.kind),
        "status": str(context.status),
        "output_config": context.output_config,
        "engine": context.engine,
        "seed": context.seed,
        "language": context.language,
        "workshop": context.workshop.name if context.workshop else "",
        "group": context.group,
        "parent_run_id": context.parent_run_id,
        "context_prompt": context.context_prompt,
        "started_at": local_text(now) if context.status == Status.RUNNING else None,
        "finished_at": None,
        "error": None,
    }
    metadata["current_state"]["progress"] = progress(metadata)
    if context.request_key:
        metadata["request_key"] = context.request_key.key
        metadata["request_digest"] = context.request_key.digest
    # A detail cannot take the name of a key that readers rely on.
    return metadata | {key: value for key, value in context.details.items() if key not in metadata}


def new_item(
    sequence: int,
    type_: str,
    filename: str,
    content: bytes,
    *,
    now: datetime,
    content_type: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return what metadata.json says of a file."""
    guessed = mimetypes.guess_type(filename)[0]
    return {
        "sequence": sequence,
        "type": type_,
        "filename": filename,
        "timestamp": local_text(now),
        "metadata": dict(metadata or {}),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "content_type": content_type or guessed or "application/octet-stream",
    }


def storable(value: Any) -> Any:
    """Return `value` without the characters that JSON can say and a database cannot keep."""
    if isinstance(value, str):
        # Halves of a pair that stand alone are not characters; real pairs have been joined.
        return value.encode("utf-8", "replace").decode().replace("\0", "")
    if isinstance(value, dict):
        return {storable(key): storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [storable(inner) for inner in value]
    return value


def new_filename(sequence: int, type_: str, extension: str) -> str:
    if not _TYPE.fullmatch(type_) or not _EXTENSION.fullmatch(extension):
        raise ArchiveError(INVALID, f"not a file of a run: {type_!r} {extension!r}")
    return f"{sequence:02d}_{type_}.{extension}"


def number_of(name: str) -> int:
    """Return the number of a file, 0 where its name has none."""
    match = _ENTITY_NAME.fullmatch(name)
    return int(match["sequence"]) if match else 0


def progress(metadata: Mapping[str, Any]) -> str:
    """Return how many of the expected outputs are there, as `3/4`."""
    expected = Counter(metadata["expected_outputs"])
    existing = Counter(item["type"] for item in metadata["entities"])
    return f"{(expected & existing).total()}/{expected.total()}"


def local_text(at: datetime | None) -> str | None:
    """Return `at` as metadata.json writes it: local time with its UTC offset."""
    return timezone.localtime(at).isoformat() if at else None
