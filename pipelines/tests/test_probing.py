"""Servers are asked how they are; runs go where something answers, and none waits for ever."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from devices.models import Device
from pipelines import queue
from pipelines.generation.execution import execute
from pipelines.generation.lease import Lease
from pipelines.models import ServerState
from pipelines.servers import inventory, probing
from pipelines.submission.generation import GenerationRequest, submit_generation
from pipelines.tests.servers.faulty import FaultyServer, answer_json
from runs import archive
from runs.models import Run, Status
from web.problems import Problem

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = "openai_images"


@pytest.fixture
def device() -> Device:
    return Device.objects.create(pk="device-at-work")


@pytest.fixture
def vendor(settings: Settings) -> Iterator[FaultyServer]:
    """A server that offers models and nothing else."""
    with FaultyServer() as server:
        server.on("GET", "/models", answer_json({"data": [{"id": "gpt-image-2"}]}))
        settings.OPENAI_IMAGES_URL = server.url
        settings.OPENAI_IMAGES_API_KEY = "key"
        yield server


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"http://127.0.0.1:{listener.getsockname()[1]}"


def submit(device: Device) -> Run:
    request = GenerationRequest(prompt="Drei Fische.", output_config="gpt_image_1")
    return submit_generation(device=device, request=request)


def work() -> Run:
    run = queue.claim_next({QUEUE: QUEUE}, owner="worker", capacity=1)
    assert run is not None
    with Lease(run, "worker") as lease:
        execute(run, lease)
    return Run.objects.get(pk=run.pk)


def probe() -> ServerState:
    (server,) = inventory.servers_of(QUEUE)
    probing.probe(server)
    return ServerState.objects.get(name=QUEUE)


def test_what_a_server_says_of_itself_is_kept(vendor: FaultyServer) -> None:
    state = probe()
    assert (state.ready, state.offered) == (True, ["gpt-image-2"])


def test_a_server_that_is_gone_and_comes_back_is_noticed_both_times(
    vendor: FaultyServer, settings: Settings
) -> None:
    there = settings.OPENAI_IMAGES_URL
    settings.OPENAI_IMAGES_URL = closed_port()
    gone = probe()
    assert (gone.ready, set(probing.unavailable_queues())) == (False, {QUEUE})
    settings.OPENAI_IMAGES_URL = there
    assert probe().ready is True
    assert probing.unavailable_queues() == frozenset()


def test_since_when_a_server_is_silent_stays_as_it_was(
    vendor: FaultyServer, settings: Settings
) -> None:
    settings.OPENAI_IMAGES_URL = closed_port()
    assert probe().changed_at == probe().changed_at


def test_nothing_is_ordered_from_a_server_that_is_silent(
    device: Device, vendor: FaultyServer
) -> None:
    ServerState.objects.mark_unavailable(QUEUE, "no connection")
    with pytest.raises(Problem) as refusal:
        submit(device)
    assert (refusal.value.status, refusal.value.kind) == (503, "not-answering")
    assert not Run.objects.exists()


def test_a_run_whose_server_cannot_be_reached_fails_at_once_and_warns_the_others(
    device: Device, vendor: FaultyServer, settings: Settings
) -> None:
    settings.OPENAI_IMAGES_URL = closed_port()
    submit(device)
    run = work()
    assert (run.status, run.error_kind) == (Status.FAILED, "unreachable")
    assert probing.unavailable_queues() == {QUEUE}


def test_a_run_that_waits_too_long_for_silent_servers_fails_with_a_sentence(
    device: Device, vendor: FaultyServer, settings: Settings
) -> None:
    run = submit(device)
    ServerState.objects.mark_unavailable(QUEUE, "no connection")
    probing.fail_hopeless_runs()
    run.refresh_from_db()
    assert run.status == Status.QUEUED
    long_ago = timezone.now() - timedelta(seconds=settings.PATIENCE_SECONDS + 1)
    ServerState.objects.update(changed_at=long_ago)
    Run.objects.update(created_at=long_ago)
    probing.fail_hopeless_runs()
    run.refresh_from_db()
    assert (run.status, run.error_kind) == (Status.FAILED, "unreachable")
    assert run.error_message
    assert archive.read_metadata(archive.run_folder(run))["status"] == "failed"


def test_a_run_that_was_begun_at_a_server_waits_for_that_one(
    device: Device, vendor: FaultyServer
) -> None:
    run = submit(device)
    Run.objects.filter(pk=run.pk).update(server="openai_images-2", engine_job_id="x")
    assert queue.claim_next({QUEUE: QUEUE}, owner="worker", capacity=1) is None
    # The settings no longer name it: another one makes it from the start.
    probing.fail_hopeless_runs()
    assert queue.claim_next({QUEUE: QUEUE}, owner="worker", capacity=1) is not None


def test_a_job_keeps_the_name_that_it_had_at_the_engine(
    device: Device, vendor: FaultyServer
) -> None:
    run = submit(device)
    assert queue.name_job(run, "first") == queue.name_job(run, "second") == "first"
