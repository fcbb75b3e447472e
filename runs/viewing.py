"""Pictures made ready to be looked at: upright, in the colours of screens, on a ground.

Every face that shows or judges a picture draws it by this one function, so that all see the same.
The bytes that an engine made are never touched; what comes from here is a copy of the pixels.
"""

from __future__ import annotations

import io
from typing import BinaryIO

from PIL import Image, ImageCms, ImageOps

# What is resized and converted as it is; all else becomes RGB, or RGBA, first.
_PLAIN_MODES = ("L", "RGB", "RGBA", "CMYK")
_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


class NotViewable(Exception):
    """There is no picture in these bytes, or a broken one."""


def open_viewable(
    source: bytes | BinaryIO, *, ground: str | None = "white", long_side: int | None = None
) -> Image.Image:
    """Return the picture in `source` as `viewable` does. Raises `NotViewable`."""
    try:
        with Image.open(io.BytesIO(source) if isinstance(source, bytes) else source) as image:
            return viewable(image, ground=ground, long_side=long_side)
    # Pillow's decoders raise nearly anything for bytes that are no picture.
    except Exception as error:
        raise NotViewable(repr(error)) from error


def viewable(
    image: Image.Image, *, ground: str | None = "white", long_side: int | None = None
) -> Image.Image:
    """Return a copy of `image` in sRGB as it is seen, without anything else that its file holds.

    What is transparent shows `ground`; without one it stays so, in a copy of the mode RGBA. Where
    a side is longer than `long_side` pixels the copy is smaller. Raises what Pillow raises for
    broken bytes.
    """
    size = (long_side, long_side) if long_side else None
    if size:
        # Decoders of JPEG can leave out most of the work.
        image.draft(None, size)
    seen = _plain(ImageOps.exif_transpose(image))
    if size:
        seen.thumbnail(size, Image.Resampling.LANCZOS)
    seen = _in_srgb(seen)
    # A new image has no memory of what stood beside the pixels.
    if seen.mode == "RGB":
        bare = Image.new("RGB", seen.size)
        bare.paste(seen)
    elif ground is None:
        bare = Image.new("RGBA", seen.size)
        bare.paste(seen)
    else:
        bare = Image.new("RGB", seen.size, ground)
        bare.paste(seen, mask=seen)
    return bare


def _plain(image: Image.Image) -> Image.Image:
    """Return `image` in a mode that can be made smaller and whose colours can be converted."""
    if image.mode.startswith("I"):
        # Sixteen bits per point; a plain conversion would clip them. One of these greys may be
        # said to be transparent; of 8 bits it could not be told from its neighbours.
        image.info.pop("transparency", None)
        return image.point(lambda value: value / 256).convert("L")
    if image.has_transparency_data:
        return image.convert("RGBA")
    return image if image.mode in _PLAIN_MODES else image.convert("RGB")


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return `image` as RGB or RGBA in the colours that all screens and engines expect."""
    mode = "RGBA" if image.mode == "RGBA" else "RGB"
    profile = image.info.get("icc_profile")
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, source, _SRGB, outputMode=mode)
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None  # A profile that does not fit: most are of sRGB anyway.
        if converted is not None:
            return converted
    return image.convert(mode)
