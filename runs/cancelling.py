"""Stopping a run: the worker reads the wish at its next heartbeat; who only waits is ended here."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from devices.models import Device
from runs import recorder
from runs.acts import Actor, Verb, new_act, record, require
from runs.models import Run, Status

STOP = "runs.cancel_run"


def request_cancel(run: Run, *, by: Actor) -> bool:
    """Ask for the end of `run`; return whether it was still waiting or being made.

    A device may stop what is its own.
    """
    if not (isinstance(by, Device) and by.pk == run.device_id):
        require(by, STOP)
    live = Run.objects.live().filter(pk=run.pk)
    with transaction.atomic():
        is_new = live.filter(cancel_requested=False).update(
            cancel_requested=True, changed_at=timezone.now()
        )
        if is_new:
            record(new_act(Verb.STOP, by=by, run=run))
    if not is_new and not live.exists():
        return False
    # A worker that claims the run from here on loses its lease by this, and writes nothing more.
    if Run.objects.filter(pk=run.pk, status=Status.QUEUED).exists():
        recorder.cancel(run)
    return True
