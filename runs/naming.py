"""Naming a device, also in what it has recorded before it had a name."""

from __future__ import annotations

from django.utils import timezone

from devices.models import Device
from runs import recorder
from runs.models import Run
from runs.reading import is_native_layout


def name_device(*, device: Device, name: str) -> int:
    """Name `device`, and those of its earlier runs that bear no name; return how many.

    A run keeps the name it bears. Folders of ours get it in their metadata.json, those of foreign
    archives are not touched. Naming again completes what a crash left. Raises `ArchiveError`.
    """
    name = " ".join(name.split())[:80]
    Device.objects.filter(pk=device.pk).update(name=name)
    device.name = name
    if not name:
        return 0
    count = 0
    # By key, so that runs made meanwhile do not shift what is still to come.
    for run in Run.objects.filter(device=device, device_name="").order_by("pk").iterator(500):
        if is_native_layout(run):
            recorder.update_metadata(run, device_name=name)
        count += Run.objects.filter(pk=run.pk, device_name="").update(
            device_name=name, changed_at=timezone.now()
        )
    return count
