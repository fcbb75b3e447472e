"""The device that asks, as JSON."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from devices.drafts import MOST_BYTES, MOST_REVISION, DraftMoved, draft_of, is_draft, keep_draft
from devices.groups import is_of_former_group, keep_for_former_group
from devices.identity import is_kept, known_device
from devices.models import Device, Draft, Workshop
from devices.newcomers import greet_claimant, identify_writer, no_cookie
from devices.presence import Doing, ask_for_help, presence
from web.problems import Problem


class WorkshopShape(serializers.ModelSerializer[Workshop]):
    """`open` tells whether its times allow work now, whatever `paused` says."""

    open = serializers.BooleanField(source="is_open")
    paused = serializers.BooleanField(source="is_paused")

    class Meta:
        model = Workshop
        fields = (
            "name",
            "safety_level",
            "paused",
            "pause_message",
            "pause_until",
            "open",
            "allowed_rules",
            "allowed_outputs",
        )


class DeviceShape(serializers.ModelSerializer[Device]):
    device_id = serializers.CharField(source="id")
    workshop = WorkshopShape(allow_null=True)

    class Meta:
        model = Device
        fields = ("device_id", "name", "workshop")


class MyDeviceView(APIView):
    """Who the asking browser is. Binds `device_id` to one without a cookie where that is free.

    POST says that the browser is here, so that facilitators see it before it has made anything;
    one that does not send the cookie of its page back is told so.
    """

    # The device's cookie says who asks; a facilitator's login adds nothing here.
    authentication_classes: tuple[Any, ...] = ()

    @extend_schema(
        operation_id="devices_me",
        parameters=[OpenApiParameter("device_id", str, description="The id that it claims")],
        responses=DeviceShape,
    )
    def get(self, request: Request) -> Response:
        claimed_id = request.query_params.get("device_id")
        device = known_device(request._request) or greet_claimant(request._request, claimed_id)
        return Response(DeviceShape(device).data, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="devices_arrive", request=None, responses=DeviceShape)
    def post(self, request: Request) -> Response:
        if known_device(request._request) is None:
            raise no_cookie(request._request, 403)
        device = identify_writer(request._request)
        return Response(DeviceShape(device).data, headers={"Cache-Control": "no-store"})


class DoingShape(serializers.Serializer[Device]):
    """What a page tells of itself; what is left out has not changed."""

    doing = serializers.ChoiceField(
        [doing.value for doing in Doing if doing != Doing.AWAY], required=False
    )
    asks_for_help = serializers.BooleanField(required=False)


class DoingView(APIView):
    """What is done on the asking device, told by its page whenever that changes."""

    # The device's cookie says who asks; a facilitator's login adds nothing here.
    authentication_classes: tuple[Any, ...] = ()

    @extend_schema(operation_id="doing_tell", request=DoingShape, responses={204: None})
    def post(self, request: Request) -> Response:
        device = _device_that_asks(request)
        if not is_kept(device):
            device = identify_writer(request._request)
        told = DoingShape(data=request.data)
        told.is_valid(raise_exception=True)
        if "doing" in told.validated_data:
            presence.tell(device.pk, Doing(told.validated_data["doing"]))
        if "asks_for_help" in told.validated_data:
            ask_for_help(device=device, asks=told.validated_data["asks_for_help"])
        return Response(status=HTTPStatus.NO_CONTENT)


class DraftShape(serializers.Serializer[Draft]):
    """`revision` 0 without content: there is no draft."""

    revision = serializers.IntegerField(min_value=0, max_value=MOST_REVISION)
    changed_at = serializers.DateTimeField(read_only=True, allow_null=True)
    # By the server's clock alone; those of tablets may be wrong.
    age_seconds = serializers.SerializerMethodField()
    content = serializers.JSONField(allow_null=True)

    def get_age_seconds(self, draft: Draft) -> int:
        return round((timezone.now() - draft.changed_at).total_seconds())

    # The workshop and group that the page works for, by name and number; left out by older pages.
    workshop = serializers.CharField(required=False, write_only=True, max_length=120)
    group = serializers.IntegerField(required=False, write_only=True, min_value=1)

    def validate_content(self, content: Any) -> Any:
        if not is_draft(content):
            raise serializers.ValidationError(_("This is no draft of ours."))
        return content


NO_DRAFT = {"revision": 0, "changed_at": None, "age_seconds": None, "content": None}


class DraftView(APIView):
    """What is being written on the asking device.

    A change names the revision that it is based on; where that is not the present one, the
    answer is 409 with the present draft as `draft`, and nothing is changed.
    """

    # The device's cookie says who asks; a facilitator's login adds nothing here.
    authentication_classes: tuple[Any, ...] = ()

    @extend_schema(operation_id="draft_get", responses=DraftShape)
    def get(self, request: Request) -> Response:
        draft = draft_of(_device_that_asks(request))
        body = NO_DRAFT if draft is None else DraftShape(draft).data
        return Response(body, headers={"Cache-Control": "no-store"})

    @extend_schema(operation_id="draft_put", request=DraftShape, responses=DraftShape)
    def put(self, request: Request) -> Response:
        if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise Problem(413, "too-large", _("That is a lot of text. Shorten it a little."))
        device = _device_that_asks(request)
        asked = DraftShape(data=request.data)
        asked.is_valid(raise_exception=True)
        device = device if is_kept(device) else identify_writer(request._request)
        change = {
            "device": device,
            "based_on": asked.validated_data["revision"],
            "content": asked.validated_data["content"],
        }
        group = asked.validated_data.get("group", 0)
        if group and is_of_former_group(device, asked.validated_data.get("workshop", ""), group):
            aside = keep_for_former_group(group=group, **change)
            return Response({"revision": aside.revision, "changed_at": aside.changed_at})
        try:
            draft = keep_draft(**change)
        except DraftMoved as moved:
            raise Problem(
                409,
                "draft-moved",
                _("There is another text on this tablet. Nothing of it is lost."),
                extra={"draft": DraftShape(moved.present).data},
            ) from moved
        return Response({"revision": draft.revision, "changed_at": draft.changed_at})


def _device_that_asks(request: Request) -> Device:
    device = known_device(request._request)
    if device is None:
        raise Problem(403, "no-device", _("Open the first page once, then this works."))
    return device
