"""Pictures that participants send, for the workflows that take them."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from devices.identity import known_device
from devices.models import Device
from devices.newcomers import newcomers
from pipelines.api.senders import KEY_HEADER, key_of, sender_of
from pipelines.inputs import uploads
from pipelines.inputs.image_kinds import InvalidImage, NotAPicture
from pipelines.inputs.image_sanitizer import TooLarge, sanitize_image
from pipelines.submission.admission import get_own_run, require_workshop
from pipelines.submission.recording import archive_problem
from pipelines.submission.repeats import mismatch
from runs import archive, media
from runs.archive import ArchiveError
from runs.media import deliver_bytes
from web.methods import ReadOnlyView
from web.problems import Problem

# What a form with a file has besides it.
_FORM_BYTES = 64 * 1024
# What the newcomers of one address may have sent together: two or three for each child of a class.
MOST_OF_NEWCOMERS = 90
_TOO_LARGE = gettext_noop(
    "This picture is too large: at most %(limit)s MB. Take a screenshot of it and send that."
)


class UploadView(APIView):
    """POST: take a picture (`file` of a multipart form) for the device that sends it.

    With `run_id` instead of a file it is the picture of a run of the device's own.
    """

    contract = True
    authentication_classes = ()
    parser_classes = (MultiPartParser,)

    @extend_schema(
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "run_id": {"type": "string"},
                },
            }
        },
        parameters=[KEY_HEADER],
        responses={200: OpenApiTypes.OBJECT},
    )
    def post(self, request: Request) -> Response:
        limit = settings.MAX_UPLOAD_BYTES
        # Said by the sender, before any of it is read.
        if int(request.META.get("CONTENT_LENGTH") or 0) > limit + _FORM_BYTES:
            raise _too_large(limit)
        file = request.FILES.get("file")
        run_id = request.POST.get("run_id", "")
        if file is None and not run_id:
            raise Problem(400, "invalid", _("“%(field)s” is missing.") % {"field": "file"})
        if file is not None and (file.size or 0) > limit:
            raise _too_large(limit)
        key = key_of(request._request, {})
        device = sender_of(request._request, request.POST.get("device_id"), None)
        require_workshop(device)
        _require_room(request._request, device)
        data = _picture_of(device, run_id) if file is None else file.read()
        try:
            incoming = sanitize_image(data)
        except InvalidImage as error:
            raise _problem(error) from error
        try:
            image_id = uploads.keep(device, incoming.picture, key=key.key if key else "")
        except uploads.OtherPicture as error:
            raise mismatch() from error
        except ArchiveError as error:
            raise archive_problem(error) from error
        return Response(
            {
                "success": True,
                "image_id": image_id,
                # Older clients send this one back; it is a name and leads nowhere.
                "image_path": image_id,
                "preview_url": f"/api/media/upload/image/{image_id}",
                "original_size": list(incoming.original_size),
                "resized_size": [incoming.picture.width, incoming.picture.height],
            }
        )


def _require_room(request: HttpRequest, device: Device) -> None:
    """Raise a `Problem` where the newcomers of an address together have sent very many."""
    came = newcomers.of(request)
    if device.pk in came and uploads.held_by(came) >= MOST_OF_NEWCOMERS:
        raise Problem(
            429,
            "too-many-pictures",
            _("Very many pictures are being sent here right now. Try again in some minutes."),
            headers={"Retry-After": "60"},
        )


def _picture_of(device: Device, run_id: str) -> bytes:
    """Return the picture that a run of `device` made, the first where there are several."""
    run = None if "\0" in run_id else get_own_run(device, run_id)
    pictures = media.pictures(run) if run else []
    if run is None or not pictures:
        raise Problem(404, "not-found", _("There is nothing here."))
    try:
        return archive.read_bytes(run, pictures[0].filename)
    except ArchiveError as error:
        raise archive_problem(error) from error


def _problem(error: InvalidImage) -> Problem:
    if isinstance(error, NotAPicture):
        return Problem(415, "unsupported-media-type", error.message)
    if isinstance(error, TooLarge):
        return Problem(413, "too-large", error.message)
    return Problem(400, "invalid", error.message)


def _too_large(limit: int) -> Problem:
    return Problem(413, "too-large", _(_TOO_LARGE) % {"limit": f"{limit / 1_000_000:g}"})


class UploadedView(ReadOnlyView):
    """GET: a picture that this very device has sent."""

    def get(self, request: HttpRequest, image_id: str) -> HttpResponseBase:
        device = known_device(request)
        picture = uploads.find(device, image_id) if device else None
        if picture is None:
            raise Http404
        return deliver_bytes(
            request, picture.data, content_type=picture.content_type, etag=f'"{image_id}"'
        )
