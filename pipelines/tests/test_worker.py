"""The worker: every claimed run ends, whatever became of its folder or its wish meanwhile."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from django.utils import timezone

from ai4artsed.tests.workshop_process import wait_for
from devices.models import Device
from pipelines import queue, worker
from pipelines.generation.execution import execute
from pipelines.generation.lease import Lease
from pipelines.submission.generation import GenerationRequest, submit_generation
from pipelines.submission.interception import InterceptionRequest, submit_interception
from pipelines.texts.interception import perform
from pipelines.texts.rewriting import RewritingFailed
from pipelines.worker import take_up_stale_runs
from runs import archive, index
from runs.acts import COMMAND_LINE
from runs.cancelling import request_cancel
from runs.models import Run, Status
from runs.seals import SealFile
from runs.tests.recording import DAY, RUN_ID, january_run

pytestmark = pytest.mark.django_db(transaction=True)

LANE = "formwerkstatt"


@pytest.fixture
def device() -> Device:
    return Device.objects.create(pk="device-at-work")


def submit(device: Device) -> Run:
    return submit_generation(
        device=device,
        request=GenerationRequest(prompt="Drei Fische.", output_config="formwerkstatt_szene"),
    )


def claim() -> Run:
    run = queue.claim_next({LANE: LANE}, owner="worker", capacity=1)
    assert run is not None
    return run


def work() -> Run:
    run = claim()
    with Lease(run, "worker") as lease:
        execute(run, lease)
    return Run.objects.get(pk=run.pk)


def leave(run: Run) -> None:
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_a_run_whose_folder_is_gone_fails_and_leaves_the_lane_to_the_next(device: Device) -> None:
    shutil.rmtree(archive.run_folder(submit(device)))
    submit(device)
    lost = work()
    assert (lost.status, bool(lost.error_message)) == (Status.FAILED, True)
    assert work().status == Status.COMPLETE


def test_a_run_without_its_folder_does_not_keep_others_from_being_taken_up(
    device: Device,
) -> None:
    first, second = submit(device), submit(device)
    Run.objects.update(status=Status.RUNNING, lease_owner="gone", attempts=queue.MAX_ATTEMPTS)
    Run.objects.filter(pk=second.pk).update(attempts=1)
    shutil.rmtree(archive.run_folder(first))
    leave(first)
    leave(second)
    take_up_stale_runs()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == (Status.FAILED, Status.QUEUED)


def test_an_interception_whose_folder_is_gone_is_told_and_ends(device: Device) -> None:
    run = submit_interception(
        device=device, request=InterceptionRequest(schema="overdrive", input_text="Ein Hund.")
    )
    shutil.rmtree(archive.run_folder(run))
    with pytest.raises(RewritingFailed):
        perform(run, text="Ein Hund.", rule="", emit=lambda name, data: None)
    run.refresh_from_db()
    assert (run.status, run.lease_owner) == (Status.FAILED, "")


def test_a_run_that_was_stopped_after_its_worker_died_is_not_made(device: Device) -> None:
    submit(device)
    run = claim()
    assert request_cancel(run, by=COMMAND_LINE)
    leave(run)
    take_up_stale_runs()
    assert work().status == Status.CANCELLED


def test_a_worker_seals_what_others_wrote_while_it_works(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "SEALING_SECONDS", 0.01)
    january_run(f"{DAY}/{RUN_ID}")
    index.rebuild()
    run = submit(device)
    working = worker.Worker()
    working.start()
    try:
        wait_for(lambda: not Run.objects.filter(needs_seal=True).exists())
        wait_for(lambda: Run.objects.filter(pk=run.pk, status=Status.COMPLETE).exists())
    finally:
        working.stop()
    assert list(SealFile().places()) == [("", f"json/{DAY}/{RUN_ID}")]
