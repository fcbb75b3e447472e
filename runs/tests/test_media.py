"""How files leave: never run as a page, kept by browsers but asked for again, in parts too."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image

from devices.models import Device
from runs import archive, media, recorder
from runs.models import Entity, Run
from runs.tests.making import begin, browser_of, damage, made, picture
from runs.thumbnails import SIDE_PIXELS, kept_at

pytestmark = pytest.mark.django_db


@pytest.fixture
def own() -> tuple[Client, Device]:
    return browser_of("device-mine")


def add_file(run: Run, name: str, content: bytes) -> str:
    """Put a file into a run that the recorder would not make, as old archives hold it."""
    (archive.run_folder(run) / name).write_bytes(content)
    Entity.objects.create(run=run, sequence=50, type="other", filename=name)
    return f"/api/pipeline/{run.run_id}/file/{name}"


@pytest.mark.parametrize(
    ("name", "content_type"),
    [
        ("a.js", "text/plain; charset=utf-8"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("a.html", "application/octet-stream"),
        ("a.svg", "application/octet-stream"),
        ("a.xhtml", "application/octet-stream"),
        ("a", "application/octet-stream"),
        ("a.JPG", "image/jpeg"),
        ("a.json", "application/json"),
    ],
)
def test_no_file_is_run_as_a_page(own: tuple[Client, Device], name: str, content_type: str) -> None:
    client, device = own
    url = add_file(made(device), name, b"<script>alert(1)</script>")
    response = client.get(url)
    assert response.headers["Content-Type"] == content_type
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert "allow-scripts" not in response.headers["Content-Security-Policy"]
    kept = "attachment" if content_type == media.UNKNOWN_TYPE else "inline"
    assert response.headers["Content-Disposition"].startswith(kept)


def test_a_saved_file_bears_the_name_of_its_run(own: tuple[Client, Device]) -> None:
    client, device = own
    run = made(device)
    response = client.get(f"/api/media/image/{run.run_id}")
    assert response.headers["Content-Disposition"] == (
        f'inline; filename="{run.run_id}_04_output_image.png"'
    )


def test_a_browser_that_has_the_file_gets_no_second_copy(own: tuple[Client, Device]) -> None:
    client, device = own
    run = made(device)
    url = f"/api/media/image/{run.run_id}"
    first = client.get(url)
    sha256 = run.entities.get(type="output_image").sha256
    assert first.headers["ETag"] == f'"{sha256}"'
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    # What the browser holds is no ticket.
    stranger = Client().get(url, headers={"If-None-Match": first.headers["ETag"]})
    assert stranger.status_code == 404


def test_a_file_without_a_recorded_hash_is_known_by_time_and_size(
    own: tuple[Client, Device],
) -> None:
    client, device = own
    run = made(device)
    url = add_file(run, "old.txt", b"one")
    etag = client.get(url).headers["ETag"]
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 304
    (archive.run_folder(run) / "old.txt").write_bytes(b"another")
    assert client.get(url, headers={"If-None-Match": etag}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "status", "part", "content_range"),
    [
        ("bytes=0-1", 206, b"01", "bytes 0-1/10"),
        ("bytes=4-", 206, b"456789", "bytes 4-9/10"),
        ("bytes=-3", 206, b"789", "bytes 7-9/10"),
        ("bytes=8-99", 206, b"89", "bytes 8-9/10"),
        ("bytes=-99", 206, b"0123456789", "bytes 0-9/10"),
        ("bytes=5-2", 200, b"0123456789", None),
        ("bytes=0-1,3-4", 200, b"0123456789", None),
        ("bytes=-", 200, b"0123456789", None),
        ("lines=1-2", 200, b"0123456789", None),
    ],
)
def test_players_get_the_part_they_ask_for(
    own: tuple[Client, Device], asked: str, status: int, part: bytes, content_range: str | None
) -> None:
    client, device = own
    url = add_file(made(device), "a.mp4", b"0123456789")
    response = client.get(url, headers={"Range": asked})
    assert (response.status_code, response.content) == (status, part)
    assert response.headers.get("Content-Range") == content_range


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=-0"])
def test_a_part_that_is_not_there_is_a_problem_that_tells_the_size(
    own: tuple[Client, Device], asked: str
) -> None:
    client, device = own
    url = add_file(made(device), "a.mp4", b"0123456789")
    response = client.get(url, headers={"Range": asked})
    assert (response.status_code, response["Content-Range"]) == (416, "bytes */10")
    assert response["Content-Type"] == "application/problem+json"
    assert b"0123" not in response.content


def test_a_large_file_is_sent_in_pieces(own: tuple[Client, Device]) -> None:
    client, device = own
    content = bytes(range(256)) * (media.SMALL_FILE_BYTES // 256) + b"end"
    url = add_file(made(device), "a.mp4", content)
    response = client.get(url)
    assert response.streaming
    pieces = list(response)
    assert len(pieces) > 10
    assert b"".join(pieces) == content
    assert response.headers["Content-Length"] == str(len(content))


# Thumbnails ---------------------------------------------------------------------------------


def thumbnail_of(client: Client, run: Run) -> bytes:
    response = client.get(f"/api/runs/{run.run_id}/thumbnail")
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/webp"
    return response.content


def wide_picture(mode: str, format: str) -> bytes:
    stream = io.BytesIO()
    Image.new(mode, (1024, 512)).save(stream, format)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("mode", "format", "extension"),
    [
        ("RGB", "PNG", "png"),
        ("RGBA", "PNG", "png"),
        ("P", "PNG", "png"),
        ("I;16", "PNG", "png"),
        ("L", "JPEG", "jpg"),
        ("CMYK", "JPEG", "jpg"),
        ("RGB", "WEBP", "webp"),
        ("P", "GIF", "gif"),
    ],
)
def test_a_thumbnail_fits_its_square_and_keeps_its_shape(
    own: tuple[Client, Device], mode: str, format: str, extension: str
) -> None:
    client, device = own
    run = begin(device)
    recorder.add(run, type="output_image", data=wide_picture(mode, format), extension=extension)
    with Image.open(io.BytesIO(thumbnail_of(client, run))) as image:
        assert (image.format, image.size) == ("WEBP", (SIDE_PIXELS, SIDE_PIXELS // 2))


def test_what_is_transparent_stays_so_in_a_list(own: tuple[Client, Device]) -> None:
    client, device = own
    run = begin(device)
    recorder.add(run, type="output_image", data=wide_picture("RGBA", "PNG"), extension="png")
    with Image.open(io.BytesIO(thumbnail_of(client, run))) as image:
        assert image.convert("RGBA").getpixel((9, 9)) == (0, 0, 0, 0)


def test_thumbnails_may_be_deleted_and_lie_outside_the_archive(
    own: tuple[Client, Device], archive: Path
) -> None:
    client, device = own
    run = made(device)
    before = sorted(archive.rglob("*"))
    first = thumbnail_of(client, run)
    kept = kept_at(run, run.entities.get(type="output_image"))
    assert kept.read_bytes() == first
    assert kept.is_relative_to(settings.THUMBNAIL_DIR)
    kept.unlink()
    assert thumbnail_of(client, run) == first
    assert sorted(archive.rglob("*")) == before
    assert [path.suffix for path in kept.parent.iterdir()] == [".webp"]


def test_a_kept_thumbnail_needs_no_picture(own: tuple[Client, Device]) -> None:
    client, device = own
    run = made(device)
    first = thumbnail_of(client, run)
    damage(run, "04_output_image.png", b"broken")
    assert thumbnail_of(client, run) == first


def test_each_picture_has_its_thumbnail(own: tuple[Client, Device]) -> None:
    client, device = own
    run = made(device, pictures=2)
    first, second = (
        client.get(item["thumbnail_url"]).content
        for item in client.get(f"/api/runs/{run.run_id}/").json()["media"]
    )
    assert first != second
    for index in ("2", "-1", "one", "", "00"):
        assert client.get(f"/api/runs/{run.run_id}/thumbnail?index={index}").status_code == 404


@pytest.mark.parametrize("content", [None, b"", b"no picture", picture()[:300]])
def test_a_broken_picture_has_no_thumbnail(
    own: tuple[Client, Device], content: bytes | None
) -> None:
    client, device = own
    run = made(device)
    damage(run, "04_output_image.png", content)
    response = client.get(f"/api/runs/{run.run_id}/thumbnail")
    assert response.status_code == 404
    assert response.json()["type"] == "/problems/no-thumbnail"
    assert not list(Path(settings.THUMBNAIL_DIR).rglob("*.webp"))


def test_a_place_that_cannot_be_written_costs_only_time(
    own: tuple[Client, Device], tmp_path: Path
) -> None:
    client, device = own
    Path(settings.THUMBNAIL_DIR).write_text("a file where the folder should be")
    thumbnail_of(client, made(device))
