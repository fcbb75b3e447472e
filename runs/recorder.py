"""Records a run while it happens: first the file, then metadata.json, then the row.

Whatever changes a run holds its folder's lock, reads metadata.json anew and looks whether the run
is still to be changed, so neither two threads nor two processes overwrite each other from memory.
A crash between two steps leaves what `reconcile` and `runs.index` complete.
"""

from __future__ import annotations

import hashlib
import logging
import mimetypes
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from devices.models import Device, Workshop
from runs import archive
from runs.archive import ArchiveError
from runs.models import LIVE, Entity, Kind, Run, Status
from runs.pictures import verify_picture

logger = logging.getLogger(__name__)

SCHEMA_VERSION = 1

_ENTITY_NAME = re.compile(r"(?P<sequence>\d+)_(?P<type>[A-Za-z0-9_]+)\.(?P<extension>[A-Za-z0-9]+)")
_TYPE = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
_EXTENSION = re.compile(r"[a-z0-9]{1,8}", re.ASCII)


class LeaseLost(Exception):
    """The run is another worker's now, or has ended; nothing was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """Everything that a new run records. `texts` are (entity type, text), in order."""

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
    expected_outputs: tuple[str, ...]
    execution_mode: str = "eco"
    status: str = Status.QUEUED
    lane: str = ""
    # Further keys of metadata.json: the catalog's digest, the model's id …
    details: Mapping[str, Any] = field(default_factory=dict)


def start(context: RunContext) -> Run:
    """Record a new run: its folder with the texts appears in one step, then its rows.

    Raises `ArchiveError`; then there is neither a folder nor a row.
    """
    now = timezone.now()
    run_id = archive.new_run_id(now)
    files: dict[str, bytes] = {}
    items: list[dict[str, Any]] = []
    for sequence, (type_, text) in enumerate(context.texts, start=1):
        filename = _filename(sequence, type_, "txt")
        files[filename] = text.encode("utf-8", "replace")
        items.append(_item(sequence, type_, filename, files[filename], now=now))
    metadata = _new_metadata(context, run_id=run_id, items=items, now=now)
    files[archive.METADATA] = archive.metadata_bytes(metadata)
    run = Run(
        run_id=run_id,
        folder=archive.new_folder_name(run_id, now),
        layout="L2",
        day=timezone.localdate(now),
        kind=context.kind,
        status=context.status,
        device=context.device,
        device_name=metadata["device_name"],
        workshop=context.workshop,
        parent_run_id=context.parent_run_id,
        interception_config=context.interception_config,
        output_config=context.output_config,
        engine=context.engine,
        safety_level=context.safety_level,
        language=context.language,
        seed=context.seed,
        idea=idea_from(files, items),
        created_at=now,
        started_at=now if context.status == Status.RUNNING else None,
        changed_at=now,
        lane=context.lane,
    )
    with archive.create_folder(run.folder, files), transaction.atomic():
        run.save(force_insert=True)
        Entity.objects.bulk_create([_entity(run, item) for item in items])
    return run


def add(
    run: Run,
    *,
    type: str,
    data: bytes | str,
    extension: str,
    content_type: str = "",
    metadata: Mapping[str, Any] | None = None,
    owner: str | None = None,
) -> Entity:
    """Record one more file of `run`, numbered by its appearance, and return its row.

    Raises `ArchiveError` (damaged) for a picture that is none, `LeaseLost` where the run is not
    `owner`'s any more or has ended.
    """
    content = data.encode("utf-8", "replace") if isinstance(data, str) else data
    verify_picture(content, extension)
    with _live(run, owner) as opened:
        entities = opened.metadata["entities"]
        sequence = _next_sequence(opened)
        filename = _filename(sequence, type, extension)
        item = _item(
            sequence, type, filename, content,
            now=timezone.now(), content_type=content_type, metadata=metadata,
        )
        entities.append(item)
        opened.refresh()
        archive.write_in_order(
            [
                (opened.folder / filename, content),
                (opened.folder / archive.METADATA, archive.metadata_bytes(opened.metadata)),
            ]
        )
        with transaction.atomic():
            entity = _entity(run, item)
            entity.save(force_insert=True)
            _update_row(run, LIVE)
    return entity


def advance(run: Run, *, stage: int, step: str, owner: str | None = None) -> None:
    """Record which step `run` is at. Raises `LeaseLost` as `add` does."""
    with _live(run, owner) as opened:
        opened.metadata["current_state"] |= {"stage": stage, "step": step}
        opened.refresh()
        opened.write()
        _update_row(run, LIVE)


def finish(run: Run, *, owner: str | None = None) -> bool:
    """End `run` as complete; False, and nothing written, where it has ended already."""
    return _end(run, Status.COMPLETE, owner=owner, stage=5)


def fail(run: Run, *, kind: str, message: str, detail: str = "", owner: str | None = None) -> bool:
    """End `run` as failed: `message` is for the person, `detail` for the operator."""
    error = {"kind": kind, "message": message} | ({"detail": detail} if detail else {})
    return _end(run, Status.FAILED, owner=owner, error=error)


def block(run: Run, *, stage: int, reason: str, message: str, owner: str | None = None) -> bool:
    """End `run` as blocked by the safety check of `stage`."""
    error = {"kind": reason, "message": message, "stage": stage}
    return _end(run, Status.BLOCKED, owner=owner, stage=stage, error=error)


def cancel(run: Run) -> bool:
    """End `run` because its participant wanted it."""
    return _end(run, Status.CANCELLED)


def interrupt(run: Run, *, message: str) -> bool:
    """End `run` because whoever worked on it is gone."""
    return _end(run, Status.INTERRUPTED, error={"kind": "interrupted", "message": message})


def amend(run: Run, **changes: Any) -> None:
    """Change top-level keys of metadata.json, whatever the run's state; rows are the caller's."""
    folder = archive.run_folder(run)
    with archive.locked(folder):
        metadata = archive.read_metadata(folder)
        if any(metadata.get(key) != value for key, value in changes.items()):
            archive.write_metadata(folder, metadata | changes)


def reconcile(run: Run) -> None:
    """Complete what a crash left between file, metadata.json and row.

    Files that lie in the folder unlisted are listed, what metadata.json lists gets its row, and a
    row that is live though its folder has ended ends too. Temporary files are left alone.
    """
    folder = archive.run_folder(run)
    with archive.locked(folder):
        opened = _open(run, folder)
        listed = {item["filename"] for item in opened.metadata["entities"]}
        unlisted = [name for name in archive.file_names(folder) if name not in listed]
        found = [item for name in unlisted if (item := _item_of_file(folder, name)) is not None]
        if found:
            opened.metadata["entities"].extend(found)
            opened.refresh()
            opened.write()
        rows = set(run.entities.values_list("filename", flat=True))
        missing = [item for item in opened.metadata["entities"] if item["filename"] not in rows]
        with transaction.atomic():
            Entity.objects.bulk_create([_entity(run, item) for item in missing])
            if opened.is_final and not opened.row.is_final:
                _follow_metadata(run, opened.metadata)
            elif missing:
                _update_row(run, LIVE)


def write_state(run: Run) -> bool:
    """Write how `run` ended, as its row says, into metadata.json where that was not possible then.

    False where nothing was to be written.
    """
    folder = archive.run_folder(run)
    with archive.locked(folder):
        opened = _open(run, folder)
        row = Run.objects.get(pk=run.pk)
        if opened.is_final or not row.is_final:
            return False
        opened.refresh()
        opened.metadata["finished_at"] = local_text(row.finished_at)
        opened.metadata["current_state"]["step"] = row.status
        if row.error_kind or row.error_message:
            opened.metadata["error"] = {"kind": row.error_kind, "message": row.error_message}
        opened.write()
        return True


def context_prompt_of(run: Run) -> str:
    """Return the text of the rule that was in force, "" where the run does not say."""
    try:
        text = archive.read_metadata(archive.run_folder(run)).get("context_prompt")
    except ArchiveError:
        return ""
    return text if isinstance(text, str) else ""


# One run, held by its lock ------------------------------------------------------------------


@dataclass(slots=True)
class _Opened:
    """A run whose lock is held: its folder, metadata.json and row as they are now."""

    folder: Path
    metadata: dict[str, Any]
    row: Run

    @property
    def is_final(self) -> bool:
        return self.metadata.get("status") not in LIVE

    def refresh(self) -> None:
        """Bring what metadata.json says about the run as a whole in line with its parts."""
        self.metadata["status"] = self.row.status
        self.metadata["started_at"] = local_text(self.row.started_at)
        self.metadata["current_state"]["progress"] = _progress(self.metadata)

    def write(self) -> None:
        archive.write_metadata(self.folder, self.metadata)


def _open(run: Run, folder: Path) -> _Opened:
    row = Run.objects.only("status", "lease_owner", "started_at").get(pk=run.pk)
    return _Opened(folder, archive.read_metadata(folder), row)


@contextmanager
def _live(run: Run, owner: str | None) -> Iterator[_Opened]:
    """Hold a run that is to be changed; raises `LeaseLost` where it is not to be."""
    folder = archive.run_folder(run)
    with archive.locked(folder):
        opened = _open(run, folder)
        if opened.is_final or opened.row.is_final:
            raise LeaseLost(f"{run.run_id} has ended")
        if owner is not None and opened.row.lease_owner != owner:
            raise LeaseLost(f"{run.run_id} is held by {opened.row.lease_owner or 'nobody'}")
        yield opened


def _end(
    run: Run,
    status: Status,
    *,
    owner: str | None = None,
    stage: int | None = None,
    error: Mapping[str, Any] | None = None,
) -> bool:
    now = timezone.now()
    folder = archive.run_folder(run)
    with archive.locked(folder):
        opened = _open(run, folder)
        if opened.row.is_final:
            return False
        if opened.is_final:
            # Whoever ended it died before the row followed.
            _follow_metadata(run, opened.metadata)
            return False
        if owner is not None and opened.row.lease_owner != owner:
            raise LeaseLost(f"{run.run_id} is held by {opened.row.lease_owner or 'nobody'}")
        opened.refresh()
        opened.metadata |= {"status": status.value, "finished_at": local_text(now)}
        opened.metadata["current_state"]["step"] = status.value
        if stage is not None:
            opened.metadata["current_state"]["stage"] = stage
        if error is not None:
            opened.metadata["error"] = dict(error)
        try:
            opened.write()
        except ArchiveError as trouble:
            if trouble.kind != archive.STORAGE_FULL:
                raise
            # The person must hear how it ended; `index_runs --repair` writes it later.
            logger.error("no room to write that %s is %s", run.run_id, status)
        return _end_row(run, status, now, error or {})


def _follow_metadata(run: Run, metadata: Mapping[str, Any]) -> None:
    finished_at = parse_datetime(metadata.get("finished_at") or "")
    _end_row(run, Status(metadata["status"]), finished_at, metadata.get("error") or {})


def _end_row(
    run: Run, status: Status, finished_at: datetime | None, error: Mapping[str, Any]
) -> bool:
    changes: dict[str, Any] = {
        "status": status,
        "finished_at": finished_at,
        "error_kind": str(error.get("kind", ""))[:40],
        "error_message": str(error.get("message", "")),
        "lease_owner": "",
        "lease_until": None,
    }
    if status == Status.COMPLETE:
        changes["progress"] = 1
    return _update_row(run, LIVE, **changes)


def _update_row(run: Run, statuses: tuple[str, ...], **changes: Any) -> bool:
    """Change the row where it has one of `statuses`, and `run` with it."""
    changes["changed_at"] = timezone.now()
    changed = Run.objects.filter(pk=run.pk, status__in=statuses).update(**changes)
    if changed:
        for name, value in changes.items():
            setattr(run, name, value)
    return bool(changed)


# metadata.json ------------------------------------------------------------------------------


def _new_metadata(
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
        "kind": str(context.kind),
        "status": str(context.status),
        "output_config": context.output_config,
        "engine": context.engine,
        "seed": context.seed,
        "language": context.language,
        "workshop": context.workshop.name if context.workshop else "",
        "parent_run_id": context.parent_run_id,
        "context_prompt": context.context_prompt,
        "started_at": local_text(now) if context.status == Status.RUNNING else None,
        "finished_at": None,
        "error": None,
    }
    metadata["current_state"]["progress"] = _progress(metadata)
    # A detail cannot take the name of a key that readers rely on.
    return metadata | {key: value for key, value in context.details.items() if key not in metadata}


def _item(
    sequence: int,
    type_: str,
    filename: str,
    content: bytes,
    *,
    now: datetime,
    content_type: str = "",
    metadata: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
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


def _item_of_file(folder: Path, name: str) -> dict[str, Any] | None:
    """Return the item for an unlisted file, None where it is none of a run's files."""
    match = _ENTITY_NAME.fullmatch(name)
    if match is None:
        return None
    path = folder / name
    now = datetime.fromtimestamp(path.stat().st_mtime, tz=timezone.get_current_timezone())
    return _item(
        int(match["sequence"]), match["type"], name, path.read_bytes(),
        now=now, metadata={"recovered": True},
    )


def _entity(run: Run, item: Mapping[str, Any]) -> Entity:
    return Entity(
        run=run,
        sequence=item["sequence"],
        type=item["type"],
        filename=item["filename"],
        content_type=item["content_type"],
        size=item["size"],
        sha256=item["sha256"],
        created_at=parse_datetime(item["timestamp"]),
        metadata=item["metadata"],
    )


def _filename(sequence: int, type_: str, extension: str) -> str:
    if not _TYPE.fullmatch(type_) or not _EXTENSION.fullmatch(extension):
        raise ArchiveError(archive.INVALID, f"not a file of a run: {type_!r} {extension!r}")
    return f"{sequence:02d}_{type_}.{extension}"


def _next_sequence(opened: _Opened) -> int:
    """Return the next number; files left unlisted by a crash keep theirs."""
    listed = [item["sequence"] for item in opened.metadata["entities"]]
    lying = [
        int(match["sequence"])
        for name in archive.file_names(opened.folder)
        if (match := _ENTITY_NAME.fullmatch(name))
    ]
    return max([*listed, *lying], default=0) + 1


def _progress(metadata: Mapping[str, Any]) -> str:
    expected = Counter(metadata["expected_outputs"])
    existing = Counter(item["type"] for item in metadata["entities"])
    return f"{(expected & existing).total()}/{expected.total()}"


def idea_from(files: Mapping[str, bytes], items: list[dict[str, Any]]) -> str:
    """Return what the participant typed, as the row keeps it for the search."""
    for item in items:
        if item["type"] == "input":
            return files[item["filename"]].decode("utf-8", "replace").replace("\0", "")
    return ""


def local_text(at: datetime | None) -> str | None:
    """Return `at` as metadata.json writes it: local time with its UTC offset."""
    return timezone.localtime(at).isoformat() if at else None
