"""Telling whether bytes are the picture they are said to be."""

from __future__ import annotations

import io
import warnings

from PIL import Image

from runs.archive import DAMAGED, ArchiveError

_FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP", "gif": "GIF"}


def verify_picture(data: bytes, extension: str) -> None:
    """Raise `ArchiveError` (damaged) where `data` is not the whole picture `extension` promises.

    Extensions other than those of raster pictures are not looked at.
    """
    expected = _FORMATS.get(extension)
    if expected is None:
        return
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=[expected]) as picture:
                if expected == "PNG":
                    # Reads every checksum up to the end mark, without decoding.
                    picture.verify()
                else:
                    # These formats have no checksums; only decoding shows a cut.
                    picture.load()
    except Exception as error:  # Pillow's plugins raise whatever the bytes make them stumble over
        raise ArchiveError(DAMAGED, f"not a whole {expected} picture: {error!r}") from error
