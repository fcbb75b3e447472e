"""`GET /api/events/`: the live link of an open page, answered ahead of Django.

A stream that goes through Django's middleware keeps a thread of its own for as long as it is open.
Here it is one coroutine, which sleeps until the feed has something to say.
"""

from __future__ import annotations

import asyncio
import io
from typing import Any

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.core.handlers.asgi import ASGIRequest
from django.utils.translation import get_language_from_request

from devices.identity import device_id_of
from pipelines.live.page_feed import Subscriber, page_feed

PATH = "/api/events/"
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]
# A browser that loses the link tries again after this.
_RETRY = b"retry: 2000\n\n"


class EventStreams:
    """An ASGI application in front of another one, which gets all that is no stream."""

    def __init__(self, application: Any) -> None:
        self.application = application

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = _request_for_events(scope)
        device_id = device_id_of(request) if request is not None else None
        if request is None or device_id is None:
            await self.application(scope, receive, send)
            return
        subscriber = page_feed.subscribe(device_id, get_language_from_request(request))
        watcher = asyncio.create_task(_close_when_gone(receive, subscriber))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            await send({"type": "http.response.body", "body": _RETRY, "more_body": True})
            while (piece := await subscriber.next_piece()) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            watcher.cancel()
            page_feed.unsubscribe(subscriber)


def _request_for_events(scope: Any) -> ASGIRequest | None:
    """Return the request where it is one for a stream that may be answered here."""
    if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "GET":
        return None
    request = ASGIRequest(scope, io.BytesIO())
    if "text/event-stream" not in request.headers.get("Accept", ""):
        return None
    try:
        request.get_host()
    except DisallowedHost:
        return None
    return None if settings.SECURE_SSL_REDIRECT and not request.is_secure() else request


async def _close_when_gone(receive: Any, subscriber: Subscriber) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    subscriber.close()
