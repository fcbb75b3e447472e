"""Sketches over HTTP: one that was changed by hand is kept."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from devices.identity import identify
from pipelines.api.serializers import TextField, validated
from pipelines.run_state import states_of
from pipelines.submission.sketches import save_sketch
from runs.api.access import own_run
from runs.models import Run


class SketchInput(serializers.Serializer[object]):
    code = TextField()


class SketchView(APIView):
    """POST: keep a changed sketch as a run of its own, which points to the one it was made of."""

    authentication_classes = ()

    @extend_schema(request=SketchInput, responses={201: OpenApiTypes.OBJECT})
    def post(self, request: Request, run_id: str) -> Response:
        data = validated(SketchInput, request.data if isinstance(request.data, dict) else {})
        run = own_run(request, run_id)
        saved = save_sketch(device=identify(request._request), run=run, code=data["code"])
        saved = Run.objects.prefetch_related("entities").get(pk=saved.pk)
        return Response(states_of([saved])[saved.run_id], status=201)
