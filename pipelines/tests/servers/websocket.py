"""The server's side of a WebSocket within a `FaultyServer`, by the library that clients use."""

from __future__ import annotations

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.server import ServerProtocol

from pipelines.tests.servers.faulty import Exchange


class ServerSocket:
    """Answers the handshake at once. A client that has left is a `ConnectionError`."""

    def __init__(self, exchange: Exchange) -> None:
        self._connection = exchange.take_over()
        self._protocol = ServerProtocol()
        received = exchange.received
        head = "".join(f"{name}: {value}\r\n" for name, value in received.headers.items())
        self._protocol.receive_data(f"GET {received.path} HTTP/1.1\r\n{head}\r\n".encode())
        (request,) = self._protocol.events_received()
        assert isinstance(request, Request)
        self._protocol.send_response(self._protocol.accept(request))
        self._flush()

    def receive(self) -> str:
        while True:
            for event in self._protocol.events_received():
                if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                    return bytes(event.data).decode()
            data = self._connection.recv(65536)
            if not data:
                raise ConnectionAbortedError
            self._protocol.receive_data(data)
            self._flush()

    def send(self, text: str) -> None:
        self._protocol.send_text(text.encode())
        self._flush()

    def send_bytes(self, data: bytes) -> None:
        self._protocol.send_binary(data)
        self._flush()

    def close(self, code: int = 1000) -> None:
        self._protocol.send_close(code)
        self._flush()

    def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._connection.sendall(data)
