"""Releasing a work to its workshop: from then on everyone in it may see picture and texts.

A facilitator decides, after having read what the check of the texts found
(`ai4artsed.facilitation.release_check`).
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from runs import recorder
from runs.acts import Actor, Verb, new_act, record, require
from runs.media import media_of
from runs.metadata import local_text
from runs.models import Kind, Run, Status
from runs.reading import may_be_written

RELEASE = "runs.release_run"


class NotReleasable(Exception):
    """The run is no finished work of a workshop, so there is nothing to release or nobody to."""


def release(*, run: Run, by: Actor) -> bool:
    """Let the workshop see `run`; False where it does already. Raises `NotReleasable`.

    First metadata.json, then the row; `index_runs` completes what a crash leaves between them.
    Raises `ArchiveError`.
    """
    require(by, RELEASE)
    require_releasable(run)
    hidden = Run.objects.filter(pk=run.pk, status=Status.COMPLETE, released_at=None)
    if not hidden.exists():
        return False
    now = timezone.now()
    recorder.update_metadata(run, released_at=local_text(now))
    with transaction.atomic():
        changed = hidden.update(released_at=now, changed_at=now)
        if changed:
            record(new_act(Verb.RELEASE, by=by, run=run))
    return bool(changed)


def take_back(*, run: Run, by: Actor) -> bool:
    """Let nobody else see `run` any more; False where nobody did.

    Here the row comes first: what is to be hidden is hidden even where the disk is full. Taking
    back once more completes what failed then. Raises `ArchiveError`.
    """
    require(by, RELEASE)
    shown = Run.objects.filter(pk=run.pk, released_at__isnull=False)
    with transaction.atomic():
        changed = shown.update(released_at=None, changed_at=timezone.now())
        if changed:
            record(new_act(Verb.TAKE_BACK, by=by, run=run))
    # Of what is only read the row alone changes; `runs.act_index` sees that it stays so.
    if not run.root:
        recorder.update_metadata(run, released_at=None)
    return bool(changed)


def is_work(run: Run) -> bool:
    """Tell whether `run` is finished and was made in a workshop, as far as its row says."""
    finished = run.kind == Kind.GENERATION and run.status == Status.COMPLETE
    return finished and run.workshop_id is not None


def require_releasable(run: Run) -> None:
    """Raise `NotReleasable` where `run` cannot be shown to a workshop."""
    if not is_work(run):
        raise NotReleasable("not a finished work of a workshop")
    if not media_of(run):
        raise NotReleasable("there is nothing to see")
    # Folders of foreign archives are not written, so a release could not be kept there.
    if not may_be_written(run):
        raise NotReleasable("not a run of this archive")
