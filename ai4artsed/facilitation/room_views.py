"""The facilitators' first page: the room of one workshop, and what is pressed there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from ai4artsed.facilitation.release_check import issues_of
from ai4artsed.facilitation.room import get_room
from ai4artsed.facilitation.room_strings import room_strings
from ai4artsed.studio.module_graph import needed_modules
from devices.models import Device, Workshop
from runs.acts import Actor
from runs.archive import ArchiveError
from runs.cancelling import request_cancel
from runs.grouping import begin_next_group, return_to_group
from runs.messaging import lower_hand, send_message
from runs.models import Run
from runs.naming import name_device
from runs.pausing import continue_workshop, pause_workshop
from runs.releasing import NotReleasable, release, require_releasable
from web.addresses import spoken_address
from web.problems import Problem

SCRIPT = "js/facilitation/room.js"
# Who leads a workshop; others have pages of their own.
LEAD = "devices.change_workshop"
MOST_WORKSHOPS = 12
MOST_MINUTES = 120
MINUTES_OFFERED = (2, 5, 10, 20)


def present_workshop() -> Workshop | None:
    """Return the workshop that is meant most likely: who comes now, comes into it."""
    workshops = Workshop.objects.order_by("-takes_new_devices", "-created_at", "-id")
    return workshops.first()


@method_decorator(never_cache, name="dispatch")
class RoomView(View):
    """GET: the page; its state is asked for by its script."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        _require_lead(request)
        return room_page(request, get_object_or_404(Workshop, pk=pk))


def room_page(request: HttpRequest, workshop: Workshop) -> HttpResponse:
    static = Path(settings.BASE_DIR, "static")
    context = {
        "workshop": workshop,
        "others": Workshop.objects.exclude(pk=workshop.pk).order_by("-created_at", "-id")[
            :MOST_WORKSHOPS
        ],
        "room": get_room(workshop),
        "minutes_offered": MINUTES_OFFERED,
        "address": spoken_address(request),
        "may_release": request.user.has_perm("runs.release_run"),
        "script": SCRIPT,
        "modules": needed_modules(static, SCRIPT),
        "strings": room_strings(),
    }
    return TemplateResponse(request, "facilitation/room.html", context)


@method_decorator(never_cache, name="dispatch")
class RoomStateView(View):
    """GET: the room as JSON."""

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        _require_lead(request)
        return JsonResponse(get_room(get_object_or_404(Workshop, pk=pk)))


class RoomActionView(View):
    """POST: what is pressed; answers with the room as it is then."""

    def post(self, request: HttpRequest, pk: int, action: str) -> HttpResponse:
        workshop = get_object_or_404(Workshop, pk=pk)
        act = ACTIONS.get(action)
        if act is None:
            raise Http404
        try:
            _require_lead(request)
            act(workshop, request.POST, request.user)
        except PermissionDenied:
            message = _("You may not do that. Ask whoever runs this installation.")
            return Problem(HTTPStatus.FORBIDDEN, "forbidden", message).response()
        except NotReleasable:
            message = _("Only finished works of a workshop can be released.")
            return Problem(HTTPStatus.CONFLICT, "not-releasable", message).response()
        except ArchiveError:
            message = _("This could not be written into the archive. Free some room on the disk.")
            return Problem(HTTPStatus.INSUFFICIENT_STORAGE, "storage-full", message).response()
        except Problem as problem:
            return problem.response()
        if "text/html" in request.headers.get("Accept", ""):
            # Pressed once more after logging in, where no script waits for the room.
            return redirect("admin:room", pk)
        workshop.refresh_from_db()
        return JsonResponse(get_room(workshop))


def _pause(workshop: Workshop, form: QueryDict, by: Actor) -> None:
    minutes = _number(form.get("minutes", ""))
    until = timezone.now() + timedelta(minutes=minutes) if minutes else None
    pause_workshop(workshop=workshop, by=by, message=form.get("message", ""), until=until)


def _continue(workshop: Workshop, form: QueryDict, by: Actor) -> None:
    continue_workshop(workshop=workshop, by=by)


def _next_group(workshop: Workshop, form: QueryDict, by: Actor) -> None:
    begin_next_group(workshop=workshop, by=by)


def _former_group(workshop: Workshop, form: QueryDict, by: Actor) -> None:
    if not return_to_group(workshop=workshop, by=by):
        raise Problem(HTTPStatus.CONFLICT, "too-late", _("It is too late to undo this."))


def _message(workshop: Workshop, form: QueryDict, by: Actor) -> None:
    text = form.get("text", "").strip()
    if not text:
        raise Problem(400, "invalid", _("Write what everybody should read."))
    device = _device(workshop, form) if form.get("device") else None
    send_message(workshop=workshop, text=text, by=by, device=device)


def _lower_hand(workshop: Workshop, form: QueryDict, by: Actor) -> None:
    lower_hand(device=_device(workshop, form), by=by)


def _name(workshop: Workshop, form: QueryDict, by: Actor) -> None:
    name_device(device=_device(workshop, form), name=form.get("name", ""), by=by)


def _stop(workshop: Workshop, form: QueryDict, by: Actor) -> None:
    request_cancel(_run(form), by=by)


def _release(workshop: Workshop, form: QueryDict, by: Actor) -> None:
    """Release a work, unless its texts should be read first: then the answer says where."""
    run = _run(form)
    require_releasable(run)
    if issues_of(run):
        message = _("Read its texts before you release it.")
        page = reverse("admin:runs_run_change", args=[run.pk])
        raise Problem(HTTPStatus.CONFLICT, "read-first", message, extra={"page": page})
    release(run=run, by=by)


ACTIONS: dict[str, Callable[[Workshop, QueryDict, Any], None]] = {
    "pause": _pause,
    "continue": _continue,
    "next-group": _next_group,
    "former-group": _former_group,
    "message": _message,
    "lower-hand": _lower_hand,
    "name": _name,
    "stop": _stop,
    "release": _release,
}


def _device(workshop: Workshop, form: QueryDict) -> Device:
    return get_object_or_404(Device, pk=form.get("device", ""), workshop=workshop)


def _run(form: QueryDict) -> Run:
    runs = Run.objects.select_related("device", "workshop").prefetch_related("entities")
    return get_object_or_404(runs, run_id=form.get("run", ""))


def _number(text: str) -> int:
    """Return whole minutes within what a break may last; 0 for none."""
    return min(int(text), MOST_MINUTES) if text.isascii() and text.isdigit() and text else 0


def _require_lead(request: HttpRequest) -> None:
    if not request.user.has_perm(LEAD):
        raise PermissionDenied
