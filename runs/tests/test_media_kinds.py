"""What a run made, of every type that archives know: served under its kind, told in every list."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from django.test import Client

from devices.models import Device
from runs import archive as files
from runs import index, recorder
from runs.models import Run
from runs.tests.making import begin, browser_of, picture, staff_browser
from runs.tests.recording import old_run

pytestmark = pytest.mark.django_db

PNG = picture()
SHEET = picture(9)
DEVICE = "5b2e0d2a-0000-4000-8000-000000000000"
PLACE = f"2026-02-10/{DEVICE}_2026-02-10/run_1770714000000_abc"


def february(*outputs: tuple[str, str, bytes]) -> Run:
    """Index a run of February 2026 with outputs (type, extension, content)."""
    names = [
        f"{number:02}_{type_}.{extension}"
        for number, (type_, extension, _data) in enumerate(outputs, start=2)
    ]
    entities = [{"sequence": 1, "type": "input", "filename": "01_input.txt"}] + [
        {"sequence": number, "type": type_, "filename": name, "metadata": {"seed": 7}}
        for number, (name, (type_, _extension, _data)) in enumerate(
            zip(names, outputs, strict=True), start=2
        )
    ]
    contents = {f"final/{name}": data for name, (_t, _e, data) in zip(names, outputs, strict=True)}
    metadata = {"timestamp": "2026-02-10T10:00:00", "config_name": "x", "entities": entities}
    old_run(
        files.runs_root() / PLACE,
        metadata | {"run_id": "run_1770714000000_abc", "device_id": DEVICE},
        {"final/01_input.txt": "Haus", **contents},
    )
    report = index.rebuild()
    assert (report.damaged, report.missed) == ([], [])
    return Run.objects.get()


KINDS = [
    ("output_image", "png", PNG, "image", "image/png", ()),
    ("output_image_comparison", "png", PNG, "image", "image/png", ()),
    ("output_music", "mp3", b"ID3", "music", "audio/mpeg", ("audio",)),
    ("output_music", "mid", b"MThd", "music", "audio/midi", ("audio",)),
    ("output_audio", "wav", b"RIFF", "audio", "audio/wav", ()),
    ("output_audio", "m4a", b"ftyp", "audio", "audio/mp4", ()),
    ("output_video", "mp4", b"ftyp", "video", "video/mp4", ()),
    ("output_3d", "glb", b"glTF", "3d", "model/gltf-binary", ()),
    ("tonejs", "js", b"new Tone.Synth()", "tonejs", "text/plain; charset=utf-8", ("code",)),
    ("p5", "js", b"function setup() {}", "p5", "text/plain; charset=utf-8", ("code",)),
    ("output_code", "js", b"function draw() {}", "p5", "text/plain; charset=utf-8", ("code",)),
    # Code that somebody called a page is never one.
    ("p5", "html", b"<script>", "p5", "application/octet-stream", ("code",)),
]


@pytest.mark.parametrize(("type_", "extension", "data", "kind", "content_type", "also"), KINDS)
def test_each_type_is_served_as_media_of_its_kind_and_stands_in_all_lists(
    type_: str, extension: str, data: bytes, kind: str, content_type: str, also: tuple[str, ...]
) -> None:
    run = february((type_, extension, data))
    staff = staff_browser("view_run")
    for answers in (kind, *also):
        for url in (f"/api/media/{answers}/{run.run_id}", f"/api/media/{answers}/{run.run_id}/0"):
            answer = staff.get(f"{url}?_t=1768652106123")
            assert (answer.status_code, answer.content) == (200, data), url
            assert answer.headers["Content-Type"] == content_type
            assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert staff.get(f"/api/media/{kind}/{run.run_id}/1").status_code == 404
    others = {"image", "composite", "music", "audio", "video", "3d", "p5", "tonejs", "code"}
    for other in others - {kind, *also}:
        assert staff.get(f"/api/media/{other}/{run.run_id}").status_code == 404, other
    info = staff.get(f"/api/media/info/{run.run_id}").json()
    assert (info["type"], info["count"]) == (kind, 1)
    (listed,) = staff.get("/api/runs/?status=complete&kind=generation").json()["results"]
    (item,) = listed["media"]
    assert (item["type"], item["kind"]) == (type_, kind)
    assert item["url"] == f"/api/media/{kind}/{run.run_id}/0"
    assert (item["thumbnail_url"] is not None) == (kind == "image")


def test_runs_of_every_type_go_out_with_an_export() -> None:
    run = february(*((type_, extension, data) for type_, extension, data, *_ in KINDS))
    answer = staff_browser("view_run", "export_run", "view_entity").get("/api/runs/export/")
    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        names = package.namelist()
        (manifest,) = [name for name in names if name.endswith("manifest.csv")]
        rows = list(csv.DictReader(io.StringIO(package.read(manifest).decode("utf-8-sig"))))
    for entity in run.entities.all():
        assert any(name.endswith(f"final/{entity.filename}") for name in names)
        assert entity.filename in rows[0]["files"]
    assert rows[0]["problems"] == ""


# The sheet of all outputs --------------------------------------------------------------------


def ours(device: Device, type_: str) -> Run:
    """Record a comparison as we do, its sheet under `type_`."""
    run = begin(device)
    for number, role in enumerate(("combined", "joined", "text_1", "text_2")):
        recorder.add(
            run,
            type="output_image",
            data=picture(number),
            extension="png",
            metadata={"role": role},
        )
    metadata = {"role": "composite"}
    recorder.add(run, type=type_, data=SHEET, extension="png", metadata=metadata)
    recorder.finish(run)
    return run


def assert_sheet(client: Client, run: Run, filename: str) -> None:
    """Check that the sheet is served, and stands in no list of single pictures."""
    images = client.get(f"/api/media/images/{run.run_id}").json()
    assert images["total_images"] == len(images["images"]) == 4
    assert filename not in [image["filename"] for image in images["images"]]
    info = client.get(f"/api/media/info/{run.run_id}").json()
    assert (info["type"], info["count"]) == ("image", 4)
    assert filename not in [file["filename"] for file in info["files"]]
    assert client.get(f"/api/media/image/{run.run_id}/4").status_code == 404
    told: Any = client.get(f"/api/runs/{run.run_id}/").json()
    assert [item["type"] for item in told["media"]] == ["output_image"] * 4
    for url in (
        f"/api/pipeline/{run.run_id}/file/{filename}",
        f"/api/pipeline/{run.run_id}/entity/output_image_composite",
        f"/api/pipeline/{run.run_id}/entity/composite",
        f"/api/media/composite/{run.run_id}",
        told["composite_url"],
    ):
        assert client.get(url).content == SHEET, url


@pytest.mark.parametrize("type_", ["output_image_composite", "composite"])
def test_the_sheet_is_no_single_picture_under_either_of_its_names(type_: str) -> None:
    client, device = browser_of("device-mine")
    run = ours(device, type_)
    assert_sheet(client, run, f"08_{type_}.png")
    # From the files again, as after a move.
    Run.objects.all().delete()
    index.rebuild()
    assert_sheet(client, Run.objects.get(), f"08_{type_}.png")


def test_the_sheet_of_february_2026_is_served_alike() -> None:
    run = february(
        *(("output_image", "png", picture(number)) for number in range(4)),
        ("output_image_composite", "png", SHEET),
    )
    assert_sheet(staff_browser("view_run"), run, "06_output_image_composite.png")


def test_existing_clients_find_the_place_of_each_picture_by_its_node() -> None:
    client, device = browser_of("device-mine")
    run = ours(device, "output_image_composite")
    images = client.get(f"/api/media/images/{run.run_id}").json()["images"]
    assert [image["node_title"] for image in images] == [
        "Combined Vectors",
        "Reference",
        "Prompt 1 only",
        "Prompt 2 only",
    ]
    assert [image["filename"] for image in images] == [
        f"{number:02}_output_image.png" for number in range(4, 8)
    ]


def test_the_title_of_a_node_that_an_archive_names_is_kept() -> None:
    run = february(("output_image", "png", PNG))
    run.entities.filter(type="output_image").update(metadata={"node_title": "Prompt 1 only"})
    images = staff_browser("view_run").get(f"/api/media/images/{run.run_id}").json()["images"]
    assert images[0]["node_title"] == "Prompt 1 only"


def test_a_sheet_that_is_all_there_is_stands_for_the_work() -> None:
    run = february(("output_image_composite", "png", SHEET))
    staff = staff_browser("view_run")
    assert list(Run.objects.all().with_picture()) == [run]
    told = staff.get(f"/api/runs/{run.run_id}/").json()
    assert [item["kind"] for item in told["media"]] == ["composite"]
    assert staff.get(told["media"][0]["url"]).content == SHEET
    assert staff.get(told["thumbnail_url"]).status_code == 200
    assert staff.get(f"/api/media/images/{run.run_id}").status_code == 404


def test_a_sheet_as_it_is_recorded_says_its_type_in_metadata_json() -> None:
    _client, device = browser_of("device-mine")
    run = ours(device, "output_image_composite")
    record = json.loads((files.run_folder(run) / "metadata.json").read_text("utf-8"))
    assert record["entities"][-1]["type"] == "output_image_composite"
