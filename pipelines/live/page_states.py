"""What an open page must know: its workshop, its device, messages, and how its runs stand.

It is read for all watched devices at once and kept from look to look, so that a look reads what has
changed: rows of workshops, messages and live runs, of which there are few, whatever the archive.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any, TypeVar

from django.db.models import Q
from django.utils import timezone, translation

from devices.models import DRAFT_KEPT, Device, Message, Workshop
from pipelines.run_state import states_of
from runs.models import LIVE, Kind, Run, Status

# Besides those that are being made, a page is told of so many that have ended last.
MOST_ENDED = 3
# Rows of devices are many and change rarely, so all of them are read this often; new ones at once.
DEVICES_SECONDS = 0.5
# A place in the queue moves on when others do; the time until it is served runs by itself.
QUEUE_SECONDS = 2.0
# Transactions may end in another order than their rows were numbered.
_OVERLAP = 50
_MOST_NEW = 2_000
_MOST_MESSAGES = 1_000
_BATCH = 900

State = dict[str, Any]
Item = TypeVar("Item")


@dataclass(slots=True)
class _Known:
    """What was last read of one device."""

    id: str
    name: str = ""
    workshop_id: int | None = None
    asks_for_help: bool = False
    runs: dict[int, Run] = field(default_factory=dict)

    def take(self, run: Run) -> None:
        self.runs[run.pk] = run
        ended = sorted(run.pk for run in self.runs.values() if run.status not in LIVE)
        for pk in ended[:-MOST_ENDED]:
            del self.runs[pk]

    def may_see(self, run: Run, workshop: State | None) -> bool:
        """Tell whether `run` is not that of a group which sat here before."""
        is_here = workshop is not None and run.workshop_id == self.workshop_id
        return not is_here or (workshop or {})["group"] == run.group

    def has(self, *, status: Status, texts: bool = False) -> bool:
        return any(
            run.status == status and (run.kind != Kind.GENERATION or not texts)
            for run in self.runs.values()
        )


class PageStates:
    """The states of watched devices; `look` brings them up to date."""

    def __init__(self) -> None:
        self._devices: dict[str, _Known] = {}
        self._devices_read_at = 0.0
        self._queue_told_at = 0.0
        self._workshops: dict[int, State] = {}
        self._messages: dict[tuple[str, object], list[State]] = {}
        # Live runs and the newest ones: their keys, and when they changed.
        self._seen: dict[int, datetime] = {}
        self._newest: int | None = None

    def look(self, watched: Collection[str]) -> set[str]:
        """Read what has changed; return the devices of `watched` whose state may differ now."""
        for gone in self._devices.keys() - set(watched):
            del self._devices[gone]
        new = [device for device in watched if device not in self._devices]
        moved = self._read_devices(watched, new)
        affected = set(new) | moved
        affected |= self._read_workshops()
        affected |= self._read_messages()
        affected |= self._read_runs(new)
        return affected

    def states(self, devices: Iterable[str], language: str) -> dict[str, State]:
        """Return the states of `devices` as they were last read, worded in `language`."""
        known = [self._devices[device] for device in devices if device in self._devices]
        with translation.override(language):
            runs = states_of(run for one in known for run in one.runs.values())
        return {one.id: self._state(one, runs) for one in known}

    def _state(self, known: _Known, runs: dict[str, State]) -> State:
        workshop = self._workshops.get(known.workshop_id or 0)
        messages = [
            *self._messages.get(("workshop", known.workshop_id), ()),
            *self._messages.get(("device", known.id), ()),
        ]
        return {
            "workshop": workshop,
            "device": {
                "id": known.id,
                "name": known.name,
                "asks_for_help": known.asks_for_help,
            },
            "messages": messages,
            "runs": [
                runs[run.run_id]
                for run in sorted(known.runs.values(), key=lambda run: run.pk)
                if run.run_id in runs and known.may_see(run, workshop)
            ],
        }

    def _read_devices(self, watched: Collection[str], new: Collection[str]) -> set[str]:
        now = time.monotonic()
        is_due = now - self._devices_read_at >= DEVICES_SECONDS
        moved = set()
        if new:
            # What has no row yet is to come into this one with its first write.
            taking = Workshop.objects.filter(takes_new_devices=True).first()
            for device in new:
                self._devices[device] = _Known(device, workshop_id=taking.pk if taking else None)
        for some in _batches(watched if is_due else new):
            rows = Device.objects.filter(pk__in=some)
            for pk, name, workshop_id, help_asked_at in rows.values_list(
                "pk", "name", "workshop_id", "help_asked_at"
            ):
                known = self._devices[pk]
                asks = help_asked_at is not None
                if (name, workshop_id, asks) != (
                    known.name,
                    known.workshop_id,
                    known.asks_for_help,
                ):
                    known.name, known.workshop_id, known.asks_for_help = name, workshop_id, asks
                    moved.add(pk)
        if is_due:
            self._devices_read_at = now
        return moved

    def _read_workshops(self) -> set[str]:
        ids = {known.workshop_id for known in self._devices.values() if known.workshop_id}
        present = {
            workshop.pk: workshop_state(workshop)
            for workshop in Workshop.objects.filter(pk__in=ids)
        }
        changed = {pk for pk in ids if present.get(pk) != self._workshops.get(pk)}
        self._workshops = present
        return {known.id for known in self._devices.values() if known.workshop_id in changed}

    def _read_messages(self) -> set[str]:
        standing: dict[tuple[str, object], list[State]] = {}
        messages = Message.objects.filter(ends_at__gt=timezone.now())
        for message in messages[:_MOST_MESSAGES]:
            to = (
                ("workshop", message.workshop_id)
                if message.workshop_id
                else ("device", message.device_id)
            )
            told = {"id": message.pk, "text": message.text, "sent_at": message.sent_at.isoformat()}
            standing.setdefault(to, []).append(told)
        keys = standing.keys() | self._messages.keys()
        changed = {key for key in keys if standing.get(key) != self._messages.get(key)}
        self._messages = standing
        if not changed:
            return set()
        return {
            known.id
            for known in self._devices.values()
            if ("workshop", known.workshop_id) in changed or ("device", known.id) in changed
        }

    def _read_runs(self, new: Collection[str]) -> set[str]:
        rows = {row[0]: row for row in self._recent_rows()}
        first_look = self._newest is None
        self._newest = max([self._newest or 0, *rows])
        changed = {
            pk
            for pk, device, changed_at, _status in rows.values()
            if device in self._devices and self._seen.get(pk) != changed_at
        }
        # Those that were live and are no more have ended.
        ended = {
            run.pk
            for known in self._with_runs()
            for run in known.runs.values()
            if run.status in LIVE and run.pk not in rows
        }
        self._seen = {pk: changed_at for pk, _device, changed_at, _status in rows.values()}
        wanted = ended | self._latest_of(new) | (set() if first_look else changed)
        affected = set()
        for some in _batches(sorted(wanted)):
            for run in Run.objects.filter(pk__in=some).prefetch_related("entities"):
                if run.device_id in self._devices:
                    self._devices[run.device_id].take(run)
                    affected.add(run.device_id)
        return affected | self._moved_on(bool(wanted))

    def _recent_rows(self) -> Iterator[tuple[int, str | None, datetime, str]]:
        """Yield key, device, time of change and status of live runs and of the newest ones."""
        columns = ("pk", "device_id", "changed_at", "status")
        yield from Run.objects.live().values_list(*columns)
        newest = Run.objects.order_by("-pk").values_list(*columns)
        if self._newest is None:
            yield from newest[:1]
        else:
            yield from newest.filter(pk__gt=self._newest - _OVERLAP)[:_MOST_NEW]

    def _latest_of(self, devices: Collection[str]) -> set[int]:
        """Return the keys of those runs of `devices` that a page which is just opened needs."""
        latest: set[int] = set()
        since = timezone.now() - DRAFT_KEPT
        for some in _batches(devices):
            ended: dict[str | None, int] = {}
            runs = Run.objects.filter(device__in=some)
            runs = runs.filter(Q(created_at__gte=since) | Q(status__in=LIVE))
            for pk, device, status in runs.order_by("-pk").values_list("pk", "device_id", "status"):
                if status not in LIVE:
                    ended[device] = ended.get(device, 0) + 1
                if status in LIVE or ended[device] <= MOST_ENDED:
                    latest.add(pk)
        return latest

    def _moved_on(self, some_run_changed: bool) -> set[str]:
        """Return the devices whose states go on without a change of their own rows."""
        writing = {
            known.id for known in self._with_runs() if known.has(status=Status.RUNNING, texts=True)
        }
        now = time.monotonic()
        if not some_run_changed and now - self._queue_told_at < QUEUE_SECONDS:
            return writing
        self._queue_told_at = now
        return writing | {
            known.id for known in self._with_runs() if known.has(status=Status.QUEUED)
        }

    def _with_runs(self) -> Iterator[_Known]:
        return (known for known in self._devices.values() if known.runs)

    @property
    def is_busy(self) -> bool:
        """Tell whether a run of a watched device is being made."""
        return any(known.has(status=Status.RUNNING) for known in self._with_runs())


def workshop_state(workshop: Workshop) -> State:
    """Return what pages are told of a workshop. Empty lists of rules and outputs allow all."""
    now = timezone.now()
    is_paused = workshop.is_paused(now)
    until = workshop.pause_until if is_paused else None
    return {
        "name": workshop.name,
        "paused": is_paused,
        "pause_message": workshop.pause_message if is_paused else "",
        "pause_until": until.isoformat() if until else None,
        "open": workshop.is_open(now),
        "rules": workshop.allowed_rules,
        "outputs": workshop.allowed_outputs,
        "safety_level": workshop.safety_level,
        "group": workshop.group,
        # A workshop has no budget of pictures yet.
        "runs_left": None,
    }


def state_of(device: Device) -> State:
    """Return the present state of the page of one device, as a stream would tell it."""
    states = PageStates()
    states.look([device.pk])
    language = translation.get_language() or "de"
    return states.states([device.pk], language)[device.pk]


def _batches(items: Iterable[Item]) -> Iterator[list[Item]]:
    rest = iter(items)
    while some := list(islice(rest, _BATCH)):
        yield some
