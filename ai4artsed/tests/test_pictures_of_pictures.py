"""Wherever a picture is made of a run's picture, it is the same: upright, sRGB, on a ground.

Five faces: the thumbnail, the card, the class PDF, the sheet that compares, the vision judge. What
a participant would get who uploads the same file is the sixth.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from ai4artsed.cards.content import opened_picture, read_card
from ai4artsed.cards.drawing import draw_card
from ai4artsed.cards.layout import MARGIN, PLATE
from ai4artsed.cards.pdf import pdf_of
from ai4artsed.cards.views import _size_of
from pipelines.generation.composite import _MARGIN, Panel, compose
from pipelines.inputs.image_sanitizer import sanitize_image
from pipelines.safety.llm_judge import NO_PICTURE, Judge, downscaled, judge_picture
from runs import archive, recorder
from runs.models import Run
from runs.tests.making import begin, browser_of
from runs.tests.test_viewing import display_p3, looks_like, saved

pytestmark = pytest.mark.django_db

SIDE = 256
# Places in the picture, as parts of its side, and what is to be seen there.
Expected = dict[tuple[float, float], tuple[int, int, int]]


def ramp() -> Image.Image:
    """Sixteen bits from black on the left to white on the right."""
    values = b"".join((x * 257).to_bytes(2, "little") for x in range(SIDE))
    return Image.frombytes("I;16", (SIDE, SIDE), values * SIDE)


def grey_with_hole() -> Image.Image:
    """Grey on the left, half seen on the right, where black shines through half."""
    image = Image.new("LA", (SIDE, SIDE), (77, 255))
    image.paste((0, 128), (SIDE // 2, 0, SIDE, SIDE))
    return image


def on_its_side() -> bytes:
    """Red above and blue below, once it is turned as its file says."""
    image = Image.new("RGB", (SIDE, SIDE), "blue")
    image.paste("red", (0, 0, SIDE // 2, SIDE))
    exif = Image.Exif()
    exif[0x0112] = 6
    return saved(image, "PNG", exif=exif)


PICTURES: dict[str, tuple[bytes, Expected]] = {
    "gray16": (
        saved(ramp(), "PNG"),
        {
            (0.1, 0.5): (25, 25, 25),
            (0.5, 0.5): (128, 128, 128),
            (0.9, 0.5): (230, 230, 230),
        },
    ),
    # sRGB's red, as Display P3 says it.
    "p3": (
        saved(Image.new("RGB", (SIDE, SIDE), (234, 51, 35)), "PNG", icc_profile=display_p3()),
        {(0.5, 0.5): (255, 0, 0)},
    ),
    "grey with alpha": (
        saved(grey_with_hole(), "PNG"),
        {(0.25, 0.5): (77, 77, 77), (0.75, 0.5): (127, 127, 127)},
    ),
    "on its side": (on_its_side(), {(0.5, 0.1): (255, 0, 0), (0.5, 0.9): (0, 0, 255)}),
}


def run_with(data: bytes) -> tuple[Client, Run]:
    client, device = browser_of("device-mine")
    run = begin(device)
    # Behind the recorder's back, as in an archive of another program.
    recorder.add(run, type="output_image", data=b"x", extension="bin")
    entity = run.entities.get(type="output_image")
    recorder.finish(run)
    archive.entity_path(run, entity.filename).write_bytes(data)
    run.entities.update(sha256="")
    return client, Run.objects.prefetch_related("entities").get()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def thumbnail_of(data: bytes) -> Image.Image:
    client, run = run_with(data)
    answer = client.get(f"/api/runs/{run.run_id}/thumbnail")
    assert answer.status_code == 200
    seen = opened(answer.content).convert("RGBA")
    # A list shows the page through it.
    page = Image.new("RGBA", seen.size, "white")
    page.alpha_composite(seen)
    return page.convert("RGB")


def on_plate(card: Image.Image) -> Image.Image:
    return card.crop((MARGIN, MARGIN, MARGIN + PLATE, MARGIN + PLATE))


def card_of(data: bytes) -> Image.Image:
    _client, run = run_with(data)
    card = read_card(run)
    with opened_picture(card) as file:
        return on_plate(draw_card(card, picture=file, address=""))


def pdf_page_of(data: bytes) -> Image.Image:
    _client, run = run_with(data)
    pdf = pdf_of([run], address_of=lambda run: "http://x/", title="x")
    return on_plate(opened(pdf[pdf.index(b"\xff\xd8\xff") :]))


def sheet_of(data: bytes) -> Image.Image:
    sheet = opened(compose([Panel(data, ""), Panel(data, "")], caption="").data)
    return sheet.crop((_MARGIN, _MARGIN, _MARGIN + SIDE, _MARGIN + SIDE))


def judged(data: bytes) -> Image.Image:
    return opened(downscaled(data).data)


def uploaded(data: bytes) -> Image.Image:
    return opened(sanitize_image(data).picture.data)


FACES: dict[str, Callable[[bytes], Image.Image]] = {
    "thumbnail": thumbnail_of,
    "card": card_of,
    "class PDF": pdf_page_of,
    "sheet": sheet_of,
    "judge": judged,
    "upload": uploaded,
}


@pytest.mark.parametrize("picture", PICTURES)
@pytest.mark.parametrize("face", FACES)
def test_every_face_sees_the_same_picture(face: str, picture: str) -> None:
    data, expected = PICTURES[picture]
    seen = FACES[face](data)
    for (x, y), color in expected.items():
        point: Any = seen.convert("RGB").getpixel((int(x * seen.width), int(y * seen.height)))
        assert looks_like(point, color, tolerance=12), (point, color)


@pytest.mark.parametrize("data", [b"", b"\x89PNG\r\n\x1a\n", b"no picture"])
def test_where_there_is_no_picture_nobody_stumbles(data: bytes) -> None:
    client, run = run_with(data)
    assert client.get(f"/api/runs/{run.run_id}/thumbnail").status_code == 404
    assert client.get(f"/card/{run.run_id}/").status_code == 200
    assert client.get(f"/card/{run.run_id}.png").status_code == 200
    assert pdf_of([run], address_of=lambda run: "http://x/", title="x").startswith(b"%PDF")
    model: Any = None
    verdict = judge_picture(Judge(model), data=data, level="kids")
    assert (verdict.allowed, verdict.reason) == (False, NO_PICTURE)


def test_the_page_of_a_card_has_room_for_the_picture_as_it_is_seen() -> None:
    wide = Image.new("RGB", (200, 100))
    exif = Image.Exif()
    exif[0x0112] = 6
    assert _size_of(io.BytesIO(saved(wide, "JPEG", exif=exif))) == (100, 200)
    assert _size_of(io.BytesIO(saved(wide, "JPEG"))) == (200, 100)
    assert _size_of(io.BytesIO(b"")) is None
