"""Calls to engines over HTTP: the only place where this project asks other servers for anything.

Nothing is retried behind the caller's back, no redirect is followed, and every failure is an
`EngineError` that says whether the request can have reached the server. Whatever a server does, an
answer has its greatest size, its longest line and its time.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from urllib3.exceptions import HTTPError as TransportError

from pipelines.engines.jobs import EngineError, ErrorKind
from pipelines.engines.json_values import parse_json
from pipelines.engines.patience import (
    WAIT_SECONDS,
    OnWait,
    Patience,
    patience_in_force,
    patient_session,
)

CONNECT_SECONDS = 3.05
MEGABYTE = 1024 * 1024
PIECE_BYTES = 65536
MOST_BYTES = 64 * MEGABYTE
# Nobody's events are longer; some servers name each file they know in a refusal.
LINE_BYTES = MEGABYTE
ERROR_BYTES = 4 * MEGABYTE
# An answer as a whole may take so many times its longest silence.
WHOLE_TIMES = 4
LINE_END = re.compile(rb"\r\n|\n|\r")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


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
            return parse_json(self.body)
        except ValueError as error:
            raise EngineError(
                ErrorKind.BAD_RESPONSE, "", detail=f"status {self.status}, not JSON: {error}"
            ) from error

    def json_or_none(self) -> Any:
        """Return the body's JSON, None where it is none: servers report failures in both ways."""
        try:
            return parse_json(self.body)
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
        max_bytes: int = MOST_BYTES,
        on_wait: OnWait | None = None,
        **options: Any,
    ) -> Answer:
        """Send a request and return the whole answer, whatever its status.

        `options` are those of `requests`: json, data, files, params, headers. With `on_wait` that
        is called twice a second meanwhile; what it raises ends the waiting, not the server's work.
        Raises `NotSent`, `Broken`, or `EngineError` (bad_response) above `max_bytes`.
        """

        def send() -> Answer:
            with self.open(
                method, path, read_seconds=read_seconds, max_bytes=max_bytes, **options
            ) as response:
                return response.read()

        return send() if on_wait is None else _waiting(send, on_wait)

    @contextmanager
    def open(
        self,
        method: str,
        path: str,
        *,
        read_seconds: float,
        whole_seconds: float | None = None,
        max_bytes: int = MOST_BYTES,
        on_wait: OnWait | None = None,
        **options: Any,
    ) -> Iterator[Stream]:
        """Send a request and give its answer as it arrives; leaving closes the connection.

        `read_seconds` is the longest silence, `whole_seconds` the time in all. Raises `NotSent`,
        `Broken`, and what `on_wait` raises, which is called in this thread.
        """
        patience = Patience(read_seconds, whole_seconds or WHOLE_TIMES * read_seconds, on_wait)
        options["headers"] = {**self._headers, **(options.get("headers") or {})}
        token = patience_in_force.set(patience)
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
        finally:
            patience_in_force.reset(token)
        with response:
            yield Stream(response, path, patience, max_bytes)

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._of_thread, "session", None)
        if session is None:
            session = self._of_thread.session = patient_session()
            # Proxies and .netrc of the machine are not to see what children write.
            session.trust_env = False
        return session


class Stream:
    """An answer that is still arriving."""

    def __init__(
        self, response: requests.Response, path: str, patience: Patience, max_bytes: int
    ) -> None:
        self._response = response
        self._path = path
        self._patience = patience
        self._max_bytes = max_bytes
        self.status = response.status_code
        self.headers: Mapping[str, str] = response.headers

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def expect_within(self, seconds: float, *, whole_seconds: float) -> None:
        """Wait at most `seconds` for each further piece and so long in all, from now on."""
        self._patience.renew(seconds, whole_seconds)

    def pieces(self) -> Iterator[bytes]:
        """Yield the body as it comes.

        Raises `Broken` where it ends too early, falls silent or takes too long, and `EngineError`
        (bad_response) where it is too large.
        """
        size = 0
        for piece in self._pieces():
            size += len(piece)
            if size > self._max_bytes:
                raise self._too_large("the answer", self._max_bytes)
            yield piece

    def _pieces(self) -> Iterator[bytes]:
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
        """Yield the body's lines as they are complete, whatever of LF, CR LF and CR ends them.

        Raises as `pieces` does, also for a line that is too long.
        """
        line = bytearray()
        is_first, is_after_return = True, False
        for piece in self.pieces():
            rest = piece.removeprefix(b"\n") if is_after_return else piece
            is_after_return = piece.endswith(b"\r")
            *ended, begun = LINE_END.split(rest)
            for end in ended:
                line += end
                yield self._decoded(line, is_first)
                is_first = False
                line.clear()
            line += begun
            if len(line) > LINE_BYTES:
                raise self._too_large("a line", LINE_BYTES)
        if line:
            yield self._decoded(line, is_first)

    def _decoded(self, line: bytearray, is_first: bool) -> str:
        if len(line) > LINE_BYTES:
            raise self._too_large("a line", LINE_BYTES)
        text = line.removeprefix(BYTE_ORDER_MARK) if is_first else line
        return text.decode("utf-8", "replace")

    def read(self) -> Answer:
        """Return what is left as one answer; of a failure no more than tells what it is."""
        body = bytearray()
        for piece in self.pieces():
            body += piece
            if not self.ok and len(body) > ERROR_BYTES:
                del body[ERROR_BYTES:]
                break
        return Answer(self.status, self.headers, bytes(body))

    def _too_large(self, what: str, max_bytes: int) -> EngineError:
        detail = f"{self._path}: {what} is larger than {max_bytes} bytes"
        return EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)


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
