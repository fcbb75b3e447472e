"""The devices and workshops that runs name, made again with the rows of the runs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, Max, OuterRef, Subquery

from devices.models import Device, Workshop
from runs.models import Run
from runs.reading import Reading

_AT_ONCE = 400


class IndexedWorkshops:
    """The workshops that runs name, found or made again with the strictest level."""

    def __init__(self) -> None:
        self._keys: dict[str, int] = dict(Workshop.objects.values_list("name", "pk"))

    def get(self, name: str) -> int | None:
        return self._keys.get(name)

    def get_or_make(self, name: str) -> int | None:
        if name and name not in self._keys:
            workshop, _new = Workshop.objects.get_or_create(
                name=name, defaults={"safety_level": "kids"}
            )
            self._keys[name] = workshop.pk
        return self._keys.get(name)

    def complete(self) -> None:
        """Let the group that worked last work on, in workshops that know of none so late."""
        latest = dict(
            Run.objects.filter(workshop__isnull=False, group__gt=1)
            .order_by()
            .values_list("workshop")
            .annotate(Max("group"))
        )
        for key, group in latest.items():
            lost = Workshop.objects.filter(pk=key, groups_begun__lt=group)
            lost.update(group=group, groups_begun=group)


class IndexedDevices:
    """Makes the devices again that runs name."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._bound: set[str] = set()
        self._made: list[str] = []

    def take(self, readings: Iterable[Reading]) -> None:
        """Make rows for the devices of these runs, bound where a run is one of ours.

        An id of a foreign archive stays free for the client that has it still.
        """
        first: dict[str, datetime] = {}
        ours: dict[str, datetime] = {}
        for reading in readings:
            if reading.device_id and reading.device_id not in self._known:
                first.setdefault(reading.device_id, reading.values["created_at"])
            if reading.device_id and reading.is_native and reading.device_id not in self._bound:
                ours.setdefault(reading.device_id, reading.values["created_at"])
        existing = set(Device.objects.filter(pk__in=first).values_list("pk", flat=True))
        made = [
            Device(pk=key, first_seen_at=at, last_seen_at=at)
            for key, at in first.items()
            if key not in existing
        ]
        Device.objects.bulk_create(made, ignore_conflicts=True)
        for key, at in ours.items():
            Device.objects.filter(pk=key, bound_at=None).update(bound_at=at)
        self._known |= first.keys()
        self._bound |= ours.keys()
        self._made += [device.pk for device in made]

    def forget(self) -> None:
        """Ask the rows again which devices there are."""
        self._known.clear()
        self._bound.clear()

    def complete(self) -> None:
        """Give nameless devices the latest name they bore, and those made anew what else is told.

        Asked of the rows, so that a rebuild cut short is completed by the next one.
        """
        runs = Run.objects.filter(device=OuterRef("pk")).newest_first()
        named = runs.exclude(device_name="")
        Device.objects.filter(name="").filter(Exists(named)).update(
            name=Subquery(named.values("device_name")[:1]),
            name_folded=Subquery(named.values("device_name_folded")[:1]),
        )
        for start in range(0, len(self._made), _AT_ONCE):
            made = Device.objects.filter(pk__in=self._made[start : start + _AT_ONCE])
            made.filter(Exists(runs)).update(
                workshop=Subquery(runs.values("workshop")[:1]),
                last_seen_at=Subquery(runs.values("created_at")[:1]),
            )
