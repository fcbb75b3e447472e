"""What a device does with its works: mark those it likes best, look where they come from."""

from __future__ import annotations

from django.http import Http404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from devices.identity import known_device
from runs.api.access import visible_run
from runs.api.shapes import RunShape
from runs.archive import ArchiveError
from runs.family import family_of
from runs.favourites import NotKeepable, set_favourite
from runs.models import Run
from web.problems import Problem


class FavouriteView(APIView):
    """POST marks a run of the device's own as a favourite, DELETE unmarks it."""

    # By the device's cookie alone, which is SameSite=Lax; staff have no favourites here.
    authentication_classes = ()

    @extend_schema(request=None, responses={200: OpenApiTypes.OBJECT})
    def post(self, request: Request, run_id: str) -> Response:
        return _set(request, run_id, True)

    @extend_schema(request=None, responses={200: OpenApiTypes.OBJECT})
    def delete(self, request: Request, run_id: str) -> Response:
        return _set(request, run_id, False)


def _set(request: Request, run_id: str, favourite: bool) -> Response:
    device = known_device(request._request)
    if device is None:
        raise Http404
    own = Run.objects.filter(device=device.pk).of_present_group(device)
    run = own.filter(run_id=run_id).first()
    if run is None:
        raise Http404
    try:
        set_favourite(run=run, favourite=favourite)
    except NotKeepable as error:
        raise Problem(409, "not-keepable", _("This work cannot be changed.")) from error
    except ArchiveError as error:
        raise Problem(
            503, error.kind, _("This cannot be kept right now. Try again in a moment.")
        ) from error
    return Response({"run_id": run.run_id, "is_favourite": run.is_favourite})


class FamilyView(APIView):
    """A run, what it came from and all that came from it, as far as one may see them."""

    @extend_schema(operation_id="runs_family", responses={200: OpenApiTypes.OBJECT})
    def get(self, request: Request, run_id: str) -> Response:
        run = visible_run(request, run_id)
        family = family_of(run, Run.objects.visible_to(request._request))
        members = [
            {**RunShape(member.run).data, "changes": list(member.changes)}
            for member in family.members
        ]
        return Response({"run_id": run.run_id, "is_whole": family.is_whole, "members": members})
