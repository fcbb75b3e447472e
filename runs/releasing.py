"""Releasing a work to its workshop: from then on everyone in it may see picture and texts.

A facilitator decides. What the texts hold is looked at first, by a check from the app above; as
long as none has been brought, nothing is released.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from runs import recorder
from runs.media import media_of
from runs.metadata import local_text
from runs.models import Kind, Run, Status
from runs.reading import is_ours


@dataclass(frozen=True, slots=True)
class Concern:
    """A reason to think twice: `text_type` of `runs.texts.TEXT_TYPES`, its text, and a sentence."""

    text_type: str
    text: str
    sentence: str


Check = Callable[[Run], list[Concern]]
"""Takes a run whose `workshop` is at hand; returns what speaks against showing its texts."""

_checks: list[Check] = []


def check_by(check: Check) -> None:
    """Take the check of texts; the word lists lie above this app."""
    _checks[:] = [check]


class NotReleasable(Exception):
    """The run is no finished work of a workshop, so there is nothing to release or nobody to."""


def concerns_about(run: Run) -> list[Concern]:
    """Return what a facilitator should have read before releasing `run`. Raises `NotReleasable`."""
    if not _checks:
        raise NotReleasable("the texts cannot be checked")
    _require_work(run)
    return _checks[0](run)


def release(*, run: Run) -> bool:
    """Let the workshop see `run`; False where it does already. Raises as `concerns_about` does.

    First metadata.json, then the row; `index_runs` completes what a crash leaves between them.
    Raises `ArchiveError`.
    """
    _require_work(run)
    hidden = Run.objects.filter(pk=run.pk, status=Status.COMPLETE, released_at=None)
    if not hidden.exists():
        return False
    now = timezone.now()
    recorder.amend(run, released_at=local_text(now))
    return bool(hidden.update(released_at=now, changed_at=now))


def take_back(*, run: Run) -> bool:
    """Let nobody else see `run` any more; False where nobody did.

    Here the row comes first: what is to be hidden is hidden even where the disk is full. Taking
    back once more completes what failed then. Raises `ArchiveError`.
    """
    shown = Run.objects.filter(pk=run.pk, released_at__isnull=False)
    changed = shown.update(released_at=None, changed_at=timezone.now())
    recorder.amend(run, released_at=None)
    return bool(changed)


def is_work(run: Run) -> bool:
    """Tell whether `run` is finished and was made in a workshop, as far as its row says."""
    finished = run.kind == Kind.GENERATION and run.status == Status.COMPLETE
    return finished and run.workshop_id is not None


def _require_work(run: Run) -> None:
    if not is_work(run):
        raise NotReleasable("not a finished work of a workshop")
    if not media_of(run):
        raise NotReleasable("there is nothing to see")
    # Folders of foreign archives are not written, so a release could not be kept there.
    if run.layout != "L2" or not is_ours(run):
        raise NotReleasable("not a run of this archive")
