"""One idea by all rules, for the wall: each is an ordinary interception of a device "projector"."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from ai4artsed.projector.views import open_projector
from devices.models import Device, Workshop
from pipelines.api.texts import InterceptionView
from runs.metadata import RequestKey


class MatrixView(InterceptionView):
    """POST: stages 1 and 2 as for a participant, asked by staff who may release works."""

    http_method_names = ["post", "options"]

    async def post(  # type: ignore[override]  # the key is read in `device_that_asks`
        self, request: HttpRequest, key: str
    ) -> HttpResponseBase:
        return await super().post(request)

    def device_that_asks(
        self, request: HttpRequest, claimed_id: Any, key: RequestKey | None
    ) -> Device:
        projector = open_projector(request, self.kwargs["key"])
        if not projector.may_write:
            raise Http404
        return device_of(projector.workshop)


def device_of(workshop: Workshop) -> Device:
    """Return the device as which the projector of `workshop` works.

    Its id cannot be guessed, so nobody claims it first.
    """
    digest = salted_hmac("ai4artsed.projector", f"{workshop.pk}/{workshop.join_code}").hexdigest()
    now = timezone.now()
    device, _new = Device.objects.get_or_create(
        pk=f"projector-{digest[:24]}",
        defaults={"name": _("Projector"), "workshop": workshop, "bound_at": now},
    )
    Device.objects.filter(pk=device.pk).update(last_seen_at=now, workshop=workshop)
    device.workshop = workshop
    # During a break the group looks at the wall: whoever stands before it works on.
    workshop.paused = False
    return device
