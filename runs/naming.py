"""Naming a device, also in what it has recorded before it had a name."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from devices.folding import fold
from devices.models import Device
from devices.names import plain_name
from runs import recorder
from runs.acts import Actor, Verb, new_act, record, require
from runs.models import Run
from runs.reading import may_be_written

NAME = "devices.change_device"


def name_device(*, device: Device, name: str, by: Actor) -> None:
    """Name `device`. Its earlier runs are `label_runs`'s, which writes their folders."""
    require(by, NAME)
    name = plain_name(name)[:80]
    one = Device.objects.filter(pk=device.pk)
    with transaction.atomic():
        before = one.values_list("name", flat=True).get()
        if name != before:
            one.update(name=name, name_folded=fold(name))
            details = {"before": before, "after": name}
            record(new_act(Verb.NAME, by=by, device=device, details=details))
    device.name = name


def label_runs(*, device: Device) -> int:
    """Give the device's name to those of its runs that bear none; return to how many.

    A run keeps the name it bears. Folders of ours get it in their metadata.json, those of foreign
    archives are not touched. Doing it again completes what a crash left. Raises `ArchiveError`.
    """
    if not device.name:
        return 0
    count = 0
    # By key, so that runs made meanwhile do not shift what is still to come.
    for run in Run.objects.filter(device=device, device_name="").order_by("pk").iterator(500):
        if may_be_written(run):
            recorder.update_metadata(run, device_name=device.name)
        count += Run.objects.filter(pk=run.pk, device_name="").update(
            device_name=device.name,
            device_name_folded=fold(device.name),
            changed_at=timezone.now(),
        )
    return count
