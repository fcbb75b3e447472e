"""Media and state of one run: the endpoints that existing clients use."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpResponseBase
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from runs import archive, media
from runs.api.access import FileNegotiation, not_there, own_run, visible_run
from runs.archive import ArchiveError
from runs.entity_types import COMPOSITE_TYPES
from runs.models import Entity, Run

_FILE = {(200, "application/octet-stream"): OpenApiTypes.BINARY}


class FileView(APIView):
    """Answers with one file of a run; 404 where there is none."""

    contract = True
    content_negotiation_class = FileNegotiation

    def deliver(self, request: Request, run: Run, entity: Entity | None) -> HttpResponseBase:
        if entity is None:
            raise not_there()
        try:
            return media.deliver(request._request, run, entity)
        except ArchiveError as error:
            raise not_there() from error


class MediaView(FileView):
    """A run's first output of a kind."""

    @extend_schema(operation_id="media_first", responses=_FILE)
    def get(self, request: Request, kind: str, run_id: str) -> HttpResponseBase:
        return self.output(request, kind, run_id, 0)

    def output(self, request: Request, kind: str, run_id: str, index: int) -> HttpResponseBase:
        run = visible_run(request, run_id)
        outputs = dict(enumerate(media.outputs(run, kind)))
        return self.deliver(request, run, outputs.get(index))


class IndexedMediaView(MediaView):
    """A run's output of a kind at its index, from 0."""

    @extend_schema(operation_id="media_at", responses=_FILE)
    def get(  # type: ignore[override]
        self, request: Request, kind: str, run_id: str, index: str
    ) -> HttpResponseBase:
        return self.output(request, kind, run_id, int(index))


class EntityView(FileView):
    """The first file of a type."""

    @extend_schema(operation_id="entity_of_type", responses=_FILE)
    def get(self, request: Request, run_id: str, type: str) -> HttpResponseBase:
        run = own_run(request, run_id)
        types = COMPOSITE_TYPES if type in COMPOSITE_TYPES else (type,)
        found = (entity for entity in media.deliverable(run) if entity.type in types)
        return self.deliver(request, run, next(found, None))


class NamedFileView(FileView):
    """The file of exactly that name, as the run's record bears it."""

    @extend_schema(operation_id="file_by_name", responses=_FILE)
    def get(self, request: Request, run_id: str, filename: str) -> HttpResponseBase:
        run = own_run(request, run_id)
        found = (entity for entity in media.deliverable(run) if entity.filename == filename)
        return self.deliver(request, run, next(found, None))


class ImagesView(APIView):
    """The addresses of a run's pictures."""

    contract = True

    @extend_schema(
        operation_id="media_images",
        responses=inline_serializer(
            "MediaImages",
            {
                "run_id": serializers.CharField(),
                "total_images": serializers.IntegerField(),
                "images": serializers.ListField(child=serializers.DictField()),
            },
        ),
    )
    def get(self, request: Request, run_id: str) -> Response:
        run = visible_run(request, run_id)
        images = [
            {
                "index": index,
                "url": media.media_url(run, "image", index),
                "filename": entity.filename,
                "node_title": media.node_title(entity),
                "metadata": entity.metadata,
            }
            for index, entity in enumerate(media.outputs(run, "image"))
        ]
        if not images:
            raise not_there()
        return Response({"run_id": run.run_id, "total_images": len(images), "images": images})


class InfoView(APIView):
    """What a run's outputs are: those of the first one's kind."""

    contract = True

    @extend_schema(
        operation_id="media_info",
        responses=inline_serializer(
            "MediaInfo",
            {
                "type": serializers.CharField(),
                "run_id": serializers.CharField(),
                "count": serializers.IntegerField(),
                "files": serializers.ListField(child=serializers.DictField()),
            },
        ),
    )
    def get(self, request: Request, run_id: str) -> Response:
        run = visible_run(request, run_id)
        kind = next((kind for kind, _index, _entity in media.made(run)), None)
        if kind is None:
            raise not_there()
        files = [
            {
                "index": index,
                "filename": entity.filename,
                "url": media.media_url(run, kind, index),
                "content_type": media.content_type_of(entity.filename),
                "size": entity.size,
                "metadata": entity.metadata,
            }
            for index, entity in enumerate(media.outputs(run, kind))
        ]
        return Response({"type": kind, "run_id": run.run_id, "count": len(files), "files": files})


class StatusView(APIView):
    """How far a run is."""

    contract = True

    @extend_schema(operation_id="pipeline_status", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, run_id: str) -> Response:
        run = own_run(request, run_id)
        entities = media.deliverable(run)
        record = _record(run)
        expected = _texts(record.get("expected_outputs"))
        completed = list(dict.fromkeys(entity.type for entity in entities))
        missing = Counter(expected) - Counter(entity.type for entity in entities)
        state = record.get("current_state")
        return Response(
            {
                "run_id": run.run_id,
                "status": run.status,
                "current_state": state if isinstance(state, dict) else {},
                "expected_outputs": expected,
                "completed_outputs": completed,
                "next_expected": next((type_ for type_ in expected if type_ in missing), None),
                "entities": [_item(entity) for entity in entities],
            }
        )


class EntitiesView(APIView):
    """The files of a run."""

    contract = True

    @extend_schema(operation_id="pipeline_entities", responses=OpenApiTypes.OBJECT)
    def get(self, request: Request, run_id: str) -> Response:
        run = own_run(request, run_id)
        entities = [_item(entity) for entity in media.deliverable(run)]
        return Response({"run_id": run.run_id, "entity_count": len(entities), "entities": entities})


def _item(entity: Entity) -> dict[str, Any]:
    at = entity.created_at
    return {
        "sequence": entity.sequence,
        "type": entity.type,
        "filename": entity.filename,
        "timestamp": timezone.localtime(at).isoformat() if at else None,
        "metadata": entity.metadata,
    }


def _record(run: Run) -> dict[str, Any]:
    """Return metadata.json, or nothing where it cannot be read: the rows tell the rest."""
    try:
        return archive.read_metadata(archive.run_folder(run))
    except ArchiveError:
        return {}


def _texts(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
