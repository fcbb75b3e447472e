"""Who sends a request that makes something, and whether it was sent before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from drf_spectacular.utils import OpenApiParameter

from devices.identity import known_device, remember
from devices.models import Device
from devices.newcomers import identify_writer, newcomers, too_many
from pipelines.submission.repeats import parse_key
from runs.metadata import RequestKey
from runs.models import Run

# What the newcomers of one address may have waiting and being made together. A class of thirty has
# a text and a picture each, and room for as many again.
MOST_RUNS = 120

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Names this request: sent again with it, it gets the answer of the same run",
)


def key_of(request: HttpRequest, fields: Mapping[str, Any]) -> RequestKey | None:
    """Return by what `request` is known when it is sent once more; only POST may name itself."""
    sent = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    return parse_key(sent, path=request.path, fields=fields)


def sender_of(request: HttpRequest, claimed_id: Any, key: RequestKey | None) -> Device:
    """Return the device that sends `request`, known from now on. Raises `Problem`.

    The cookie may have been lost with the first answer. Who sends the very same request with its
    key from the same place, and is a device whose cookie never came back, is that one.
    """
    if key is not None and known_device(request) is None:
        run = (
            Run.objects.filter(request_key=key.key, request_digest=key.digest)
            .filter(device__in=newcomers.of(request), device__has_returned=False)
            .select_related("device__workshop")
            .first()
        )
        if run is not None and run.device is not None:
            remember(request, run.device)
            return run.device
    device = identify_writer(request, claimed_id)
    came = newcomers.of(request)
    if device.pk in came and Run.objects.live().filter(device__in=came).count() >= MOST_RUNS:
        raise too_many()
    return device
