"""One look at the database per process and beat, told to all open pages whose state has changed.

A page gets its state, not differences, so that one which reconnects or wakes needs no replay, and
one that is slow skips what it has missed.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
import time
from collections import defaultdict
from collections.abc import Iterable

from django.db import connections
from django.utils import timezone

from devices.presence import Doing, presence
from pipelines.live.changes import change_event
from pipelines.live.page_states import PageStates, State

logger = logging.getLogger(__name__)

# Changes of this process and of its worker are told at once, those of other hosts at this pace.
BEAT_SECONDS = 0.5
# While something is being made for a page: its progress, and a text that grows.
BUSY_BEAT_SECONDS = 0.2
# A class that comes through the door at once is looked for together, not child by child.
GATHERING_SECONDS = 0.03
# Proxies cut connections that stay silent. An event, as scripts do not hear of comments: a page
# that hears none knows that its line is dead.
HEARTBEAT_SECONDS = 15
HEARTBEAT = b"event: heartbeat\ndata: {}\n\n"
PRESENCE_SECONDS = 2
# A page that is loaded anew is gone for a moment.
AWAY_SECONDS = 4
# Windows of one browser. The oldest makes room: it asks again when somebody looks at it.
MOST_STREAMS_OF_A_DEVICE = 8


class Subscriber:
    """One open page: holds the newest piece that it has not been sent yet."""

    __slots__ = ("_closed", "_loop", "_piece", "_woken", "device_id", "language", "told_at")

    def __init__(self, device_id: str, language: str) -> None:
        self.device_id = device_id
        self.language = language
        # When something was last said; 0 before the first state.
        self.told_at = 0.0
        self._loop = asyncio.get_running_loop()
        self._woken = asyncio.Event()
        self._piece = b""
        self._closed = False

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def put(self, piece: bytes) -> None:
        """Have `piece` sent next, in place of one that is still waiting; in the loop only."""
        if piece is not HEARTBEAT or not self._piece:
            self._piece = piece
        self._woken.set()

    def close(self) -> None:
        """End the stream; in the loop only."""
        self._closed = True
        self._woken.set()

    async def next_piece(self) -> bytes | None:
        """Return what is to be sent next, or None once the stream is closed."""
        await self._woken.wait()
        self._woken.clear()
        piece, self._piece = self._piece, b""
        return None if self._closed else piece


class PageFeed:
    """All open pages of this process, and the thread that looks for them."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._subscribers: dict[str, list[Subscriber]] = defaultdict(list)
        self._left: dict[str, float] = {}
        self._states = PageStates()
        self._sent: dict[tuple[str, str], str] = {}
        self._presence_at = 0.0
        self._thread: threading.Thread | None = None

    def subscribe(self, device_id: str, language: str) -> Subscriber:
        """Have a page of `device_id` told its state, and each one that follows; in the loop."""
        subscriber = Subscriber(device_id, language)
        with self._changed:
            subscribers = self._subscribers[device_id]
            subscribers.append(subscriber)
            oldest = subscribers.pop(0) if len(subscribers) > MOST_STREAMS_OF_A_DEVICE else None
            self._left.pop(device_id, None)
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="pages", daemon=True)
                self._thread.start()
            self._changed.notify()
        if oldest is not None:
            oldest.close()
        # The look that is due anyway sees the newcomer.
        change_event.set()
        return subscriber

    def unsubscribe(self, subscriber: Subscriber) -> None:
        device_id = subscriber.device_id
        with self._changed:
            subscribers = self._subscribers[device_id]
            if subscriber in subscribers:
                subscribers.remove(subscriber)
            if not subscribers:
                del self._subscribers[device_id]
                self._left[device_id] = time.monotonic()

    def _watch(self) -> None:
        seen = change_event.count
        while True:
            with self._changed:
                if not self._subscribers and not self._left:
                    connections.close_all()
                while not self._subscribers and not self._left:
                    self._changed.wait()
                watched = {device: list(pages) for device, pages in self._subscribers.items()}
            try:
                self._tell(watched)
                self._note_presence(watched)
            except Exception:
                logger.exception("page feed failed")
                # All is read anew, whatever the failure has left half done.
                self._states = PageStates()
                connections.close_all()
            beat = BUSY_BEAT_SECONDS if self._states.is_busy else BEAT_SECONDS
            seen = change_event.wait(seen, beat)
            time.sleep(GATHERING_SECONDS)

    def _tell(self, watched: dict[str, list[Subscriber]]) -> None:
        affected = self._states.look(watched.keys())
        for key in [key for key in self._sent if key[0] not in watched]:
            del self._sent[key]
        pages_of: dict[str, set[str]] = defaultdict(set)
        for device, pages in watched.items():
            for page in pages:
                if device in affected or not page.told_at:
                    pages_of[page.language].add(device)
        pieces: list[tuple[Subscriber, bytes]] = []
        for language, devices in pages_of.items():
            for device, state in self._states.states(devices, language).items():
                pages = [page for page in watched[device] if page.language == language]
                pieces += self._pieces(pages, state)
        pieces += _heartbeats(watched.values())
        _hand_over(pieces)

    def _pieces(self, pages: list[Subscriber], state: State) -> Iterable[tuple[Subscriber, bytes]]:
        """Yield what each of a device's pages of one language is to be told."""
        key = (pages[0].device_id, pages[0].language)
        text = json.dumps(state, ensure_ascii=False)
        is_news = self._sent.get(key) != text
        self._sent[key] = text
        piece = b""
        for page in pages:
            if is_news or not page.told_at:
                piece = piece or event_of(text)
                page.told_at = time.monotonic()
                yield page, piece

    def _note_presence(self, watched: dict[str, list[Subscriber]]) -> None:
        """Write who is here and what they do, every few seconds, for the other processes too."""
        now = time.monotonic()
        if now - self._presence_at < PRESENCE_SECONDS:
            return
        self._presence_at = now
        with self._changed:
            gone = [device for device, at in self._left.items() if now - at >= AWAY_SECONDS]
            for device in gone:
                del self._left[device]
        for device in gone:
            presence.tell(device, Doing.AWAY)
        presence.write(here=watched.keys())


def event_of(text: str) -> bytes:
    """Return a state, as JSON, as an event with the time of the server at which it holds."""
    now = timezone.now().isoformat()
    # As one value with the state: a tablet's own clock may be wrong.
    return f'event: state\ndata: {{"at": "{now}", {text[1:]}\n\n'.encode("utf-8", "replace")


def _heartbeats(watched: Iterable[list[Subscriber]]) -> Iterable[tuple[Subscriber, bytes]]:
    now = time.monotonic()
    for pages in watched:
        for page in pages:
            if page.told_at and now - page.told_at >= HEARTBEAT_SECONDS:
                page.told_at = now
                yield page, HEARTBEAT


def _hand_over(pieces: list[tuple[Subscriber, bytes]]) -> None:
    """Give the pieces to their pages; each loop is called once for all of its own."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Subscriber, bytes]]] = defaultdict(list)
    for page, piece in pieces:
        by_loop[page.loop].append((page, piece))
    for loop, some in by_loop.items():
        # A loop that has closed between two looks has no pages any more.
        if not loop.is_closed():
            loop.call_soon_threadsafe(_put_all, some)


def _put_all(pieces: list[tuple[Subscriber, bytes]]) -> None:
    for page, piece in pieces:
        page.put(piece)


page_feed = PageFeed()
