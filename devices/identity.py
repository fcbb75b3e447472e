"""Which device is asking: the browser's id, bound to a signed cookie on first use.

The cookie proves, the id names. The server sets it, so it outlives the seven days after which
Safari deletes what scripts have stored, and it works on plain HTTP in a school's network.
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


def device_id_of(request: HttpRequest) -> str | None:
    """Return the id that the signed cookie proves, or None; without a look at the database."""
    try:
        return _signer().unsign(request.COOKIES.get(COOKIE_NAME, ""))
    except signing.BadSignature:
        return None


def cookie_of(device_id: str) -> str:
    """Return the signed value of the cookie that proves `device_id`."""
    return _signer().sign(device_id)


def known_device(request: HttpRequest) -> Device | None:
    """Return the device that the signed cookie proves, or None."""
    device_id = device_id_of(request)
    if device_id is None:
        return None
    now = timezone.now()
    device = Device.objects.select_related("workshop").filter(pk=device_id).first()
    if device is None:
        # The database was lost and rebuilt; what the cookie proves still holds.
        device = _create(device_id)
    elif device.last_seen_at < now - SEEN_INTERVAL:
        Device.objects.filter(pk=device.pk).update(last_seen_at=now)
        device.last_seen_at = now
    return device


def identify(request: HttpRequest, claimed_id: Any = None) -> Device:
    """Return the device that asks, making it known where it is new.

    The cookie wins over `claimed_id`; without a cookie an id that is not bound yet is bound to
    this browser, and any other claim gets a new id. The answer then carries the cookie.
    """
    device = known_device(request)
    if device is None:
        device = _bind(claimed_id) if isinstance(claimed_id, str) else None
    if device is None:
        device = _create(str(uuid.uuid4()))
    request.device_to_remember = device  # type: ignore[attr-defined]
    return device


def _bind(claimed_id: str) -> Device | None:
    if not is_valid_id(claimed_id):
        return None
    now = timezone.now()
    bound = Device.objects.filter(pk=claimed_id, bound_at=None).update(
        bound_at=now, last_seen_at=now
    )
    if bound:
        return Device.objects.select_related("workshop").get(pk=claimed_id)
    if Device.objects.filter(pk=claimed_id).exists():
        return None
    try:
        with transaction.atomic():
            return _create(claimed_id, exclusive=True)
    except IntegrityError:
        return None


def _create(device_id: str, *, exclusive: bool = False) -> Device:
    now = timezone.now()
    workshop = Workshop.objects.filter(takes_new_devices=True).first()
    fields = {"workshop": workshop, "bound_at": now, "first_seen_at": now, "last_seen_at": now}
    if exclusive:
        return Device.objects.create(pk=device_id, **fields)
    return Device.objects.get_or_create(pk=device_id, defaults=fields)[0]


class DeviceCookieMiddleware:
    """Gives the browser its signed cookie after `identify` has named it.

    Innermost and synchronous: so Django runs the whole chain at one go in the thread of the
    request. As a coroutine it would have every middleware change threads twice, which takes
    longer than what most requests are there for.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return _remember(request, self.get_response(request))


def _remember(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    device: Device | None = getattr(request, "device_to_remember", None)
    if device is not None:
        response.set_cookie(
            COOKIE_NAME,
            cookie_of(device.pk),
            max_age=COOKIE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response
