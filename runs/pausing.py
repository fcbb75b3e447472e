"""A break for everyone: kept in the database, so it outlives page changes and restarts."""

from __future__ import annotations

from django.db import transaction

from devices.models import Workshop
from runs.acts import Actor, Verb, new_act, record, require

MOST_CHARACTERS = 200
PAUSE = "devices.change_workshop"


def pause_workshop(*, workshop: Workshop, by: Actor, message: str | None = None) -> bool:
    """Pause; return whether it was running. Without `message` the last one stays."""
    changes = {} if message is None else {"pause_message": message.strip()[:MOST_CHARACTERS]}
    return _switch(workshop, by, paused=True, **changes)


def continue_workshop(*, workshop: Workshop, by: Actor) -> bool:
    """Let the participants go on; return whether there was a break."""
    return _switch(workshop, by, paused=False)


def _switch(workshop: Workshop, by: Actor, *, paused: bool, **changes: str) -> bool:
    require(by, PAUSE)
    one = Workshop.objects.filter(pk=workshop.pk)
    details = {"message": changes["pause_message"]} if changes else {}
    with transaction.atomic():
        if changes:
            one.update(**changes)
        changed = one.filter(paused=not paused).update(paused=paused)
        if changed:
            verb = Verb.PAUSE if paused else Verb.RESUME
            record(new_act(verb, by=by, workshop=workshop, details=details))
    return bool(changed)
