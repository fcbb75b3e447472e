"""Two servers of one kind share a queue: what one cannot even be told of, the other makes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from devices.models import Device
from pipelines import queue, registry
from pipelines.generation.execution import execute
from pipelines.generation.lease import Lease
from pipelines.models import ServerState
from pipelines.servers import inventory, probing
from pipelines.submission.generation import GenerationRequest, submit_generation
from pipelines.tests.lab.operators import write_operators_folder
from pipelines.tests.servers.comfyui import FakeComfyUI
from pipelines.tests.servers.faulty import closed_port_url
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def catalog(tmp_path: Path, settings: Settings) -> Iterator[None]:
    write_operators_folder(tmp_path / "own")
    settings.SCHEMA_DIRS = [tmp_path / "own"]
    registry.get_catalog.cache_clear()
    registry.get_workflows.cache_clear()
    yield
    registry.get_catalog.cache_clear()
    registry.get_workflows.cache_clear()


@pytest.fixture
def second(settings: Settings) -> Iterator[FakeComfyUI]:
    """The first of two addresses is dead, at the second one a server works."""
    with FakeComfyUI() as server:
        settings.COMFYUI_URL = [closed_port_url(), server.url]
        yield server


def submit(number: int = 0) -> Run:
    device, _made = Device.objects.get_or_create(pk=f"device-{number}")
    request = GenerationRequest(prompt="Drei Fische.", output_config="lab_tiny")
    return submit_generation(device=device, request=request)


def work(server: str) -> Run | None:
    """Let the host of `server` take the next run, as a worker's thread does."""
    run = queue.claim_next({"comfyui": server}, owner=server, capacity=1)
    if run is None:
        return None
    with Lease(run, server) as lease:
        execute(run, lease)
    return Run.objects.get(pk=run.pk)


def test_each_address_is_a_host_of_its_own(second: FakeComfyUI) -> None:
    queues = [dict(host.queues) for host in inventory.hosts_of("comfyui")]
    assert queues == [{"comfyui": "comfyui"}, {"comfyui": "comfyui-2"}]


def test_what_one_server_cannot_be_told_of_the_other_makes(second: FakeComfyUI) -> None:
    submit()
    waiting = work("comfyui")
    assert waiting is not None
    assert (waiting.status, waiting.server) == (Status.QUEUED, "")
    assert ServerState.objects.get(name="comfyui").ready is False
    made = work("comfyui-2")
    assert made is not None
    assert (made.status, made.server) == (Status.COMPLETE, "comfyui-2")
    assert len(second.jobs) == 1


def test_as_long_as_one_answers_orders_are_taken(second: FakeComfyUI) -> None:
    ServerState.objects.mark_unavailable("comfyui", "no connection")
    assert probing.unavailable_queues() == frozenset()
    assert submit().status == Status.QUEUED


def test_both_work_at_the_same_time_and_each_on_one_run(second: FakeComfyUI) -> None:
    for number in range(3):
        submit(number)
    claimed = [
        queue.claim_next({"comfyui": name}, owner=name, capacity=1)
        for name in ("comfyui", "comfyui-2", "comfyui", "comfyui-2")
    ]
    assert [run.server if run else None for run in claimed] == [
        "comfyui",
        "comfyui-2",
        None,
        None,
    ]


def test_where_none_is_left_the_run_fails_with_a_sentence(
    second: FakeComfyUI, settings: Settings
) -> None:
    submit()
    settings.COMFYUI_URL = settings.COMFYUI_URL[:1]
    failed = work("comfyui")
    assert failed is not None
    assert (failed.status, failed.error_kind) == (Status.FAILED, "unreachable")
    assert failed.error_message
