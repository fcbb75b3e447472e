"""Which workers are at work. The jobs themselves are the rows of `runs.Run`."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WorkerPresenceQuerySet(models.QuerySet["WorkerPresence"]):
    def alive(self) -> WorkerPresenceQuerySet:
        """Limit to workers that gave a sign of life within the length of a lease."""
        return self.filter(seen_at__gte=timezone.now() - timedelta(seconds=settings.LEASE_SECONDS))


class WorkerPresence(models.Model):
    """A worker process, as it last reported. `owner` is what it writes on the runs it claims."""

    owner = models.CharField(_("worker"), primary_key=True, max_length=80)
    lanes = models.JSONField(_("lanes"), default=list)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), default=timezone.now)

    objects = WorkerPresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return self.owner
