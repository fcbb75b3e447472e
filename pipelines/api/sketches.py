"""Sketches over HTTP: one that was changed by hand is kept, and a still frame of each."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import BaseAuthentication
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pipelines.api.senders import KEY_HEADER, key_of, sender_of
from pipelines.api.serializers import TextField, validated
from pipelines.run_state import states_of
from pipelines.submission.repeats import run_once
from pipelines.submission.sketch_frames import MOST_BYTES, keep_sketch_frame
from pipelines.submission.sketches import save_sketch
from runs import frames
from runs.api.access import FileNegotiation, not_there, own_run, visible_run
from runs.media import deliver_bytes, frame_shown
from runs.models import Run
from web.problems import Problem

# What a form with a file has besides it.
_FORM_BYTES = 64 * 1024


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


class FrameView(APIView):
    """The still frame of a run's sketch: GET it, or POST it once, as the device that made it."""

    content_negotiation_class = FileNegotiation
    parser_classes = (MultiPartParser,)

    def get_authenticators(self) -> list[BaseAuthentication]:
        # The device's cookie says who sends; a facilitator's login adds nothing there. The
        # description of the API asks without a request.
        is_sent = getattr(self.request, "method", "") == "POST"
        return [] if is_sent else super().get_authenticators()

    @extend_schema(
        operation_id="runs_frame", responses={(200, frames.CONTENT_TYPE): OpenApiTypes.BINARY}
    )
    def get(self, request: Request, run_id: str) -> HttpResponseBase:
        framed = frame_shown(visible_run(request, run_id))
        if framed is None:
            raise not_there()
        data, etag = framed.read_bytes(), f'"{framed.stem}"'
        return deliver_bytes(request._request, data, content_type=frames.CONTENT_TYPE, etag=etag)

    @extend_schema(
        operation_id="runs_frame_send",
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
            }
        },
        responses={200: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request, run_id: str) -> Response:
        run = own_run(request, run_id)
        # Said by the sender, before any of it is read.
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES + _FORM_BYTES:
            raise Problem(413, "too-large", _("That is too much at once. Send a smaller file."))
        file = request.FILES.get("file")
        if file is None:
            raise Problem(400, "invalid", _("“%(field)s” is missing.") % {"field": "file"})
        return Response({"run_id": run.run_id, "kept": keep_sketch_frame(run, file.read())})
