"""A break for everyone: kept in the database, so it outlives page changes and restarts."""

from __future__ import annotations

from devices.models import Workshop

MOST_CHARACTERS = 200


def pause_workshop(*, workshop: Workshop, message: str | None = None) -> bool:
    """Pause; return whether it was running. Without `message` the last one stays."""
    changes = {} if message is None else {"pause_message": message.strip()[:MOST_CHARACTERS]}
    return _switch(workshop, paused=True, **changes)


def continue_workshop(*, workshop: Workshop) -> bool:
    """Let the participants go on; return whether there was a break."""
    return _switch(workshop, paused=False)


def _switch(workshop: Workshop, *, paused: bool, **changes: str) -> bool:
    if changes:
        Workshop.objects.filter(pk=workshop.pk).update(**changes)
    return bool(Workshop.objects.filter(pk=workshop.pk, paused=not paused).update(paused=paused))
