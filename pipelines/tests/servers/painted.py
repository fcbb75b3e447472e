"""Pictures for the fakes to give away."""

from __future__ import annotations

import base64
import io
from functools import cache

from PIL import Image


@cache
def painted(width: int = 64, height: int = 64, form: str = "PNG") -> bytes:
    """A real picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", (width, height), (200, 80, 40)).save(file, form)
    return file.getvalue()


def painted_base64(width: int = 64, height: int = 64, form: str = "PNG") -> str:
    return base64.b64encode(painted(width, height, form)).decode()
