"""Which workers are at work, and how the servers are. The jobs are the rows of `runs.Run`."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Availability(StrEnum):
    """How a server, a language model or an output config stands here."""

    READY = "ready"
    # It does not answer, or not rightly.
    UNAVAILABLE = "unavailable"
    # It answers, and lacks a model, node, key or input.
    MISSING_REQUIREMENTS = "missing_requirements"
    # No setting connects it.
    NOT_CONFIGURED = "not_configured"
    # A setting names something that is not connected.
    MISCONFIGURED = "misconfigured"
    # It has not been asked yet.
    UNKNOWN = "unknown"

    @property
    def is_fault(self) -> bool:
        """Whether somebody must do something: what nobody has set up is no fault."""
        return self in (
            Availability.UNAVAILABLE,
            Availability.MISSING_REQUIREMENTS,
            Availability.MISCONFIGURED,
        )


class WorkerPresenceQuerySet(models.QuerySet["WorkerPresence"]):
    def alive(self) -> WorkerPresenceQuerySet:
        """Limit to workers that gave a sign of life within the length of a lease."""
        return self.filter(seen_at__gte=timezone.now() - timedelta(seconds=settings.LEASE_SECONDS))


class WorkerPresence(models.Model):
    """A worker process, as it last reported. `owner` is what it writes on the runs it claims."""

    owner = models.CharField(_("worker"), primary_key=True, max_length=80)
    queues = models.JSONField(_("queues"), default=list)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    objects = WorkerPresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.owner


class ServerStateQuerySet(models.QuerySet["ServerState"]):
    def unavailable(self) -> ServerStateQuerySet:
        """Limit to servers that did not answer, or not rightly, when last asked."""
        return self.filter(ready=False)

    def version_of(self, name: str) -> str:
        """Return what `name` called its version when last asked, "" where that is not known."""
        return next(iter(self.filter(name=name).values_list("version", flat=True)), "")

    def mark_unavailable(self, name: str, detail: str) -> None:
        """Note that `name` failed a run, so that none is sent there until it answers again."""
        now = timezone.now()
        self.get_or_create(name=name)
        self.filter(name=name).exclude(ready=False).update(
            ready=False, detail=detail[:500], changed_at=now, checked_at=now
        )


class ServerState(models.Model):
    """How a server was when a worker last asked. Without a row it has not been asked yet."""

    name = models.CharField(_("server"), primary_key=True, max_length=80)
    engine = models.CharField(_("engine"), max_length=40, blank=True)
    ready = models.BooleanField(_("ready"), null=True)
    detail = models.TextField(_("detail"), blank=True)
    version = models.CharField(_("version"), max_length=80, blank=True)
    offered = models.JSONField(_("models"), default=list)
    waiting = models.PositiveIntegerField(_("waiting there"), null=True)
    checked_at = models.DateTimeField(_("asked"), null=True)
    # Since when it has been as it is.
    changed_at = models.DateTimeField(_("since"), default=timezone.now)
    # Output configs that are to be loaded, and when that was last done.
    to_load = models.JSONField(default=list)
    loaded_at = models.DateTimeField(_("loaded"), null=True)
    load_detail = models.TextField(blank=True)

    objects = ServerStateQuerySet.as_manager()

    class Meta:
        verbose_name = _("server")
        verbose_name_plural = _("servers")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def availability(self) -> Availability:
        if self.ready is None:
            return Availability.UNKNOWN
        return Availability.READY if self.ready else Availability.UNAVAILABLE
