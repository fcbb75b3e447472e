"""Which device is asking: the browser's id, bound to a signed cookie at the first answer.

The cookie proves, the id names. The server sets it, so it outlives the seven days after which
Safari deletes what scripts have stored, and it works on plain HTTP in a school's network.

Looking makes no device: who only reads has an id in its cookie and no row. The row comes with the
first write, so a browser that returns no cookie leaves none behind with each page that it loads.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from devices import twins
from devices.models import Device, Workshop

COOKIE_NAME = "ai4artsed_device"
# 400 days is the longest that browsers keep a cookie; each visit renews it.
COOKIE_SECONDS = 400 * 24 * 3600
# `last_seen_at` is written at most this often, so that reading does not mean writing.
SEEN_INTERVAL = timedelta(seconds=20)

# UUIDs, the predecessor's `<uuid>_YYYY-MM-DD` and `dev_<hex>`, and home-made ids of old clients.
_CLAIMABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{7,79}", re.ASCII)
_NOBODY = {"anonymous", "undefined", "unknown_device"}


def _signer() -> signing.Signer:
    # When it is used, so that to import this module needs no secret key.
    return signing.Signer(salt="devices.identity")


def is_valid_id(device_id: str) -> bool:
    """Tell whether `device_id` may name a device: safe as a part of a path, and nobody's name."""
    return bool(_CLAIMABLE.fullmatch(device_id)) and device_id.lower() not in _NOBODY


def is_free(device_id: object) -> bool:
    """Tell whether a browser that claims `device_id` may have it."""
    if not isinstance(device_id, str) or not is_valid_id(device_id):
        return False
    return not Device.objects.filter(pk=device_id, bound_at__isnull=False).exists()


def is_kept(device: Device) -> bool:
    """Tell whether `device` has a row; without one it has never written anything."""
    return not device._state.adding


def known_device(request: HttpRequest) -> Device | None:
    """Return the device that the signed cookie proves, or None; it may have no row (`is_kept`)."""
    proven = _proven(request)
    if proven is None:
        return None
    device_id, number = proven
    now = timezone.now()
    found = Device.objects.select_related("workshop").filter(pk=device_id).first()
    device = found or _new(device_id, has_returned=True)
    changes: dict[str, Any] = twins.noted(device, number, now=now)
    if not device.has_returned:
        changes["has_returned"] = True
    if device.last_seen_at < now - SEEN_INTERVAL:
        changes["last_seen_at"] = now
    for name, value in changes.items():
        setattr(device, name, value)
    if found and changes:
        Device.objects.filter(pk=device.pk).update(**changes)
    return device


def greet(request: HttpRequest) -> Device:
    """Return the device that opens a page, and have the answer bear its cookie. Makes no row."""
    if (remembered := _remembered(request)) is not None:
        return remembered
    device = known_device(request)
    proven = _proven(request)
    if device is None:
        device = _new(str(uuid.uuid4()), has_returned=False)
    elif proven is not None and twins.is_twin(device, proven[1]):
        device = twins.part(device, new_id=str(uuid.uuid4()))
    remember(request, device)
    return device


def identify(request: HttpRequest, claimed_id: object = None) -> Device:
    """Return the device that writes, making it known where it is new.

    The cookie wins over `claimed_id`. But where nothing has been written under the cookie's id, an
    id that is not bound yet is bound to this browser; any other claim gets a new id. The answer
    bears the cookie where the browser has not sent that itself.
    """
    found = known_device(request)
    if found is not None and is_kept(found):
        return found
    device = _bind(claimed_id, has_returned=found is not None)
    if device is None and found is not None:
        return _keep(found)
    device = device or _keep(_new(str(uuid.uuid4()), has_returned=False))
    remember(request, device)
    return device


def device_id_of(request: HttpRequest) -> str | None:
    """Return the id that the signed cookie proves, or None; without a look at the database."""
    proven = _proven(request)
    return proven[0] if proven else None


def cookie_of(device_id: str) -> str:
    """Return the signed value of a cookie that proves `device_id`, set now."""
    return _signer().sign(f"{device_id}.{twins.new_number()}")


def _proven(request: HttpRequest) -> tuple[str, int] | None:
    """Return the id that the cookie proves, and its number; cookies of old have none."""
    try:
        value = _signer().unsign(request.COOKIES.get(COOKIE_NAME, ""))
    except signing.BadSignature:
        return None
    device_id, _dot, number = value.partition(".")
    return device_id, int(number or 0)


def _bind(claimed_id: object, *, has_returned: bool) -> Device | None:
    if not isinstance(claimed_id, str) or not is_valid_id(claimed_id):
        return None
    now = timezone.now()
    bound = Device.objects.filter(pk=claimed_id, bound_at=None).update(
        bound_at=now, last_seen_at=now, has_returned=has_returned
    )
    if bound:
        return Device.objects.select_related("workshop").get(pk=claimed_id)
    if Device.objects.filter(pk=claimed_id).exists():
        return None
    device = _new(claimed_id, has_returned=has_returned)
    return device if _insert(device) else None


def _new(device_id: str, *, has_returned: bool) -> Device:
    """Return a device without a row, as it would be with one."""
    now = timezone.now()
    return Device(
        pk=device_id,
        workshop=Workshop.objects.filter(takes_new_devices=True).first(),
        bound_at=now,
        first_seen_at=now,
        last_seen_at=now,
        has_returned=has_returned,
    )


def _keep(device: Device) -> Device:
    """Return `device` with a row; another request of its browser may have been quicker."""
    return device if _insert(device) else Device.objects.get(pk=device.pk)


def _insert(device: Device) -> bool:
    try:
        with transaction.atomic():
            device.save(force_insert=True)
    except IntegrityError:
        return False
    return True


def _remembered(request: HttpRequest) -> Device | None:
    """Return the device that this very request has been found to be of."""
    return getattr(request, "device_to_remember", None)


def remember(request: HttpRequest, device: Device) -> None:
    """Have the answer to `request` bear the cookie of `device`."""
    request.device_to_remember = device  # type: ignore[attr-defined]


class DeviceCookieMiddleware:
    """Gives the browser its signed cookie after `greet` or `identify` has named it.

    Innermost and synchronous: so Django runs the whole chain at one go in the thread of the
    request. As a coroutine it would have every middleware change threads twice, which takes
    longer than what most requests are there for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        device = _remembered(request)
        if device is not None:
            # Numbered when it leaves: an answer that took long must not set the browser back.
            response.set_cookie(
                COOKIE_NAME,
                cookie_of(device.pk),
                max_age=COOKIE_SECONDS,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        return response
