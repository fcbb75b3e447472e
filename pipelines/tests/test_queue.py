"""The queue: fair by device, one holder per run, nothing lost with a dead worker."""

from __future__ import annotations

import itertools
import os
import socket
import threading
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.utils import timezone

from devices.models import Device
from pipelines import queue
from runs.models import Kind, Run, Status
from runs.recorder import LeaseLost

QUEUE = "formwerkstatt"
_numbers = itertools.count()


def enqueue(device: str, **fields: object) -> Run:
    number = next(_numbers)
    created: datetime = timezone.now() + timedelta(milliseconds=number)
    return Run.objects.create(
        run_id=f"run_{number}",
        folder=f"json/{number}",
        day=created.date(),
        created_at=created,
        device=Device.objects.get_or_create(pk=device)[0],
        queue=QUEUE,
        **{"kind": Kind.GENERATION, "status": Status.QUEUED, **fields},
    )


def claim(owner: str = "worker", capacity: int = 1) -> Run | None:
    return queue.claim_next({QUEUE: QUEUE}, owner=owner, capacity=capacity)


def serve_all() -> list[str]:
    served = []
    while run := claim(capacity=100):
        served.append(str(run.device_id))
        Run.objects.filter(pk=run.pk).update(status=Status.COMPLETE, finished_at=timezone.now())
    return served


@pytest.mark.django_db
def test_a_device_that_floods_the_queue_does_not_hold_up_the_others() -> None:
    for _ in range(4):
        enqueue("flood")
    enqueue("calm-1")
    enqueue("calm-2")
    assert serve_all() == ["flood", "calm-1", "calm-2", "flood", "flood", "flood"]


@pytest.mark.django_db
def test_the_device_served_longest_ago_goes_first() -> None:
    for device in ("a", "b"):
        enqueue(device)
    serve_all()
    enqueue("b")
    enqueue("a")
    enqueue("new")
    assert serve_all() == ["new", "a", "b"]


@pytest.mark.django_db
def test_who_never_returned_a_cookie_is_served_when_nobody_else_waits() -> None:
    for number in range(3):
        enqueue(f"silent-{number}")
    Device.objects.update(has_returned=False)
    enqueue("child")
    enqueue("child")
    # As soon as its cookie comes back it is a child like any other.
    Device.objects.filter(pk="silent-2").update(has_returned=True)
    assert serve_all() == ["silent-2", "child", "child", "silent-0", "silent-1"]


@pytest.mark.django_db
def test_the_place_that_is_shown_is_the_order_that_is_served() -> None:
    for device in ("a", "a", "b", "c", "b"):
        enqueue(device)
    places = queue.places({QUEUE}, expected_seconds=lambda _: 10.0, capacity=1)
    shown = sorted(places, key=lambda pk: places[pk].position)
    served = []
    while run := claim():
        served.append(run.pk)
        Run.objects.filter(pk=run.pk).update(status=Status.COMPLETE)
    assert served == shown


@pytest.mark.django_db
def test_the_expected_wait_adds_up_what_is_ahead() -> None:
    running = enqueue("a")
    claim()
    Run.objects.filter(pk=running.pk).update(started_at=timezone.now() - timedelta(seconds=4))
    second, third = enqueue("b"), enqueue("c")
    places = queue.places({QUEUE}, expected_seconds=lambda _: 10.0, capacity=1)
    assert places[second.pk].eta_seconds == pytest.approx(16, abs=0.5)
    assert places[third.pk].eta_seconds == pytest.approx(26, abs=0.5)


@pytest.mark.django_db
def test_a_lane_takes_no_more_runs_than_its_capacity() -> None:
    enqueue("a")
    enqueue("b")
    assert claim() is not None
    assert claim() is None


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_run() -> None:
    for number in range(24):
        enqueue(f"device-{number % 6}")
    claimed: list[int] = []

    def work(owner: str) -> None:
        try:
            while run := claim(owner, capacity=100):
                claimed.append(run.pk)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=(f"worker-{n}",)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claimed) == sorted(Run.objects.values_list("pk", flat=True))


@pytest.mark.django_db
def test_a_worker_whose_lease_was_taken_is_told_so() -> None:
    enqueue("a")
    run = claim("first")
    assert run is not None
    Run.objects.filter(pk=run.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    (stale,) = queue.stale_runs()
    assert queue.release(stale)
    again = claim("second")
    assert again is not None
    assert (again.pk, again.crashes) == (run.pk, 0)
    with pytest.raises(LeaseLost):
        queue.renew_lease(run, owner="first")
    with pytest.raises(LeaseLost):
        queue.report_progress(run, owner="first", share=0.5, note="")
    assert queue.renew_lease(again, owner="second") is False


@pytest.mark.django_db
def test_only_one_of_two_who_find_a_stale_run_releases_it() -> None:
    enqueue("a")
    claim()
    Run.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    (one,), (other,) = list(queue.stale_runs()), list(queue.stale_runs())
    assert queue.release(one)
    assert not queue.release(other)


@pytest.mark.django_db
def test_a_run_whose_process_is_dead_is_stale_at_once() -> None:
    enqueue("a")
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitpid(pid, 0)
    claim(f"{socket.gethostname()[:40]}/{pid}/abcd/ef")
    assert len(list(queue.stale_runs())) == 1


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="nobody tells when one began")
@pytest.mark.django_db
def test_a_run_whose_process_has_left_its_id_to_another_is_stale_at_once() -> None:
    enqueue("a")
    host, pid, birth = queue.new_owner().split("/")
    claim(f"{host}/{pid}/{int(birth, 16) - 1:08x}/ef")
    assert len(list(queue.stale_runs())) == 1


@pytest.mark.django_db
def test_a_run_held_by_a_living_process_is_not_stale() -> None:
    enqueue("a")
    claim(queue.new_owner())
    assert list(queue.stale_runs()) == []


@pytest.mark.django_db
def test_a_released_run_is_served_before_those_that_came_later() -> None:
    first = enqueue("a")
    claim(f"{socket.gethostname()[:40]}/999999999/abcd")
    enqueue("b")
    (stale,) = queue.stale_runs()
    queue.release(stale)
    again = claim()
    assert again is not None
    assert again.pk == first.pk


@pytest.mark.django_db
def test_a_wish_to_cancel_is_seen_with_the_next_renewal() -> None:
    enqueue("a")
    run = claim("worker")
    assert run is not None
    Run.objects.filter(pk=run.pk).update(cancel_requested=True)
    assert queue.renew_lease(run, owner="worker") is True


@pytest.mark.django_db
def test_only_unfinished_runs_count_against_a_device() -> None:
    enqueue("a")
    enqueue("a", status=Status.COMPLETE)
    enqueue("a", kind=Kind.INTERCEPTION, status=Status.RUNNING)
    enqueue("b")
    assert queue.outstanding("a", Kind.GENERATION) == 1
    assert queue.outstanding("a", Kind.INTERCEPTION) == 1
