"""Browsers that write for the first time, and those that never return their cookie.

Of the latter one cannot tell a program that begins anew with each request from a class that comes
in at the same minute behind one address. So they are let in, up to what a class needs, and none of
them is served before a browser that has returned its cookie (`pipelines.queue.waiting`). Every
browser of ours returns it with its second request, and is a newcomer like any other from then on.

What is counted is counted by address, in the memory of this process, under a key that nobody can
turn back into one; it is forgotten after ten minutes, and with the process.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import OrderedDict
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from devices.identity import greet, identify, is_free, is_kept, known_device
from devices.models import Device
from web.problems import Problem

# How long one that came from an address belongs to its newcomers.
NEW_SECONDS = 600.0
# A class is thirty, and some of them press once more before the first answer is there.
MOST_WITHOUT_COOKIE = 40
# A school that begins at once. A program that keeps its cookies looks like one, and gets no more.
MOST_NEW = 400
_MOST_ADDRESSES = 10_000


class Newcomers:
    """The devices that each address has brought lately, with when; thread-safe."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)
        self._came: OrderedDict[bytes, dict[str, float]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, request: HttpRequest) -> list[str]:
        """Return the ids of those that came from the address of `request`."""
        with self._lock:
            return list(self._latest(self._key(request)))

    def add(self, request: HttpRequest, device: Device) -> None:
        key = self._key(request)
        with self._lock:
            came = self._latest(key)
            came[device.pk] = time.monotonic()
            self._came[key] = came
            self._came.move_to_end(key)
            if len(self._came) > _MOST_ADDRESSES:
                self._came.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._came.clear()

    def _latest(self, key: bytes) -> dict[str, float]:
        since = time.monotonic() - NEW_SECONDS
        return {pk: at for pk, at in self._came.get(key, {}).items() if at >= since}

    def _key(self, request: HttpRequest) -> bytes:
        address = str(request.META.get("REMOTE_ADDR", ""))
        return hmac.digest(self._secret, address.encode("utf-8", "replace"), "sha256")


newcomers = Newcomers()


def identify_writer(request: HttpRequest, claimed_id: Any = None) -> Device:
    """Return the device that is to make something, as `identify` does.

    Raises `Problem` where its address has brought too many new ones lately. The refusal bears the
    cookie too: a browser that returns it is let in with its next try.
    """
    device = known_device(request)
    if device is not None and is_kept(device):
        return identify(request)
    came = newcomers.of(request)
    if device is None:
        silent = _silent(came)
        if claimed_id in silent:
            raise no_cookie(request, 403)
        if len(silent) >= MOST_WITHOUT_COOKIE:
            raise no_cookie(request, 429)
    elif len(came) >= MOST_NEW:
        raise too_many()
    device = identify(request, claimed_id)
    newcomers.add(request, device)
    return device


def greet_claimant(request: HttpRequest, claimed_id: Any) -> Device:
    """Return the device that looks, as `greet` does, but bound to `claimed_id` where that is free.

    To bind an id is to write; where the address has no room for that, it only looks.
    """
    has_room = len(_silent(newcomers.of(request))) < MOST_WITHOUT_COOKIE
    if has_room and known_device(request) is None and is_free(claimed_id):
        return identify_writer(request, claimed_id)
    return greet(request)


def _silent(device_ids: list[str]) -> list[str]:
    silent = Device.objects.filter(pk__in=device_ids, has_returned=False)
    return list(silent.values_list("pk", flat=True))


def too_many() -> Problem:
    return Problem(
        429,
        "too-many-newcomers",
        _("Very many are beginning here right now. Your text is kept. Try again in a moment."),
        headers={"Retry-After": "15"},
    )


def no_cookie(request: HttpRequest, status: int) -> Problem:
    """Return what a browser without a cookie is told; the answer bears one all the same."""
    greet(request)
    sentence = _(
        "For the grown-ups: this browser does not send our cookie back, so it could not find its "
        "pictures again. Allow cookies for this address, then press once more."
    )
    return Problem(status, "no-cookie", sentence, headers={"Retry-After": "5"})
