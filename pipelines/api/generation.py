"""Stages 3 and 4 over HTTP: a picture is asked for, watched and, if need be, stopped."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from devices.identity import known_device
from pipelines.api.senders import KEY_HEADER, key_of, sender_of
from pipelines.api.serializers import GenerationInput, validated
from pipelines.api.sse import KEEP_ALIVE, KEEP_ALIVE_SECONDS, event, stream
from pipelines.engines.jobs import ErrorKind
from pipelines.error_messages import message_for
from pipelines.generation.previews import preview_of
from pipelines.live.changes import change_event
from pipelines.live.run_feed import feed
from pipelines.run_state import EVENT_NAMES, states_of
from pipelines.submission.generation import GenerationRequest, submit_generation
from pipelines.submission.repeats import run_once
from runs.archive import READ_ONLY, STORAGE_FULL
from runs.cancelling import request_cancel
from runs.media import media_of
from runs.models import LIVE, Run, Status
from runs.texts import text_of
from web.methods import ReadOnlyView
from web.problems import Problem

# How a failed run is answered to clients that have waited for it.
STATUS_OF_KIND: Mapping[str, int] = {
    ErrorKind.TIMEOUT: 504,
    ErrorKind.BUSY: 503,
    ErrorKind.UNREACHABLE: 503,
    STORAGE_FULL: 507,
    READ_ONLY: 503,
}


class GenerationView(APIView):
    """POST: make a picture. Waits for it, or answers 202 to `Prefer: respond-async`."""

    contract = True
    # The device's cookie says who asks; a facilitator's login adds nothing here.
    authentication_classes = ()
    required: tuple[str, ...] = ("prompt", "output_config")
    # The stage that checks what the participant wrote.
    safety_stage = 3

    @extend_schema(
        request=GenerationInput, parameters=[KEY_HEADER], responses={200: OpenApiTypes.OBJECT}
    )
    def post(self, request: Request) -> Response:
        started = time.perf_counter()
        fields = request.data if isinstance(request.data, dict) else {}
        data = validated(GenerationInput, fields)
        for required in self.required:
            if not data[required].strip():
                raise Problem(400, "invalid", _("“%(field)s” is missing.") % {"field": required})
        language = data.pop("user_language") or (translation.get_language() or "de")[:2]
        key = key_of(request._request, fields)
        with translation.override(language):
            device = sender_of(request._request, data.pop("device_id"), key)
            asked = GenerationRequest(
                **data, language=language, safety_stage=self.safety_stage, request_key=key
            )
            run, _is_new = run_once(
                device, key, lambda: submit_generation(device=device, request=asked)
            )
            if "respond-async" in request.headers.get("Prefer", ""):
                return _accepted(run)
            return _finished(wait_until_final(run), started, stage=self.safety_stage)


class LegacyView(GenerationView):
    """POST: put what was written into a workflow as it is, without rule and optimization."""

    # A workflow that takes texts of its own may do without a prompt.
    required = ("output_config",)
    safety_stage = 1


def wait_until_final(run: Run) -> Run:
    """Return the run as it ended, or as it stands after settings.WAIT_SECONDS."""
    until = time.monotonic() + settings.WAIT_SECONDS
    seen = change_event.count
    while time.monotonic() < until:
        run = Run.objects.prefetch_related("entities").get(pk=run.pk)
        if run.is_final:
            break
        seen = change_event.wait(seen, settings.LIVE_POLL_SECONDS)
    return run


def _accepted(run: Run) -> Response:
    state = states_of([run])[run.run_id]
    return Response(
        {
            "status": "queued",
            "run_id": run.run_id,
            "position": state["position"],
            "eta_seconds": state["eta_seconds"],
            "events_url": reverse("run-events", args=[run.run_id]),
            "seed": run.seed,
        },
        status=202,
        headers={"Preference-Applied": "respond-async"},
    )


def _finished(run: Run, started: float, *, stage: int) -> Response:
    if run.status == Status.COMPLETE:
        media = media_of(run)
        if not media:
            raise Problem(500, "no-picture", message_for(""), extra={"run_id": run.run_id})
        media_type = media[0]["type"].removeprefix("output_")
        code = text_of(run, media[0]["type"]) if media_type == "code" else None
        return Response(
            {
                "status": "success",
                "run_id": run.run_id,
                "duration_ms": round((time.perf_counter() - started) * 1000),
                "media_output": {
                    "media_type": media_type,
                    "url": media[0]["url"].rpartition("/")[0],
                    "run_id": run.run_id,
                    "seed": run.seed,
                    **({} if code is None else {"code": code}),
                },
            }
        )
    facts = {"run_id": run.run_id}
    if run.status == Status.BLOCKED:
        raise Problem(
            403,
            "blocked",
            run.error_message,
            extra=facts
            | {"status": "blocked", "stage": stage, "reason": run.error_kind}
            | {"message": run.error_message},
        )
    if run.status == Status.CANCELLED:
        raise Problem(409, "cancelled", _("The picture was stopped."), extra=facts)
    if not run.is_final:
        raise Problem(
            504,
            "still-waiting",
            _("The picture is still being made. Look again in a moment."),
            extra=facts,
        )
    raise Problem(
        STATUS_OF_KIND.get(run.error_kind, 502),
        run.error_kind or "failed",
        run.error_message or message_for(""),
        extra=facts,
    )


class EventsView(ReadOnlyView):
    """GET: the run's state as a stream of events, or once where JSON is asked for."""

    async def get(self, request: HttpRequest, run_id: str) -> HttpResponseBase:
        try:
            state = await sync_to_async(_state)(request, run_id)
        except Http404:
            return Problem(404, "not-found", _("There is nothing here.")).response()
        if "application/json" in request.headers.get("Accept", ""):
            return JsonResponse(state, headers={"Cache-Control": "no-store"})
        return await stream(self._events(run_id))

    async def _events(self, run_id: str) -> AsyncIterator[bytes]:
        subscription = feed.subscribe(run_id)
        number = 0
        try:
            while True:
                state = await subscription.latest(KEEP_ALIVE_SECONDS)
                if state is None:
                    yield KEEP_ALIVE
                    continue
                number += 1
                yield event(EVENT_NAMES[state["status"]], state, event_id=str(number))
                if state["status"] not in LIVE:
                    return
        finally:
            feed.unsubscribe(subscription)


def _own_run(request: HttpRequest, run_id: str) -> Run:
    runs = Run.objects.belonging_to(request).select_related("device", "workshop")
    return get_object_or_404(runs.prefetch_related("entities"), run_id=run_id)


def _state(request: HttpRequest, run_id: str) -> dict[str, Any]:
    run = _own_run(request, run_id)
    return states_of([run])[run.run_id]


class PreviewView(ReadOnlyView):
    """GET: the picture as it is coming about."""

    def get(self, request: HttpRequest, run_id: str) -> HttpResponse:
        preview = preview_of(_own_run(request, run_id))
        if preview is None:
            raise Http404
        data, content_type = preview
        headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
        return HttpResponse(data, content_type=content_type, headers=headers)


class CancelView(APIView):
    """POST: stop a run of one's own; one that has ended stays as it is."""

    authentication_classes = ()

    @extend_schema(request=None, responses={200: OpenApiTypes.OBJECT})
    def post(self, request: Request, run_id: str) -> Response:
        run = _own_run(request._request, run_id)
        request_cancel(run, by=known_device(request._request) or request.user)
        return Response(_state(request._request, run_id))
