"""Who wrote what, over HTTP: of texts that are being written, and of a recorded run."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from pipelines.api.serializers import TextField, validated
from pipelines.submission.admission import require_length
from runs.alignment import trace
from runs.api.access import visible_run
from runs.authorship import authorship_of


class AuthorshipInput(serializers.Serializer[object]):
    """The texts in the order in which they came to be; one that is missing is passed over."""

    idea = TextField()
    machine = TextField()
    edited = TextField()
    optimized = TextField()
    sent = TextField()


class AuthorshipView(APIView):
    """POST: who wrote the words of the last of these texts. Nothing is recorded."""

    authentication_classes = ()

    @extend_schema(request=AuthorshipInput, responses={200: OpenApiTypes.OBJECT})
    def post(self, request: Request) -> Response:
        texts = validated(AuthorshipInput, request.data if isinstance(request.data, dict) else {})
        for text in texts.values():
            require_length(text, settings.MAX_PROMPT_CHARACTERS)
        return Response(trace(**texts).as_data())


class RunAuthorshipView(APIView):
    """Who wrote the words of a run's text."""

    @extend_schema(operation_id="runs_authorship", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, run_id: str) -> Response:
        authorship = authorship_of(visible_run(request, run_id))
        if authorship is None:
            raise Http404
        return Response(authorship.as_data())
