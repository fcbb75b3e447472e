"""Two browsers with one cookie, as tablets have that were restored from one backup.

Nothing about a browser is kept to find them. Each answer that sets the cookie numbers it, by the
time. All windows of one browser share a jar, which has the latest; of two browsers each goes on
with its own, and by turns one comes with a number that the other has long overtaken.

What is not mistaken for that: an answer that was lost (its number never comes back, so it overtakes
nothing); answers and requests that cross (they are close in time); a browser whose battery died
before it had stored its latest cookie. That is set back once, so only the second time within a day
counts.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from time import time_ns
from typing import Any

from django.utils import timezone

from devices.models import Device

# Numbers are microseconds. Answers of one browser that cross are never so far apart …
CROSSING = 5 * 60 * 1_000_000
# … and its requests that cross arrive within this time.
ON_THE_WAY = timedelta(seconds=30)
# For how long it is remembered that a browser was set back.
WATCHED = timedelta(hours=24)


def new_number() -> int:
    """Return the number of a cookie that is set now: higher than all before it."""
    return time_ns() // 1000


def noted(device: Device, number: int, *, now: datetime) -> dict[str, Any]:
    """Return what changes in the row of `device` when a cookie with `number` comes."""
    if number > device.cookie_number:
        return {"cookie_number": number, "cookie_at": now}
    is_overtaken = number < device.cookie_number - CROSSING
    if not is_overtaken or number == device.overtaken_number:
        return {}
    if device.cookie_at is None or device.cookie_at > now - ON_THE_WAY:
        return {}
    changes: dict[str, Any] = {"overtaken_number": number, "overtaken_at": now}
    if device.overtaken_at is not None and device.overtaken_at > now - WATCHED:
        changes["twin_seen_at"] = now
    return changes


def is_twin(device: Device, number: int) -> bool:
    """Tell whether a cookie with `number` is of another browser than the one that is `device`."""
    return (
        number == device.overtaken_number
        and device.twin_seen_at is not None
        and device.twin_seen_at == device.overtaken_at
    )


def part(device: Device, *, new_id: str) -> Device:
    """Return a device of its own for the browser that came with a cookie of `device`.

    It is in the same workshop, and the list of devices shows where it comes from.
    """
    return Device.objects.create(
        pk=new_id, workshop=device.workshop, twin_of=device, bound_at=timezone.now()
    )
