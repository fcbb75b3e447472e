"""From a child's order to the saved picture, through SwarmUI."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator

import pytest
from pytest_django import Settings

from devices.models import Device
from pipelines import queue
from pipelines.generation.execution import execute
from pipelines.generation.lease import Lease
from pipelines.submission.generation import GenerationRequest, submit_generation
from pipelines.tests.servers.swarmui import FakeSwarmUI
from runs import archive
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "swarmui"


@pytest.fixture
def server(settings: Settings) -> Iterator[FakeSwarmUI]:
    with FakeSwarmUI() as fake:
        settings.SWARMUI_URL = [fake.url]
        yield fake


@pytest.fixture
def run(server: FakeSwarmUI) -> Run:
    device = Device.objects.create(pk="device-of-a-child")
    request = GenerationRequest(prompt="Drei Fische.", output_config="sd35_large", seed=0)
    return submit_generation(device=device, request=request)


def work() -> Run:
    run = queue.claim_next({QUEUE: QUEUE}, owner="worker", capacity=1)
    assert run is not None
    with Lease(run, "worker") as lease:
        execute(run, lease)
    return Run.objects.get(pk=run.pk)


def test_the_folder_holds_the_picture_as_it_came_and_what_it_was_made_with(
    server: FakeSwarmUI, run: Run
) -> None:
    done = work()
    assert done.status == Status.COMPLETE
    folder = archive.run_folder(done)
    metadata = json.loads((folder / "metadata.json").read_text())
    assert [entity["filename"] for entity in metadata["entities"]] == [
        "01_input.txt",
        "02_optimized_prompt.txt",
        "03_output_image.png",
    ]
    for entity in metadata["entities"]:
        data = (folder / entity["filename"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entity["size"], entity["sha256"])
    ((kept, _about),) = server.pictures.values()
    assert (folder / "03_output_image.png").read_bytes() == kept
    (order,) = server.orders
    assert (order["seed"], order["steps"], order["cfgscale"]) == (0, 25, 5.5)
    assert (metadata["engine"], metadata["server"]) == (QUEUE, QUEUE)


def test_a_picture_that_a_dead_worker_left_there_is_fetched_and_not_made_again(
    server: FakeSwarmUI, run: Run
) -> None:
    work()
    # As if the worker had died before it recorded anything.
    Run.objects.filter(pk=run.pk).update(status=Status.QUEUED, finished_at=None)
    folder = archive.run_folder(run)
    metadata = archive.read_metadata(folder)
    metadata |= {"status": "queued", "finished_at": None, "entities": metadata["entities"][:2]}
    archive.write_metadata(folder, metadata)
    (folder / "03_output_image.png").unlink()
    run.entities.filter(type="output_image").delete()
    assert work().status == Status.COMPLETE
    assert len(server.orders) == 1
