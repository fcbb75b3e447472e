"""What ComfyUI says by WebSocket while it works: hints for whoever waits, never the truth.

A socket may be muted without a word, so everything that counts is asked for by polling.
"""

from __future__ import annotations

import json
import struct
import threading
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import ClientConnection, connect

from pipelines.engines.http import CONNECT_SECONDS, MEGABYTE
from pipelines.engines.json_values import number_of, object_of, parse_json, share_of

# Binary frames begin with their kind as a big-endian number.
PREVIEW, PREVIEW_WITH_METADATA = 1, 4
# Whoever does not say goodbye is left without.
CLOSE_SECONDS = 0.2


class Watcher:
    """Listens for one job from before it is sent; what it has heard stands in its fields."""

    def __init__(
        self, base_url: str, headers: Mapping[str, str], *, client_id: str, job_id: str
    ) -> None:
        self.share = 0.0
        self.ended = threading.Event()
        self._job_id = job_id
        self._is_own_job = False
        self._preview: bytes | None = None
        self._socket = _opened(base_url, headers, client_id)
        if self._socket is None:
            return
        threading.Thread(target=self._listen, args=(self._socket,), daemon=True).start()

    def preview(self) -> bytes | None:
        """Return the newest preview, once."""
        preview, self._preview = self._preview, None
        return preview

    def close(self) -> None:
        if self._socket is not None:
            with suppress(ConnectionClosed, OSError):
                self._socket.close()

    def _listen(self, socket: ClientConnection) -> None:
        with suppress(ConnectionClosed, OSError, EOFError):
            # Previews then say to which job they belong.
            features = {"supports_preview_metadata": True}
            socket.send(json.dumps({"type": "feature_flags", "data": features}))
            for message in socket:
                if isinstance(message, bytes):
                    self._take_frame(message)
                else:
                    self._take(message)

    def _take(self, message: str) -> None:
        try:
            payload = object_of(parse_json(message))
        except ValueError:
            return
        kind, data = payload.get("type"), object_of(payload.get("data"))
        prompt_id = data.get("prompt_id")
        if prompt_id != self._job_id:
            # Old servers' previews name no job: they are ours only while our job is at work.
            self._is_own_job = self._is_own_job and prompt_id is None
            return
        self._is_own_job = True
        if kind == "progress":
            self._take_progress(data)
        elif kind == "progress_state":
            self._take_nodes(data.get("nodes"))
        elif kind == "executing" and data.get("node") is None:
            # Off the machine: well, badly or stopped.
            self.ended.set()

    def _take_progress(self, data: Mapping[str, Any]) -> None:
        # Nodes with a single step tell of it when it is done.
        if (number_of(data.get("max")) or 0) > 1:
            share = share_of(data.get("value"), data.get("max"))
            self.share = max(self.share, min(share, 0.97))

    def _take_nodes(self, nodes: Any) -> None:
        for node in object_of(nodes).values():
            if object_of(node).get("state") == "running":
                self._take_progress(node)

    def _take_frame(self, frame: bytes) -> None:
        if len(frame) < 8 or len(frame) > 4 * MEGABYTE:
            return
        (kind,) = struct.unpack_from(">I", frame)
        if kind == PREVIEW and self._is_own_job:
            self._preview = frame[8:]
        elif kind == PREVIEW_WITH_METADATA:
            (length,) = struct.unpack_from(">I", frame, 4)
            try:
                about = object_of(parse_json(frame[8 : 8 + length]))
            except ValueError:
                return
            if about.get("prompt_id") == self._job_id:
                self._preview = frame[8 + length :]


def _opened(base_url: str, headers: Mapping[str, str], client_id: str) -> ClientConnection | None:
    # http → ws, https → wss
    address = f"ws{base_url.removeprefix('http')}/ws?clientId={client_id}"
    try:
        return connect(
            address,
            additional_headers=dict(headers),
            # A proxy of the machine is not to see what children write.
            proxy=None,
            compression=None,
            open_timeout=CONNECT_SECONDS,
            close_timeout=CLOSE_SECONDS,
            ping_interval=None,
            max_size=16 * MEGABYTE,
            legacy=True,
        )
    except (OSError, InvalidHandshake, InvalidURI, EOFError):
        return None
