"""What happened: an index of the run folders on disk, and the queue of those still to be made.

The files are the truth. All of this but the queue's live state can be rebuilt from them.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from devices.folding import FoldedField, fold
from devices.identity import known_device
from devices.models import Device, Workshop
from devices.names import NameField, plain_name
from runs.entity_types import MEDIA, PICTURE_TYPES
from runs.places import place_of

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser, User


class Status(models.TextChoices):
    """Where a run stands. `damaged` is a folder that cannot be read."""

    QUEUED = "queued", _("queued")
    RUNNING = "running", _("running")
    COMPLETE = "complete", _("complete")
    FAILED = "failed", _("failed")
    BLOCKED = "blocked", _("blocked")
    CANCELLED = "cancelled", _("cancelled")
    INTERRUPTED = "interrupted", _("interrupted")
    DAMAGED = "damaged", _("damaged")


LIVE = (Status.QUEUED, Status.RUNNING)
FINAL = tuple(status for status in Status if status not in LIVE)


class Kind(models.TextChoices):
    """What a run was for."""

    INTERCEPTION = "interception", _("interception")
    OPTIMIZATION = "optimization", _("fitting")
    GENERATION = "generation", _("picture")


class RunQuerySet(models.QuerySet["Run"]):
    def of_present_group(self, device: Device) -> RunQuerySet:
        """Limit to what the group may see that now sits at `device`: nothing of those before."""
        if device.workshop is None:
            return self
        return self.exclude(Q(workshop=device.workshop) & ~Q(group=device.workshop.group))

    def belonging_to(self, request: HttpRequest) -> RunQuerySet:
        """Limit to the runs of the device that asks; to staff who may view runs belong all."""
        if may_view_all(request.user):
            return self
        device = known_device(request)
        own = self.filter(device=device.pk) if device else self.none()
        return own.of_present_group(device) if device else own

    def visible_to(self, request: HttpRequest) -> RunQuerySet:
        """Limit to what belongs to the one who asks (`is_own`), and what their workshop may see.

        Of the latter only what was released may be told (see `runs.texts`).
        """
        if may_view_all(request.user):
            return self.annotate(is_own=Value(True))
        device = known_device(request)
        if device is None:
            return self.none().annotate(is_own=Value(False))
        own = Q(device=device.pk)
        seen = own
        if device.workshop_id is not None:
            released = Q(released_at__isnull=False, status=Status.COMPLETE)
            seen |= released & Q(workshop=device.workshop_id)
        mark = Case(When(own, then=True), default=False, output_field=models.BooleanField())
        return self.filter(seen).of_present_group(device).annotate(is_own=mark)

    def released_in(self, workshop: Workshop) -> RunQuerySet:
        """Limit to the works that the present group of `workshop` may see, the latest first."""
        released = self.filter(workshop=workshop, released_at__isnull=False, status=Status.COMPLETE)
        return released.filter(group=workshop.group).order_by("-released_at", "-id")

    def of_day(self, day: date) -> RunQuerySet:
        return self.filter(day=day)

    def with_idea(self, words: str) -> RunQuerySet:
        """Limit to runs whose idea has `words` in it, however they are written."""
        return self.filter(idea_folded__contains=fold(words))

    def mentioning(self, words: str) -> RunQuerySet:
        """Limit to runs with `words` in their idea, their device's name or their run id."""
        name = fold(plain_name(words))
        named = Q(device_name_folded__contains=name) | Q(device__name_folded__contains=name)
        return self.filter(
            Q(idea_folded__contains=fold(words)) | Q(run_id__icontains=words) | named
        )

    def live(self) -> RunQuerySet:
        return self.filter(status__in=LIVE)

    def with_picture(self) -> RunQuerySet:
        """Limit to complete runs that have an image to show."""
        pictures = Entity.objects.filter(run=OuterRef("pk"), type__in=PICTURE_TYPES)
        return self.filter(Exists(pictures), status=Status.COMPLETE)

    def children_of(self, run: Run) -> RunQuerySet:
        """Limit to the runs that go on from `run`."""
        # The index covers runs with a parent only, and is used where the query says so, too.
        return self.filter(parent_run_id=run.run_id).exclude(parent_run_id="")

    def timed(self) -> RunQuerySet:
        """Complete generations, which tell how long a machine takes."""
        return self.filter(
            status=Status.COMPLETE,
            kind=Kind.GENERATION,
            started_at__isnull=False,
            finished_at__isnull=False,
        )

    def newest_first(self) -> RunQuerySet:
        return self.order_by("-created_at", "-id")


def may_view_all(user: User | AnonymousUser) -> bool:
    return user.is_active and user.is_staff and user.has_perm("runs.view_run")


class Run(models.Model):
    """One folder of the archive. While it is queued or running, its row is also the job."""

    run_id = models.CharField(_("run id"), max_length=120, unique=True)
    # The archive that it lies in: "" is the live one, else the path of one that is only read.
    root = models.CharField(_("archive"), max_length=400, blank=True)
    # Relative to that, with forward slashes.
    folder = models.CharField(_("folder"), max_length=400)
    layout = models.CharField(max_length=4, default="L2")
    day = models.DateField(_("day"))
    # Plain strings in the database: a new kind, engine or config never causes a migration.
    kind = models.CharField(_("kind"), max_length=20, default=Kind.GENERATION)
    status = models.CharField(_("status"), max_length=20)
    error_kind = models.CharField(_("kind of error"), max_length=40, blank=True)
    error_message = models.TextField(_("message"), blank=True)

    # Of the foreign keys none has an index of its own: a composite one below begins with it.
    device = models.ForeignKey(
        Device,
        verbose_name=_("device"),
        null=True,
        on_delete=models.PROTECT,
        related_name="runs",
        db_index=False,
    )
    # The name as metadata.json bears it; a later renaming of the device leaves it.
    device_name = NameField(_("device name"), max_length=80, blank=True)
    device_name_folded = FoldedField(of="device_name")
    workshop = models.ForeignKey(
        Workshop,
        verbose_name=_("workshop"),
        null=True,
        on_delete=models.PROTECT,
        related_name="runs",
        db_index=False,
    )
    group = models.PositiveIntegerField(_("group"), default=1)
    parent_run_id = models.CharField(_("parent"), max_length=120, blank=True)

    interception_config = models.CharField(_("rule"), max_length=80, blank=True)
    output_config = models.CharField(_("output"), max_length=80, blank=True)
    engine = models.CharField(_("engine"), max_length=40, blank=True)
    safety_level = models.CharField(_("safety level"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=10, blank=True)
    seed = models.BigIntegerField(_("seed"), null=True)
    idea = models.TextField(_("idea"), blank=True)
    # As the search compares it (see `devices.folding`).
    idea_folded = models.TextField(blank=True, editable=False)

    created_at = models.DateTimeField(_("made"))
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    changed_at = models.DateTimeField(default=timezone.now)
    # By these a request that is sent once more is known again (`RequestKey` in `runs.metadata`).
    request_key = models.CharField(max_length=64, blank=True, editable=False)
    request_digest = models.CharField(max_length=64, blank=True, editable=False)
    # What is only read is sealed some time after it was first seen (see `runs.seals`).
    needs_seal = models.BooleanField(default=False)
    # Since when everyone in the workshop may see it.
    released_at = models.DateTimeField(_("released"), null=True)
    # Whether the device that made it likes it best.
    is_favourite = models.BooleanField(_("favourite"), default=False)
    # Of the words of its text, by author (see `runs.alignment`); empty where nobody has counted.
    shares = models.JSONField(_("shares of the words"), default=dict, blank=True)

    # The queue. `queue` is the capacity that the run waits for.
    queue = models.CharField(max_length=40, blank=True)
    lease_owner = models.CharField(max_length=80, blank=True)
    lease_until = models.DateTimeField(null=True)
    # How often its server was gone before it was sent there; how often its worker died over it.
    attempts = models.PositiveSmallIntegerField(default=0)
    crashes = models.PositiveSmallIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    progress = models.FloatField(default=0)
    progress_note = models.CharField(max_length=80, blank=True)
    # How often a preview has been kept, so that a browser knows when there is a new one.
    previews = models.PositiveIntegerField(default=0)
    # Where the run is made, and what it is called there: what a worker left is found by these.
    server = models.CharField(_("server"), max_length=80, blank=True)
    engine_job_id = models.CharField(max_length=36, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-created_at", "-id"]
        permissions = [
            ("cancel_run", "Can stop runs"),
            ("export_run", "Can export runs"),
            ("release_run", "Can release runs to their workshop"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["device", "request_key"],
                condition=~Q(request_key=""),
                name="run_once_per_request",
            ),
            models.UniqueConstraint(fields=["folder", "root"], name="run_folder_once"),
        ]
        indexes = [
            models.Index(F("created_at").desc(), F("id").desc(), name="run_newest"),
            models.Index(
                F("device"), F("created_at").desc(), F("id").desc(), name="run_device_newest"
            ),
            models.Index(F("workshop"), F("created_at").desc(), name="run_workshop_newest"),
            models.Index(
                F("output_config"), F("safety_level"), F("created_at").desc(), name="run_output"
            ),
            models.Index(F("engine"), F("created_at").desc(), name="run_engine"),
            models.Index(
                F("output_config"),
                F("created_at").desc(),
                F("id").desc(),
                condition=Q(status="complete", kind="generation"),
                name="run_durations",
            ),
            models.Index(F("interception_config"), F("created_at").desc(), name="run_rule"),
            models.Index(F("status"), F("created_at").desc(), name="run_status"),
            models.Index(F("day"), F("created_at").desc(), name="run_day"),
            models.Index(
                fields=["queue", "status"],
                condition=Q(status__in=["queued", "running"]),
                name="run_queue",
            ),
            models.Index(fields=["id"], condition=Q(needs_seal=True), name="run_needs_seal"),
            models.Index(
                fields=["parent_run_id"], condition=~Q(parent_run_id=""), name="run_parent"
            ),
            models.Index(
                F("workshop"),
                F("released_at").desc(),
                condition=Q(released_at__isnull=False),
                name="run_released",
            ),
            models.Index(
                F("device"),
                F("created_at").desc(),
                condition=Q(is_favourite=True),
                name="run_favourite",
            ),
        ]

    def __str__(self) -> str:
        return self.run_id

    @property
    def place(self) -> str:
        """Where its folder lies, as people are told."""
        return place_of(self.root, self.folder)

    @property
    def is_final(self) -> bool:
        return self.status not in LIVE

    @property
    def duration_seconds(self) -> float | None:
        if self.started_at is None or self.finished_at is None:
            return None
        return (self.finished_at - self.started_at).total_seconds()


class Entity(models.Model):
    """One file of a run. `filename` is relative to the run's folder."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="entities", db_index=False)
    sequence = models.PositiveIntegerField(_("number"))
    type = models.CharField(_("type"), max_length=60)
    filename = models.CharField(_("file"), max_length=200)
    content_type = models.CharField(_("content type"), max_length=80, blank=True)
    size = models.PositiveBigIntegerField(_("size in bytes"), null=True)
    sha256 = models.CharField("SHA-256", max_length=64, blank=True)
    created_at = models.DateTimeField(_("made"), null=True)
    metadata = models.JSONField(default=dict, blank=True)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["sequence", "id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "filename"], name="entity_file_once"),
        ]
        indexes = [models.Index(fields=["run", "sequence"], name="entity_order")]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_media(self) -> bool:
        return self.type.startswith(MEDIA)


class ActQuerySet(models.QuerySet["Act"]):
    def newest_first(self) -> ActQuerySet:
        return self.order_by("-at", "-id")

    def standing(self) -> ActQuerySet:
        """Limit to acts that nobody has undone."""
        return self.filter(undone_by=None)


class Act(models.Model):
    """What somebody did with a run, a device or a workshop (see `runs.acts`).

    Who and on what are kept as they were called then; the keys beside them lead there while
    there is something to lead to.
    """

    act_id = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField(_("when"))
    # Plain strings in the database: a new verb never causes a migration.
    verb = models.CharField(_("what"), max_length=40)

    # user, device or command; the account's name or the device's id; what it was called.
    actor_kind = models.CharField(max_length=20)
    actor_key = models.CharField(max_length=150, blank=True)
    actor_name = models.CharField(_("who"), max_length=150, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("account"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )

    # run, device or workshop, and its run id, device id or name; empty for what is none of these.
    target_kind = models.CharField(max_length=20, blank=True)
    target_key = models.CharField(_("on what"), max_length=120, blank=True)
    # The workshop that the act belongs to, whatever it was done on.
    workshop_name = models.CharField(_("workshop"), max_length=120, blank=True)
    # Of the foreign keys the first two have no index of their own: one below begins with it.
    run = models.ForeignKey(
        Run, null=True, on_delete=models.SET_NULL, related_name="acts", db_index=False
    )
    workshop = models.ForeignKey(
        Workshop,
        verbose_name=_("workshop"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="acts",
        db_index=False,
    )
    device = models.ForeignKey(Device, null=True, on_delete=models.SET_NULL, related_name="acts")
    details = models.JSONField(default=dict, blank=True)
    undone_by = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="undoes"
    )

    objects = ActQuerySet.as_manager()

    class Meta:
        verbose_name = _("act")
        verbose_name_plural = _("acts")
        ordering = ["-at", "-id"]
        # Whoever may view the runs may know who did what with them; nobody changes it.
        default_permissions = ()
        indexes = [
            models.Index(F("at").desc(), F("id").desc(), name="act_newest"),
            models.Index(F("run"), F("at").desc(), name="act_run_newest"),
            models.Index(F("workshop"), F("at").desc(), name="act_workshop_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_key}".strip()
