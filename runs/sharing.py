"""Links that show one work to whoever has them, until they expire or a facilitator ends them.

A link is a signature and nothing is stored: the run's id, how often its workshop has ended its
links, and when it was signed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner, b62_decode
from django.db import transaction
from django.db.models import F

from devices.models import Device, Workshop
from runs.acts import Actor, CommandLine, Verb, new_act, record, require
from runs.media import media_of
from runs.models import Kind, Run, Status

SHARE = "runs.release_run"
END_LINKS = "devices.change_workshop"


def _signer() -> TimestampSigner:
    # When it is used, so that to import this module needs no secret key.
    return TimestampSigner(salt="runs.sharing")


class LinkRefused(Exception):
    """`kind` is expired, ended or unknown."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class NotShareable(Exception):
    """The run is no finished work with something to see."""


@dataclass(frozen=True, slots=True)
class Link:
    token: str
    expires_at: datetime


def is_showable(run: Run) -> bool:
    """Tell whether there is something of `run` to take home. Prefetch `entities` of many."""
    finished = run.kind == Kind.GENERATION and run.status == Status.COMPLETE
    return finished and bool(media_of(run))


def may_share(run: Run, by: Actor) -> bool:
    """Tell whether `by` may have others see `run`: whoever made it, and who may release works.

    To see a run is not enough: those who search the archive see all.
    """
    if isinstance(by, Device):
        return run.device_id == by.pk
    return not isinstance(by, CommandLine) and by.is_staff and by.has_perm(SHARE)


def share_run(*, run: Run) -> Link:
    """Return a new link to `run`, whose `workshop` is at hand. Raises `NotShareable`.

    Whoever asks in somebody's name asks `may_share` first.
    """
    if not is_showable(run):
        raise NotShareable(run.run_id)
    token = _signer().sign(f"{run.run_id}.{_links_ended(run)}")
    return Link(token, expiry_of(token))


def expiry_of(token: str) -> datetime:
    """Return when a link that `shared_run` has accepted ends."""
    signed_at = b62_decode(token.rsplit(_signer().sep, 2)[1])
    return datetime.fromtimestamp(signed_at, tz=UTC) + _lifetime()


def shared_run(token: str) -> Run:
    """Return the run that a link opens, with its files. Raises `LinkRefused`."""
    try:
        value = _signer().unsign(token, max_age=_lifetime())
    except SignatureExpired as error:
        raise LinkRefused("expired") from error
    except BadSignature as error:
        raise LinkRefused("unknown") from error
    run_id, _dot, ended = value.rpartition(".")
    runs = Run.objects.select_related("device", "workshop").prefetch_related("entities")
    run = runs.filter(run_id=run_id).first()
    if run is None or not is_showable(run):
        raise LinkRefused("unknown")
    if ended != str(_links_ended(run)):
        raise LinkRefused("ended")
    return run


def end_links(*, workshop: Workshop, by: Actor) -> None:
    """Have no link to a work of `workshop` open anything any more; new ones can be made."""
    require(by, END_LINKS)
    with transaction.atomic():
        Workshop.objects.filter(pk=workshop.pk).update(links_ended=F("links_ended") + 1)
        record(new_act(Verb.END_LINKS, by=by, workshop=workshop))


def _links_ended(run: Run) -> int:
    return run.workshop.links_ended if run.workshop else 0


def _lifetime() -> timedelta:
    return timedelta(days=settings.SHARE_DAYS)
