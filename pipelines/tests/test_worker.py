"""The worker: every claimed run ends, whatever became of its folder or its wish meanwhile."""

from __future__ import annotations

import os
import shutil
import socket
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
from runs import archive, index, recorder
from runs.acts import COMMAND_LINE
from runs.cancelling import request_cancel
from runs.models import Run, Status
from runs.naming import name_device
from runs.seals import SealFile
from runs.tests.crashing import killed_before_naming
from runs.tests.recording import DAY, RUN_ID, january_run, picture

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


@pytest.fixture(scope="module")
def dead_pid() -> int:
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)
    return pid


def claim_for(process: str, place: int) -> Run | None:
    """Take a run as a thread of `process` does, of those that together take three."""
    return queue.claim_next({LANE: LANE}, owner=f"{process}/{place}", capacity=3)


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
    Run.objects.update(status=Status.RUNNING, lease_owner="gone", crashes=queue.MAX_CRASHES)
    Run.objects.filter(pk=second.pk).update(crashes=1)
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


def test_a_worker_gives_the_name_of_a_device_to_the_runs_it_made_before(device: Device) -> None:
    run = submit(device)
    name_device(device=device, name="Tisch 3", by=COMMAND_LINE)
    working = worker.Worker()
    working.start()
    try:
        wait_for(lambda: Run.objects.filter(device_name="Tisch 3").exists())
    finally:
        working.stop(10)
    assert archive.read_metadata(archive.run_folder(run))["device_name"] == "Tisch 3"


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


HOUSE = "a1b2c3d4"


def dead_worker(pid: int, house: str) -> str:
    return f"{socket.gethostname()[:40]}/{pid}/00000000/{house}"


def test_the_end_of_the_house_counts_against_no_run(device: Device, dead_pid: int) -> None:
    submit(device)
    for number in range(queue.MAX_CRASHES + 2):
        assert claim_for(dead_worker(dead_pid, f"house-{number}"), 1)
        take_up_stale_runs(HOUSE)
        run = Run.objects.get()
        assert (run.status, run.crashes) == (Status.QUEUED, 0)


def test_a_lease_that_runs_out_on_another_host_counts_against_no_run(device: Device) -> None:
    submit(device)
    run = claim_for(f"another-host/7/00000000/{HOUSE}", 1)
    assert run
    leave(run)
    take_up_stale_runs(HOUSE)
    assert Run.objects.get().crashes == 0


def test_a_worker_that_stops_leaves_its_runs_to_others_at_once(
    device: Device, dead_pid: int
) -> None:
    submit(device)
    process = dead_worker(dead_pid, HOUSE)
    assert claim_for(process, 1)
    queue.leave(process)
    take_up_stale_runs(HOUSE)
    assert Run.objects.get().crashes == 0
    assert claim_for("another-host/7/00000000/b", 1)


def test_suspects_do_not_share_a_worker(device: Device) -> None:
    for _ in range(3):
        submit(device)
    first, second, fresh = Run.objects.order_by("pk")
    Run.objects.filter(pk__in=[first.pk, second.pk]).update(crashes=1)
    assert claim_for("here/1/ab/cd", 1) == first
    assert claim_for("here/1/ab/cd", 2) == fresh
    assert claim_for("here/1/ab/cd", 3) is None
    assert claim_for("there/1/ab/cd", 1) == second


def test_of_many_runs_the_one_that_kills_its_worker_ends_and_all_others_are_made(
    device: Device, dead_pid: int
) -> None:
    for number in range(9):
        submit(Device.objects.create(pk=f"device-{number}"))
    culprit = Run.objects.order_by("pk")[1]
    process = dead_worker(dead_pid, HOUSE)
    deaths = 0
    while Run.objects.live().exists():
        in_work = [run for place in range(3) if (run := claim_for(process, place))]
        if culprit in in_work:
            deaths += 1
        else:
            for run in in_work:
                assert recorder.finish(run)
        take_up_stale_runs(HOUSE)
    assert deaths == queue.MAX_CRASHES
    culprit.refresh_from_db()
    assert (culprit.status, bool(culprit.error_message)) == (Status.INTERRUPTED, True)
    others = Run.objects.exclude(pk=culprit.pk)
    assert {(run.status, run.crashes <= 1) for run in others} == {(Status.COMPLETE, True)}


def test_what_a_crash_left_in_the_folder_is_mended_before_the_run_is_taken_up(
    device: Device, dead_pid: int
) -> None:
    submit(device)
    run = claim_for(dead_worker(dead_pid, HOUSE), 1)
    assert run
    with killed_before_naming():
        recorder.add(run, type="output_image", data=picture(), extension="png")
    take_up_stale_runs(HOUSE)
    assert run.entities.filter(type="output_image").count() == 1
    assert not list(archive.run_folder(run).glob(".*"))


def test_a_run_whose_end_stands_in_its_folder_only_is_not_taken_up_again(
    device: Device, dead_pid: int
) -> None:
    submit(device)
    run = claim_for(dead_worker(dead_pid, HOUSE), 1)
    assert run
    held = {name: getattr(run, name) for name in ("status", "lease_owner", "lease_until")}
    recorder.finish(run)
    Run.objects.update(**held, finished_at=None)
    take_up_stale_runs(HOUSE)
    run.refresh_from_db()
    assert (run.status, run.lease_owner) == (Status.COMPLETE, "")
