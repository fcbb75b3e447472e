"""Pictures that participants send: what is taken, what becomes of it, and whose it is."""

from __future__ import annotations

import io
import os
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, ImageCms, ImageDraw
from pytest_django import Settings

from devices.models import Workshop
from devices.newcomers import newcomers
from pipelines.api import uploads as api
from pipelines.inputs import uploads
from runs.tests.making import browser_of, made

pytestmark = pytest.mark.django_db(transaction=True)

UPLOAD = "/api/media/upload/image"


def drawn(size: tuple[int, int] = (64, 48), mode: str = "RGB") -> Image.Image:
    """A picture of four colours, one in each corner, so that one sees how it was turned."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    x, y = size[0] // 2, size[1] // 2
    for color, box in {
        "red": (0, 0, x, y),
        "green": (x, 0, size[0], y),
        "blue": (0, y, x, size[1]),
        "black": (x, y, size[0], size[1]),
    }.items():
        draw.rectangle(box, fill=color)
    return image.convert(mode)


def saved(image: Image.Image, format: str, **options: Any) -> bytes:
    stream = io.BytesIO()
    image.save(stream, format, **options)
    return stream.getvalue()


def send(
    client: Client,
    data: bytes,
    name: str = "x.bin",
    *,
    headers: dict[str, str] | None = None,
    address: str = "127.0.0.1",
    **fields: str,
) -> Any:
    file = SimpleUploadedFile(name, data, content_type="application/octet-stream")
    return client.post(UPLOAD, {"file": file, **fields}, headers=headers, REMOTE_ADDR=address)


def kept(client: Client, data: bytes) -> Image.Image:
    answer = send(client, data)
    assert answer.status_code == 200, answer.content
    preview = client.get(answer.json()["preview_url"])
    assert preview.status_code == 200
    return Image.open(io.BytesIO(preview.content))


def looks_like(point: Any, color: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(point, color, strict=True))


def test_a_photograph_is_answered_as_the_contract_says_and_is_made_small(client: Client) -> None:
    answer = send(client, saved(drawn((3000, 2000)), "JPEG"))
    assert answer.status_code == 200
    body = answer.json()
    assert set(body) == {
        "success",
        "image_id",
        "image_path",
        "preview_url",
        "original_size",
        "resized_size",
    }
    assert body["success"] is True
    assert body["original_size"] == [3000, 2000]
    assert body["resized_size"] == [1536, 1024]
    assert "/" not in body["image_path"]
    preview = client.get(body["preview_url"])
    assert preview["Content-Type"] == "image/jpeg"
    assert "sandbox" in preview["Content-Security-Policy"]
    assert Image.open(io.BytesIO(preview.content)).size == (1536, 1024)


def test_a_small_drawing_keeps_its_size_and_its_sharp_edges(client: Client) -> None:
    image = kept(client, saved(drawn(), "PNG"))
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (64, 48))
    assert image.tobytes() == drawn().tobytes()


def test_nothing_of_what_stood_beside_the_pixels_is_kept(client: Client) -> None:
    exif = Image.Exif()
    exif[0x0110] = "SECRETCAMERA"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (52.0, 31.0, 12.0)
    photograph = saved(drawn(), "JPEG", exif=exif, comment=b"SECRETCOMMENT", xmp=b"SECRETXMP")
    assert photograph.count(b"SECRET") == 3
    for data in (photograph, photograph + b"SECRETTRAILER"):
        image = kept(client, data)
        image.load()
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not any(b"SECRET" in path.read_bytes() for path in _kept_files())


@pytest.mark.parametrize(
    ("orientation", "upper_left"),
    [(1, (255, 0, 0)), (3, (0, 0, 0)), (6, (0, 0, 255)), (8, (0, 128, 0))],
)
def test_a_photograph_stands_upright(
    client: Client, orientation: int, upper_left: tuple[int, int, int]
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(drawn((200, 100)), "JPEG", exif=exif)
    size = (100, 200) if orientation in (6, 8) else (200, 100)
    assert send(client, data).json()["original_size"] == list(size)
    image = kept(client, data)
    assert image.size == size
    assert looks_like(image.getpixel((10, 10)), upper_left)


@pytest.mark.parametrize(
    ("data", "point"),
    [
        (saved(Image.new("I;16", (32, 32), 32768), "PNG"), (128, 128, 128)),
        (saved(Image.new("RGBA", (32, 32), (255, 0, 0, 0)), "PNG"), (255, 255, 255)),
        (saved(Image.new("LA", (32, 32), (0, 128)), "PNG"), (127, 127, 127)),
        (saved(Image.new("1", (32, 32), 1), "PNG"), (255, 255, 255)),
        (saved(drawn(mode="P"), "PNG"), (255, 0, 0)),
        (saved(Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "JPEG"), (254, 0, 0)),
        (saved(Image.new("L", (32, 32), 77), "JPEG"), (77, 77, 77)),
        (saved(drawn(), "WEBP", lossless=True), (255, 0, 0)),
        (saved(drawn(), "MPO", save_all=True, append_images=[drawn((32, 32))]), (255, 0, 0)),
    ],
    ids=["16bit", "transparent", "grey", "1bit", "palette", "cmyk", "L", "webp", "mpo"],
)
def test_every_way_of_saying_colours_becomes_the_plain_one(
    client: Client, data: bytes, point: tuple[int, int, int]
) -> None:
    image = kept(client, data)
    assert image.mode == "RGB"
    assert looks_like(image.getpixel((4, 4)), point)


def test_colours_that_a_profile_names_are_kept_as_they_look(client: Client) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    # A profile of another kind than the pixels does no harm.
    xyz = ImageCms.ImageCmsProfile(ImageCms.createProfile("XYZ"))
    for profile in (srgb.tobytes(), xyz.tobytes(), b"no profile at all"):
        image = kept(client, saved(drawn(), "PNG", icc_profile=profile))
        assert looks_like(image.getpixel((4, 4)), (255, 0, 0))
        assert "icc_profile" not in image.info


def archived(data: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as file:
        file.writestr("index.html", "hidden")
    return data + stream.getvalue()


PNG = saved(drawn(), "PNG")
JPEG = saved(Image.effect_noise((300, 300), 80).convert("RGB"), "JPEG")
MOVING = {"save_all": True, "append_images": [Image.new("RGB", (64, 48), "blue")]}


@pytest.mark.parametrize(
    ("data", "status", "said"),
    [
        (b"", 415, "JPEG, PNG or HEIC"),
        (b"just words", 415, "JPEG, PNG or HEIC"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "JPEG, PNG or HEIC"),
        (saved(drawn(), "GIF"), 415, "JPEG, PNG or HEIC"),
        (saved(drawn(), "BMP"), 415, "JPEG, PNG or HEIC"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 90, 400, "damaged"),
        (b"GIF89a<script>alert(1)</script>", 415, "JPEG, PNG or HEIC"),
        (b"RIFF\x24\0\0\0WAVEfmt ", 415, "JPEG, PNG or HEIC"),
        (JPEG[: len(JPEG) // 2], 400, "damaged"),
        (PNG[:-30], 400, "damaged"),
        (PNG[:40] + b"\xff" * 20 + PNG[60:], 400, "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 200, 400, "damaged"),
        (b"\xff\xd8\xff" + b"\0" * 200, 400, "damaged"),
        (saved(drawn(), "PNG", **MOVING), 400, "moves"),
        (saved(drawn(), "WEBP", **MOVING), 400, "moves"),
        (archived(PNG), 400, "more in this file"),
        (archived(JPEG), 400, "more in this file"),
        (saved(drawn(), "JPEG", comment=b"<SCRIPT>alert(1)</SCRIPT>"), 400, "more in this file"),
        (saved(drawn(), "JPEG", comment=b"%PDF-1.7"), 400, "more in this file"),
        (saved(drawn((8, 300)), "PNG"), 400, "too small"),
        (saved(Image.new("1", (9000, 9000)), "PNG"), 413, "too many pixels"),
        (saved(Image.new("1", (20000, 20000)), "PNG"), 413, "too many pixels"),
        (JPEG + b"\0" * 12_000_000, 413, "at most 12 MB"),
    ],
)
def test_what_is_not_taken_is_refused_in_one_friendly_sentence(
    client: Client, data: bytes, status: int, said: str
) -> None:
    client.cookies["django_language"] = "en"
    answer = send(client, data, "holiday.jpg")
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["http_status"]) == ("error", status)
    assert said in body["error"] == body["detail"]
    assert not list(_kept_files())


def test_a_form_without_a_file_and_a_body_that_is_no_form_are_told(client: Client) -> None:
    assert client.post(UPLOAD, {"file": "words"}).status_code == 400
    answer = client.post(UPLOAD, data="{}", content_type="application/json")
    assert answer.status_code == 415
    assert answer.json()["status"] == "error"


def test_a_body_that_says_it_is_too_large_is_not_even_read(client: Client) -> None:
    class NeverRead(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise AssertionError("was read")

    request: Any = {
        "content_type": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": "4000000000",
        "wsgi.input": NeverRead(),
    }
    assert client.generic("POST", UPLOAD, **request).status_code == 413


def test_a_picture_is_there_for_the_device_that_sent_it_and_for_no_other(client: Client) -> None:
    answer = send(client, PNG).json()
    other = Client()
    assert send(other, JPEG).status_code == 200
    assert other.get(answer["preview_url"]).status_code == 404
    assert Client().get(answer["preview_url"]).status_code == 404
    assert client.get(answer["preview_url"]).status_code == 200


@pytest.mark.parametrize("name", ["0" * 32, "..", "%2e%2e%2fdb.sqlite3", "*", "0" * 31 + "*"])
def test_other_names_lead_nowhere(client: Client, name: str) -> None:
    send(client, PNG)
    assert client.get(f"{UPLOAD}/{name}").status_code == 404


def test_after_a_day_it_is_forgotten_whoever_comes_next(client: Client) -> None:
    preview = send(client, PNG).json()["preview_url"]
    (path,) = _kept_files()
    old = time.time() - uploads.KEEP_SECONDS - 1
    os.utime(path, (old, old))
    assert client.get(preview).status_code == 404
    send(Client(), JPEG)
    assert not path.exists()
    assert len(list(_kept_files())) == 1


def test_a_device_keeps_only_its_latest(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "KEEP_PER_DEVICE", 2)
    other = send(Client(), PNG).json()
    previews = []
    for age in (30, 20, 10):
        previews.append(send(client, PNG).json()["preview_url"])
        newest = max(_kept_files(), key=lambda path: path.stat().st_mtime)
        then = time.time() - age
        os.utime(newest, (then, then))
    assert [client.get(preview).status_code for preview in previews] == [404, 200, 200]
    assert other["image_id"] in {path.stem.partition("_")[2] for path in _kept_files()}


def test_all_pictures_together_are_bounded_and_who_has_most_loses_the_oldest(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = send(client, PNG).json()
    laptop = Client()
    previews = []
    for age in (30, 20, 10):
        previews.append(send(laptop, JPEG).json()["preview_url"])
        newest = max(_kept_files(), key=lambda path: path.stat().st_mtime)
        os.utime(newest, (time.time() - age, time.time() - age))
    monkeypatch.setattr(uploads, "MOST_BYTES", sum(path.stat().st_size for path in _kept_files()))
    previews.append(send(laptop, JPEG).json()["preview_url"])
    assert [laptop.get(preview).status_code for preview in previews] == [404, 200, 200, 200]
    assert client.get(few["preview_url"]).status_code == 200
    assert sum(path.stat().st_size for path in _kept_files()) <= uploads.MOST_BYTES


def test_the_newcomers_of_one_address_send_so_many_pictures_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    newcomers.clear()
    monkeypatch.setattr(api, "MOST_OF_NEWCOMERS", 3)
    assert [send(Client(), PNG).status_code for _request in range(5)] == [200, 200, 200, 429, 429]
    assert len(_kept_files()) == 3
    assert send(Client(), PNG, address="10.0.0.9").status_code == 200


def test_a_closed_workshop_takes_no_pictures(client: Client) -> None:
    Workshop.objects.create(name="5b", takes_new_devices=True, paused=True)
    assert send(client, PNG).status_code == 503
    assert not list(_kept_files())


def test_a_disk_that_takes_no_picture_is_told_as_what_it_is(
    client: Client, settings: Settings, small_disk: Path, write_protect: Callable[[], None]
) -> None:
    settings.VAR_DIR = small_disk
    assert send(client, PNG).status_code == 200
    then = time.time() - 2 * uploads.KEEP_SECONDS
    os.utime(_kept_files()[0], (then, then))
    large = saved(Image.effect_noise((900, 900), 80), "PNG")
    answer = send(client, large)
    assert (answer.status_code, answer.json()["type"]) == (507, "/problems/storage-full")
    assert not _kept_files()
    send(client, PNG)
    os.utime(_kept_files()[0], (then, then))
    write_protect()
    answer = send(client, PNG)
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/read-only")
    assert len(_kept_files()) == 1


def _kept_files() -> list[Path]:
    return list(uploads._root().glob("*"))


def test_the_picture_of_an_own_work_may_be_used_again() -> None:
    browser, device = browser_of("device-maker")
    run = made(device)
    answer = browser.post(UPLOAD, {"run_id": run.run_id})
    assert answer.status_code == 200, answer.content
    preview = browser.get(answer.json()["preview_url"])
    assert Image.open(io.BytesIO(preview.content)).size == (64, 64)


def test_another_device_s_work_is_no_picture_of_one_s_own() -> None:
    _browser, device = browser_of("device-maker")
    run = made(device)
    stranger, _device = browser_of("device-stranger")
    assert stranger.post(UPLOAD, {"run_id": run.run_id}).status_code == 404
    assert stranger.post(UPLOAD, {"run_id": "\0"}).status_code == 404
