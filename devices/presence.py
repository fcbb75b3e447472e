"""Who is in the room, what they do there, and how long ago that was, in words for a glance.

What pages say of themselves changes with every tap, so it is kept in the memory of the process that
is told, and written for all devices at once, every few seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from devices.identity import SEEN_INTERVAL
from devices.models import Device

# Who was seen within this time counts as being in the room.
PRESENT = timedelta(minutes=10)


def ago(moment: datetime, now: datetime | None = None) -> str:
    """Return the time since `moment`, short: minutes, hours or, past two days, the date."""
    seconds = ((now or timezone.now()) - moment).total_seconds()
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        return _("%(count)d min ago") % {"count": seconds // 60}
    if seconds < 48 * 3600:
        return _("%(count)d h ago") % {"count": seconds // 3600}
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")


class Doing(StrEnum):
    """What a page says that its person does."""

    WRITING = "writing"
    CHOOSING = "choosing"
    WAITING = "waiting"
    LOOKING = "looking"
    # Another window lies over it, or the tablet sleeps.
    HIDDEN = "hidden"
    # No page of the device is open any more.
    AWAY = "away"


class Presence:
    """What devices do, as told to this process and not written yet."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: dict[str, tuple[Doing, datetime]] = {}
        self._seen_at: datetime | None = None

    def tell(self, device_id: str, doing: Doing) -> None:
        with self._lock:
            self._told[device_id] = (doing, timezone.now())

    def write(self, *, here: Collection[str] = ()) -> None:
        """Write what was told since the last time, and now and then that `here` are seen.

        A few statements, however many devices there are; none where nothing is to be told.
        """
        with self._lock:
            told, self._told = self._told, {}
        now = timezone.now()
        changed = [
            Device(pk=device.pk, doing=told[device.pk][0], doing_since=told[device.pk][1])
            for device in Device.objects.filter(pk__in=told).only("doing")
            if device.doing != told[device.pk][0]
        ]
        if changed:
            Device.objects.bulk_update(changed, ["doing", "doing_since"], batch_size=200)
        if here and (self._seen_at is None or now - self._seen_at >= SEEN_INTERVAL):
            Device.objects.filter(pk__in=here).update(last_seen_at=now)
            self._seen_at = now


presence = Presence()


def ask_for_help(*, device: Device, asks: bool) -> None:
    """Raise the device's hand, or take it down; one that is up stays up since when it was."""
    hands = Device.objects.filter(pk=device.pk, help_asked_at__isnull=asks)
    hands.update(help_asked_at=timezone.now() if asks else None)
