"""The fields of a request, taken apart by what its chunk names as inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from devices.models import Device
from pipelines.catalog import Chunk
from pipelines.inputs import uploads
from pipelines.inputs.values import Value, WrongValue, values_for
from runs.metadata import StartFile
from web.problems import Problem

PICTURE = "input_image"
"""The type of entity of a picture that a run begins with; which one is in its metadata."""


@dataclass(frozen=True, slots=True)
class ParsedInputs:
    """`values` hold the texts too, as a workflow takes them; `texts` are (name, text)."""

    values: Mapping[str, Value]
    texts: tuple[tuple[str, str], ...]
    files: tuple[StartFile, ...]


def parse_inputs(device: Device, chunk: Chunk, fields: Mapping[str, Any]) -> ParsedInputs:
    """Return what `fields` hold for `chunk`; raises a `Problem` that names the field."""
    try:
        given = values_for(chunk, fields, text_limit=settings.MAX_PROMPT_CHARACTERS)
        files = tuple(
            _picture(device, name, str(given.pop(name)))
            for name, about in chunk.inputs.items()
            if about.type == "image" and name in given
        )
    except WrongValue as wrong:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            "invalid",
            wrong.message,
            extra={"field": wrong.field, "errors": {wrong.field: [wrong.message]}},
        ) from wrong
    texts = tuple(
        (name, str(given[name]))
        for name, about in chunk.inputs.items()
        if about.type == "text" and name in given
    )
    return ParsedInputs(given, texts, files)


def _picture(device: Device, name: str, image_id: str) -> StartFile:
    picture = uploads.find(device, image_id)
    if picture is None:
        raise WrongValue(name, _("Your picture is not here any more. Choose it once again."))
    return StartFile(
        type=PICTURE,
        data=picture.data,
        extension=uploads.EXTENSIONS[picture.content_type],
        metadata={"input": name, "width": picture.width, "height": picture.height},
    )
