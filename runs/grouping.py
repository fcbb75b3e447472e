"""The next group of a workshop begins: empty pages; what was made stays with those who made it."""

from __future__ import annotations

from django.db import transaction

from devices.groups import can_return, switch_group
from devices.models import Workshop
from runs.acts import Actor, Verb, new_act, record, require

CHANGE = "devices.change_workshop"


def begin_next_group(*, workshop: Workshop, by: Actor) -> int:
    """Begin the next group on all devices of `workshop`; return its number."""
    require(by, CHANGE)
    with transaction.atomic():
        held = Workshop.objects.select_for_update().get(pk=workshop.pk)
        before, after = held.group, held.groups_begun + 1
        switch_group(held, to=after, begins=True)
        details = {"before": before, "after": after}
        record(new_act(Verb.NEXT_GROUP, by=by, workshop=held, details=details))
    return after


def return_to_group(*, workshop: Workshop, by: Actor) -> bool:
    """Bring back the group before, with its drafts; False where it is too late for that."""
    require(by, CHANGE)
    with transaction.atomic():
        held = Workshop.objects.select_for_update().get(pk=workshop.pk)
        if not can_return(held) or held.group_before is None:
            return False
        details = {"before": held.group, "after": held.group_before}
        switch_group(held, to=held.group_before, begins=False)
        record(new_act(Verb.FORMER_GROUP, by=by, workshop=held, details=details))
    return True
