"""Making workshops, and changing what holds for one."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from devices.models import Workshop
from runs.acts import Actor, Verb, new_act, record, require
from runs.metadata import local_text

CREATE = "devices.add_workshop"
CHANGE = "devices.change_workshop"


def create_workshop(*, workshop: Workshop, by: Actor) -> None:
    """Save a new workshop."""
    require(by, CREATE)
    with transaction.atomic():
        workshop.save(force_insert=True)
        record(new_act(Verb.CREATE_WORKSHOP, by=by, workshop=workshop))


def change_workshop(*, workshop: Workshop, fields: Collection[str], by: Actor) -> None:
    """Save these fields of `workshop` and no more: a break may have begun meanwhile."""
    require(by, CHANGE)
    with transaction.atomic():
        before = Workshop.objects.filter(pk=workshop.pk).values(*fields).get()
        changes = {
            name: {"before": _plain(before[name]), "after": _plain(getattr(workshop, name))}
            for name in fields
            if before[name] != getattr(workshop, name)
        }
        if changes:
            # The folded name follows the name.
            workshop.save(update_fields=[*changes, "name_folded"])
            details = {"changes": changes}
            record(new_act(Verb.CHANGE_WORKSHOP, by=by, workshop=workshop, details=details))


def _plain(value: Any) -> Any:
    return local_text(value) if isinstance(value, datetime) else value
