"""Long answers through a real server: sent as they are made, and let go with their listener."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from django.conf import settings as django_settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponseBase
from django.urls import path
from pytest_django import Settings

from runs import media
from runs.models import Entity, Run
from web.streaming import Chunks, streamed

MEGABYTE = 1024 * 1024
FILE_BYTES = 200 * MEGABYTE

ended = threading.Event()


def large(request: HttpRequest) -> HttpResponseBase:
    run = Run(run_id="run_1", folder="json/run_1")
    return media.deliver(request, run, Entity(filename="a.mp4"))


def endless(request: HttpRequest) -> HttpResponseBase:
    return streamed(request, _without_end(), content_type="text/plain")


def _without_end() -> Chunks:
    try:
        while True:
            yield b"on and on " * 1000
    finally:
        ended.set()


urlpatterns = [path("large", large), path("endless", endless)]


@pytest.fixture
def server(settings: Settings) -> Iterator[http.client.HTTPConnection]:
    """A connection to uvicorn with the site's middleware and the views above."""
    settings.ROOT_URLCONF = __name__
    settings.ALLOWED_HOSTS = ["127.0.0.1"]
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            get_asgi_application(), lifespan="off", log_level="warning", timeout_graceful_shutdown=1
        )
    )
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    connection = http.client.HTTPConnection("127.0.0.1", listener.getsockname()[1], timeout=20)
    yield connection
    connection.close()
    server.should_exit = True
    thread.join(10)
    assert not thread.is_alive()


def memory_bytes() -> int:
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


def test_a_large_file_never_lies_in_memory(server: http.client.HTTPConnection) -> None:
    folder = Path(django_settings.ARCHIVE_ROOT) / "json" / "run_1"
    folder.mkdir(parents=True)
    with (folder / "a.mp4").open("wb") as file:
        file.truncate(FILE_BYTES)
    before = memory_bytes()
    server.request("GET", "/large")
    response = server.getresponse()
    assert response.headers["Content-Length"] == str(FILE_BYTES)
    most = received = 0
    while chunk := response.read(MEGABYTE):
        received += len(chunk)
        most = max(most, memory_bytes() - before)
    assert received == FILE_BYTES
    assert most < 60 * MEGABYTE


def test_what_nobody_listens_to_any_more_ends(server: http.client.HTTPConnection) -> None:
    ended.clear()
    server.request("GET", "/endless")
    response = server.getresponse()
    assert response.read(20) == b"on and on on and on "
    response.close()
    server.close()
    assert ended.wait(10)
