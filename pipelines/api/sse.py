"""Server-sent events: the format, and a view's blocking work as an async stream of it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.http import StreamingHttpResponse

from pipelines.error_messages import message_for
from pipelines.texts.rewriting import Emit

logger = logging.getLogger(__name__)

# Proxies cut connections that stay silent; a comment line is no event.
KEEP_ALIVE_SECONDS = 15
KEEP_ALIVE = b": keep-alive\n\n"

# Text engines work in threads of their own, so that many streams never use up those of requests.
text_threads = ThreadPoolExecutor(settings.TEXT_STREAMS, thread_name_prefix="text")
# Who has never returned a cookie may be one program that asks again and again: it has these alone.
SILENT_STREAMS = 4
silent_threads = ThreadPoolExecutor(SILENT_STREAMS, thread_name_prefix="silent-text")


def event(name: str, data: dict[str, Any], *, event_id: str = "") -> bytes:
    """Return one event as bytes; `data` as one line of JSON."""
    head = f"id: {event_id}\n" if event_id else ""
    text = json.dumps(data, ensure_ascii=False)
    return f"{head}event: {name}\ndata: {text}\n\n".encode("utf-8", "replace")


async def stream(body: AsyncIterator[bytes]) -> StreamingHttpResponse:
    """Answer with `body` as an event stream."""
    # An open stream would otherwise pin the database connection that its view has used.
    await sync_to_async(connections.close_all)()
    return StreamingHttpResponse(
        body,
        content_type="text/event-stream; charset=utf-8",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


def stream_events(
    work: Callable[[Emit], None],
    *,
    run_id: str,
    waiting: Callable[[float], tuple[str, dict[str, Any]]],
    threads: ThreadPoolExecutor = text_threads,
) -> AsyncIterator[bytes]:
    """Have a thread do blocking `work`, and return what it emits as a stream of events.

    The work is handed over at once and goes on to its end, whether or not anybody listens. While
    no thread is free, the event that `waiting` makes of the milliseconds waited is sent every
    second. To be called in the loop that will read the stream.
    """
    loop = asyncio.get_running_loop()
    events: asyncio.Queue[tuple[str, dict[str, Any]] | None] = asyncio.Queue()

    def put(item: tuple[str, dict[str, Any]] | None) -> None:
        # The loop may be gone when the server is shutting down; the work is recorded all the same.
        if not loop.is_closed():
            loop.call_soon_threadsafe(events.put_nowait, item)

    started = asyncio.Event()

    def run() -> None:
        try:
            if not loop.is_closed():
                loop.call_soon_threadsafe(started.set)
            work(lambda name, data: put((name, data)))
        except Exception:
            # Nobody looks at what the pool keeps of it, and the listener must hear of an end.
            logger.exception("stream failed: run_id=%s", run_id)
            put(("error", {"message": message_for(""), "run_id": run_id}))
        finally:
            connections.close_all()
            put(None)

    threads.submit(run)
    return _events(events, started, waiting)


async def _events(
    events: asyncio.Queue[tuple[str, dict[str, Any]] | None],
    started: asyncio.Event,
    waiting: Callable[[float], tuple[str, dict[str, Any]]],
) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    begin = loop.time()
    while not started.is_set():
        try:
            await asyncio.wait_for(started.wait(), 1 if loop.time() - begin > 0.05 else 0.05)
        except TimeoutError:
            name, data = waiting((loop.time() - begin) * 1000)
            yield event(name, data)
    while True:
        try:
            item = await asyncio.wait_for(events.get(), KEEP_ALIVE_SECONDS)
        except TimeoutError:
            yield KEEP_ALIVE
            continue
        if item is None:
            return
        yield event(*item)
