"""Workflows that take values, texts and pictures of their own, over HTTP and on the disk."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from devices.models import Device, Workshop
from pipelines.api.generation import wait_until_final
from pipelines.generation.jobs import media_job
from pipelines.tests.own_catalog import own_catalog
from pipelines.worker import Worker
from runs import archive
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)

LEGACY = "/api/schema/pipeline/legacy"
GENERATION = "/api/schema/pipeline/generation"
TEXTS: dict[str, Any] = {"prompt1": "Ein blauer Fisch", "prompt2": "Ein rotes Haus"}


@pytest.fixture(autouse=True)
def own(tmp_path: Path, settings: Any) -> Iterator[None]:
    with own_catalog(tmp_path / "own", settings):
        yield


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    worker.start()
    yield worker
    worker.stop()


def ask(client: Client, *, url: str = LEGACY, later: bool = False, **fields: Any) -> Any:
    body = {"prompt": "Ein Fisch vor einem Haus", "output_config": "own_workflow", **fields}
    headers = {"Prefer": "respond-async"} if later else {}
    return client.post(url, json.dumps(body), content_type="application/json", headers=headers)


def upload(client: Client) -> str:
    stream = io.BytesIO()
    Image.effect_noise((200, 100), 80).convert("RGB").save(stream, "PNG")
    file = SimpleUploadedFile("x.png", stream.getvalue())
    return str(client.post("/api/media/upload/image", {"file": file}).json()["image_path"])


def record_of(run: Run) -> dict[str, Any]:
    return archive.read_metadata(archive.run_folder(run))


def check_folder(run: Run) -> list[str]:
    """Check every file of a run against its record, byte for byte; return their names."""
    folder, listed = archive.run_folder(run), record_of(run)["entities"]
    beside = record_of(run)["authorship"]
    names = [item["filename"] for item in [*listed, beside]]
    assert names == archive.file_names(folder)
    for item in [*listed, beside]:
        data = (folder / item["filename"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (item["size"], item["sha256"])
    assert list(run.entities.values_list("filename", "sha256")) == [
        (item["filename"], item["sha256"]) for item in listed
    ]
    return [item["filename"] for item in listed]


def test_a_workflow_is_made_and_answered_as_the_contract_says(
    client: Client, worker: Worker
) -> None:
    answer = ask(client, **TEXTS, alpha_factor=-30, combination_type="spherical", seed=7)
    assert answer.status_code == 200, answer.content
    run = Run.objects.get()
    body = answer.json()
    assert body.pop("duration_ms") >= 0
    assert body == {
        "status": "success",
        "run_id": run.run_id,
        "media_output": {
            "media_type": "image",
            "url": f"/api/media/image/{run.run_id}",
            "run_id": run.run_id,
            "seed": 7,
        },
    }
    assert check_folder(run) == [
        "01_input.txt",
        "02_prompt1.txt",
        "03_prompt2.txt",
        "04_optimized_prompt.txt",
        "05_output_image.png",
    ]
    assert archive.read_text(run, "02_prompt1.txt") == TEXTS["prompt1"]
    record = record_of(run)
    assert record["inputs"] == {**TEXTS, "alpha_factor": -30, "combination_type": "spherical"}
    assert record["current_state"]["progress"] == "5/5"


def test_who_does_not_wait_is_answered_as_for_any_picture(client: Client) -> None:
    answer = ask(client, **TEXTS, later=True)
    assert answer.status_code == 202
    assert answer["Preference-Applied"] == "respond-async"
    assert answer.json()["position"] == 1


def test_texts_of_its_own_make_a_prompt_unnecessary(client: Client) -> None:
    assert ask(client, prompt="", **TEXTS, later=True).status_code == 202
    run = Run.objects.get()
    assert archive.read_text(run, "01_input.txt") == "Ein blauer Fisch\nEin rotes Haus"


@pytest.mark.parametrize("url", [LEGACY, GENERATION])
def test_the_engine_is_given_all_that_was_sent_along(client: Client, url: str) -> None:
    image_id = upload(client)
    answer = ask(
        client,
        url=url,
        later=True,
        **TEXTS,
        input_image=image_id,
        alpha_factor="12.5",
        interception_config="own_rule",
    )
    assert answer.status_code == 202, answer.content
    run = Run.objects.get()
    Run.objects.update(server="formwerkstatt")
    names = check_folder(run)
    assert names[-1] == "05_input_image.png"
    job = media_job(run, "x", record_of(run))
    assert job.inputs == {**TEXTS, "alpha_factor": 12.5, "combination_type": "linear"}
    assert [(lora.name, lora.strength) for lora in job.loras] == [("blue.safetensors", 0.8)]
    (picture,) = job.pictures.values()
    assert list(job.pictures) == ["input_image"]
    assert picture.data == archive.read_bytes(run, "05_input_image.png")
    assert (picture.width, picture.height, picture.content_type) == (200, 100, "image/png")
    assert job.language == "de"


def test_an_uploaded_picture_is_none_of_the_outputs(client: Client, worker: Worker) -> None:
    assert ask(client, **TEXTS, input_image=upload(client)).status_code == 200
    run = Run.objects.get()
    assert record_of(run)["expected_outputs"][-2:] == ["input_image", "output_image"]
    (shown,) = client.get(f"/api/media/images/{run.run_id}").json()["images"]
    assert shown["metadata"]["seed"] == run.seed
    assert client.get(f"/api/pipeline/{run.run_id}/entity/input_image").status_code == 200
    assert Client().get(f"/api/pipeline/{run.run_id}/entity/input_image").status_code == 404


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"alpha_factor": 76}, "alpha_factor"),
        ({"alpha_factor": "viel"}, "alpha_factor"),
        ({"combination_type": "x"}, "combination_type"),
        ({"prompt1": ""}, "prompt1"),
        ({"prompt1": "x" * 8001}, "prompt1"),
        ({"input_image": "../../db.sqlite3"}, "input_image"),
        ({"input_image": "/etc/passwd"}, "input_image"),
        ({"input_image": "0" * 32}, "input_image"),
        ({"input_image": {"a": 1}}, "input_image"),
    ],
)
@pytest.mark.parametrize("url", [LEGACY, GENERATION])
def test_a_value_that_cannot_be_is_named_and_nothing_is_recorded(
    client: Client, url: str, fields: dict[str, Any], field: str
) -> None:
    answer = ask(client, url=url, **(TEXTS | fields))
    assert answer.status_code == 400, answer.content
    body = answer.json()
    assert (body["status"], body["http_status"], body["field"]) == ("error", 400, field)
    assert body["error"] == body["errors"][field][0]
    assert field not in body["error"]
    assert not Run.objects.exists()


def test_another_childs_picture_is_refused(client: Client) -> None:
    image_id = upload(Client())
    upload(client)
    assert ask(client, **TEXTS, input_image=image_id).status_code == 400
    assert Device.objects.count() == 2
    assert not Run.objects.exists()


@pytest.mark.parametrize(("url", "stage"), [(LEGACY, 1), (GENERATION, 3)])
@pytest.mark.parametrize("field", ["prompt", "prompt1", "prompt2"])
def test_every_text_is_checked_and_a_block_names_the_stage(
    client: Client, url: str, stage: int, field: str
) -> None:
    answer = ask(client, url=url, **(TEXTS | {field: "Ein Porno mit nackten Leuten"}))
    assert answer.status_code == 403
    body = answer.json()
    assert (body["status"], body["stage"]) == ("blocked", stage)
    run = Run.objects.get()
    assert (run.status, record_of(run)["error"]["stage"]) == (Status.BLOCKED, stage)


def test_a_level_made_stricter_meanwhile_holds_for_its_texts_too(client: Client) -> None:
    workshop = Workshop.objects.create(name="5b", takes_new_devices=True, safety_level="adult")
    text = "Ein Soldat mit einem Maschinengewehr"
    assert ask(client, **(TEXTS | {"prompt2": text}), later=True).status_code == 202
    workshop.safety_level = "kids"
    workshop.save(update_fields=["safety_level"])
    worker = Worker()
    worker.start()
    try:
        run = wait_until_final(Run.objects.get())
    finally:
        worker.stop()
    assert (run.status, record_of(run)["error"]["stage"]) == (Status.BLOCKED, 1)
    assert not run.entities.filter(type="output_image").exists()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"output_config": ""}, 400),
        ({"output_config": "nosuchengine"}, 404),
        ({"output_config": "own_comparison", "prompt": " "}, 400),
        ({"seed": -1}, 400),
    ],
)
def test_what_is_wrong_with_a_request_is_said(
    client: Client, fields: dict[str, Any], status: int
) -> None:
    answer = ask(client, **(TEXTS | fields))
    assert answer.status_code == status
    assert answer.json()["status"] == "error"
    assert answer.json()["error"]


def test_of_three_outputs_one_alone_is_kept_but_no_success(client: Client, worker: Worker) -> None:
    # The Formwerkstatt draws one picture, whatever it is asked for.
    answer = ask(client, output_config="own_comparison")
    assert answer.status_code == 502
    run = Run.objects.get()
    assert (run.status, run.error_kind) == (Status.FAILED, "bad_response")
    assert check_folder(run)[-1] == "03_output_image.png"
    assert run.entities.get(type="output_image").metadata["role"] == "reference"
