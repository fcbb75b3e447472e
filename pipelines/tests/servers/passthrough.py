"""SwarmUI's passthrough to ComfyUI, as its source has it, in front of a real ComfyUI.

A fake of SwarmUI only: what is behind it is asked for real. Of an answer it hands on status, body
and Content-Type; its own failures are HTML; an interrupt without a body is its own crash.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from urllib.parse import urlencode, urlsplit

import requests

from pipelines.tests.servers.faulty import Exchange, FaultyServer

PREFIX = "/ComfyBackendDirect"


class Passthrough(FaultyServer):
    """One backend, `number`; another one, or none, is refused in HTML."""

    def __init__(self, comfyui_url: str, *, number: str = "0") -> None:
        super().__init__()
        self._behind = comfyui_url
        self._number = number
        self.on("GET", PREFIX, self.relay)
        self.on("POST", PREFIX, self.relay)
        self.on("GET", PREFIX + "/ws", self.tunnel)

    @property
    def base_url(self) -> str:
        return self.url + PREFIX

    def relay(self, exchange: Exchange) -> None:
        asked = exchange.received
        if asked.headers.get("x-swarm-backend-id") != self._number:
            _refuse(exchange, 400, "No ComfyUI backend available")
            return
        path = asked.path.removeprefix(PREFIX)
        if path == "/interrupt" and not asked.body:
            _refuse(exchange, 500, "Internal Server Error")
            return
        # Headers of the request are dropped, but for what says how to read the body.
        kept = {"Content-Type": asked.headers.get("content-type", "")}
        payload = requests.request(
            asked.method,
            self._behind + path,
            params=asked.query,
            data=asked.body or None,
            headers=kept,
            timeout=60,
        )
        named = {"Content-Type": payload.headers.get("Content-Type", "text/plain")}
        exchange.answer(payload.status_code, payload.content, named)

    def tunnel(self, exchange: Exchange) -> None:
        asked = exchange.received
        client = exchange.take_over()
        parts = urlsplit(self._behind)
        kept = {name: value for name, value in asked.headers.items() if name != "host"}
        head = "".join(f"{name}: {value}\r\n" for name, value in kept.items())
        query = urlencode(asked.query, doseq=True)
        with socket.create_connection((str(parts.hostname), parts.port or 80)) as server:
            server.sendall(
                f"GET /ws?{query} HTTP/1.1\r\nHost: {parts.netloc}\r\n{head}\r\n".encode()
            )
            back = threading.Thread(target=_pump, args=(server, client), daemon=True)
            back.start()
            _pump(client, server)
            back.join(5)


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)


def _refuse(exchange: Exchange, status: int, words: str) -> None:
    page = f"<!DOCTYPE html><html><body><h1>{words}</h1></body></html>"
    exchange.answer(status, page.encode(), {"Content-Type": "text/html"})
