"""Understands what a run's folder says, as values for its row, however old the folder is.

Old metadata.json may lack nearly everything, name files that are gone and keep silent about
others that are there. Whatever it holds, the folder is read or named as damaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devices.folding import fold
from devices.names import plain_name
from runs import archive
from runs.archive import MOST_METADATA, ArchiveError
from runs.authorship import record_in, shares_in
from runs.bounded import read_start
from runs.json_values import NAIVE_TIMES, as_text, as_time, parse_object
from runs.layouts import Found, FoundFile, files_of
from runs.models import LIVE, Run, Status
from runs.reading_facts import (
    configs_of,
    created_at_of,
    derived_status,
    device_id_of,
    group_of,
    kind_of,
    seed_of,
)
from runs.reading_files import entities_of, error_of, idea_of

# Asked for each of perhaps a million folders; as a list of the choices it would be made anew.
_STATUSES = frozenset(Status.values)


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
    # As metadata.json says it, where it does.
    run_id: str = ""
    device_id: str = ""
    workshop: str = ""
    is_native: bool = False
    is_live: bool = False
    in_use: bool = False

    @property
    def error(self) -> str:
        is_damaged = self.values["status"] == Status.DAMAGED
        return self.values["error_message"] if is_damaged else ""

    @property
    def may_be_written(self) -> bool:
        """Whether the folder may be changed, as `may_be_written` asks of a row."""
        return self.is_native and self.values["layout"] == "L2" and not self.found.root

    @property
    def is_misnamed(self) -> bool:
        """Whether the folder bears another name than its run: a copy, made by hand.

        Those that a migration moved (L4) kept their old names.
        """
        return self.found.layout != "L4" and self.run_id not in ("", self.found.run_id[:120])


def read(found: Found) -> Reading:
    """Read one folder. What cannot be read makes a damaged run of it, never an exception."""
    metadata: dict[str, Any] = {}
    damage = found.error
    try:
        if not damage:
            metadata, damage = _metadata_of(found)
        return _understand(found, metadata, damage)
    except OSError as error:
        return damaged_reading(found, f"cannot be read: {error.strerror}")
    except ArchiveError as error:
        return damaged_reading(found, f"cannot be read: {error}")
    except Exception as error:
        # One odd folder must not keep all others from being read.
        return damaged_reading(found, f"cannot be understood: {type(error).__name__}: {error}")


def damaged_reading(found: Found, reason: str) -> Reading:
    """Return what can be said of a folder without a look into it."""
    return _understand(found, {}, reason, look=False)


def may_be_written(run: Run) -> bool:
    """Tell whether the folder of `run` may be changed: the one question that all who write ask.

    It may where this program wrote it, and where it lies in the live archive.
    """
    if run.root or run.layout != "L2":
        return False
    try:
        metadata = archive.read_metadata(archive.run_folder(run))
    except ArchiveError:
        return False
    return _is_native(metadata)


def _is_native(metadata: Mapping[str, Any]) -> bool:
    return type(metadata.get("schema_version")) is int


def _metadata_of(found: Found) -> tuple[dict[str, Any], str]:
    """Return what metadata.json holds, and why nothing where it is damaged."""
    try:
        content = read_start(f"{found.path}/{archive.METADATA}", MOST_METADATA + 1)
    except OSError as error:
        return {}, f"{archive.METADATA} cannot be read: {error.strerror}"
    if len(content) > MOST_METADATA:
        return {}, f"{archive.METADATA} has more than {MOST_METADATA} bytes"
    try:
        return parse_object(content), ""
    except ValueError as error:
        return {}, f"{archive.METADATA}: {error}"


def _understand(
    found: Found, metadata: Mapping[str, Any], damage: str, *, look: bool = True
) -> Reading:
    native = _is_native(metadata)
    files: list[FoundFile] = []
    if not native and look and not found.error:
        files = files_of(found)
    entities = entities_of(found, metadata, files)
    created_at = created_at_of(found, metadata)
    kind = kind_of(metadata, entities, files)
    rule, output = configs_of(metadata, entities, kind)
    error = metadata.get("error")
    error = error if isinstance(error, dict) else {}
    if not native and look:
        error = error or error_of(found, entities)
    said = as_text(metadata.get("status"))
    is_live = native and said in LIVE
    if damage:
        status = Status.DAMAGED
        error = {"kind": "damaged", "message": damage}
    elif is_live:
        status = Status.INTERRUPTED
    elif native and said in _STATUSES:
        status = Status(said)
    else:
        status = derived_status(metadata, kind, files, error)
    layout = found.layout
    if layout == "L1" and "entities" not in metadata and "outputs" in metadata:
        layout = "L0"
    idea = idea_of(found, entities)
    device_name = plain_name(as_text(metadata.get("device_name")))[:80]
    values = {
        "run_id": found.run_id[:120],
        "root": found.root,
        "folder": found.name,
        "layout": layout,
        "day": found.day or created_at.astimezone(NAIVE_TIMES).date(),
        "kind": kind,
        "status": status,
        "error_kind": as_text(error.get("kind"), 40),
        "error_message": as_text(error.get("message")),
        "device_name": device_name,
        "device_name_folded": fold(device_name),
        "group": group_of(metadata) if native else 1,
        "parent_run_id": as_text(metadata.get("parent_run_id"), 120),
        "interception_config": rule,
        "output_config": output,
        "engine": as_text(metadata.get("engine"), 40),
        "server": as_text(metadata.get("server"), 80),
        "safety_level": as_text(metadata.get("safety_level"), 20),
        "language": as_text(metadata.get("language"), 10),
        "seed": seed_of(metadata, entities, native=native),
        "idea": idea,
        "idea_folded": fold(idea),
        "created_at": created_at,
        "started_at": as_time(metadata.get("started_at")),
        "finished_at": as_time(metadata.get("finished_at") or metadata.get("completed_at")),
        "released_at": as_time(metadata.get("released_at")) if native and not damage else None,
        "is_favourite": native and not damage and metadata.get("favourite") is True,
        "shares": shares_in(metadata) if native and not damage else {},
        "request_key": as_text(metadata.get("request_key"), 64) if native and not damage else "",
        "request_digest": as_text(metadata.get("request_digest"), 64) if native else "",
        "progress": 1.0 if status == Status.COMPLETE else 0.0,
    }
    return Reading(
        found=found,
        values=values,
        entities=entities,
        authorship=record_in(metadata) if native else None,
        run_id=as_text(metadata.get("run_id"), 120),
        device_id=device_id_of(found, metadata),
        workshop=plain_name(as_text(metadata.get("workshop")))[:120],
        is_native=native,
        is_live=is_live,
        # Nobody works on what is only read here, and some network drives refuse to be asked.
        in_use=is_live and not found.root and archive.is_locked(Path(found.path)),
    )
