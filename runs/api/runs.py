"""Runs as resources: lists with filters, one run, its thumbnail."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from runs import media
from runs.api.access import FileNegotiation, not_there, visible_run
from runs.api.paging import Pages
from runs.api.shapes import RunDetailShape, RunShape, StaffRunShape
from runs.filters import RunFilter, require_known_filters
from runs.models import Run, may_view_all
from runs.thumbnails import CONTENT_TYPE, NoThumbnail, kept_at, thumbnail, thumbnail_of_frame
from web.problems import Problem

_OTHER_PARAMETERS = ("page", "page_size", "_t")


class RunsView(ListAPIView[Run]):
    """Runs, newest first: those of the device that asks and those released to its workshop.

    Staff who may view runs get all.
    """

    serializer_class = RunShape
    filterset_class = RunFilter
    pagination_class = Pages
    queryset = Run.objects.newest_first()

    @extend_schema(operation_id="runs_list")
    def get(self, request: Request) -> Response:
        require_known_filters(request.query_params, also=_OTHER_PARAMETERS)
        return self.list(request)

    def get_queryset(self) -> QuerySet[Run]:
        runs = Run.objects.visible_to(self.request)
        if {"device", "favourite"} & self.request.query_params.keys():
            # Else one could ask by name whose a released work is, or what they like best.
            runs = runs.filter(is_own=True)  # type: ignore[misc]
        return runs.select_related("device", "workshop").prefetch_related("entities").newest_first()


class RunView(APIView):
    """One run with its texts and files; staff are told who did what with it, too."""

    @extend_schema(operation_id="runs_retrieve", responses=StaffRunShape)
    def get(self, request: Request, run_id: str) -> Response:
        shape = StaffRunShape if may_view_all(request.user) else RunDetailShape
        return Response(shape(visible_run(request, run_id)).data)


class ThumbnailView(APIView):
    """A small WebP of one of the run's pictures, by default the first."""

    content_negotiation_class = FileNegotiation

    @extend_schema(
        operation_id="runs_thumbnail",
        parameters=[OpenApiParameter("index", int, description="Which of the pictures, from 0")],
        responses={(200, CONTENT_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, run_id: str) -> HttpResponseBase:
        run = visible_run(request, run_id)
        pictures = {str(place): entity for place, entity in enumerate(media.pictures(run))}
        index = request.query_params.get("index", "0")
        picture = pictures.get(index)
        frame = media.frame_shown(run) if index == "0" else None
        try:
            if picture is not None:
                data, etag = thumbnail(run, picture), f'"{kept_at(run, picture).stem}"'
            elif frame is not None:
                data, etag = thumbnail_of_frame(frame), f'"{frame.stem}"'
            else:
                raise not_there()
        except NoThumbnail as error:
            raise Problem(404, "no-thumbnail", _("This picture cannot be shown.")) from error
        return media.deliver_bytes(request._request, data, content_type=CONTENT_TYPE, etag=etag)
