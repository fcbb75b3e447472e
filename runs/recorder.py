"""Records a run while it happens: first the file, then metadata.json, then the row.

Whatever changes a run holds its folder's lock, reads metadata.json anew and looks whether the run
is still to be changed, so neither two threads nor two processes overwrite each other from memory.
A crash between two steps leaves what `runs.healing` completes.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from devices.folding import fold
from runs import archive, authorship
from runs.archive import ArchiveError
from runs.metadata import (
    RunContext,
    StartFile,
    local_text,
    new_filename,
    new_item,
    new_metadata,
    number_of,
    progress,
)
from runs.models import LIVE, Entity, Kind, Run, Status
from runs.pictures import verify_picture
from runs.rows import AlreadyMade, end_row, insert_rows, new_entity, state_of, update_live_row

logger = logging.getLogger(__name__)


class LeaseLost(Exception):
    """The run is another worker's now, or has ended; nothing was written."""


def start(context: RunContext) -> Run:
    """Record a new run: its folder with all it begins with appears in one step, then its rows.

    Raises `ArchiveError`, or `AlreadyMade`; then there is neither a folder nor a row.
    """
    now = timezone.now()
    run_id = archive.new_run_id(now)
    files: dict[str, bytes] = {}
    items: list[dict[str, Any]] = []
    texts = (
        StartFile(type=type_, data=text.encode("utf-8", "replace"), extension="txt")
        for type_, text in context.texts
    )
    for sequence, file in enumerate((*texts, *context.files), start=1):
        filename = new_filename(sequence, file.type, file.extension)
        files[filename] = file.data
        items.append(
            new_item(sequence, file.type, filename, file.data, now=now, metadata=file.metadata)
        )
    metadata = new_metadata(context, run_id=run_id, items=items, now=now)
    idea = _idea_from(files, items)
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
        group=context.group,
        parent_run_id=context.parent_run_id,
        interception_config=context.interception_config,
        output_config=context.output_config,
        engine=context.engine,
        safety_level=context.safety_level,
        language=context.language,
        seed=context.seed,
        idea=idea,
        idea_folded=fold(idea),
        created_at=now,
        started_at=now if context.status == Status.RUNNING else None,
        changed_at=now,
        queue=context.queue,
        request_key=context.request_key.key if context.request_key else "",
        request_digest=context.request_key.digest if context.request_key else "",
    )
    if context.kind == Kind.GENERATION:
        files |= beside(run, metadata, dict(context.texts), now=now)
        run.shares = authorship.shares_in(metadata)
    files[archive.METADATA] = archive.metadata_bytes(metadata)
    with archive.create_folder(run.folder, files):
        try:
            insert_rows(run, items)
        except AlreadyMade:
            # Nobody has been told of it, and it is locked: it goes as it came.
            archive.take_away(run.folder)
            raise
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
    details: Mapping[str, Any] | None = None,
) -> Entity:
    """Record one more file of `run`, numbered by its appearance, and return its row.

    `metadata` is of the file, `details` are further keys of metadata.json.
    Raises `ArchiveError` (damaged) for a picture that is none, `LeaseLost` where the run is not
    `owner`'s any more or has ended.
    """
    content = data.encode("utf-8", "replace") if isinstance(data, str) else data
    now = timezone.now()
    with _live(run, owner) as opened:
        sequence = _next_sequence(opened)
        filename = new_filename(sequence, type, extension)
        with archive.replacing(opened.folder) as write:
            write(filename, content)
            # All this while the disk is busy with the file.
            verify_picture(content, extension)
            item = new_item(
                sequence,
                type,
                filename,
                content,
                now=now,
                content_type=content_type,
                metadata=metadata,
            )
            opened.metadata["entities"].append(item)
            opened.metadata |= details or {}
            if type == authorship.FINAL_TEXT.get(run.kind):
                texts = authorship.texts_in(run, opened.metadata["entities"][:-1])
                texts[type] = content.decode("utf-8", "replace")
                for name, told in beside(run, opened.metadata, texts, now=now).items():
                    write(name, told)
            opened.refresh()
            write(archive.METADATA, archive.metadata_bytes(opened.metadata))
        with transaction.atomic():
            entity = new_entity(run, item)
            entity.save(force_insert=True)
            update_live_row(run, shares=authorship.shares_in(opened.metadata))
    return entity


def advance(
    run: Run,
    *,
    stage: int,
    step: str,
    owner: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Record which step `run` is at, with further keys for metadata.json.

    Raises `LeaseLost` as `add` does.
    """
    with _live(run, owner) as opened:
        opened.metadata |= details or {}
        opened.metadata["current_state"] |= {"stage": stage, "step": step}
        opened.refresh()
        opened.write()
        update_live_row(run)


def finish(run: Run, *, owner: str | None = None) -> bool:
    """End `run` as complete; False, and nothing written, where it has ended already."""
    return _end(run, Status.COMPLETE, owner=owner, stage=5)


def fail(run: Run, *, kind: str, message: str, detail: str = "", owner: str | None = None) -> bool:
    """End `run` as failed: `message` is for the person, `detail` for the operator."""
    error = {"kind": kind, "message": message} | ({"detail": detail} if detail else {})
    return _end(run, Status.FAILED, owner=owner, error=error)


def block(
    run: Run, *, stage: int, reason: str, message: str, owner: str | None = None, by: str = ""
) -> bool:
    """End `run` as blocked by the safety check of `stage`; `by` tells who wrote what it found."""
    error = {"kind": reason, "message": message, "stage": stage, **({"by": by} if by else {})}
    return _end(run, Status.BLOCKED, owner=owner, stage=stage, error=error)


def cancel(run: Run) -> bool:
    """End `run` because its participant wanted it."""
    return _end(run, Status.CANCELLED)


def interrupt(run: Run, *, message: str) -> bool:
    """End `run` because whoever worked on it is gone."""
    return _end(run, Status.INTERRUPTED, error={"kind": "interrupted", "message": message})


def update_metadata(run: Run, **changes: Any) -> None:
    """Change top-level keys of metadata.json, whatever the run's state; rows are the caller's."""
    folder = archive.run_folder(run)
    with archive.locked(folder):
        metadata = archive.read_metadata(folder)
        if any(metadata.get(key) != value for key, value in changes.items()):
            archive.write_metadata(folder, metadata | changes)


def context_prompt_of(run: Run) -> str:
    """Return the text of the rule that was in force, "" where the run does not say."""
    try:
        text = archive.read_metadata(archive.run_folder(run)).get("context_prompt")
    except ArchiveError:
        return ""
    return text if isinstance(text, str) else ""


# One run, held by its lock ------------------------------------------------------------------


@dataclass(slots=True)
class OpenedRun:
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
        self.metadata["current_state"]["progress"] = progress(self.metadata)

    def write(self) -> None:
        archive.write_metadata(self.folder, self.metadata)


def open_run(run: Run, folder: Path) -> OpenedRun:
    row = state_of(run)
    return OpenedRun(folder, archive.read_metadata(folder), row)


@contextmanager
def _live(run: Run, owner: str | None) -> Iterator[OpenedRun]:
    """Hold a run that is to be changed; raises `LeaseLost` where it is not to be."""
    folder = archive.run_folder(run)
    with archive.locked(folder):
        opened = open_run(run, folder)
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
        opened = open_run(run, folder)
        if opened.row.is_final:
            return False
        if opened.is_final:
            # Whoever ended it died before the row followed.
            follow_metadata(run, opened.metadata)
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
        except ArchiveError as failure:
            if failure.kind not in archive.UNWRITABLE:
                raise
            # The person must hear how it ended; `runs.healing` writes it later.
            logger.error("end not written: run_id=%s status=%s %s", run.run_id, status, failure)
        return end_row(run, status, now, error or {})


def follow_metadata(run: Run, metadata: Mapping[str, Any]) -> None:
    finished_at = parse_datetime(metadata.get("finished_at") or "")
    end_row(run, Status(metadata["status"]), finished_at, metadata.get("error") or {})


# Files ------------------------------------------------------------------------------------


def beside(
    run: Run, metadata: dict[str, Any], texts: Mapping[str, str], *, now: datetime
) -> dict[str, bytes]:
    """Return the files that tell who wrote `texts`, after noting them in `metadata`."""
    found = authorship.traced(run, texts)
    if found is None:
        return {}
    content = authorship.content_of(found)
    metadata[authorship.KEY] = authorship.new_record(found, content, now=now)
    return {authorship.FILENAME: content}


def _next_sequence(opened: OpenedRun) -> int:
    """Return the next number; files left unlisted by a crash keep theirs."""
    listed = [item["sequence"] for item in opened.metadata["entities"]]
    present = [number_of(name) for name in archive.file_names(opened.folder)]
    return max([*listed, *present], default=0) + 1


def _idea_from(files: Mapping[str, bytes], items: list[dict[str, Any]]) -> str:
    """Return what the participant typed, as the row keeps it for the search."""
    for item in items:
        if item["type"] == "input":
            return files[item["filename"]].decode("utf-8", "replace").replace("\0", "")
    return ""
