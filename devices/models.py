"""Who takes part: the devices in the room and the workshop they belong to."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.folding import FoldedField
from devices.names import NameField

# Without letters and digits that look alike on a projector or sound alike when called out.
JOIN_CODE_ALPHABET = "ACDEFGHJKLMNPQRTUVWXY34679"
# Class tablets go from hand to hand: what was left on one yesterday is somebody else's.
DRAFT_KEPT = timedelta(hours=12)


def new_join_code() -> str:
    return "".join(secrets.choice(JOIN_CODE_ALPHABET) for _ in range(6))


class WorkshopQuerySet(models.QuerySet["Workshop"]):
    def paused(self) -> WorkshopQuerySet:
        """Limit to those that have a break right now."""
        return self.filter(_has_break(timezone.now()))

    def running(self) -> WorkshopQuerySet:
        return self.exclude(_has_break(timezone.now()))


def _has_break(now: datetime) -> models.Q:
    return models.Q(paused=True) & (
        models.Q(pause_until__isnull=True) | models.Q(pause_until__gt=now)
    )


class Workshop(models.Model):
    """A group that works together, and what holds for it."""

    name = NameField(_("name"), max_length=120, unique=True)
    name_folded = FoldedField(of="name")
    join_code = models.CharField(
        _("join code"), max_length=6, unique=True, default=new_join_code, editable=False
    )
    takes_new_devices = models.BooleanField(
        _("takes new devices"),
        default=False,
        help_text=_("A device that comes for the first time joins this workshop."),
    )
    joined_by_code = models.BooleanField(
        _("can be joined by code"),
        default=True,
        help_text=_("Whoever has the code or its QR may join. Who is in stays in."),
    )
    shows_names = models.BooleanField(
        _("shows names"),
        default=False,
        help_text=_("Released works bear the name of their device, on the wall and for the group."),
    )
    safety_level = models.CharField(
        _("safety level"),
        max_length=20,
        default="kids",
        help_text=_("kids, youth, adult or research. The stricter of this and a request counts."),
    )
    allowed_rules = models.JSONField(
        _("allowed rules"), default=list, blank=True, help_text=_("Ids; empty: all.")
    )
    allowed_outputs = models.JSONField(
        _("allowed outputs"), default=list, blank=True, help_text=_("Ids; empty: all.")
    )
    # How often all links to its works were ended: a link signed before that opens nothing.
    links_ended = models.PositiveIntegerField(default=0, editable=False)
    paused = models.BooleanField(_("paused"), default=False)
    pause_message = models.CharField(_("message while paused"), max_length=200, blank=True)
    # The pause ends by itself then; without it somebody has to end it.
    pause_until = models.DateTimeField(_("paused until"), null=True, blank=True, editable=False)
    # Who works in it now: the number of the present group, of those that have begun, and of the one
    # before, which comes back where the change is undone.
    group = models.PositiveIntegerField(_("group"), default=1, editable=False)
    groups_begun = models.PositiveIntegerField(default=1, editable=False)
    group_before = models.PositiveIntegerField(null=True, editable=False)
    group_changed_at = models.DateTimeField(null=True, editable=False)
    opens_at = models.DateTimeField(_("opens at"), null=True, blank=True)
    closes_at = models.DateTimeField(_("closes at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = WorkshopQuerySet.as_manager()

    class Meta:
        verbose_name = _("workshop")
        verbose_name_plural = _("workshops")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["takes_new_devices"],
                condition=models.Q(takes_new_devices=True),
                name="one_workshop_takes_new_devices",
                violation_error_message=_("Another workshop takes new devices already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def is_paused(self, at: datetime | None = None) -> bool:
        until = self.pause_until
        return self.paused and (until is None or (at or timezone.now()) < until)

    def is_open(self, at: datetime | None = None) -> bool:
        at = at or timezone.now()
        return not (
            (self.opens_at is not None and at < self.opens_at)
            or (self.closes_at is not None and at >= self.closes_at)
        )


class Device(models.Model):
    """A browser that took part. `id` is a name that it sends, not a secret that proves anything.

    `bound_at` is when a signed cookie was given out for the id; a second browser that claims a
    bound id gets a new one. `has_returned` is whether the browser has ever sent that cookie back:
    one that never does cannot fetch what it makes.
    """

    id = models.CharField(_("device id"), primary_key=True, max_length=80, editable=False)
    name = NameField(_("name"), max_length=80, blank=True)
    name_folded = FoldedField(of="name")
    workshop = models.ForeignKey(
        Workshop,
        verbose_name=_("workshop"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="devices",
    )
    # Whether its earlier runs have yet to be given its name (see `runs.naming`).
    is_naming_runs = models.BooleanField(default=False, editable=False)
    bound_at = models.DateTimeField(_("bound"), null=True, blank=True, editable=False)
    first_seen_at = models.DateTimeField(_("first seen"), default=timezone.now, editable=False)
    last_seen_at = models.DateTimeField(
        _("last seen"), default=timezone.now, editable=False, db_index=True
    )
    has_returned = models.BooleanField(default=True, editable=False)
    # By these, two browsers with one cookie are found (see `devices.twins`).
    cookie_number = models.BigIntegerField(default=0, editable=False)
    cookie_at = models.DateTimeField(null=True, editable=False)
    overtaken_number = models.BigIntegerField(default=-1, editable=False)
    overtaken_at = models.DateTimeField(null=True, editable=False)
    twin_seen_at = models.DateTimeField(null=True, editable=False)
    twin_of = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="twins", editable=False
    )
    # What its page says that it does (`devices.presence.Doing`), and since when.
    doing = models.CharField(max_length=20, blank=True, editable=False)
    doing_since = models.DateTimeField(null=True, blank=True, editable=False)
    help_asked_at = models.DateTimeField(_("asks for help"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("device")
        verbose_name_plural = _("devices")
        ordering = ["-last_seen_at"]
        indexes = [
            # Looked at every few seconds, and nearly always empty.
            models.Index(
                fields=["id"], condition=models.Q(is_naming_runs=True), name="device_naming_runs"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.id


class FirstPassword(models.Model):
    """Says of an account that others know its password, so its owner has to choose another one."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )

    def __str__(self) -> str:
        return str(self.user_id)


class Message(models.Model):
    """A sentence for the pages of a workshop, or of one device; shown until `ends_at`."""

    workshop = models.ForeignKey(
        Workshop, null=True, on_delete=models.CASCADE, related_name="messages"
    )
    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="messages")
    text = models.CharField(_("message"), max_length=200)
    sent_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["sent_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(workshop__isnull=True) ^ models.Q(device__isnull=True),
                name="message_to_a_workshop_or_a_device",
            )
        ]

    def __str__(self) -> str:
        return self.text


class WrongCode(models.Model):
    """A code that led nowhere: by which device and when, for as long as that slows it down.

    A device without a row has only looked where a link leads; it counts among all.
    """

    device = models.ForeignKey(Device, null=True, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now, db_index=True)

    def __str__(self) -> str:
        return f"{self.device_id} {self.at:%H:%M:%S}"


class DraftQuerySet(models.QuerySet[Any]):
    def left_behind(self) -> DraftQuerySet:
        """Limit to drafts that nobody has gone on with for so long that they are nobody's."""
        return self.filter(changed_at__lt=timezone.now() - DRAFT_KEPT)


class Draft(models.Model):
    """What a participant is writing on a device just now: live work, never part of the archive.

    `content` is the page's; `revision` counts its changes and decides between two writers.
    """

    device = models.OneToOneField(
        Device, primary_key=True, on_delete=models.CASCADE, related_name="draft"
    )
    revision = models.PositiveIntegerField()
    changed_at = models.DateTimeField(db_index=True)
    content = models.JSONField()

    objects = DraftQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.device_id} {self.revision}"


class DraftPutAside(models.Model):
    """What a former group of a workshop was writing on a device when the next one began."""

    device = models.ForeignKey(Device, on_delete=models.CASCADE, related_name="+")
    workshop = models.ForeignKey(Workshop, on_delete=models.CASCADE, related_name="+")
    group = models.PositiveIntegerField()
    revision = models.PositiveIntegerField()
    changed_at = models.DateTimeField(db_index=True)
    content = models.JSONField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["device", "workshop", "group"], name="one_draft_put_aside_per_group"
            )
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.group}"
