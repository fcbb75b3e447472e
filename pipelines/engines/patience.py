"""How long an answer is waited for, however slowly it comes.

The timeouts of `requests` count from byte to byte: a server that sends one now and then is never
late. Here each read from the connection looks at the clock, and asks whether it is still wanted.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

# How often whoever waits is asked whether the answer is still wanted.
WAIT_SECONDS = 0.5

OnWait = Callable[[], None]
"""Called about twice a second while an answer is waited for; what it raises ends the waiting."""


class Patience:
    """What is left of it for one answer: the longest silence, and the time in all."""

    def __init__(
        self, silence_seconds: float, whole_seconds: float, on_wait: OnWait | None = None
    ) -> None:
        self._on_wait = on_wait
        self._asked_at = time.monotonic()
        self.renew(silence_seconds, whole_seconds)

    def renew(self, silence_seconds: float, whole_seconds: float) -> None:
        self._silence_seconds = silence_seconds
        self._until = time.monotonic() + whole_seconds

    def read_from(self, connection: socket.socket, buffer: Any) -> int:
        """Read what comes next. Raises `TimeoutError`, or what `on_wait` raises."""
        silent_until = time.monotonic() + self._silence_seconds
        while True:
            now = time.monotonic()
            if now >= min(self._until, silent_until):
                raise TimeoutError("timed out")
            if self._on_wait is not None and now - self._asked_at >= WAIT_SECONDS:
                self._asked_at = now
                self._on_wait()
            connection.settimeout(min(WAIT_SECONDS, self._until - now, silent_until - now))
            try:
                return connection.recv_into(buffer)
            except TimeoutError:
                continue


patience_in_force: ContextVar[Patience] = ContextVar("patience_in_force")
"""That of the request which is being sent; its answer keeps it."""


def patient_session() -> requests.Session:
    """Return a session whose answers are waited for as `patience_in_force` says."""
    session = requests.Session()
    adapter = HTTPAdapter()
    adapter.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}
    session.mount("http://", adapter)
    session.mount("https://", adapter)
    return session


class _Reader(io.RawIOBase):
    def __init__(self, source: socket.SocketIO, patience: Patience) -> None:
        self._source = source
        self._patience = patience

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._patience.read_from(self._source._sock, buffer)  # type: ignore[attr-defined]

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()


class _Response(http.client.HTTPResponse):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        source: Any = self.fp.detach()
        self.fp = io.BufferedReader(_Reader(source, patience_in_force.get()))


class _Connection(HTTPConnection):
    response_class = _Response


class _SecureConnection(HTTPSConnection):
    response_class = _Response


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
