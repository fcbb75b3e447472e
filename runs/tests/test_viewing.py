"""Pictures as they are looked at, whatever their files say about colours, turning and ground."""

from __future__ import annotations

import io
import struct
from typing import Any

import pytest
from PIL import Image, ImageCms

from runs.tests.making import picture
from runs.viewing import NotViewable, open_viewable

# The primaries of Display P3, adapted to D50, as its profiles hold them.
P3 = {
    b"rXYZ": (0.51512, 0.24120, -0.00105),
    b"gXYZ": (0.29198, 0.69225, 0.04189),
    b"bXYZ": (0.15710, 0.06657, 0.78407),
}


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def display_p3() -> bytes:
    """Return the profile of a phone's screen: that of sRGB with other primaries."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (tags,) = struct.unpack_from(">I", profile, 128)
    for number in range(tags):
        name, at, _size = struct.unpack_from(">4sII", profile, 132 + 12 * number)
        if name in P3:
            struct.pack_into(">3i", profile, at + 8, *(round(x * 65536) for x in P3[name]))
    return bytes(profile)


def looks_like(point: Any, color: tuple[int, ...], tolerance: int = 3) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(point, color, strict=True))


def palette_with_hole() -> Image.Image:
    image = Image.new("P", (8, 8), 0)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.paste(1, (4, 0, 8, 8))
    return image


def half_seen(mode: str = "RGBA") -> Image.Image:
    return Image.new("RGBA", (8, 8), (0, 0, 0, 128)).convert(mode)


@pytest.mark.parametrize(
    ("data", "color"),
    [
        (saved(half_seen(), "PNG"), (127, 127, 127)),
        (saved(half_seen("LA"), "PNG"), (127, 127, 127)),
        (saved(Image.new("RGBA", (8, 8), (9, 9, 9, 0)), "WEBP", lossless=True), (255, 255, 255)),
        (saved(palette_with_hole(), "PNG", transparency=0), (255, 255, 255)),
        (saved(palette_with_hole(), "PNG"), (255, 0, 0)),
        (saved(Image.new("RGB", (8, 8), "red"), "PNG", transparency=(255, 0, 0)), (255,) * 3),
        (saved(Image.new("I;16", (8, 8), 32768), "PNG"), (128, 128, 128)),
        (saved(Image.new("I;16", (8, 8), 32768), "PNG", transparency=1), (128, 128, 128)),
        (saved(Image.new("1", (8, 8), 1), "PNG"), (255, 255, 255)),
        (saved(Image.new("L", (8, 8), 77), "JPEG"), (77, 77, 77)),
        (saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG"), (254, 0, 0)),
    ],
    ids=[
        "half seen", "grey", "webp", "palette with a hole", "palette", "one colour transparent",
        "16 bits", "16 bits, one transparent", "1 bit", "L", "cmyk",
    ],
)  # fmt: skip
def test_every_way_of_saying_colours_becomes_srgb_on_white(
    data: bytes, color: tuple[int, int, int]
) -> None:
    seen = open_viewable(data)
    assert (seen.mode, seen.size) == ("RGB", (8, 8))
    assert looks_like(seen.getpixel((1, 1)), color)


def test_another_ground_shows_through_and_without_one_transparent_stays_so() -> None:
    data = saved(palette_with_hole(), "PNG", transparency=0)
    on_paper = open_viewable(data, ground="#fdfaf4")
    assert on_paper.getpixel((1, 1)) == (0xFD, 0xFA, 0xF4)
    assert on_paper.getpixel((6, 1)) == (0, 255, 0)
    bare = open_viewable(data, ground=None)
    assert bare.mode == "RGBA"
    assert bare.getpixel((1, 1)) == (255, 0, 0, 0)
    assert bare.getpixel((6, 1)) == (0, 255, 0, 255)
    assert open_viewable(picture(), ground=None).mode == "RGB"


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (0, 0)), (3, (99, 49)), (6, (49, 0)), (8, (0, 99))]
)
@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_stands_upright(format: str, orientation: int, corner: tuple[int, int]) -> None:
    image = Image.new("RGB", (100, 50), "white")
    image.paste("red", (0, 0, 20, 20))
    exif = Image.Exif()
    exif[0x0112] = orientation
    seen = open_viewable(saved(image, format, exif=exif))
    assert seen.size == ((50, 100) if orientation in (6, 8) else (100, 50))
    assert looks_like(seen.getpixel(corner), (255, 0, 0), tolerance=40)
    assert not seen.getexif()


@pytest.mark.parametrize("alpha", [None, 128])
def test_colours_of_another_screen_are_converted(alpha: int | None) -> None:
    # sRGB's red, as Display P3 says it.
    image = Image.new("RGB", (8, 8), (234, 51, 35))
    if alpha is not None:
        image.putalpha(alpha)
    seen = open_viewable(saved(image, "PNG", icc_profile=display_p3()), ground=None)
    expected = (255, 0, 0) if alpha is None else (255, 0, 0, alpha)
    assert looks_like(seen.getpixel((1, 1)), expected, tolerance=6)
    assert "icc_profile" not in seen.info


@pytest.mark.parametrize("profile", ["XYZ", "LAB", None])
def test_a_profile_that_does_not_fit_does_no_harm(profile: Any) -> None:
    foreign = (
        ImageCms.ImageCmsProfile(ImageCms.createProfile(profile)).tobytes()
        if profile
        else b"no profile at all"
    )
    data = saved(Image.new("RGB", (8, 8), "red"), "PNG", icc_profile=foreign)
    assert open_viewable(data).getpixel((1, 1)) == (255, 0, 0)


@pytest.mark.parametrize(("format", "mode"), [("JPEG", "RGB"), ("PNG", "P"), ("PNG", "RGBA")])
def test_a_long_side_is_bounded_and_a_short_one_never_stretched(format: str, mode: str) -> None:
    data = saved(Image.new("RGB", (900, 300), "red").convert(mode), format)
    assert open_viewable(data, long_side=300).size == (300, 100)
    assert open_viewable(data, long_side=2000).size == (900, 300)


def test_a_palette_is_made_smaller_without_jagged_edges() -> None:
    image = Image.new("P", (300, 300), 0)
    image.putpalette([0, 0, 0, 255, 255, 255])
    for x in range(0, 300, 2):
        image.paste(1, (x, 0, x + 1, 300))
    seen = open_viewable(saved(image, "PNG"), long_side=100)
    assert looks_like(seen.getpixel((50, 50)), (127, 127, 127), tolerance=30)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<html>",
        picture()[:300],
        picture(format="JPEG")[:300],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 99,
        b"\xff\xd8\xff" + b"\0" * 99,
        picture()[:40] + b"\xff" * 20 + picture()[60:],
    ],
)
def test_broken_bytes_are_told_in_one_way(data: bytes) -> None:
    with pytest.raises(NotViewable):
        open_viewable(data)
    with pytest.raises(NotViewable):
        open_viewable(io.BytesIO(data), long_side=100)
