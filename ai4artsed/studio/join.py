"""Coming into a workshop: the page for the code, what the QR leads to, the sheet for the wall."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from devices.identity import greet, identify
from devices.joining import (
    JoinRefused,
    find_workshop,
    is_code,
    join_workshop,
    plain_code,
    qr_drawing,
)
from devices.models import Workshop
from web.addresses import join_address, spoken_address

_STATUS = {"unknown": 404, "wait": 429}


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def join(request: HttpRequest) -> HttpResponse:
    """Ask for the code; a right one leads into the studio."""
    if request.method != "POST":
        return _page(request)
    typed = request.POST.get("code", "")
    try:
        join_workshop(device=identify(request), typed=typed)
    except JoinRefused as refusal:
        return _page(request, typed=typed, refusal=refusal)
    return redirect("studio")


@require_safe
@never_cache
def join_by_link(request: HttpRequest, code: str) -> HttpResponse:
    """Show which workshop a QR code leads to; one press of a button, and the device is in it.

    Looking alone changes nothing: scanners and messengers look at addresses by themselves.
    """
    try:
        workshop = find_workshop(device=greet(request), typed=code)
    except JoinRefused as refusal:
        return _page(request, typed=code, refusal=refusal)
    context = {"device": greet(request), "workshop": workshop, "languages": settings.LANGUAGES}
    return render(request, "join/door.html", context)


def _page(
    request: HttpRequest, *, typed: str = "", refusal: JoinRefused | None = None
) -> HttpResponse:
    context = {
        "device": greet(request),
        "typed": plain_code(typed)[:12],
        "refusal": refusal,
        "languages": settings.LANGUAGES,
    }
    status = _STATUS.get(refusal.kind, 403) if refusal else 200
    return render(request, "join/code.html", context, status=status)


@require_safe
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """Draw the address of a code. That it leads anywhere is not told."""
    if not is_code(code):
        raise Http404
    drawing = qr_drawing(join_address(request, code))
    return HttpResponse(
        drawing, content_type="image/svg+xml", headers={"Cache-Control": "no-cache"}
    )


@require_safe
@never_cache
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the way into a workshop on one page to be printed; for staff."""
    if not request.user.has_perm("devices.view_workshop"):
        raise PermissionDenied
    workshop = get_object_or_404(Workshop, pk=pk)
    context = {"workshop": workshop, "address": spoken_address(request)}
    return render(request, "join/sheet.html", context)
