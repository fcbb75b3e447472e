"""Moving devices into a workshop."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from devices.models import Device, Workshop
from runs.acts import Actor, Verb, new_act, record, require

MOVE = "devices.change_device"


def move_devices(*, devices: Iterable[Device], workshop: Workshop | None, by: Actor) -> int:
    """Have `devices` belong to `workshop`, or to none; return how many are there now."""
    require(by, MOVE)
    with transaction.atomic():
        keys = [device.pk for device in devices]
        chosen = Device.objects.filter(pk__in=keys)
        moved = list(chosen.exclude(workshop=workshop).select_related("workshop"))
        chosen.update(workshop=workshop)
        record(
            *(
                new_act(
                    Verb.MOVE,
                    by=by,
                    device=device,
                    workshop=workshop or device.workshop,
                    details={
                        "before": device.workshop.name if device.workshop else None,
                        "after": workshop.name if workshop else None,
                    },
                )
                for device in moved
            )
        )
    return len(keys)
