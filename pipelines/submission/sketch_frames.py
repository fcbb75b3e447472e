"""A still frame that a browser sends of a sketch: looked at as any picture, kept once."""

from __future__ import annotations

import io
from http import HTTPStatus

from django.utils.translation import gettext as _
from PIL import Image

from pipelines import moderation
from pipelines.generation.execution import level_in_force
from pipelines.inputs.image_kinds import InvalidImage
from pipelines.inputs.image_sanitizer import sanitize_image
from pipelines.safety.errors import Blocked
from pipelines.safety.text_check import SafetyClosed
from runs import frames
from runs.archive import ArchiveError, archive_errors
from runs.media import outputs
from runs.models import Run, Status
from web.problems import Problem

# A canvas of 1600 points has less, unless it is noise.
MOST_BYTES = 4_000_000


def keep_sketch_frame(run: Run, data: bytes) -> bool:
    """Keep `data` as the frame of the sketch of `run`, once; False where it is not to be kept.

    Raises `Problem` where there is no sketch, or `data` is no picture that may be shown.
    """
    sketch = next(iter(outputs(run, "p5")), None)
    if sketch is None or run.status != Status.COMPLETE:
        raise Problem(HTTPStatus.NOT_FOUND, "not-found", _("There is nothing here."))
    if frames.is_settled(run, sketch):
        return False
    try:
        picture = sanitize_image(data).picture
    except InvalidImage as error:
        raise Problem(HTTPStatus.BAD_REQUEST, "invalid", error.message) from error
    if _is_blank(picture.data):
        # The first moment of many sketches; the next look may bring more.
        return False
    try:
        moderation.get_screening().check_picture(picture.data, level_in_force(run))
    except SafetyClosed:
        # Nobody can look at it now. That is no verdict.
        return False
    except Blocked:
        with archive_errors("frame"):
            frames.refuse_frame(run, sketch)
        return False
    try:
        with archive_errors("frame"):
            frames.keep_frame(run, sketch, picture.data)
    except ArchiveError:
        # Without it a list shows the sign of a program, as before.
        return False
    return True


def _is_blank(data: bytes) -> bool:
    with Image.open(io.BytesIO(data)) as image:
        extrema = image.convert("RGB").getextrema()
    return all(low == high for low, high in extrema)  # type: ignore[misc]
