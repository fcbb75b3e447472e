"""The endpoints that existing clients fetch media and state from, as they know them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from devices.models import Device
from runs import archive, recorder
from runs.models import Entity, Run
from runs.tests.making import begin, blocked, browser_of, damage, made, picture, staff_browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def device() -> Device:
    return Device.objects.create(pk="device-mine")


@pytest.fixture
def client(device: Device) -> Client:
    Device.objects.filter(pk=device.pk).update(bound_at=None)
    return browser_of(device.pk)[0]


def assert_nothing_there(client: Client, url: str) -> None:
    response = client.get(url)
    assert response.status_code == 404, url
    body = response.json()
    assert body["status"] == "error"
    assert body["error"] == body["detail"]
    assert (body["http_status"], body["type"]) == (404, "/problems/not-found")


def test_a_picture_comes_as_it_was_stored(client: Client, device: Device) -> None:
    run = made(device, pictures=3)
    first = client.get(f"/api/media/image/{run.run_id}")
    assert first.content == picture(0)
    assert first.headers["Content-Type"] == "image/png"
    for index in range(3):
        assert client.get(f"/api/media/image/{run.run_id}/{index}").content == picture(index)
    for absent in ("image/{}/3", "audio/{}", "video/{}/0", "p5/{}", "poem/{}", "image/{}/-1"):
        response = client.get("/api/media/" + absent.format(run.run_id))
        assert response.status_code == 404


def test_code_comes_from_the_address_of_its_kind(client: Client, device: Device) -> None:
    run = begin(device)
    recorder.add(run, type="output_code", data="function setup() {}", extension="js")
    recorder.finish(run)
    assert client.get(f"/api/media/p5/{run.run_id}").content == b"function setup() {}"
    info = client.get(f"/api/media/info/{run.run_id}").json()
    assert (info["type"], info["count"]) == ("p5", 1)


def test_the_list_of_pictures_names_each(client: Client, device: Device) -> None:
    run = made(device, pictures=2)
    assert client.get(f"/api/media/images/{run.run_id}").json() == {
        "run_id": run.run_id,
        "total_images": 2,
        "images": [
            {
                "index": index,
                "url": f"/api/media/image/{run.run_id}/{index}",
                "filename": f"0{index + 4}_output_image.png",
                "node_title": f"Role {index}",
                "metadata": {"seed": 7, "role": f"role {index}"},
            }
            for index in range(2)
        ],
    }


def test_the_info_tells_type_and_number(client: Client, device: Device) -> None:
    run = made(device, pictures=2)
    info = client.get(f"/api/media/info/{run.run_id}").json()
    assert (info["type"], info["run_id"], info["count"]) == ("image", run.run_id, 2)
    assert [file["filename"] for file in info["files"]] == [
        "04_output_image.png",
        "05_output_image.png",
    ]


def test_a_run_without_media_has_none(client: Client, device: Device) -> None:
    run = begin(device)
    for url in ("image/{}", "images/{}", "info/{}"):
        assert_nothing_there(client, "/api/media/" + url.format(run.run_id))


@pytest.mark.parametrize("url", ["/api/pipeline/{}/status", "/api/pipeline/status/{}"])
def test_the_status_tells_what_is_there_and_what_is_next(
    client: Client, device: Device, url: str
) -> None:
    run = begin(device)
    recorder.advance(run, stage=4, step="generation")
    status = client.get(url.format(run.run_id)).json()
    entities = status.pop("entities")
    assert status == {
        "run_id": run.run_id,
        "status": "queued",
        "current_state": {"stage": 4, "step": "generation", "progress": "3/4"},
        "expected_outputs": ["input", "interception", "optimized_prompt", "output_image"],
        "completed_outputs": ["input", "interception", "optimized_prompt"],
        "next_expected": "output_image",
    }
    assert [entity["sequence"] for entity in entities] == [1, 2, 3]

    recorder.add(run, type="output_image", data=picture(), extension="png")
    recorder.finish(run)
    status = client.get(url.format(run.run_id)).json()
    assert status["next_expected"] is None
    assert status["current_state"] == {"stage": 5, "step": "complete", "progress": "4/4"}


def test_the_status_survives_a_lost_or_strange_record(client: Client, device: Device) -> None:
    run = made(device)
    for content in (None, b"{", b"[]", b'{"expected_outputs": 6, "current_state": "initialized"}'):
        path = archive.run_folder(run) / archive.METADATA
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)
        status = client.get(f"/api/pipeline/{run.run_id}/status").json()
        assert status["current_state"] == {}
        assert status["expected_outputs"] == []
        assert status["completed_outputs"][-1] == "output_image"


def test_entities_are_listed_and_delivered(client: Client, device: Device) -> None:
    run = made(device)
    body = client.get(f"/api/pipeline/{run.run_id}/entities").json()
    folder = archive.run_folder(run)
    recorded = json.loads((folder / "metadata.json").read_text("utf-8"))["entities"]
    members = ("sequence", "type", "filename", "timestamp", "metadata")
    assert body["entities"] == [{name: item[name] for name in members} for item in recorded]
    for item in recorded:
        expected = (folder / item["filename"]).read_bytes()
        by_type = client.get(f"/api/pipeline/{run.run_id}/entity/{item['type']}")
        by_name = client.get(f"/api/pipeline/{run.run_id}/file/{item['filename']}")
        assert by_type.content == by_name.content == expected
    assert_nothing_there(client, f"/api/pipeline/{run.run_id}/entity/translation")


def test_files_of_subfolders_are_found_by_their_recorded_name(
    client: Client, device: Device
) -> None:
    run = made(device)
    folder = archive.run_folder(run)
    (folder / "prompting_process").mkdir()
    (folder / "prompting_process" / "001_translation.txt").write_text("a house", "utf-8")
    Entity.objects.create(
        run=run, sequence=9, type="translation", filename="prompting_process/001_translation.txt"
    )
    (entity,) = client.get(f"/api/runs/{run.run_id}/").json()["entities"][-1:]
    assert client.get(entity["url"]).content == b"a house"


ADDRESSES = [
    "/api/media/image/{}",
    "/api/media/image/{}/0",
    "/api/media/images/{}",
    "/api/media/info/{}",
    "/api/pipeline/{}/status",
    "/api/pipeline/status/{}",
    "/api/pipeline/{}/entities",
    "/api/pipeline/{}/entity/input",
    "/api/pipeline/{}/file/01_input.txt",
]


@pytest.mark.parametrize("url", ADDRESSES)
def test_a_run_opens_to_its_device_and_to_staff_only(
    client: Client, device: Device, url: str
) -> None:
    address = url.format(made(device).run_id)
    assert client.get(address).status_code == 200
    assert client.get(f"{address}?_t=1768652106123").content == client.get(address).content
    assert staff_browser("view_run").get(address).status_code == 200
    assert_nothing_there(Client(), address)
    assert_nothing_there(Client(), address + "?device_id=" + device.pk)
    assert_nothing_there(browser_of("device-theirs")[0], address)
    assert_nothing_there(client, url.format("run_1_unknown"))


@pytest.mark.parametrize("viewer", ["device", "staff"])
def test_the_picture_of_a_blocked_run_never_leaves(
    client: Client, device: Device, viewer: str
) -> None:
    run = blocked(device)
    browser = client if viewer == "device" else staff_browser("view_run")
    for url in (
        "/api/media/image/{}",
        "/api/media/image/{}/0",
        "/api/media/images/{}",
        "/api/media/info/{}",
        "/api/pipeline/{}/entity/output_image",
        "/api/pipeline/{}/file/04_output_image.png",
    ):
        assert_nothing_there(browser, url.format(run.run_id))
    assert browser.get(f"/api/runs/{run.run_id}/thumbnail").status_code == 404
    assert browser.get(f"/api/pipeline/{run.run_id}/file/01_input.txt").status_code == 200


@pytest.mark.parametrize(
    "name",
    [
        "metadata.json",
        "../secret.txt",
        "..%2Fsecret.txt",
        "%2e%2e/secret.txt",
        "..\\secret.txt",
        "%2Fetc%2Fpasswd",
        "/etc/passwd",
        "./01_input.txt",
        "01_INPUT.TXT",
        "01_input.txt%00.png",
        "01_input.txt/",
    ],
)
def test_only_recorded_names_open_files(
    client: Client, device: Device, archive: Path, name: str
) -> None:
    run = made(device)
    (archive / "json" / f"{run.day:%Y-%m-%d}" / "secret.txt").write_text("secret")
    assert client.get(f"/api/pipeline/{run.run_id}/file/{name}").status_code == 404


@pytest.mark.parametrize("run_id", ["..", "%2e%2e", "run_1%00", "..%2F..", "%252e%252e", "*"])
def test_strange_run_ids_are_nothing(client: Client, run_id: str) -> None:
    for url in (*ADDRESSES, "/api/runs/{}/", "/api/runs/{}/thumbnail"):
        assert client.get(url.format(run_id)).status_code == 404


def test_a_record_that_points_elsewhere_opens_nothing(
    client: Client, device: Device, tmp_path: Path
) -> None:
    """An archive from elsewhere may say anything; so may a link that lies in it."""
    run = made(device)
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    (archive.run_folder(run) / "link.txt").symlink_to(secret)
    names = [str(secret), "../../../../secret.txt", "link.txt"]
    for number, name in enumerate(names, start=5):
        Entity.objects.create(run=run, sequence=number, type=f"type{number}", filename=name)
        assert_nothing_there(client, f"/api/pipeline/{run.run_id}/entity/type{number}")


def test_a_recorded_file_that_is_gone_is_nothing(client: Client, device: Device) -> None:
    run = made(device)
    damage(run, "04_output_image.png")
    assert_nothing_there(client, f"/api/media/image/{run.run_id}")
    (archive.run_folder(run) / "04_output_image.png").mkdir()
    assert_nothing_there(client, f"/api/media/image/{run.run_id}")


def test_old_clients_may_ask_for_any_type(client: Client, device: Device) -> None:
    run: Run = made(device)
    response = client.get(
        f"/api/media/image/{run.run_id}?_t=1768652106123", headers={"Accept": "image/png"}
    )
    assert response.status_code == 200
