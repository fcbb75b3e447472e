"""Logging in, by the form of the admin and by HTTP Basic: who guesses is slowed down.

Wrong passwords are counted by account and by where they come from, in the memory of this process,
under a key that nobody can turn back into an address. Another person who mistypes elsewhere is not
kept out by them.
"""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import deque
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from drf_spectacular import authentication as authentication_schemes
from rest_framework import authentication, exceptions

MOST_WRONG = 8
WINDOW_SECONDS = 120.0
# More than these are no people who mistype; the oldest are forgotten.
_MOST_KEYS = 10_000


class LoginThrottle:
    """Counts wrong passwords; thread-safe."""

    def __init__(self, window_seconds: float = WINDOW_SECONDS) -> None:
        self._window_seconds = window_seconds
        self._secret = secrets.token_bytes(32)
        self._wrong: dict[bytes, deque[float]] = {}
        self._lock = threading.Lock()

    def wait_seconds(self, request: HttpRequest | None, username: str) -> int:
        """Return how long the next try has to wait; 0 where it need not."""
        with self._lock:
            times = self._latest(self._key(request, username))
            if len(times) < MOST_WRONG:
                return 0
            return max(1, round(times[0] + self._window_seconds - time.monotonic()))

    def count_wrong(self, request: HttpRequest | None, username: str) -> None:
        key = self._key(request, username)
        with self._lock:
            times = self._latest(key)
            times.append(time.monotonic())
            # At the end, so that the oldest stand in front.
            self._wrong.pop(key, None)
            self._wrong[key] = times
            while len(self._wrong) > _MOST_KEYS:
                del self._wrong[next(iter(self._wrong))]

    def forget(self, request: HttpRequest | None, username: str) -> None:
        with self._lock:
            self._wrong.pop(self._key(request, username), None)

    def clear(self) -> None:
        with self._lock:
            self._wrong.clear()

    def _latest(self, key: bytes) -> deque[float]:
        times = self._wrong.get(key, deque(maxlen=MOST_WRONG))
        while times and times[0] < time.monotonic() - self._window_seconds:
            times.popleft()
        return times

    def _key(self, request: HttpRequest | None, username: str) -> bytes:
        address = request.META.get("REMOTE_ADDR", "") if request else ""
        text = f"{username.casefold()}\0{address}"
        return hmac.digest(self._secret, text.encode("utf-8", "replace"), "sha256")


throttle = LoginThrottle()


class ThrottledBackend(ModelBackend):
    """Django's own, which counts what was wrong and does not look while there was too much."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **options: Any,
    ) -> User | None:
        name = username or ""
        if throttle.wait_seconds(request, name):
            return None
        user = super().authenticate(request, username=username, password=password, **options)
        if user is None:
            throttle.count_wrong(request, name)
        else:
            throttle.forget(request, name)
        return user


class LoginForm(AdminAuthenticationForm):
    """The admin's form, which says when it was too often."""

    def clean(self) -> dict[str, Any]:
        seconds = throttle.wait_seconds(self.request, self.cleaned_data.get("username") or "")
        if seconds:
            raise ValidationError(_too_often(seconds), code="throttled")
        return dict(super().clean())


class BasicAuthentication(authentication.BasicAuthentication):
    """DRF's, which answers 429 when it was too often."""

    def authenticate_credentials(
        self, userid: str, password: str, request: Any = None
    ) -> tuple[Any, None]:
        seconds = throttle.wait_seconds(request, userid)
        if seconds:
            raise exceptions.Throttled(detail=_too_often(seconds))
        user, token = super().authenticate_credentials(userid, password, request)
        return user, token


class BasicScheme(authentication_schemes.BasicScheme):  # type: ignore[no-untyped-call]
    """How the API's description speaks of it: as of DRF's own."""

    target_class = "web.logins.BasicAuthentication"


def _too_often(seconds: int) -> str:
    return _("Those were many wrong passwords. Try again in %(count)s seconds.") % {
        "count": seconds
    }
