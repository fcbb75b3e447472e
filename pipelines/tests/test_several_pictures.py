"""One to three pictures become one, from an older client's request to the graph."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from pipelines import queue
from pipelines.generation.execution import execute
from pipelines.generation.lease import Lease
from pipelines.tests.servers.comfyui import FakeComfyUI
from runs import archive
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)

NAMES = ("input_image1", "input_image2", "input_image3")


@pytest.fixture
def server(settings: Settings) -> Iterator[FakeComfyUI]:
    with FakeComfyUI() as server:
        settings.COMFYUI_URL = [server.url]
        yield server


def upload(client: Client, color: str) -> str:
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), color).save(stream, "PNG")
    file = SimpleUploadedFile("x.png", stream.getvalue())
    return str(client.post("/api/media/upload/image", {"file": file}).json()["image_path"])


def ask(client: Client, **fields: Any) -> Any:
    body = {
        "prompt": "Der Hund aus Bild 1 sitzt auf dem Sofa.",
        "output_config": "qwen_2511_multi",
        "seed": 7,
        **fields,
    }
    return client.post(
        "/api/schema/pipeline/generation",
        json.dumps(body),
        content_type="application/json",
        headers={"Prefer": "respond-async"},
    )


def make() -> Run:
    run = queue.claim_next({"comfyui": "comfyui"}, owner="worker", capacity=1)
    assert run is not None
    with Lease(run, "worker") as lease:
        execute(run, lease)
    return Run.objects.get()


@pytest.mark.parametrize("colors", [("red",), ("red", "lime"), ("red", "lime", "blue")])
def test_each_picture_that_was_sent_has_its_place_in_the_graph_and_no_other(
    client: Client, server: FakeComfyUI, colors: tuple[str, ...]
) -> None:
    sent: dict[str, Any] = dict.fromkeys(NAMES)
    sent |= {name: upload(client, color) for name, color in zip(NAMES, colors, strict=False)}
    assert ask(client, **sent).status_code == 202
    run = make()
    assert run.status == Status.COMPLETE, run.error_message
    kept = [entity.metadata["input"] for entity in run.entities.filter(type="input_image")]
    assert kept == list(NAMES[: len(colors)])
    (job,) = server.jobs.values()
    loaders = {
        node: entry for node, entry in job.nodes.items() if entry["class_type"] == "LoadImage"
    }
    assert len(loaders) == len(colors) == server.count("POST", "/upload/image")
    encoders = [
        entry["inputs"]
        for entry in job.nodes.values()
        if entry["class_type"] == "TextEncodeQwenImageEditPlus"
    ]
    assert len(encoders) == 2
    for inputs in encoders:
        assert [key for key in inputs if key.startswith("image")] == [
            f"image{number}" for number in range(1, len(colors) + 1)
        ]
    # What is not there is linked by nothing that is.
    links = [
        value
        for entry in job.nodes.values()
        for value in entry["inputs"].values()
        if isinstance(value, list)
    ]
    assert {node for node, _output in links} <= job.nodes.keys()
    assert json.loads(archive.read_text(run, run.entities.get(type="workflow").filename)) == (
        job.nodes
    )


def test_the_first_and_the_third_do_without_the_second(client: Client, server: FakeComfyUI) -> None:
    pictures = {"input_image1": upload(client, "red"), "input_image3": upload(client, "blue")}
    assert ask(client, **pictures).status_code == 202
    assert make().status == Status.COMPLETE
    (job,) = server.jobs.values()
    (encoder, _negative) = (
        entry["inputs"]
        for entry in job.nodes.values()
        if entry["class_type"] == "TextEncodeQwenImageEditPlus"
    )
    assert {key for key in encoder if key.startswith("image")} == {"image1", "image3"}


@pytest.mark.parametrize("fields", [{}, {"input_image1": None}, {"input_image1": ""}])
def test_the_first_picture_is_needed(
    client: Client, server: FakeComfyUI, fields: dict[str, Any]
) -> None:
    answer = ask(client, **fields, input_image2=upload(client, "red"))
    assert answer.status_code == 400
    assert answer.json()["field"] == "input_image1"
    assert not Run.objects.exists()


def test_clients_find_it_with_its_estimate_its_instruction_and_its_inputs(
    client: Client, server: FakeComfyUI
) -> None:
    ready = client.get("/api/models/availability?_t=1768652106123").json()
    assert ready["availability"]["qwen_2511_multi"] is True
    meta = client.get("/api/schema/pipeline/optimize/meta/qwen_2511_multi").json()
    assert meta["optimization_instruction"]
    assert meta["estimated_duration_seconds"] == "90-180"
    chunks = client.get("/api/schema/chunk-metadata").json()
    assert chunks["output_image_qwen_2511_multi"]["meta"]["estimated_duration_seconds"]
    outputs = {output["id"]: output for output in client.get("/api/outputs/").json()}
    inputs = outputs["qwen_2511_multi"]["inputs"]
    assert {name: about["required"] for name, about in inputs.items()} == {
        "input_image1": True,
        "input_image2": False,
        "input_image3": False,
    }
