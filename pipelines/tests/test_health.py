"""How the engines are: what operators and facilitators see, and programs read."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from devices.models import Workshop
from devices.tests.people import browser_of_group
from pipelines import health
from pipelines.models import ServerState, WorkerPresence
from pipelines.servers.probing import request_loading
from runs.tests.making import made

pytestmark = pytest.mark.django_db

PAGE = "/admin/health/"


@pytest.fixture(autouse=True)
def one_server(settings: Settings) -> None:
    settings.COMFYUI_URL = ["http://gpu-1:8188"]
    settings.SWARMUI_URL = settings.OLLAMA_URL = []
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = settings.TEXT_MODEL = ""


def page(client: Client) -> str:
    response = client.get(PAGE)
    assert response.status_code == 200
    return response.content.decode()


def state(*, ready: bool, detail: str = "") -> None:
    ServerState.objects.create(
        name="comfyui",
        engine="comfyui",
        ready=ready,
        detail=detail,
        version="0.3.75",
        checked_at=timezone.now(),
    )


def test_the_short_address_leads_to_the_page() -> None:
    assert browser_of_group("facilitator").get("/health/").headers["Location"] == PAGE


def test_only_people_who_may_see_runs_see_the_machines(client: Client) -> None:
    assert client.get(PAGE).status_code == 302
    assert browser_of_group("researcher").get(PAGE).status_code == 200


def test_a_server_that_does_not_answer_is_marked_with_its_reason() -> None:
    WorkerPresence.objects.create(owner="worker")
    state(ready=False, detail="ConnectionRefused")
    html = page(browser_of_group("facilitator"))
    assert "ConnectionRefused" in html
    assert "Something needs you" in html


def test_a_house_without_trouble_says_so() -> None:
    WorkerPresence.objects.create(owner="worker")
    state(ready=True)
    html = page(browser_of_group("facilitator"))
    assert "All that is connected works." in html
    assert "0.3.75" in html


def test_without_a_worker_the_page_says_what_to_do() -> None:
    assert "Start “manage.py workshop” again." in page(browser_of_group("facilitator"))


def test_programs_read_the_same_as_json_with_a_status() -> None:
    state(ready=False, detail="no connection")
    answer = browser_of_group("researcher").get(PAGE, headers={"Accept": "application/json"})
    assert answer.status_code == 503
    data = answer.json()
    assert data["servers"][0]["detail"] == "no connection"
    assert data["servers"][0]["state"] == "unavailable"
    assert {output["id"]: output["state"] for output in data["outputs"]}["qwen"] == "unavailable"


def test_the_last_success_of_a_machine_is_told() -> None:
    run = made()
    data = browser_of_group("researcher").get(PAGE, headers={"Accept": "application/json"}).json()
    (output,) = [each for each in data["outputs"] if each["id"] == run.output_config]
    assert output["last_success"] is not None


def test_the_button_asks_for_the_models_that_the_workshop_needs() -> None:
    state(ready=True)
    workshop = Workshop.objects.create(name="Klasse 5", allowed_outputs=["qwen"])
    facilitator = browser_of_group("facilitator")
    facilitator.post("/admin/health/load/", {"workshop": workshop.pk})
    assert ServerState.objects.get().to_load == ["qwen"]
    assert "is loading its models" in page(facilitator)


def test_researchers_load_nothing() -> None:
    workshop = Workshop.objects.create(name="Klasse 5")
    answer = browser_of_group("researcher").post("/admin/health/load/", {"workshop": workshop.pk})
    assert answer.status_code == 403


def test_asking_twice_loads_once() -> None:
    request_loading(["qwen"])
    request_loading(["qwen", "flux2"])
    assert ServerState.objects.get().to_load == ["qwen", "flux2"]


# For load balancers ------------------------------------------------------------------------------


def healthz(client: Client, status: int) -> dict[str, object]:
    answer = client.get("/healthz")
    assert answer.status_code == status
    data: dict[str, object] = answer.json()
    return data


def test_an_archive_that_keeps_pictures_is_ok(client: Client, archive: Path) -> None:
    WorkerPresence.objects.create(owner="worker")
    assert healthz(client, 200)["storage"] == "ok"
    assert list(archive.iterdir()) == []


def test_a_full_disk_is_told_with_503(client: Client, full_disk: Callable[[], None]) -> None:
    WorkerPresence.objects.create(owner="worker")
    full_disk()
    data = healthz(client, 503)
    assert (data["status"], data["storage"], data["http_status"]) == ("failing", "full", 503)


def test_a_disk_with_room_for_texts_alone_is_full(client: Client, small_disk: Path) -> None:
    WorkerPresence.objects.create(owner="worker")
    (small_disk / "note.txt").write_text("still fits")
    assert healthz(client, 503)["storage"] == "full"


def test_a_read_only_archive_is_told_with_503(
    client: Client, write_protect: Callable[[], None]
) -> None:
    WorkerPresence.objects.create(owner="worker")
    write_protect()
    data = healthz(client, 503)
    assert data["storage"] == "read-only"
    assert "schreibgeschützt" in str(data["detail"])


def test_an_archive_that_is_no_folder_is_told(client: Client, archive: Path) -> None:
    WorkerPresence.objects.create(owner="worker")
    archive.rmdir()
    archive.write_text("a file in its place")
    assert healthz(client, 503)["storage"] == "unavailable"


def test_the_archive_is_tried_once_in_a_while_and_a_change_is_logged_once(
    client: Client,
    write_protect: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(health, "PICTURE_BYTES", 4096)
    monkeypatch.setattr(health, "STORAGE_SECONDS", 3600)
    WorkerPresence.objects.create(owner="worker")
    assert healthz(client, 200)["storage"] == "ok"
    write_protect()
    assert healthz(client, 200)["storage"] == "ok"
    monkeypatch.setattr(health, "STORAGE_SECONDS", 0)
    with caplog.at_level(logging.INFO):
        assert healthz(client, 503)["storage"] == "read-only"
        assert healthz(client, 503)["storage"] == "read-only"
    assert [record.getMessage() for record in caplog.records] == [
        "storage changed: storage=read-only before=ok"
    ]


def test_it_is_quiet_while_it_starts(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    data = healthz(client, 503)
    assert (data["status"], data["storage"], data["worker"]) == ("starting", "ok", False)
    assert caplog.records == []


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_not_made_yet_is_no_fault(client: Client) -> None:
    with connection.schema_editor() as editor:
        editor.delete_model(WorkerPresence)
    try:
        data = healthz(client, 503)
    finally:
        with connection.schema_editor() as editor:
            editor.create_model(WorkerPresence)
    assert (data["status"], data["database"]) == ("starting", False)


def test_the_page_for_people_marks_a_read_only_archive(write_protect: Callable[[], None]) -> None:
    WorkerPresence.objects.create(owner="worker")
    state(ready=True)
    write_protect()
    html = page(browser_of_group("facilitator"))
    assert "Something needs you" in html
    assert "write-protected" in html
