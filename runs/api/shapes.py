"""Runs as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from runs import media, recorder
from runs.models import Act, Entity, Run
from runs.texts import TEXT_TYPES, device_name_of, is_own, notice_of, shown_name_of, text_of


class MediaShape(serializers.Serializer[Any]):
    """One output. `index` counts within its `kind` (image, music …), as in `url`."""

    index = serializers.IntegerField()
    kind = serializers.CharField()
    type = serializers.CharField()
    role = serializers.CharField()
    url = serializers.CharField()
    thumbnail_url = serializers.CharField(allow_null=True)
    width = serializers.IntegerField(required=False)
    height = serializers.IntegerField(required=False)
    metadata = serializers.DictField()


class TextsShape(serializers.Serializer[Any]):
    """What was written; null where the step did not happen or its file is gone."""

    input = serializers.CharField(allow_null=True)
    interception = serializers.CharField(allow_null=True)
    optimized_prompt = serializers.CharField(allow_null=True)


class ErrorShape(serializers.Serializer[Any]):
    kind = serializers.CharField()
    message = serializers.CharField()


class NoticeShape(serializers.Serializer[Any]):
    kind = serializers.CharField()
    message = serializers.CharField()


class EntityShape(serializers.ModelSerializer[Entity]):
    content_type = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Entity
        fields = (
            "sequence",
            "type",
            "filename",
            "size",
            "sha256",
            "content_type",
            "url",
            "metadata",
        )

    def get_content_type(self, entity: Entity) -> str:
        return media.content_type_of(entity.filename)

    def get_url(self, entity: Entity) -> str:
        return media.file_url(entity.run, entity)


class RunShape(serializers.ModelSerializer[Run]):
    """A run in a list. `device_name` and `workshop` are names; times bear their offset.

    Of a run that is not `is_own`, but was released to the workshop, neither the device nor what
    it began with is told; its name only where the workshop shows names.
    """

    is_own = serializers.BooleanField()
    is_favourite = serializers.SerializerMethodField()
    device = serializers.SerializerMethodField()
    device_name = serializers.SerializerMethodField()
    workshop = serializers.CharField(source="workshop.name", default=None, allow_null=True)
    duration_seconds = serializers.FloatField(allow_null=True)
    # Of the words of its text, 0…1, by author (mine, rule, edit, fitting); empty where not counted.
    shares = serializers.DictField(child=serializers.FloatField())
    thumbnail_url = serializers.SerializerMethodField()
    # The sheet that shows several outputs side by side.
    composite_url = serializers.SerializerMethodField()
    media = serializers.SerializerMethodField()

    class Meta:
        model = Run
        fields: tuple[str, ...] = (
            "run_id",
            "kind",
            "status",
            "created_at",
            "started_at",
            "finished_at",
            "released_at",
            "is_own",
            "is_favourite",
            "device",
            "device_name",
            "workshop",
            "group",
            "interception_config",
            "output_config",
            "engine",
            "safety_level",
            "language",
            "seed",
            "parent_run_id",
            "idea",
            "shares",
            "duration_seconds",
            "thumbnail_url",
            "composite_url",
            "media",
        )

    @extend_schema_field(serializers.BooleanField())
    def get_is_favourite(self, run: Run) -> bool:
        return is_own(run) and run.is_favourite

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_device(self, run: Run) -> str | None:
        return run.device_id if is_own(run) else None

    def get_device_name(self, run: Run) -> str:
        return device_name_of(run) if is_own(run) else shown_name_of(run)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_thumbnail_url(self, run: Run) -> str | None:
        is_shown = media.pictures(run) or media.frame_shown(run)
        return media.thumbnail_url(run) if is_shown else None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_composite_url(self, run: Run) -> str | None:
        return media.composite_url(run)

    @extend_schema_field(MediaShape(many=True))
    def get_media(self, run: Run) -> list[dict[str, Any]]:
        return media.media_of(run)


class RunDetailShape(RunShape):
    """A run with all that its folder tells."""

    texts = serializers.SerializerMethodField()
    # What its reader is told of the text: that it is an echo, a loop, a refusal …
    notice = serializers.SerializerMethodField()
    context_prompt = serializers.SerializerMethodField()
    entities = serializers.SerializerMethodField()
    error = serializers.SerializerMethodField()

    class Meta(RunShape.Meta):
        fields = (*RunShape.Meta.fields, "texts", "notice", "context_prompt", "entities", "error")

    @extend_schema_field(TextsShape)
    def get_texts(self, run: Run) -> dict[str, str | None]:
        return {type_: text_of(run, type_) for type_ in TEXT_TYPES}

    @extend_schema_field(NoticeShape(allow_null=True))
    def get_notice(self, run: Run) -> dict[str, str] | None:
        return notice_of(run)

    def get_context_prompt(self, run: Run) -> str:
        # A participant's own rule was not released; the others' runs name the rule they used.
        return recorder.context_prompt_of(run) if is_own(run) else ""

    @extend_schema_field(EntityShape(many=True))
    def get_entities(self, run: Run) -> list[dict[str, Any]]:
        # Others are told of a released run by `media` and `texts`; its files stay its device's.
        files = media.deliverable(run) if is_own(run) else []
        return list(EntityShape(files, many=True).data)

    @extend_schema_field(ErrorShape(allow_null=True))
    def get_error(self, run: Run) -> dict[str, str] | None:
        if not (run.error_kind or run.error_message):
            return None
        return {"kind": run.error_kind, "message": run.error_message}


class ActShape(serializers.ModelSerializer[Act]):
    """What somebody did with a run; `kind` is user, device or command, `undone_by` an act's id."""

    id = serializers.CharField(source="act_id")
    kind = serializers.CharField(source="actor_kind")
    by = serializers.CharField(source="actor_name")
    undone_by = serializers.CharField(source="undone_by.act_id", default=None, allow_null=True)

    class Meta:
        model = Act
        fields = ("id", "at", "verb", "kind", "by", "details", "undone_by")


class StaffRunShape(RunDetailShape):
    """A run as staff may know it: with who released it, took it back or stopped it."""

    acts = serializers.SerializerMethodField()

    class Meta(RunDetailShape.Meta):
        fields = (*RunDetailShape.Meta.fields, "acts")

    @extend_schema_field(ActShape(many=True))
    def get_acts(self, run: Run) -> list[dict[str, Any]]:
        acts = run.acts.select_related("undone_by").newest_first()
        return list(ActShape(acts, many=True).data)
