"""A picture that a participant sends, made into a plain one: upright, sRGB, small, nothing hidden.

Nothing of the bytes that were sent stays: what is kept has been drawn anew from the pixels, so
neither places and names in a photograph's metadata nor anything else that was inside survives.
"""

from __future__ import annotations

import io
import threading
import warnings
import zipfile
from dataclasses import dataclass

from django.utils.translation import gettext as _
from PIL import Image
from pillow_heif import HeifImageFile

from pipelines.engines.jobs import Picture
from pipelines.inputs.image_kinds import AVIF, HEIF, JPEG, InvalidImage, kind_of, other_coding
from runs.viewing import upright_size, viewable

LONG_SIDE_PIXELS = 1536
# A little more than the largest cameras of phones give.
MAX_PIXELS = 50_000_000
MIN_SIDE_PIXELS = 16
_JPEG_QUALITY = 92
_END_BYTES = 64 * 1024

# Photographs, as phones and tablets keep them.
_PHOTOGRAPHS = (JPEG, HEIF, AVIF)
# What is said of a box that is in order, but holds nothing that there is a decoder for.
_UNDECODABLE = ("nsupported", "not identified")
# A decoded picture may take 150 MB, and a class sends its pictures at the same time.
_decoding = threading.BoundedSemaphore(2)


class Broken(InvalidImage):
    """A picture that cannot be read to its end, or a file that is something else besides."""


class TooLarge(InvalidImage):
    """A picture with too many pixels."""


@dataclass(frozen=True, slots=True)
class SanitizedImage:
    """A plain picture; `original_size` is that of the one that was sent, as it is seen upright."""

    picture: Picture
    original_size: tuple[int, int]


def sanitize_image(data: bytes) -> SanitizedImage:
    """Return the picture in `data` as a plain one. Raises `InvalidImage`, always with a sentence.

    Photographs become JPEG: they were compressed before, and as PNG would take ten times the room
    in every run. All else becomes PNG, which leaves the edges of drawings and letters sharp.
    """
    kind = kind_of(data)
    if _is_more_than_a_picture(data):
        raise Broken(
            _("There is more in this file than a picture. Take a screenshot of it and send that."),
            detail="polyglot",
        )
    with _decoding:
        try:
            with warnings.catch_warnings():
                # The limit is ours, below.
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                return _redrawn(data, kind)
        except InvalidImage:
            raise
        except Image.DecompressionBombError as error:
            raise _too_large() from error
        # Pillow's plugins raise whatever the bytes make them stumble over.
        except Exception as error:
            if kind == HEIF and any(words in str(error) for words in _UNDECODABLE):
                raise other_coding(repr(error)) from error
            raise Broken(
                _("This picture is damaged. Choose another one, or take it again."),
                detail=repr(error),
            ) from error


def _is_more_than_a_picture(data: bytes) -> bool:
    """Tell whether `data` would also open as an archive, a document or a web page."""
    if b"%PDF-" in data[:1024] or zipfile.is_zipfile(io.BytesIO(data)):
        return True
    # In between lie the pixels, in which anything may stand by chance.
    ends = (data[:_END_BYTES] + data[-_END_BYTES:]).lower()
    return any(mark in ends for mark in (b"<script", b"<html", b"<!doctype html"))


def _opened(data: bytes, kind: str) -> Image.Image:
    """Open a picture of a kind; nothing is decoded yet."""
    if kind == HEIF:
        return HeifImageFile(io.BytesIO(data))  # type: ignore[no-untyped-call]
    return Image.open(io.BytesIO(data), formats=[kind])


def _redrawn(data: bytes, kind: str) -> SanitizedImage:
    with _opened(data, kind) as image:
        if image.width * image.height > MAX_PIXELS:
            raise _too_large()
        if min(image.size) < MIN_SIDE_PIXELS:
            raise Broken(_("This picture is too small. Choose a larger one."), detail="too small")
        # Phones put further pictures into a photograph (MPO, HEIF); that is no movement.
        if image.format not in ("MPO", HEIF) and getattr(image, "n_frames", 1) > 1:
            raise Broken(_("This picture moves. Choose one that stands still."), detail="animated")
        original = upright_size(image)
        plain = viewable(image, long_side=LONG_SIDE_PIXELS)
    target = io.BytesIO()
    if kind in _PHOTOGRAPHS:
        plain.save(target, "JPEG", quality=_JPEG_QUALITY, subsampling=0, optimize=True)
        content_type = "image/jpeg"
    else:
        plain.save(target, "PNG", compress_level=4)
        content_type = "image/png"
    width, height = plain.size
    return SanitizedImage(Picture(target.getvalue(), content_type, width, height), original)


def _too_large() -> TooLarge:
    return TooLarge(
        _("This picture has too many pixels. Take a screenshot of it and send that."),
        detail="too many pixels",
    )
