"""Stopping a run: the worker reads the wish at its next heartbeat; who only waits is ended here."""

from __future__ import annotations

from django.utils import timezone

from runs import recorder
from runs.models import Run, Status


def request_cancel(run: Run) -> bool:
    """Ask for the end of `run`; return whether it was still waiting or being made."""
    asked = (
        Run.objects.live()
        .filter(pk=run.pk)
        .update(cancel_requested=True, changed_at=timezone.now())
    )
    if not asked:
        return False
    # A worker that claims the run from here on loses its lease by this, and writes nothing more.
    if Run.objects.filter(pk=run.pk, status=Status.QUEUED).exists():
        recorder.cancel(run)
    return True
