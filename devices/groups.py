"""One workshop, one group after the other at the same tablets: whose turn it is, and whose drafts.

A group is a number within its workshop. Each finds the pages empty; what the one before was writing
is put aside, and comes back with it where the change is undone.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from devices.models import Device, Draft, DraftPutAside, Message, Workshop

# For so long a change of groups can be undone.
UNDOABLE = timedelta(minutes=10)


def can_return(workshop: Workshop) -> bool:
    """Tell whether the group before may still come back."""
    changed_at = workshop.group_changed_at
    return (
        workshop.group_before is not None
        and changed_at is not None
        and timezone.now() - changed_at < UNDOABLE
    )


def switch_group(workshop: Workshop, *, to: int, begins: bool) -> None:
    """Have group `to` work in `workshop`; to be called in a transaction that holds its row."""
    now = timezone.now()
    _put_aside(workshop)
    workshop.group_before = workshop.group if begins else None
    workshop.group, workshop.group_changed_at = to, now
    workshop.groups_begun = max(workshop.groups_begun, to)
    workshop.save(update_fields=["group", "groups_begun", "group_before", "group_changed_at"])
    _bring_back(workshop)
    # What was said to the others, and what they asked for, is none of the next ones' business.
    Device.objects.filter(workshop=workshop).update(help_asked_at=None)
    standing = Message.objects.filter(ends_at__gt=now)
    standing.filter(workshop=workshop).update(ends_at=now)
    standing.filter(device__workshop=workshop).update(ends_at=now)


def _put_aside(workshop: Workshop) -> None:
    drafts = Draft.objects.filter(device__workshop=workshop)
    DraftPutAside.objects.bulk_create(
        [
            DraftPutAside(
                device_id=draft.device_id,
                workshop=workshop,
                group=workshop.group,
                revision=draft.revision,
                changed_at=draft.changed_at,
                content=draft.content,
            )
            for draft in drafts
        ],
        update_conflicts=True,
        unique_fields=["device", "workshop", "group"],
        update_fields=["revision", "changed_at", "content"],
    )
    drafts.delete()


def _bring_back(workshop: Workshop) -> None:
    aside = DraftPutAside.objects.filter(workshop=workshop, group=workshop.group)
    Draft.objects.bulk_create(
        [
            Draft(
                device_id=one.device_id,
                revision=one.revision,
                changed_at=one.changed_at,
                content=one.content,
            )
            for one in aside.filter(device__workshop=workshop)
        ],
        ignore_conflicts=True,
    )
    aside.delete()


def is_of_former_group(device: Device, workshop_name: str, group: int) -> bool:
    """Tell whether a page still works for a group of the device's workshop that has left."""
    workshop = device.workshop
    return workshop is not None and workshop.name == workshop_name and workshop.group != group


def keep_for_former_group(
    *, device: Device, group: int, based_on: int, content: dict[str, Any]
) -> DraftPutAside:
    """Put aside what a page sends that did not hear in time that the next group has begun."""
    now = timezone.now()
    kept, _is_new = DraftPutAside.objects.update_or_create(
        device=device,
        workshop=device.workshop,
        group=group,
        defaults={"revision": based_on + 1, "changed_at": now, "content": content},
    )
    return kept
