"""The device that asks, as JSON."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from devices.identity import identify
from devices.models import Device, Workshop


class WorkshopShape(serializers.ModelSerializer[Workshop]):
    """`open` tells whether its times allow work now, whatever `paused` says."""

    open = serializers.BooleanField(source="is_open")

    class Meta:
        model = Workshop
        fields = (
            "name",
            "safety_level",
            "paused",
            "pause_message",
            "open",
            "allowed_rules",
            "allowed_engines",
        )


class DeviceShape(serializers.ModelSerializer[Device]):
    device_id = serializers.CharField(source="id")
    workshop = WorkshopShape(allow_null=True)

    class Meta:
        model = Device
        fields = ("device_id", "name", "workshop")


class MyDeviceView(APIView):
    """Who the asking browser is. Makes it known, and binds `device_id` to it where that is free."""

    # The device's cookie says who asks; a facilitator's login adds nothing here.
    authentication_classes: tuple[Any, ...] = ()

    @extend_schema(
        operation_id="devices_me",
        parameters=[OpenApiParameter("device_id", str, description="The id that it claims")],
        responses=DeviceShape,
    )
    def get(self, request: Request) -> Response:
        device = identify(request._request, request.query_params.get("device_id"))
        return Response(DeviceShape(device).data, headers={"Cache-Control": "no-store"})
