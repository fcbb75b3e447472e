"""Whole selections for staff, as a download that begins at once."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.generics import GenericAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from runs.api.access import FileNegotiation
from runs.export.folders import CHUNK_BYTES
from runs.exporting import EXPORT, export_runs
from runs.filters import RunFilter, require_known_filters
from runs.models import Run, may_view_all
from web.logins import BasicAuthentication
from web.problems import Problem
from web.streaming import gathered, streamed


class MayExport(BasePermission):
    def has_permission(self, request: Request, view: APIView) -> bool:
        # Which methods there are is no secret; the description of the API tells it, too.
        if request.method not in ("GET", "HEAD"):
            return True
        return may_view_all(request.user) and request.user.has_perms(EXPORT)


class ExportView(GenericAPIView[Run]):
    """A zip of the selected runs' folders with a manifest, for staff who may view and export runs.

    What the archive lacks is told in manifest.csv and PROBLEMS.txt inside.
    """

    # Basic first, so that programs without a session are asked for a name and a password.
    authentication_classes = (BasicAuthentication, SessionAuthentication)
    permission_classes = (MayExport,)
    content_negotiation_class = FileNegotiation
    filterset_class = RunFilter
    queryset = Run.objects.all()
    pagination_class = None

    @extend_schema(
        operation_id="runs_export",
        filters=True,
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request) -> HttpResponseBase:
        require_known_filters(request.query_params)
        runs = self.filter_queryset(self.get_queryset())
        if not runs.exists():
            raise Problem(404, "no-runs", _("No runs match this selection."))
        content = export_runs(runs, by=request.user, selection=dict(request.query_params.lists()))
        response = streamed(
            request._request, gathered(content, CHUNK_BYTES), content_type="application/zip"
        )
        name = f"runs_{timezone.localtime():%Y-%m-%d_%H%M}.zip"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "private, no-store"
        # A proxy that gathers the answer first would keep the browser waiting.
        response.headers["X-Accel-Buffering"] = "no"
        return response
