"""Whatever is done in the admin: no folder is locked and no file written inside a transaction."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from devices.models import Device, Workshop
from devices.tests.people import browser_of_owner
from runs import archive
from runs.models import Run
from runs.naming import label_pending_runs
from runs.tests.making import begin, made, workshop

pytestmark = pytest.mark.django_db(transaction=True)

RUNS = "/admin/runs/run/"
DEVICES = "/admin/devices/device/"
WORKSHOPS = "/admin/devices/workshop/"

_watched: list[list[str]] = []


def _watch(event: str, args: tuple[Any, ...]) -> None:
    if not _watched or not connection.in_atomic_block:
        return
    if event == "fcntl.flock":
        _watched[-1].append("a lock is waited for")
    if event == "open" and (args[2] or 0) & (os.O_WRONLY | os.O_RDWR):
        _watched[-1].append(f"{args[0]} is written")


sys.addaudithook(_watch)


@contextmanager
def files_in_transactions() -> Iterator[list[str]]:
    """Yield a list that tells what is done with files while this thread has a transaction open."""
    _watched.append([])
    try:
        yield _watched[-1]
    finally:
        _watched.pop()


@pytest.fixture
def group() -> Workshop:
    return workshop("Di 9 Uhr")


@pytest.fixture
def work(group: Workshop) -> Run:
    return made(Device.objects.create(pk="tablet-1", workshop=group))


def selected(action: str, run: Run) -> dict[str, Any]:
    return {"action": action, "_selected_action": [run.pk]}


def workshop_fields(name: str) -> dict[str, str]:
    empty = {f"{moment}_{part}": "" for moment in ("opens_at", "closes_at") for part in (0, 1)}
    return {"name": name, "safety_level": "kids", **empty}


def names(name: str) -> dict[str, str]:
    counts = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1"}
    return {"_save": "1", **counts, "form-0-id": "tablet-1", "form-0-name": name}


ACTIONS: dict[str, Callable[[Client, Run], Any]] = {
    "names in the list": lambda client, run: client.post(DEVICES, names("Tisch 3")),
    "a name in the form": lambda client, run: client.post(
        f"{DEVICES}tablet-1/change/", {"name": "Tisch 3", "workshop": run.workshop_id}
    ),
    "move": lambda client, run: client.post(
        DEVICES,
        {
            "action": f"move_to_{workshop('Mi').pk}",
            "_selected_action": ["tablet-1"],
        },
    ),
    "release one": lambda client, run: client.post(f"{RUNS}{run.pk}/release/"),
    "release some": lambda client, run: client.post(RUNS, selected("release_selected", run)),
    "take back one": lambda client, run: client.post(f"{RUNS}{run.pk}/take-back/"),
    "take back some": lambda client, run: client.post(RUNS, selected("take_back_selected", run)),
    "stop one": lambda client, run: client.post(f"{RUNS}{begin(run.device).pk}/stop/"),
    "stop some": lambda client, run: client.post(RUNS, selected("stop", begin(run.device))),
    "cards": lambda client, run: client.post(RUNS, selected("cards", run)),
    "export": lambda client, run: list(client.post(RUNS, selected("download", run))),
    "a new workshop": lambda client, run: client.post(
        f"{WORKSHOPS}add/", workshop_fields("Do 9 Uhr")
    ),
    "another name of a workshop": lambda client, run: client.post(
        f"{WORKSHOPS}{run.workshop_id}/change/", workshop_fields("Fr 9 Uhr")
    ),
    "a break": lambda client, run: client.post(f"{WORKSHOPS}{run.workshop_id}/pause/"),
    "no break": lambda client, run: client.post(f"{WORKSHOPS}{run.workshop_id}/continue/"),
    "end links": lambda client, run: client.post(f"/admin/workshop/{run.workshop_id}/end-links/"),
    "delete a device": lambda client, run: client.post(
        f"{DEVICES}{Device.objects.create(pk='tablet-2').pk}/delete/", {"post": "yes"}
    ),
}


@pytest.mark.parametrize("action", ACTIONS)
def test_no_transaction_waits_for_a_folder_or_a_disk(action: str, work: Run) -> None:
    client = browser_of_owner()
    with files_in_transactions() as done:
        answer = ACTIONS[action](client, work)
    assert isinstance(answer, list) or answer.status_code in (200, 302), answer
    assert done == []


def test_the_watch_sees_what_it_is_for(work: Run) -> None:
    folder = archive.run_folder(work)
    with files_in_transactions() as done, transaction.atomic(), archive.locked(folder):
        archive.write_metadata(folder, {})
    assert "a lock is waited for" in done
    assert len(done) > 1


def test_a_name_is_in_the_row_at_once_and_in_the_files_when_the_worker_comes_by(work: Run) -> None:
    def recorded() -> str:
        return str(archive.read_metadata(archive.run_folder(work))["device_name"])

    client = browser_of_owner()
    # Nobody waits for the folder, which somebody else may hold.
    with archive.locked(archive.run_folder(work)):
        assert client.post(DEVICES, names("Tisch 3")).status_code == 302
    assert Device.objects.get().name == "Tisch 3"
    assert recorded() == ""
    found = client.get(RUNS, {"q": "Tisch 3"}).context["cl"].result_list
    assert list(found) == [work]
    assert label_pending_runs() == 1
    assert recorded() == "Tisch 3"
