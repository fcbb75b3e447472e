"""Cards over HTTP: for those who may see the work, and for those who have a link to it."""

from __future__ import annotations

from typing import Any, BinaryIO

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema, inline_serializer
from PIL import Image
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ai4artsed.cards.content import Card, opened_picture, read_card
from ai4artsed.cards.drawing import png_of
from ai4artsed.cards.pages import card_context
from ai4artsed.cards.qr import qr_source
from devices.identity import known_device
from runs import media
from runs.api.access import own_run
from runs.archive import ArchiveError
from runs.frames import CONTENT_TYPE
from runs.models import Run
from runs.sharing import (
    LinkRefused,
    NotShareable,
    expiry_of,
    is_showable,
    may_share,
    share_run,
    shared_run,
)
from runs.viewing import upright_size
from web.addresses import room_address
from web.problems import Problem

_REFUSED_STATUS = {"unknown": 404, "expired": 410, "ended": 410}


# For those who may see the work --------------------------------------------------------------


@require_safe
@never_cache
def card_page(request: HttpRequest, run_id: str) -> HttpResponse:
    """Show the card of a run, to be printed, saved and, by whom it belongs to, shared."""
    run = _visible_run(request, run_id)
    card = read_card(run)
    context: dict[str, Any] = {
        "picture_address": _picture_address(card),
        "png_address": reverse("card-png", args=[run.run_id]),
    }
    if _may_share(request, run):
        link = share_run(run=run)
        context |= {
            "address": _address(request, link.token),
            "expires_at": link.expires_at,
            "may_share": True,
        }
    return _page(request, card, context)


@require_safe
@never_cache
def card_png(request: HttpRequest, run_id: str) -> HttpResponse:
    """Answer with the card as a picture; with a QR code for those who may share the run."""
    run = _visible_run(request, run_id)
    address = _address(request, share_run(run=run).token) if _may_share(request, run) else ""
    return _png(run, address)


class ShareView(APIView):
    """A link that shows one work to whoever has it, until it expires or is ended."""

    @extend_schema(
        operation_id="runs_share",
        request=None,
        responses={
            201: inline_serializer(
                "Link",
                {"url": serializers.URLField(), "expires_at": serializers.DateTimeField()},
            )
        },
    )
    def post(self, request: Request, run_id: str) -> Response:
        run = own_run(request, run_id)
        if not _may_share(request, run):
            raise PermissionDenied
        try:
            link = share_run(run=run)
        except NotShareable as error:
            message = _("Only finished works can be shared.")
            raise Problem(409, "not-shareable", message) from error
        address = _address(request._request, link.token)
        return Response({"url": address, "expires_at": link.expires_at}, status=201)


# For those who have a link ---------------------------------------------------------------------


@require_safe
@never_cache
def shared_page(request: HttpRequest, token: str) -> HttpResponseBase:
    """Show the card that a link leads to, or say why it leads nowhere any more."""
    try:
        run = shared_run(token)
    except LinkRefused as refusal:
        status = _REFUSED_STATUS[refusal.kind]
        return _unlisted(
            render(request, "cards/refused.html", {"kind": refusal.kind}, status=status)
        )
    card = read_card(run)
    is_shown = card.picture is not None or media.frame_shown(run) is not None
    context = {
        "picture_address": reverse("shared-picture", args=[token]) if is_shown else "",
        "png_address": reverse("shared-png", args=[token]),
        "address": _address(request, token),
        "expires_at": expiry_of(token),
        "is_shared": True,
    }
    return _unlisted(_page(request, card, context))


@require_safe
@never_cache
def shared_png(request: HttpRequest, token: str) -> HttpResponseBase:
    return _unlisted(_png(_linked_run(token), _address(request, token)))


@require_safe
def shared_picture(request: HttpRequest, token: str) -> HttpResponseBase:
    """Answer with the one picture of the work that its card shows."""
    run = _linked_run(token)
    picture, frame = read_card(run).picture, media.frame_shown(run)
    if picture is None and frame is not None:
        data, etag = frame.read_bytes(), f'"{frame.stem}"'
        answer = media.deliver_bytes(request, data, content_type=CONTENT_TYPE, etag=etag)
        return _unlisted(answer)
    if picture is None:
        raise Http404
    try:
        return _unlisted(media.deliver(request, run, picture))
    except ArchiveError as error:
        raise Http404 from error


def _linked_run(token: str) -> Run:
    try:
        return shared_run(token)
    except LinkRefused as refusal:
        raise Http404 from refusal


def _unlisted(answer: HttpResponseBase) -> HttpResponseBase:
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


# Both --------------------------------------------------------------------------------------------


def _visible_run(request: HttpRequest, run_id: str) -> Run:
    runs = Run.objects.visible_to(request).select_related("device", "workshop")
    # PostgreSQL refuses NUL in a text.
    found = None if "\0" in run_id else runs.prefetch_related("entities").filter(run_id=run_id)
    run = found.first() if found is not None else None
    if run is None or not is_showable(run):
        raise Http404
    return run


def _may_share(request: HttpRequest | Request, run: Run) -> bool:
    """Tell whether the browser's device or the account that is logged in may share `run`."""
    device = known_device(getattr(request, "_request", request))
    return (device is not None and may_share(run, device)) or may_share(run, request.user)


def _page(request: HttpRequest, card: Card, context: dict[str, Any]) -> HttpResponse:
    size = None
    with opened_picture(card) as picture:
        if picture is not None:
            size = _size_of(picture)
    address = context.get("address", "")
    context |= card_context(card, size) | {"qr": qr_source(address) if address else ""}
    return render(request, "cards/card.html", context)


def _png(run: Run, address: str) -> HttpResponse:
    card = read_card(run)
    with opened_picture(card) as picture:
        data = png_of(card, picture=picture, address=address)
    word = pgettext("file", "card")
    return HttpResponse(
        data,
        content_type="image/png",
        headers={"Content-Disposition": f'inline; filename="{word}_{run.run_id}.png"'},
    )


def _picture_address(card: Card) -> str:
    if card.picture is None:
        has_frame = media.frame_shown(card.run) is not None
        return reverse("run-frame", args=[card.run.run_id]) if has_frame else ""
    kind = media.COMPOSITE if card.picture in media.outputs(card.run, media.COMPOSITE) else "image"
    place = media.outputs(card.run, kind).index(card.picture)
    return media.media_url(card.run, kind, place)


def _size_of(picture: BinaryIO) -> tuple[int, int] | None:
    try:
        with Image.open(picture) as image:
            return upright_size(image)
    except Exception:  # Pillow's plugins raise whatever the bytes make them stumble over
        return None


def _address(request: HttpRequest, token: str) -> str:
    return room_address(request, reverse("shared", args=[token]))
