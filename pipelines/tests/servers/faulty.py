"""A real HTTP server on loopback that misbehaves as it is told: the base of all fakes of engines.

    with FaultyServer() as server:
        server.on("POST", "/images", in_turn(rate_limited(1), answer_json({"data": []})))
        ...  # a client asks server.url
        assert server.count("POST", "/images") == 2

A handler takes an `Exchange`: what was received and the means to answer it. The functions below
make handlers; a fake writes its own where the answer depends on the question.
"""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

HTML_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came; names of `headers` in lower case, `path` without the query."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Exchange:
    """One request and the means to answer it, rightly or not."""

    def __init__(self, received: Received, handler: _Handler) -> None:
        self.received = received
        self._handler = handler
        self._closing = handler.server.closing

    def start(self, status: int, headers: Mapping[str, str] | None = None) -> None:
        """Send the status line and exactly these headers."""
        self._handler.send_response_only(status)
        for name, value in (headers or {}).items():
            self._handler.send_header(name, value)
        self._handler.end_headers()

    def send(self, data: bytes) -> None:
        self._handler.wfile.write(data)
        self._handler.wfile.flush()

    def send_chunk(self, data: bytes) -> None:
        """Send a piece of a chunked body; an empty one is its end."""
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
        """Send a whole answer with its length; the connection stays open."""
        self.start(status, {"Content-Length": str(len(body)), **(headers or {})})
        self.send(body)

    def answer_json(
        self, value: Any, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        named = {"Content-Type": "application/json", **(headers or {})}
        self.answer(status, json.dumps(value).encode(), named)

    def reset(self) -> None:
        """Break the connection off hard: the client gets "connection reset by peer"."""
        connection = self._handler.connection
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(connection.detach())
        self._handler.close_connection = True

    def hang_up(self) -> None:
        """Close the connection in an orderly way, whatever was announced."""
        self._handler.connection.shutdown(socket.SHUT_RDWR)
        self._handler.close_connection = True

    def take_over(self) -> socket.socket:
        """The bare connection, for another protocol; it is closed when the handler returns."""
        self._handler.close_connection = True
        connection: socket.socket = self._handler.connection
        return connection

    def be_silent(self, seconds: float | None = None) -> None:
        """Wait, at most until the server is closed."""
        self._closing.wait(seconds)

    def client_left(self, seconds: float) -> bool:
        """Whether the client closes the connection within `seconds`."""
        deadline = time.monotonic() + seconds
        while not self._closing.is_set() and (rest := deadline - time.monotonic()) > 0:
            readable, _, _ = select.select([self._handler.connection], [], [], min(rest, 0.1))
            if readable:
                try:
                    return not self._handler.connection.recv(1, socket.MSG_PEEK)
                except ConnectionError:
                    return True
        return False


Handler = Callable[[Exchange], None]


class FaultyServer:
    """An HTTP/1.1 server on a free port of 127.0.0.1; `requests` holds what came, in order.

    A handler's own exception is raised when the server is left: a fake's mistake fails its test.
    """

    def __init__(self) -> None:
        self._routes: list[tuple[str, str, Handler]] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.answer = self._answer
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self.requests: list[Received] = []
        self.mistakes: list[Exception] = []

    def on(self, method: str, path: str, handler: Handler) -> None:
        """Have `handler` answer requests whose path begins with `path`.

        The longest path wins; the same method and path once more replaces what was there.
        """
        self._routes = [route for route in self._routes if route[:2] != (method, path)]
        self._routes.append((method, path, handler))
        self._routes.sort(key=lambda route: -len(route[1]))

    def handlers(self, method: str) -> dict[str, Handler]:
        """The handlers in force by their paths, to be wrapped or replaced."""
        return {path: handler for known, path, handler in self._routes if known == method}

    def count(self, method: str, path: str = "/") -> int:
        """How many requests of this method came for paths that begin with `path`."""
        return sum(r.method == method and r.path.startswith(path) for r in list(self.requests))

    def _answer(self, exchange: Exchange) -> None:
        received = exchange.received
        self.requests.append(received)
        for method, path, handler in self._routes:
            if method == received.method and received.path.startswith(path):
                try:
                    handler(exchange)
                except ConnectionError:
                    pass  # the client has left
                except Exception as error:
                    self.mistakes.append(error)
                    raise
                return
        exchange.answer(501, f"no handler for {received.method} {received.path}".encode())

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.closing.set()
        self._server.shutdown()
        self._server.hang_up_all()
        self._server.server_close()
        self._thread.join()
        if self.mistakes and error is None:
            raise self.mistakes[0]


def closed_port_url() -> str:
    """An address at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}"


# Handlers, and handlers of handlers


def in_turn(*handlers: Handler) -> Handler:
    """The first handler for the first request, and so on; the last one for all the others."""
    rest = list(handlers)
    lock = threading.Lock()

    def handle(exchange: Exchange) -> None:
        with lock:
            handler = rest.pop(0) if len(rest) > 1 else rest[0]
        handler(exchange)

    return handle


def answer(status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Handler:
    return lambda exchange: exchange.answer(status, body, headers)


def answer_json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Handler:
    """Also for errors inside a 200."""
    return lambda exchange: exchange.answer_json(value, status, headers)


def html_page(status: int = 502) -> Handler:
    """What a proxy in front of the server says."""
    return answer(status, HTML_PAGE, {"Content-Type": "text/html; charset=utf-8"})


def rate_limited(retry_after: float | str, value: Any = None, status: int = 429) -> Handler:
    return answer_json(
        {"error": {"message": "slow down"}} if value is None else value,
        status,
        {"Retry-After": str(retry_after)},
    )


def redirect(location: str, status: int = 302) -> Handler:
    return answer(status, b"", {"Location": location})


def reset_before_headers(exchange: Exchange) -> None:
    exchange.reset()


def reset_after_headers(exchange: Exchange) -> None:
    exchange.start(200, {"Content-Type": "application/json", "Content-Length": "1000"})
    exchange.reset()


def silence(exchange: Exchange) -> None:
    """Takes the request and says nothing until the server is closed."""
    exchange.be_silent()
    exchange.reset()


def silence_after(*pieces: bytes, content_type: str = "text/event-stream") -> Handler:
    """The headers and these pieces of a chunked body; then nothing until the server is closed."""

    def handle(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": content_type, "Transfer-Encoding": "chunked"})
        for piece in pieces:
            exchange.send_chunk(piece)
        silence(exchange)

    return handle


def chunked(
    pieces: Iterable[bytes],
    *,
    pause: float = 0,
    content_type: str = "text/event-stream",
    complete: bool = True,
) -> Handler:
    """A chunked body, one chunk per piece with `pause` seconds between them.

    With `complete` False the connection closes without the last, empty chunk. No pieces and
    complete: the empty event stream.
    """
    kept = list(pieces)

    def handle(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": content_type, "Transfer-Encoding": "chunked"})
        for number, piece in enumerate(kept):
            if number and pause:
                exchange.be_silent(pause)
            exchange.send_chunk(piece)
        if complete:
            exchange.send_chunk(b"")
        else:
            exchange.hang_up()

    return handle


def cut_short(body: bytes, missing: int = 10, *, content_type: str = "application/json") -> Handler:
    """A body that ends `missing` bytes before its announced length."""

    def handle(exchange: Exchange) -> None:
        announced = str(len(body) + missing)
        exchange.start(200, {"Content-Type": content_type, "Content-Length": announced})
        exchange.send(body)
        exchange.hang_up()

    return handle


# The server below


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    answer: Callable[[Exchange], None]

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        super().__init__(address, handler)
        self.closing = threading.Event()
        self._connections: set[socket.socket] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up_all(self) -> None:
        """Wake the threads that wait at kept connections."""
        for connection in list(self._connections):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Mistakes are kept by `FaultyServer`; a client that left is none."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _handle(self) -> None:
        url = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(url.query, keep_blank_values=True)
        received = Received(self.command, url.path, query, headers, self._body(headers))
        self.server.answer(Exchange(received, self))

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = _handle

    def _body(self, headers: Mapping[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return self.rfile.read(int(headers.get("content-length", 0)))
        body = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()
        return body

    def log_message(self, format: str, *args: Any) -> None:
        """Tests need no access log."""
