"""Calls to engines over HTTP: the only place where this project asks other servers for anything.

Nothing is retried behind the caller's back, no redirect is followed, and every failure is an
`EngineError` that says whether the request can have reached the server.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import HTTPError as TransportError

from pipelines.engines.jobs import EngineError, ErrorKind

CONNECT_SECONDS = 3.05
MEGABYTE = 1024 * 1024
PIECE_BYTES = 65536
# How often a caller that waits is asked whether it still wants the answer.
WAIT_SECONDS = 0.5


class NotSent(EngineError):
    """The server could not be reached: it surely knows nothing of the request."""

    def __init__(self, detail: str) -> None:
        super().__init__(ErrorKind.UNREACHABLE, "", detail=detail, permanent=False)


class Broken(EngineError):
    """The connection broke or fell silent after the request: the server may have acted on it."""

    def __init__(self, kind: ErrorKind, detail: str) -> None:
        super().__init__(kind, "", detail=detail, permanent=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; `headers` are found by any case of their names."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def json(self) -> Any:
        """Return the body's JSON. Raises `EngineError` (bad_response) where it is none."""
        try:
            return json.loads(self.body)
        except ValueError as error:
            raise EngineError(
                ErrorKind.BAD_RESPONSE, "", detail=f"status {self.status}, not JSON: {error}"
            ) from error

    def json_or_none(self) -> Any:
        """Return the body's JSON, None where it is none: servers report failures in both ways."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None


class Http:
    """One server. Safe to use from several threads; each has connections of its own."""

    def __init__(self, base_url: str, *, headers: Mapping[str, str] | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self._headers = dict(headers or {})
        self._of_thread = threading.local()

    def get(self, path: str, *, read_seconds: float = 15, **options: Any) -> Answer:
        """GET `path`; once more where a kept connection turned out to be closed."""
        try:
            return self.request("GET", path, read_seconds=read_seconds, **options)
        except Broken as error:
            if error.kind == ErrorKind.TIMEOUT:
                raise
            return self.request("GET", path, read_seconds=read_seconds, **options)

    def post(self, path: str, *, read_seconds: float = 60, **options: Any) -> Answer:
        return self.request("POST", path, read_seconds=read_seconds, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        read_seconds: float,
        max_bytes: int = 64 * MEGABYTE,
        on_wait: Callable[[], None] | None = None,
        **options: Any,
    ) -> Answer:
        """Send a request and return the whole answer, whatever its status.

        `options` are those of `requests`: json, data, files, params, headers. With `on_wait` that
        is called twice a second meanwhile; what it raises ends the waiting, not the server's work.
        Raises `NotSent`, `Broken`, or `EngineError` (bad_response) above `max_bytes`.
        """

        def send() -> Answer:
            with self.open(method, path, read_seconds=read_seconds, **options) as response:
                body = bytearray()
                for piece in response.pieces():
                    body += piece
                    if len(body) > max_bytes:
                        detail = f"{path}: the answer is larger than {max_bytes} bytes"
                        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
                return Answer(response.status, response.headers, bytes(body))

        return send() if on_wait is None else _waiting(send, on_wait)

    @contextmanager
    def open(
        self, method: str, path: str, *, read_seconds: float, **options: Any
    ) -> Iterator[Stream]:
        """Send a request and give its answer as it arrives; leaving closes the connection.

        `read_seconds` is the longest silence. Raises `NotSent` and `Broken`.
        """
        options["headers"] = {**self._headers, **(options.get("headers") or {})}
        try:
            response = self._session().request(
                method,
                self.base_url + path,
                timeout=(CONNECT_SECONDS, read_seconds),
                stream=True,
                allow_redirects=False,
                **options,
            )
        except requests.ConnectTimeout as error:
            raise NotSent(f"{path}: no connection in {CONNECT_SECONDS} s") from error
        except requests.Timeout as error:
            detail = f"{path}: no answer in {read_seconds} s"
            raise Broken(ErrorKind.TIMEOUT, detail) from error
        except requests.ConnectionError as error:
            if _was_not_sent(error):
                raise NotSent(f"{path}: {_reason(error)}") from error
            raise Broken(ErrorKind.UNREACHABLE, f"{path}: {_reason(error)}") from error
        except (requests.RequestException, UnicodeError) as error:
            # UnicodeError: a key with letters that no header can carry
            raise EngineError(
                ErrorKind.BAD_REQUEST, "", detail=f"{path}: {_reason(error)}"
            ) from error
        with response:
            yield Stream(response, path)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = requests.Session()
            # Proxies and .netrc of the machine are not to see what children write.
            session.trust_env = False
        return session


class Stream:
    """An answer that is still arriving."""

    def __init__(self, response: requests.Response, path: str) -> None:
        self._response = response
        self._path = path
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    def expect_within(self, seconds: float) -> None:
        """Wait at most `seconds` for each further piece, from now on."""
        # Neither requests nor urllib3 has a way to change it once the headers are there.
        if (body := getattr(self._response.raw._fp, "fp", None)) is not None:
            body.raw._sock.settimeout(seconds)

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it comes. Raises `Broken` where it ends too early or falls silent."""
        raw = self._response.raw
        try:
            if raw.chunked:
                yield from raw.read_chunked(PIECE_BYTES, decode_content=True)
            else:
                while piece := raw.read1(PIECE_BYTES, decode_content=True):
                    yield piece
        except TransportError as error:
            kind = ErrorKind.TIMEOUT if "timed out" in str(error) else ErrorKind.BAD_RESPONSE
            raise Broken(kind, f"{self._path}: {_reason(error)}") from error

    def lines(self) -> Iterator[str]:
        """Yield the body's lines, without their ends, as they are complete."""
        rest = b""
        for piece in self.pieces():
            *lines, rest = (rest + piece).split(b"\n")
            for line in lines:
                yield line.rstrip(b"\r").decode("utf-8", "replace")
        if rest:
            yield rest.decode("utf-8", "replace")

    def read(self) -> Answer:
        """Return what is left as one answer, for statuses that bring no stream."""
        return Answer(self.status, self.headers, b"".join(self.pieces()))


def _waiting(send: Callable[[], Answer], on_wait: Callable[[], None]) -> Answer:
    answer: Future[Answer] = Future()

    def run() -> None:
        try:
            answer.set_result(send())
        except BaseException as error:
            answer.set_exception(error)

    threading.Thread(target=run, name="engine-request", daemon=True).start()
    while not wait((answer,), timeout=WAIT_SECONDS).done:
        on_wait()
    return answer.result()


def _was_not_sent(error: requests.ConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", cause)
    return type(reason).__name__ in {
        "NewConnectionError",
        "ConnectTimeoutError",
        "NameResolutionError",
    }


def _reason(error: Exception) -> str:
    """A reason without the address, whose query may carry a text or a key."""
    cause = next((part for part in error.args if isinstance(part, Exception)), error)
    reason = getattr(cause, "reason", cause)
    return type(reason).__name__
