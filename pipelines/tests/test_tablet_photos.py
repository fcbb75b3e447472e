"""Photographs as tablets send them (HEIC, AVIF): taken, made plain, told apart from the rest."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
import pytest
from django.test import Client
from PIL import Image, ImageCms

from pipelines.inputs import image_sanitizer
from pipelines.inputs.image_kinds import NotAPicture, kind_of
from pipelines.tests.test_uploads import drawn, kept, looks_like, saved, send
from runs.tests.test_viewing import display_p3

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = (256, 128)


def heic(image: Image.Image | None = None, **options: Any) -> bytes:
    stream = io.BytesIO()
    pillow_heif.from_pillow(image or drawn(SIZE)).save(stream, quality=90, **options)
    return stream.getvalue()


def branded(data: bytes, *brands: bytes) -> bytes:
    """Return a box of the same content under other brands, the first the major one."""
    length = int.from_bytes(data[:4], "big")
    box = b"ftyp" + brands[0] + b"\0\0\0\0" + b"".join(brands[1:])
    # Places of the content are counted from the file's beginning.
    assert len(box) + 4 == length
    return data[:4] + box + data[length:]


HEIC = heic()
AVIF = saved(drawn(SIZE), "AVIF", quality=95)


@pytest.mark.parametrize("data", [HEIC, AVIF], ids=["heic", "avif"])
def test_a_photograph_of_a_tablet_becomes_a_plain_jpeg(client: Client, data: bytes) -> None:
    answer = send(client, data, "IMG_0001.HEIC").json()
    assert answer["success"] is True
    assert answer["original_size"] == answer["resized_size"] == list(SIZE)
    image = kept(client, data)
    assert (image.format, image.mode, image.size) == ("JPEG", "RGB", SIZE)
    for point, color in {(20, 20): "red", (230, 20): "green", (20, 110): "blue"}.items():
        expected: Any = Image.new("RGB", (1, 1), color).getpixel((0, 0))
        assert looks_like(image.getpixel(point), expected), color


def with_place() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0110] = "SECRETCAMERA"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 31.0, 12.0)
    return exif


@pytest.mark.parametrize(
    "data",
    [
        heic(exif=with_place().tobytes(), xmp=b"SECRETXMP"),
        saved(drawn(SIZE), "AVIF", exif=with_place(), xmp=b"SECRETXMP"),
    ],
    ids=["heic", "avif"],
)
def test_place_and_camera_are_removed(client: Client, data: bytes) -> None:
    assert data.count(b"SECRET") == 2
    image = kept(client, data)
    assert not image.getexif()
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("format", ["heic", "avif"])
def test_it_stands_upright(client: Client, format: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = drawn(SIZE)
    if format == "heic":
        # As pixels that are to be turned, which its own way from Pillow would have turned already.
        file = pillow_heif.from_bytes("RGB", SIZE, picture.tobytes())
        file.info["exif"] = exif.tobytes()
        stream = io.BytesIO()
        file.save(stream)
        data = stream.getvalue()
        assert b"irot" in data
    else:
        data = saved(picture, "AVIF", exif=exif)
    assert send(client, data).json()["original_size"] == [SIZE[1], SIZE[0]]
    image = kept(client, data)
    assert image.size == (SIZE[1], SIZE[0])
    assert looks_like(image.getpixel((10, 10)), (0, 0, 255))


@pytest.mark.parametrize("format", ["heic", "avif"])
def test_colours_of_a_tablet_s_screen_become_srgb(client: Client, format: str) -> None:
    # sRGB's red, as Display P3 says it.
    picture = Image.new("RGB", (64, 64), (234, 51, 35))
    if format == "heic":
        picture.info["icc_profile"] = display_p3()
        data = heic(picture)
    else:
        data = saved(picture, "AVIF", icc_profile=display_p3(), quality=100)
    red = kept(client, data).getpixel((30, 30))
    assert isinstance(red, tuple)
    assert red[0] > 250
    assert red[1] < 12
    assert red[2] < 12


def test_a_profile_that_names_srgb_changes_nothing(client: Client) -> None:
    picture = drawn(SIZE)
    picture.info["icc_profile"] = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert looks_like(kept(client, heic(picture)).getpixel((20, 20)), (255, 0, 0))


def test_what_is_transparent_lies_on_white(client: Client) -> None:
    unseen = Image.new("RGBA", (64, 64), (255, 0, 0, 0))
    for data in (heic(unseen), saved(unseen, "AVIF")):
        assert looks_like(kept(client, data).getpixel((30, 30)), (255, 255, 255))


def test_of_a_burst_the_picture_that_its_file_names_first_is_taken(client: Client) -> None:
    several = pillow_heif.from_pillow(Image.new("RGB", (64, 64), "red"))
    several.add_from_pillow(Image.new("RGB", (64, 64), "blue"))
    stream = io.BytesIO()
    several.save(stream, primary_index=1)
    assert looks_like(kept(client, stream.getvalue()).getpixel((30, 30)), (0, 0, 255))


@pytest.mark.parametrize(
    ("brands", "kind"),
    [
        ((b"heic", b"mif1", b"heic"), "HEIF"),
        ((b"heix", b"mif1", b"miaf"), "HEIF"),
        ((b"heim",), "HEIF"),
        ((b"hevc", b"msf1", b"heic"), "HEIF"),
        ((b"hevx",), "HEIF"),
        ((b"mif1", b"miaf", b"heic"), "HEIF"),
        ((b"msf1", b"hevc"), "HEIF"),
        ((b"mif1",), "HEIF"),
        ((b"avif", b"mif1", b"miaf"), "AVIF"),
        ((b"avis", b"msf1"), "AVIF"),
        ((b"mif1", b"miaf", b"avif"), "AVIF"),
        ((b"mif1", b"heic", b"avif"), "AVIF"),
        ((b"heic", b"avif"), "HEIF"),
    ],
)
def test_the_box_is_told_by_all_of_its_brands(brands: tuple[bytes, ...], kind: str) -> None:
    box = b"ftyp" + brands[0] + b"\0\0\0\0" + b"".join(brands[1:])
    assert kind_of((len(box) + 4).to_bytes(4, "big") + box + b"\0" * 40) == kind


@pytest.mark.parametrize(
    "brands", [(b"mif1", b"heic", b"miaf", b"mif1"), (b"heix", b"mif1", b"heic", b"miaf")]
)
def test_a_photograph_is_read_under_any_of_its_brands(
    client: Client, brands: tuple[bytes, ...]
) -> None:
    assert looks_like(kept(client, branded(HEIC, *brands)).getpixel((20, 20)), (255, 0, 0))


BOX = b"\0\0\0\x18ftyp%s\0\0\0\0mif1%s" + b"\0" * 90
MOVING = {"save_all": True, "append_images": [Image.new("RGB", SIZE, "blue")]}


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        # Damaged: of a kind that is read, and cannot be read to its end.
        (HEIC[: len(HEIC) // 2], 400, "damaged"),
        (HEIC[:-20], 400, "damaged"),
        (HEIC[:60], 400, "damaged"),
        (AVIF[: len(AVIF) // 2], 400, "damaged"),
        (AVIF[:60], 400, "damaged"),
        *((BOX % (brand, brand), 400, "damaged") for brand in (b"heic", b"heix", b"hevc", b"avif")),
        (BOX % (b"mif1", b"miaf"), 400, "damaged"),
        # Not taken: in order perhaps, but of another kind.
        (BOX % (b"avci", b"avci"), 415, "rare kind"),
        (BOX % (b"mif1", b"vvic"), 415, "rare kind"),
        (BOX % (b"mif1", b"j2ki"), 415, "rare kind"),
        (HEIC.replace(b"hvc1", b"vvc1"), 415, "rare kind"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  " + b"\0" * 90, 415, "a film"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 90, 415, "a film"),
        (b"\0\0\0\x14ftypcrx \0\0\0\0crx " + b"\0" * 90, 415, "JPEG, PNG or HEIC"),
        (b"\0\0\0\0ftyp", 415, "JPEG, PNG or HEIC"),
        (b"\xff\xff\xff\xffftyp" + b"zzzz" * 900, 415, "JPEG, PNG or HEIC"),
        # The rules that hold for all pictures hold for these.
        (saved(drawn(SIZE), "AVIF", **MOVING), 400, "moves"),
        (heic(drawn((300, 8))), 400, "too small"),
        (HEIC + b"%PDF-1.7 <script>alert(1)</script>", 400, "more in this file"),
    ],
)
def test_a_kind_that_is_not_taken_is_told_apart_from_a_broken_file(
    client: Client, data: bytes, status: int, said: str
) -> None:
    client.cookies["django_language"] = "en"
    answer = send(client, data, "IMG_0001.HEIC")
    assert answer.status_code == status, answer.content
    assert said in answer.json()["error"]


@pytest.mark.parametrize("data", [HEIC, AVIF], ids=["heic", "avif"])
def test_too_many_pixels_are_refused_before_any_is_decoded(
    client: Client, data: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(image_sanitizer, "MAX_PIXELS", SIZE[0] * SIZE[1] - 1)
    monkeypatch.setattr(image_sanitizer, "viewable", None)
    answer = send(client, data)
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/too-large"


def test_of_something_that_is_no_picture_the_kind_is_not_guessed() -> None:
    for data in (b"", b"ftyp", b"\0\0\0\x18ftyp", b"RIFFxxxxWAVE"):
        with pytest.raises(NotAPicture):
            kind_of(data)
