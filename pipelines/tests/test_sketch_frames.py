"""Sketches have a still frame: sent by the browser that runs them, looked at, kept once."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from ai4artsed.cards.content import opened_picture, read_card
from ai4artsed.cards.drawing import draw_card
from ai4artsed.cards.layout import MARGIN, PLATE
from ai4artsed.cards.pdf import pdf_of
from devices.models import Device
from devices.tests.people import browser_of_group
from pipelines import moderation
from pipelines.safety.llm_judge import Judge, Verdict
from pipelines.safety.screening import JudgedBlocked, NotJudged, Screening
from runs import archive, index, recorder
from runs.models import Run
from runs.tests.making import begin, browser_of, made, staff_browser, workshop

pytestmark = pytest.mark.django_db


def canvas(color: str = "red", size: tuple[int, int] = (800, 800)) -> bytes:
    image = Image.new("RGB", size, color)
    image.paste("black", (0, 0, size[0] // 8, size[1] // 8))
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def sketch(device: Device | None, **changes: Any) -> Run:
    run = begin(device, **changes)
    code = "function setup() { createCanvas(800, 800); }"
    recorder.add(run, type="output_code", data=code, extension="js")
    recorder.finish(run)
    return run


def send(client: Client, run: Run, data: bytes) -> Any:
    return client.post(f"/api/runs/{run.run_id}/frame/", {"file": SimpleUploadedFile("blob", data)})


@pytest.fixture
def tablet() -> tuple[Client, Device]:
    return browser_of("device-mine", workshop=workshop("Di 9 Uhr"))


def middle_of(data: bytes) -> tuple[int, ...]:
    with Image.open(io.BytesIO(data)) as image:
        point: Any = image.convert("RGB").getpixel((image.width // 2, image.height // 2))
    return tuple(point)


def is_red(point: tuple[int, ...]) -> bool:
    return point[0] > 230 and point[1] < 40 and point[2] < 40


def test_a_frame_stands_for_the_sketch_in_lists_on_the_card_and_in_the_class_pdf(
    tablet: tuple[Client, Device],
) -> None:
    client, device = tablet
    run = sketch(device)
    listed = client.get(f"/api/runs/{run.run_id}/").json()
    assert listed["thumbnail_url"] is None
    assert listed["media"][0]["thumbnail_url"] is None
    assert send(client, run, canvas()).json() == {"run_id": run.run_id, "kept": True}

    listed = client.get("/api/runs/").json()["results"][0]
    assert listed["media"][0]["type"] == "output_code"
    assert listed["thumbnail_url"] == listed["media"][0]["thumbnail_url"]
    thumbnail = client.get(listed["thumbnail_url"])
    assert thumbnail.headers["Content-Type"] == "image/webp"
    assert is_red(middle_of(thumbnail.content))
    assert client.get(listed["thumbnail_url"] + "?index=1").status_code == 404

    frame = client.get(f"/api/runs/{run.run_id}/frame/")
    assert frame.headers["Content-Type"] == "image/png"
    assert "sandbox" in frame.headers["Content-Security-Policy"]
    assert f"/api/runs/{run.run_id}/frame/" in client.get(f"/card/{run.run_id}/").content.decode()
    run = Run.objects.prefetch_related("entities").select_related("workshop").get()
    card = read_card(run)
    with opened_picture(card) as file:
        drawn = draw_card(card, picture=file, address="")
    assert is_red(drawn.getpixel((MARGIN + PLATE // 2, MARGIN + PLATE // 2)))  # type: ignore[arg-type]
    pdf = pdf_of([run], address_of=lambda run: "http://x/", title="x")
    page = Image.open(io.BytesIO(pdf[pdf.index(b"\xff\xd8\xff") :]))
    assert is_red(page.getpixel((MARGIN + PLATE // 2, MARGIN + PLATE // 2)))  # type: ignore[arg-type]
    staff = browser_of_group("facilitator")
    page_of_run = staff.get(f"/admin/runs/run/{run.pk}/change/").content.decode()
    assert f'src="/api/runs/{run.run_id}/thumbnail"' in page_of_run
    assert staff.get(f"/api/runs/{run.run_id}/frame/").status_code == 200


def test_a_link_shows_the_frame_and_without_one_the_drawing_of_a_program(
    tablet: tuple[Client, Device],
) -> None:
    client, device = tablet
    run = sketch(device)
    url = client.post(f"/api/runs/{run.run_id}/share/").json()["url"]
    shared = url[url.index("/shared/") :]
    anyone = Client()
    page = anyone.get(shared).content.decode()
    assert "{ }" in page
    assert f"{shared}picture" not in page
    assert anyone.get(f"{shared}picture").status_code == 404
    send(client, run, canvas())
    assert f"{shared}picture" in anyone.get(shared).content.decode()
    assert is_red(middle_of(anyone.get(f"{shared}picture").content))


def test_the_run_s_folder_and_record_stay_as_they_were(tablet: tuple[Client, Device]) -> None:
    client, device = tablet
    run = sketch(device)
    folder = archive.run_folder(run)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    send(client, run, canvas())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    # Rows may be made anew; the frame is found again.
    Run.objects.all().delete()
    index.rebuild()
    assert Run.objects.get().run_id == run.run_id
    assert staff_browser("view_run").get(f"/api/runs/{run.run_id}/thumbnail").status_code == 200


def test_it_is_kept_once(tablet: tuple[Client, Device]) -> None:
    client, device = tablet
    run = sketch(device)
    send(client, run, canvas())
    assert send(client, run, canvas("blue")).json()["kept"] is False
    assert is_red(middle_of(client.get(f"/api/runs/{run.run_id}/frame/").content))


def test_only_the_device_that_made_the_sketch_sends_it(tablet: tuple[Client, Device]) -> None:
    client, device = tablet
    run = sketch(device)
    other, _device = browser_of("device-theirs")
    for browser in (other, Client(), staff_browser("view_run")):
        assert send(browser, run, canvas()).status_code == 404
        assert browser.post("/api/runs/run_1_a/frame/").status_code == 404
    assert client.get(f"/api/runs/{run.run_id}/frame/").status_code == 404
    picture = made(device)
    assert send(client, picture, canvas()).status_code == 404


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"", 400),
        (b"<script>alert(1)</script>", 400),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", 400),
        (canvas()[:200], 400),
        (canvas() + b"<script>", 400),
        (canvas(size=(8, 8)), 400),
        (b"\0" * 5_000_000, 413),
    ],
)
def test_it_is_never_more_than_a_picture(
    tablet: tuple[Client, Device], data: bytes, status: int
) -> None:
    client, device = tablet
    run = sketch(device)
    answer = send(client, run, data)
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert client.get(f"/api/runs/{run.run_id}/frame/").status_code == 404
    # A good one may still come.
    assert send(client, run, canvas()).json()["kept"] is True


def test_what_stood_beside_the_pixels_is_gone_and_large_ones_are_made_small(
    tablet: tuple[Client, Device],
) -> None:
    client, device = tablet
    run = sketch(device)
    image = Image.open(io.BytesIO(canvas(size=(2000, 1000))))
    exif = Image.Exif()
    exif[0x0110] = "SECRET"
    stream = io.BytesIO()
    image.save(stream, "PNG", exif=exif)
    assert send(client, run, stream.getvalue()).json()["kept"] is True
    kept = client.get(f"/api/runs/{run.run_id}/frame/").content
    assert b"SECRET" not in kept
    with Image.open(io.BytesIO(kept)) as frame:
        assert frame.size == (1536, 768)


def test_an_empty_canvas_is_no_frame_and_may_be_followed_by_one(
    tablet: tuple[Client, Device],
) -> None:
    client, device = tablet
    run = sketch(device)
    empty = io.BytesIO()
    Image.new("RGBA", (400, 400)).save(empty, "PNG")
    assert send(client, run, empty.getvalue()).json()["kept"] is False
    assert client.get(f"/api/runs/{run.run_id}/").json()["thumbnail_url"] is None
    assert send(client, run, canvas()).json()["kept"] is True


def verdict(*, allowed: bool, reason: str) -> Verdict:
    return Verdict("picture", allowed, "violence", reason, "judge", "kids")


def test_where_the_level_wants_it_the_frame_is_looked_at_first(
    tablet: tuple[Client, Device], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, device = tablet
    run = sketch(device, safety_level="kids")
    looked: list[str] = []

    class Looking(Screening):
        answer: Exception | None = None

        def check_picture(self, data: bytes, level: str, *, on_wait: Any = None) -> None:
            looked.append(level)
            if self.answer is not None:
                raise self.answer

    model: Any = None
    lists = moderation.get_screening().lists
    looking = Looking(lists, vision_judge=Judge(model))
    monkeypatch.setattr(moderation, "get_screening", lambda: looking)

    unjudged = NotJudged(verdict(allowed=False, reason="timeout"), stage=4)
    monkeypatch.setattr(Looking, "answer", unjudged)
    assert send(client, run, canvas()).json()["kept"] is False
    # Nobody could look at it; so it is asked for again.
    monkeypatch.setattr(
        Looking,
        "answer",
        JudgedBlocked(verdict(allowed=False, reason="judged"), stage=4, message="Nein."),
    )
    assert send(client, run, canvas()).json()["kept"] is False
    monkeypatch.setattr(Looking, "answer", None)
    # A no stays one, whatever comes after.
    assert send(client, run, canvas("blue")).json()["kept"] is False
    assert looked == ["kids", "kids"]
    assert client.get(f"/api/runs/{run.run_id}/frame/").status_code == 404
    assert client.get(f"/api/runs/{run.run_id}/").json()["thumbnail_url"] is None


def test_a_disk_that_takes_no_frame_is_no_failure_for_the_child(
    tablet: tuple[Client, Device],
    settings: Any,
    small_disk: Path,
    write_protect: Callable[[], None],
) -> None:
    client, device = tablet
    run = sketch(device)
    settings.VAR_DIR = small_disk
    write_protect()
    answer = send(client, run, canvas())
    assert (answer.status_code, answer.json()["kept"]) == (200, False)
