"""The state of an open page, for browsers that have no event stream just now."""

from __future__ import annotations

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from devices.identity import greet, known_device
from pipelines.live.page_states import state_of
from runs.api.access import FileNegotiation


class PageStateView(APIView):
    """GET: what concerns the page of the asking device: workshop, messages, how its runs stand.

    As a stream of events (`text/event-stream`) it is told again at each change, see
    `pipelines.live.event_streams`; this view answers it once.
    """

    # The device's cookie says who asks; a facilitator's login adds nothing here.
    authentication_classes = ()
    # Where there is no stream for it, a browser that asks for one is answered all the same.
    content_negotiation_class = FileNegotiation

    @extend_schema(operation_id="events", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request) -> Response:
        state = state_of(known_device(request._request) or greet(request._request))
        body = {"at": timezone.now().isoformat(), **state}
        return Response(body, headers={"Cache-Control": "no-store"})
