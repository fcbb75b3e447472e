"""Refuses bodies that no endpoint takes before they fill the disk.

Django takes all of a body in, in a temporary file, before any view can look at its size.
"""

from __future__ import annotations

import io
from typing import Any

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.utils.translation import get_language_from_request, override
from django.utils.translation import gettext as _

from web.problems import Problem

# What a form with a picture has besides it.
_BESIDES_BYTES = 1024 * 1024
# So much of what is too large is read and thrown away, as browsers do not hear an answer that
# comes while they are still sending; whoever sends more is hung up on.
_PATIENCE_BYTES = 64 * 1024 * 1024


class _TooLarge(Exception):
    """The body that is coming is not taken."""


class BodyLimit:
    """An ASGI application in front of another one."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.application(scope, receive, send)
            return
        limit = settings.MAX_UPLOAD_BYTES + _BESIDES_BYTES
        taken, more = 0, True
        announced = int(dict(scope["headers"]).get(b"content-length", 0))

        async def counted() -> Any:
            nonlocal taken, more
            message = await receive()
            taken += len(message.get("body", b""))
            more = message.get("more_body", False)
            if max(taken, announced) > limit:
                raise _TooLarge
            return message

        try:
            await self.application(scope, counted, send)
        except _TooLarge:
            while more and taken < _PATIENCE_BYTES:
                message = await receive()
                taken += len(message.get("body", b""))
                more = message.get("more_body", False)
            await _refuse(scope, send)


async def _refuse(scope: Any, send: Any) -> None:
    with override(get_language_from_request(ASGIRequest(scope, io.BytesIO()))):
        message = _("That is too much at once. Send a smaller file.")
        response = Problem(413, "too-large", message).response(contract=True)
    headers = [(name.lower().encode(), value.encode()) for name, value in response.items()]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": response.content})
