"""What wakes those who watch the database: this process or its worker has changed something."""

from __future__ import annotations

import threading


class ChangeEvent:
    """Wakes whoever waits for news; without a change they look at their own pace."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.count = 0

    def set(self) -> None:
        with self._changed:
            self.count += 1
            self._changed.notify_all()

    def wait(self, seen: int, timeout_seconds: float) -> int:
        """Return the count of changes as soon as it is not `seen`, or after the time."""
        with self._changed:
            self._changed.wait_for(lambda: self.count != seen, timeout_seconds)
            return self.count


change_event = ChangeEvent()
