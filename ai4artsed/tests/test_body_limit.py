"""What no endpoint takes is refused while it comes, by the program as it really runs."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from ai4artsed.body_limit import BodyLimit

LIMIT = 12_000_000 + 1024 * 1024
PIECE = b"x" * 65536


def serve(pieces: int, *, announced: int | None = None) -> tuple[list[Any], int, int]:
    """Send `pieces` to an application that reads all; return its answer, what it was given and
    what was read of the sender."""
    given, read, sent = 0, 0, []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        nonlocal given
        while True:
            message = await receive()
            given += len(message["body"])
            if not message["more_body"]:
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Any:
        nonlocal read
        read += 1
        return {"type": "http.request", "body": PIECE, "more_body": read < pieces}

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-length", str(announced).encode())] if announced is not None else []
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/media/upload/image",
        "headers": [*headers, (b"accept-language", b"en")],
    }
    asyncio.run(BodyLimit(application)(scope, receive, send))
    return sent, given, read


def test_what_fits_comes_through_whole() -> None:
    sent, given, _read = serve(150)
    assert sent[0]["status"] == 200
    assert given == 150 * len(PIECE)


@pytest.mark.parametrize("announced", [None, 15_000_000])
def test_what_is_too_large_is_refused_and_answered_when_it_has_come(announced: int | None) -> None:
    sent, given, read = serve(300, announced=announced)
    assert sent[0]["status"] == 413
    body = json.loads(sent[1]["body"])
    assert (body["status"], body["http_status"]) == ("error", 413)
    assert body["error"] == "That is too much at once. Send a smaller file."
    assert given == (LIMIT // len(PIECE) * len(PIECE) if announced is None else 0)
    assert read == 300


def test_who_sends_without_end_is_hung_up_on() -> None:
    sent, given, read = serve(10**9)
    assert sent[0]["status"] == 413
    assert given <= LIMIT
    assert read * len(PIECE) < 65 * 1024 * 1024
