"""What a safety check raises."""

from __future__ import annotations


class Blocked(Exception):
    """A safety check said no. `reason` is for the record, `message` for the person."""

    def __init__(self, *, stage: int, reason: str, message: str) -> None:
        super().__init__(reason)
        self.stage = stage
        self.reason = reason
        self.message = message
