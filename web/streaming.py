"""Answers that are sent piece by piece, with the same memory whatever their length."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.core.handlers.asgi import ASGIRequest
from django.db import connections
from django.http import HttpRequest, StreamingHttpResponse

Chunks = Generator[bytes, None, None]


def streamed(
    request: HttpRequest, chunks: Chunks, *, content_type: str, status: int = 200
) -> StreamingHttpResponse:
    """Answer with `chunks`, which are made while they are sent.

    Under ASGI Django would collect a plain generator in memory before the first byte leaves.
    """
    content = _from_thread(chunks) if isinstance(request, ASGIRequest) else chunks
    return StreamingHttpResponse(content, content_type=content_type, status=status)


async def _from_thread(chunks: Chunks) -> AsyncIterator[bytes]:
    """Yield what `chunks` makes in a thread of its own.

    One and the same thread, because a generator that reads the database holds a connection, and
    connections belong to threads. Who stops listening ends the generator too.
    """
    loop = asyncio.get_running_loop()
    thread = ThreadPoolExecutor(1, thread_name_prefix="stream")
    try:
        while (chunk := await loop.run_in_executor(thread, _next, chunks)) is not None:
            yield chunk
    finally:
        thread.submit(_close, chunks)
        thread.shutdown(wait=False)


def _next(chunks: Chunks) -> bytes | None:
    return next(chunks, None)


def _close(chunks: Chunks) -> Any:
    try:
        chunks.close()
    finally:
        connections.close_all()


def gathered(chunks: Chunks, size: int) -> Chunks:
    """Yield `chunks` in pieces of at least `size` bytes, the first as soon as it is there."""
    yield next(chunks, b"")
    buffer: list[bytes] = []
    waiting = 0
    for chunk in chunks:
        buffer.append(chunk)
        waiting += len(chunk)
        if waiting >= size:
            yield b"".join(buffer)
            buffer, waiting = [], 0
    if buffer:
        yield b"".join(buffer)
