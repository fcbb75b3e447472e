"""One order at SwarmUI and its way to the picture, by WebSocket or by a request that waits."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils.translation import gettext_noop
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI
from websockets.sync.client import ClientConnection, connect

from pipelines.engines import pictures
from pipelines.engines.base import Progress
from pipelines.engines.http import CONNECT_SECONDS, MEGABYTE, Broken
from pipelines.engines.jobs import EngineError, ErrorKind
from pipelines.engines.json_values import number_of, parse_json, share_of
from pipelines.engines.swarmui.calls import Swarm, failure, has_expired, private_in

# SwarmUI sends a sign of life every 30 s.
IDLE_SECONDS = 90.0
WAIT_SECONDS = 0.5
CLOSE_SECONDS = 1.0
MOST_BYTES = 128 * MEGABYTE
PREVIEW_BYTES = 2 * MEGABYTE
# Of one ordered picture; a grid is -1, what comes about on the way has -11 and below.
OURS = "0"

AT_WORK = gettext_noop("The machine is at work")
WAITING = gettext_noop("The machine is busy, we wait our turn")
LOADING = gettext_noop("Loading the model")


class RemotePicture(NamedTuple):
    """A picture at SwarmUI: its address there (or a data URL), and SwarmUI's word on it."""

    address: str
    metadata: str = ""
    request_id: str = ""


class NotOpened(Exception):
    """No WebSocket could be opened: nothing was sent."""


@dataclass
class Watch:
    """What is known of the order while it is carried out."""

    on_progress: Progress
    share: float = 0.0
    note: str = AT_WORK
    preview: bytes | None = field(default=None, repr=False)

    def report(self) -> None:
        """Report; a preview once. Raises what `on_progress` raises."""
        preview, self.preview = self.preview, None
        self.on_progress(self.share, self.note, preview)

    def take(self, payload: Mapping[str, Any]) -> None:
        if isinstance(status := payload.get("status"), dict):
            self._take_status(status)
        if isinstance(progress := payload.get("gen_progress"), dict):
            self._take_progress(progress)

    def _take_status(self, status: Mapping[str, Any]) -> None:
        if number_of(status.get("loading_models")):
            self.note = LOADING
        elif number_of(status.get("waiting_backends")) and not number_of(status.get("live_gens")):
            self.note = WAITING
        else:
            self.note = AT_WORK

    def _take_progress(self, progress: Mapping[str, Any]) -> None:
        if str(progress.get("batch_index")) != OURS:
            return
        self.note = AT_WORK
        self.share = max(self.share, min(share_of(progress.get("overall_percent"), 1), 0.97))
        preview = progress.get("preview")
        if isinstance(preview, str) and preview.startswith(("data:image/jpeg", "data:image/png")):
            try:
                data = pictures.from_base64(preview)
            except EngineError:
                return
            self.preview = data if len(data) <= PREVIEW_BYTES else None


def by_websocket(
    swarm: Swarm,
    order: Mapping[str, Any],
    on_progress: Progress,
    *,
    deadline: float,
    idle_seconds: float = IDLE_SECONDS,
) -> RemotePicture:
    """Send `order` and watch it; with a new session where ours has expired.

    `deadline` is of `time.monotonic`. Raises `NotOpened` where nothing was sent, `Broken` where
    the order may be under way or carried out, and `EngineError`.
    """
    session = swarm.session()
    for _ in range(2):
        with _opened(swarm) as socket:
            watch = Watch(on_progress)
            try:
                socket.send(json.dumps({**order, "session_id": session.id}))
                made = _watched(socket, watch, order, deadline, idle_seconds)
            except ConnectionClosed as error:
                detail = f"WebSocket: closed without a picture ({error.rcvd or 'cut off'})"
                raise Broken(ErrorKind.UNREACHABLE, detail) from error
        if made is not None:
            return made
        session = swarm.session(instead_of=session)
    raise EngineError(ErrorKind.AUTH, "", detail="SwarmUI does not know its own new session")


def _opened(swarm: Swarm) -> ClientConnection:
    # http → ws, https → wss
    address = "ws" + swarm.http.base_url.removeprefix("http") + "/API/GenerateText2ImageWS"
    try:
        return connect(
            address,
            additional_headers=swarm.headers,
            # A proxy of the machine is not to see what children write.
            proxy=None,
            compression=None,
            open_timeout=CONNECT_SECONDS,
            close_timeout=CLOSE_SECONDS,
            # SwarmUI's own signs of life are what counts.
            ping_interval=None,
            max_size=MOST_BYTES,
            legacy=True,
        )
    except (OSError, InvalidHandshake, InvalidURI, EOFError) as error:
        raise NotOpened from error


def _watched(
    socket: ClientConnection,
    watch: Watch,
    order: Mapping[str, Any],
    deadline: float,
    idle_seconds: float,
) -> RemotePicture | None:
    """Return the picture, None where the session has expired and nothing was begun."""
    made: RemotePicture | None = None
    try:
        for payload in _messages(socket, watch, deadline, idle_seconds):
            if has_expired(payload):
                return None
            if made is None and (error := failure(payload, private=private_in(order))):
                raise error
            watch.take(payload)
            made = _picture_in(payload) or made
            if isinstance(discarded := payload.get("discard_indices"), list):
                return _kept(made, discarded)
    except ConnectionClosed:
        if made is None:
            raise
    return made


def _messages(
    socket: ClientConnection, watch: Watch, deadline: float, idle_seconds: float
) -> Iterator[dict[str, Any]]:
    """Yield what SwarmUI sends; report meanwhile, also while it sends nothing."""
    heard = time.monotonic()
    while True:
        watch.report()
        if time.monotonic() > deadline:
            raise EngineError(ErrorKind.TIMEOUT, "", detail="not ready in time", permanent=False)
        try:
            text = socket.recv(timeout=WAIT_SECONDS)
        except TimeoutError:
            if time.monotonic() - heard > idle_seconds:
                detail = f"WebSocket: no sign of life in {idle_seconds:g} s"
                raise Broken(ErrorKind.TIMEOUT, detail) from None
            continue
        heard = time.monotonic()
        yield _object(text)


def _picture_in(payload: Mapping[str, Any]) -> RemotePicture | None:
    address = payload.get("image")
    if not isinstance(address, str) or str(payload.get("batch_index")) != OURS:
        return None
    return RemotePicture(
        address, str(payload.get("metadata") or ""), str(payload.get("request_id") or "")
    )


def _kept(made: RemotePicture | None, discarded: list[Any]) -> RemotePicture:
    """With this list SwarmUI ends an order; without picture and error it was interrupted there."""
    if made is None:
        detail = "SwarmUI ended the order without a picture: interrupted at the server"
        raise EngineError(ErrorKind.CANCELLED, "", detail=detail, permanent=False)
    if OURS in map(str, discarded):
        detail = "SwarmUI has discarded the picture"
        raise EngineError(ErrorKind.BACKEND_FAILED, "", detail=detail, permanent=False)
    return made


def by_request(
    swarm: Swarm, order: Mapping[str, Any], on_progress: Progress, *, deadline: float
) -> RemotePicture:
    """Send `order` and wait for the whole answer, without news meanwhile. Raises `EngineError`."""
    watch = Watch(on_progress)

    def wait() -> None:
        watch.report()
        if time.monotonic() > deadline:
            raise EngineError(ErrorKind.TIMEOUT, "", detail="not ready in time", permanent=False)

    payload = swarm.call(
        "GenerateText2Image",
        order,
        again=False,
        read_seconds=max(deadline - time.monotonic(), 1.0),
        on_wait=wait,
    )
    images = payload.get("images")
    if not isinstance(images, list) or not images or not isinstance(images[0], str):
        detail = "SwarmUI answered without a picture"
        raise EngineError(ErrorKind.BACKEND_FAILED, "", detail=detail, permanent=False)
    if len(images) == 1:
        return RemotePicture(images[0])
    raise Broken(ErrorKind.BAD_RESPONSE, f"{len(images)} pictures for one, none says which it is")


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        payload = parse_json(text)
    except ValueError:
        payload = None
    if not isinstance(payload, dict):
        # Whatever that was, the order has been taken up.
        raise Broken(ErrorKind.BAD_RESPONSE, "WebSocket: a message that is no JSON object")
    return payload
