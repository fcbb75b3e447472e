"""Naming a device: its row at once, what it has recorded before it had a name soon after.

The name, and the mark that runs are still without it, are written in one short transaction that
touches no file. The worker follows (`label_pending_runs`), run by run, the folder's lock before
the row.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet, prefetch_related_objects
from django.utils import timezone

from devices.folding import fold
from devices.models import Device
from devices.names import plain_name
from runs import recorder
from runs.acts import Actor, Verb, new_act, record, require
from runs.archive import DAMAGED, MISSING, ArchiveError
from runs.models import Run, RunQuerySet
from runs.reading import may_be_written

logger = logging.getLogger(__name__)

NAME = "devices.change_device"
# Folders that no waiting mends; their rows get the name all the same.
_HOPELESS = frozenset({MISSING, DAMAGED})
# Runs of one device, so that all devices have their turn.
_AT_ONCE = 100


class NamedMeanwhile(Exception):
    """Somebody else has given the device the name `present` since its name was read."""

    def __init__(self, name: str, present: str) -> None:
        super().__init__(name, present)
        self.name = name
        self.present = present


@dataclass(frozen=True, slots=True)
class NewName:
    """A name for `device`, whose name so far was `seen` to be that, where anybody looked."""

    device: Device
    name: str
    seen: str | None = None


def name_device(*, device: Device, name: str, by: Actor, seen: str | None = None) -> None:
    """Name `device`; its earlier runs follow.

    Raises `NamedMeanwhile` where its name is neither `name` nor what it was `seen` to be.
    """
    for refusal in name_devices(names=[NewName(device, name, seen)], by=by):
        raise refusal


def name_devices(*, names: Sequence[NewName], by: Actor) -> list[NamedMeanwhile]:
    """Name a whole class in one short transaction; return those who were named meanwhile."""
    require(by, NAME)
    # The acts name the workshops; asked here, so that nobody waits for it.
    prefetch_related_objects([new.device for new in names], "workshop")
    rows = Device.objects.select_for_update().filter(pk__in=[new.device.pk for new in names])
    refused = []
    with transaction.atomic():
        present = dict(rows.values_list("pk", "name"))
        changed, acts = [], []
        for new in names:
            before, name = present.get(new.device.pk), plain_name(new.name)[:80]
            if before is None:
                # Deleted meanwhile.
                continue
            if new.seen is not None and before not in (new.seen, name):
                refused.append(NamedMeanwhile(name, before))
                continue
            new.device.name, new.device.name_folded = name, fold(name)
            new.device.is_naming_runs = bool(name)
            if name != before:
                changed.append(new.device)
                details = {"before": before, "after": name}
                acts.append(new_act(Verb.NAME, by=by, device=new.device, details=details))
        Device.objects.bulk_update(changed, ["name", "name_folded", "is_naming_runs"])
        record(*acts)
    return refused


def devices_naming_runs() -> QuerySet[Device]:
    """Return the devices whose earlier runs have yet to be given their name."""
    return Device.objects.filter(is_naming_runs=True).order_by("pk")


def nameless_runs(device: Device) -> RunQuerySet:
    """Return the runs of `device` that bear no name yet."""
    return Run.objects.filter(device=device, device_name="")


def label_pending_runs(*, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Give the names of devices to their runs that bear none, some of each; return to how many.

    A device is done when nothing was left to do: so the next call goes on, completes what a crash
    left, and finds the run that began while its device was being named. Raises `ArchiveError`
    where the archive cannot be written.
    """
    count = 0
    for device in devices_naming_runs():
        labelled = label_runs(device=device, is_stopping=is_stopping)
        count += labelled
        if not labelled and not is_stopping():
            Device.objects.filter(pk=device.pk, name=device.name).update(is_naming_runs=False)
    return count


def label_runs(*, device: Device, is_stopping: Callable[[], bool] = lambda: False) -> int:
    """Give the device's name to some of its runs that bear none; return to how many.

    A run keeps the name it bears. Folders of ours get it in their metadata.json, those of foreign
    archives are not touched.
    """
    if not device.name:
        return 0
    count = 0
    # A list, since on SQLite an open question keeps its own connection from writing.
    for run in list(nameless_runs(device).order_by("pk")[:_AT_ONCE]):
        if is_stopping():
            break
        count += _label(run, device.name)
    return count


def _label(run: Run, name: str) -> int:
    if may_be_written(run):
        try:
            recorder.update_metadata(run, device_name=name)
        except ArchiveError as error:
            if error.kind not in _HOPELESS:
                raise
            logger.warning("name not written: run_id=%s kind=%s", run.run_id, error.kind)
    nameless = Run.objects.filter(pk=run.pk, device_name="")
    return nameless.update(
        device_name=name, device_name_folded=fold(name), changed_at=timezone.now()
    )
