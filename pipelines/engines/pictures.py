"""Pictures as servers send them: nothing is believed before it was decoded once."""

from __future__ import annotations

import base64
import binascii
import io
from typing import NamedTuple

from PIL import Image

from pipelines.engines.jobs import EngineError, ErrorKind

MOST_BYTES = 64 * 1024 * 1024
# Enough for 8192 × 8192; above it a small file that unfolds would fill the memory.
MOST_PIXELS = 8192 * 8192

URL_SAFE = str.maketrans("-_", "+/")
EXTENSIONS = {"PNG": "png", "JPEG": "jpg", "WEBP": "webp"}


class Kind(NamedTuple):
    """What a picture turned out to be; sizes in pixels."""

    content_type: str
    extension: str
    width: int
    height: int


def inspect_picture(data: bytes) -> Kind:
    """Decode a picture to its end and say what it is.

    Raises `EngineError` (bad_response) where it is empty, too big, cut short or no picture.
    """
    if not data:
        raise _bad("the picture is empty")
    if len(data) > MOST_BYTES:
        raise _bad(f"the picture has {len(data)} bytes")
    try:
        with Image.open(io.BytesIO(data), formats=list(EXTENSIONS)) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _bad(f"the picture has {image.width} x {image.height} pixels")
            image.load()
            form, (width, height) = str(image.format), image.size
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise _bad(f"no picture in {len(data)} bytes: {type(error).__name__}") from error
    return Kind(Image.MIME[form], EXTENSIONS[form], width, height)


def from_base64(text: object) -> bytes:
    """Decode base64 of either alphabet, also as a data URL. Raises `EngineError` (bad_response)."""
    if not isinstance(text, str) or not text:
        raise _bad("the picture is empty")
    if text.startswith("data:"):
        text = text.partition(",")[2]
    try:
        return base64.b64decode(text.translate(URL_SAFE), validate=True)
    except (binascii.Error, ValueError) as error:
        raise _bad(f"not base64: {type(error).__name__}") from error


def _bad(detail: str) -> EngineError:
    return EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
