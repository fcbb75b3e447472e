"""Sketches over HTTP: one that was changed by hand is kept."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pipelines.api.senders import KEY_HEADER, key_of, sender_of
from pipelines.api.serializers import TextField, validated
from pipelines.run_state import states_of
from pipelines.submission.repeats import run_once
from pipelines.submission.sketches import save_sketch
from runs.api.access import own_run
from runs.models import Run


class SketchInput(serializers.Serializer[object]):
    code = TextField()


class SketchView(APIView):
    """POST: keep a changed sketch as a run of its own, which points to the one it was made of."""

    authentication_classes = ()

    @extend_schema(
        request=SketchInput, parameters=[KEY_HEADER], responses={201: OpenApiTypes.OBJECT}
    )
    def post(self, request: Request, run_id: str) -> Response:
        fields = request.data if isinstance(request.data, dict) else {}
        data = validated(SketchInput, fields)
        run = own_run(request, run_id)
        key = key_of(request._request, fields)
        device = sender_of(request._request, None, key)
        saved, _is_new = run_once(
            device,
            key,
            lambda: save_sketch(device=device, run=run, code=data["code"], request_key=key),
        )
        saved = Run.objects.prefetch_related("entities").get(pk=saved.pk)
        return Response(states_of([saved])[saved.run_id], status=201)
