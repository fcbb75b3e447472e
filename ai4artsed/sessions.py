"""The staff's sessions: they last a school day, and no longer than somebody does something.

Whoever logs in with a password that others know chooses another one first.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponseBase

from devices.models import FirstPassword

# Whoever leads a workshop stands in the room and touches the tablet now and then.
IDLE_SECONDS = 2.5 * 3600
# Noted at most this often, so that looking does not mean writing.
NOTED_SECONDS = 300

BEGUN = "begun_at"
USED = "used_at"
CHOOSES = "chooses_password"
# A page that renews itself is nobody's doing.
_PAGES = "/admin/"
_POLLED = re.compile(r"/admin/(dashboard|room/\d+/state)/")


class SchoolDayMiddleware:
    """Ends the session of whoever logged in a day ago or has done nothing in the admin for long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # Children have no session, and none is asked for.
        if settings.SESSION_COOKIE_NAME in request.COOKIES and SESSION_KEY in request.session:
            is_used = request.path.startswith(_PAGES) and not _POLLED.fullmatch(request.path)
            _keep_time(request.session, is_used=is_used)
        return self.get_response(request)


def note_login(*, request: HttpRequest, user: User, **signal: object) -> None:
    """Note how a session begins, however somebody logs in: a receiver of `user_logged_in`."""
    request.session[BEGUN] = request.session[USED] = time.time()
    if FirstPassword.objects.filter(user=user).exists():
        request.session[CHOOSES] = True


def must_choose_password(request: HttpRequest) -> bool:
    """Tell whether who is here logged in with a password that others know, and has it still."""
    return (
        bool(request.session.get(CHOOSES))
        and FirstPassword.objects.filter(user=request.user.pk).exists()
    )


def _keep_time(session: SessionBase, *, is_used: bool) -> None:
    now = time.time()
    begun, used = session.get(BEGUN, 0), session.get(USED, 0)
    if now - begun > settings.SESSION_COOKIE_AGE or now - used > IDLE_SECONDS:
        session.flush()
    elif is_used and now - used > NOTED_SECONDS:
        session[USED] = now
