"""A break for everyone: kept in the database, so it outlives page changes and restarts."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from devices.models import Workshop
from runs.acts import Actor, Verb, new_act, record, require
from runs.metadata import local_text

MOST_CHARACTERS = 200
PAUSE = "devices.change_workshop"


def pause_workshop(
    *, workshop: Workshop, by: Actor, message: str | None = None, until: datetime | None = None
) -> bool:
    """Pause, for good or `until` then; return whether it was running.

    Without `message` the last one stays. Pausing again changes the message and the end.
    """
    require(by, PAUSE)
    said = {} if message is None else {"pause_message": message.strip()[:MOST_CHARACTERS]}
    one = Workshop.objects.filter(pk=workshop.pk)
    details = {
        **({"message": said["pause_message"]} if said else {}),
        **({"until": local_text(until)} if until else {}),
    }
    with transaction.atomic():
        began = one.running().update(paused=True, pause_until=until, **said)
        if began:
            record(new_act(Verb.PAUSE, by=by, workshop=workshop, details=details))
        else:
            one.update(pause_until=until, **said)
    return bool(began)


def continue_workshop(*, workshop: Workshop, by: Actor) -> bool:
    """Let the participants go on; return whether there was a break."""
    require(by, PAUSE)
    one = Workshop.objects.filter(pk=workshop.pk)
    with transaction.atomic():
        ended = one.paused().update(paused=False, pause_until=None)
        if ended:
            record(new_act(Verb.RESUME, by=by, workshop=workshop))
    return bool(ended)
