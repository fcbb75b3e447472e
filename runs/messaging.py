"""A sentence for all pages of a workshop, or for one; and the answer to a raised hand."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from devices.models import Device, Message, Workshop
from devices.presence import ask_for_help
from runs.acts import Actor, Verb, new_act, record, require

SEND = "devices.change_workshop"
MOST_CHARACTERS = 200
# Whoever has not read it by then will not need it any more.
STANDS_FOR = timedelta(minutes=15)


def send_message(
    *, workshop: Workshop, text: str, by: Actor, device: Device | None = None
) -> Message:
    """Show `text` on the pages of `workshop`, or on those of one of its devices."""
    require(by, SEND)
    text = text.strip()[:MOST_CHARACTERS]
    message = Message(
        workshop=None if device else workshop,
        device=device,
        text=text,
        ends_at=timezone.now() + STANDS_FOR,
    )
    act = new_act(Verb.MESSAGE, by=by, workshop=workshop, device=device, details={"message": text})
    with transaction.atomic():
        message.save()
        record(act)
    return message


def lower_hand(*, device: Device, by: Actor) -> None:
    """Say that somebody has come to help; the page of the device takes its hand down."""
    require(by, SEND)
    with transaction.atomic():
        ask_for_help(device=device, asks=False)
        record(new_act(Verb.LOWER_HAND, by=by, device=device))
