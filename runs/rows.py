"""The rows of a run while it is recorded, as they follow its files.

Asked and told at every step, so worded by hand: the ORM takes longer to word such a statement than
the database to carry it out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from runs.metadata import storable
from runs.models import LIVE, Entity, Run, Status

_STATE = "SELECT id, status, lease_owner, started_at FROM runs_run WHERE id = %s"
_UPDATE_LIVE = "UPDATE runs_run SET {} WHERE id = %s AND status IN (%s, %s)"


class AlreadyMade(Exception):
    """Another request with the same key was quicker; nothing stays of this one."""


def insert_rows(run: Run, items: Iterable[Mapping[str, Any]]) -> None:
    """Insert the rows of a new run and of its files. Raises `AlreadyMade`."""
    try:
        with transaction.atomic():
            run.save(force_insert=True)
            Entity.objects.bulk_create([new_entity(run, item) for item in items])
    except IntegrityError as error:
        if not run.request_key:
            raise
        raise AlreadyMade(run.run_id) from error


def state_of(run: Run) -> Run:
    """Return the row of `run` as it is now, with no more than how it stands and whose it is."""
    (row,) = Run.objects.raw(_STATE, [run.pk])
    return row


def update_live_row(run: Run, **changes: Any) -> bool:
    """Change the row while it is queued or running, and `run` with it."""
    changes["changed_at"] = timezone.now()
    fields = [field for field in Run._meta.concrete_fields if field.name in changes]
    values = [field.get_db_prep_save(changes[field.name], connection) for field in fields]
    statement = _UPDATE_LIVE.format(", ".join(f"{field.column} = %s" for field in fields))
    with connection.cursor() as cursor:
        cursor.execute(statement, [*values, run.pk, *LIVE])
        changed = bool(cursor.rowcount == 1)
    if changed:
        for name, value in changes.items():
            setattr(run, name, value)
    return changed


def end_row(
    run: Run, status: Status, finished_at: datetime | None, error: Mapping[str, Any]
) -> bool:
    """Have the row say how the run ended, unless it says so already; return whether it changed."""
    error = storable(dict(error))
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
    return update_live_row(run, **changes)


def new_entity(run: Run, item: Mapping[str, Any]) -> Entity:
    """Return the row, not yet saved, of a file as metadata.json lists it."""
    return Entity(
        run=run,
        sequence=item["sequence"],
        type=item["type"],
        filename=item["filename"],
        content_type=item["content_type"],
        size=item["size"],
        sha256=item["sha256"],
        created_at=parse_datetime(item["timestamp"]),
        metadata=storable(item["metadata"]),
    )
