"""How single runs stand: one look at the database for all that watch one, at a steady pace.

A stream gets states, not differences, so one that reconnects needs no replay.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db import connections

from pipelines.live.changes import change_event
from pipelines.run_state import states_of
from runs.models import Run

logger = logging.getLogger(__name__)


class Subscription:
    """One stream's view of one run; `latest` waits for a state that it has not given yet."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self._loop = asyncio.get_running_loop()
        self._states: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def push(self, state: dict[str, Any]) -> None:
        """Hand over a state, from any thread."""
        # The loop may have closed between two looks; its stream is gone then too.
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._states.put_nowait, state)

    async def latest(self, timeout_seconds: float) -> dict[str, Any] | None:
        """Return the newest state, or None where nothing changed for `timeout_seconds`."""
        try:
            state = await asyncio.wait_for(self._states.get(), timeout_seconds)
        except TimeoutError:
            return None
        while not self._states.empty():
            state = self._states.get_nowait()
        return state


class Feed:
    """Looks at the runs that streams of this process watch, and sends them what changed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._subscriptions: dict[str, set[Subscription]] = defaultdict(set)
        self._sent: dict[str, dict[str, Any]] = {}
        self._thread: threading.Thread | None = None

    def subscribe(self, run_id: str) -> Subscription:
        subscription = Subscription(run_id)
        with self._changed:
            self._subscriptions[run_id].add(subscription)
            # Forgotten, so that the newcomer gets the present state at the next look.
            self._sent.pop(run_id, None)
            if self._thread is None:
                self._thread = threading.Thread(target=self._poll, name="feed", daemon=True)
                self._thread.start()
            self._changed.notify()
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        with self._changed:
            subscriptions = self._subscriptions[subscription.run_id]
            subscriptions.discard(subscription)
            if not subscriptions:
                del self._subscriptions[subscription.run_id]
                self._sent.pop(subscription.run_id, None)

    def _poll(self) -> None:
        seen = change_event.count
        while True:
            with self._changed:
                if not self._subscriptions:
                    connections.close_all()
                while not self._subscriptions:
                    self._changed.wait()
                watched = list(self._subscriptions)
            try:
                states: dict[str, dict[str, Any]] = {}
                for some in _batches(watched, 400):
                    runs = Run.objects.filter(run_id__in=some).prefetch_related("entities")
                    states |= states_of(runs)
                self._publish(states)
            except Exception:
                logger.exception("live feed failed")
                connections.close_all()
            seen = change_event.wait(seen, settings.LIVE_POLL_SECONDS)

    def _publish(self, states: dict[str, dict[str, Any]]) -> None:
        with self._changed:
            for run_id, state in states.items():
                if self._sent.get(run_id) != state and run_id in self._subscriptions:
                    self._sent[run_id] = state
                    for subscription in self._subscriptions[run_id]:
                        subscription.push(state)


def _batches(items: list[str], size: int) -> list[list[str]]:
    return [items[start : start + size] for start in range(0, len(items), size)]


feed = Feed()
