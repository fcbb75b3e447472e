"""From a child's order to the saved picture, through the vendors' engines."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from pytest_django import Settings

from devices.models import Device
from pipelines import queue
from pipelines.generation.execution import execute
from pipelines.generation.lease import Lease
from pipelines.submission.generation import GenerationRequest, submit_generation
from pipelines.tests.servers.faulty import reset_before_headers
from pipelines.tests.servers.gemini import FakeGemini
from pipelines.tests.servers.openai_images import FakeOpenAI
from pipelines.tests.servers.openrouter import FakeOpenRouter
from pipelines.tests.servers.painted import painted
from runs import archive
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)

Fake = FakeOpenAI | FakeGemini | FakeOpenRouter


class Way(NamedTuple):
    fake: type[FakeOpenAI] | type[FakeGemini] | type[FakeOpenRouter]
    queue_name: str
    setting: str
    output: str


WAYS = [
    Way(FakeOpenAI, "openai_images", "OPENAI_IMAGES", "gpt_image_1"),
    Way(FakeGemini, "gemini", "GEMINI", "gemini_3_pro_image"),
    Way(FakeOpenRouter, "openrouter", "OPENROUTER", "gemini_3_pro_image"),
]


@pytest.fixture(params=WAYS, ids=lambda way: way.queue_name)
def way(request: pytest.FixtureRequest) -> Way:
    found: Way = request.param
    return found


@pytest.fixture
def vendor(way: Way, settings: Settings) -> Iterator[Fake]:
    with way.fake() as fake:
        for other in WAYS:
            setattr(settings, f"{other.setting}_API_KEY", "")
        setattr(settings, f"{way.setting}_URL", fake.base_url)
        setattr(settings, f"{way.setting}_API_KEY", fake.KEY)
        yield fake


@pytest.fixture
def run(way: Way, vendor: Fake) -> Run:
    device = Device.objects.create(pk="device-of-a-child")
    request = GenerationRequest(prompt="Drei Fische im Regen.", output_config=way.output)
    return submit_generation(device=device, request=request)


def work(way: Way) -> Run:
    run = queue.claim_next({way.queue_name: way.queue_name}, owner="worker", capacity=1)
    assert run is not None
    with Lease(run, "worker") as lease:
        execute(run, lease)
    return Run.objects.get(pk=run.pk)


def test_the_picture_is_saved_as_it_came(way: Way, vendor: Fake, run: Run) -> None:
    done = work(way)
    assert done.status == Status.COMPLETE
    saved = done.entities.get(type="output_image")
    assert (archive.run_folder(done) / saved.filename).read_bytes() == painted(1024, 1024)
    metadata: dict[str, Any] = saved.metadata
    assert metadata["request_id"] and metadata["usage"] and metadata["model"]
    assert (metadata["width"], metadata["height"]) == (1024, 1024)
    assert vendor.count("POST") == 1


def test_an_order_that_an_interruption_left_open_is_not_paid_twice(
    way: Way, vendor: Fake, run: Run
) -> None:
    Run.objects.filter(pk=run.pk).update(engine_job_id=str(uuid.uuid4()))
    lost = work(way)
    assert (lost.status, lost.error_kind) == (Status.FAILED, "lost")
    assert lost.error_message
    assert vendor.count("POST") == 0


def test_an_order_with_unclear_end_is_told_to_the_child(way: Way, vendor: Fake, run: Run) -> None:
    for path in vendor.handlers("POST"):
        vendor.on("POST", path, reset_before_headers)
    lost = work(way)
    assert (lost.status, lost.error_kind) == (Status.FAILED, "lost")
    error = archive.read_metadata(archive.run_folder(lost))["error"]
    assert "may have been billed" in error["detail"]
    assert vendor.count("POST") == 1
