"""All of a list: what is done with each page, and what is said of those that were left."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from ai4artsed.cards.pdf import MOST_CARDS
from ai4artsed.facilitation import releasing
from ai4artsed.facilitation.lists import ListAdmin
from devices.models import Device, Workshop
from devices.tests.people import browser_of_group, browser_of_owner
from runs.models import Entity, Run
from runs.tests.making import begin, made, workshop

pytestmark = pytest.mark.django_db

RUNS = "/admin/runs/run/"
DEVICES = "/admin/devices/device/"
PAGE = ListAdmin.list_per_page


@pytest.fixture
def group() -> Workshop:
    return workshop("Di 9 Uhr")


def copies(run: Run, number: int) -> None:
    """Make rows like those of `run`, whose folders nobody looks at."""
    (row,) = Run.objects.filter(pk=run.pk).values()
    values = {name: value for name, value in row.items() if name != "id"}
    runs = Run.objects.bulk_create(
        Run(**{**values, "run_id": f"run_{each}", "folder": f"copy/{each}"})
        for each in range(number)
    )
    files = list(run.entities.values("sequence", "type", "filename"))
    Entity.objects.bulk_create(Entity(run=each, **file) for each in runs for file in files)


def chosen(action: str, keys: Any, **fields: str) -> dict[str, Any]:
    return {"action": action, "index": "0", "_selected_action": list(keys), **fields}


def told(client: Client, address: str, data: dict[str, Any]) -> str:
    return str(client.post(address, data, follow=True).content.decode())


def test_all_43_devices_are_moved_and_a_whole_page_says_how_many_it_was_not(
    group: Workshop,
) -> None:
    Device.objects.bulk_create(Device(pk=f"tablet-{number:02}") for number in range(PAGE + 3))
    Device.objects.create(pk="fenster")
    client = browser_of_group("facilitator")
    shown = client.get(DEVICES, {"q": "tablet"})
    html = shown.content.decode()
    assert f"Select all {PAGE + 3} devices" in html
    keys = [device.pk for device in shown.context["cl"].result_list]
    move = f"move_to_{group.pk}"
    answer = told(client, f"{DEVICES}?q=tablet", chosen(move, keys))
    assert f"{PAGE} devices are now in Di 9 Uhr." in answer
    assert "3 more are on other pages of this list and were not chosen." in answer
    answer = told(client, f"{DEVICES}?q=tablet", chosen(move, keys, select_across="1"))
    assert f"{PAGE + 3} devices are now in Di 9 Uhr." in answer
    assert "not chosen" not in answer
    assert group.devices.count() == PAGE + 3


def test_a_part_of_a_page_was_meant_as_a_part(group: Workshop) -> None:
    Device.objects.bulk_create(Device(pk=f"tablet-{number:02}") for number in range(PAGE + 3))
    client = browser_of_group("facilitator")
    answer = told(client, DEVICES, chosen(f"move_to_{group.pk}", ["tablet-01", "tablet-02"]))
    assert "2 devices are now in Di 9 Uhr." in answer
    assert "not chosen" not in answer


def test_all_that_a_filter_leaves_are_exported(group: Workshop) -> None:
    run = made(Device.objects.create(pk="tablet-1", workshop=group))
    made()
    client = browser_of_owner()
    data = chosen("download", [run.pk], select_across="1")
    content = b"".join(client.post(f"{RUNS}?workshop__id__exact={group.pk}", data))
    assert run.run_id.encode() in content and content.count(b"metadata.json") == 2


def test_of_works_that_are_released_together_each_is_accounted_for(group: Workshop) -> None:
    device = Device.objects.create(pk="tablet-1", workshop=group)
    first, second, waiting = made(device), made(device), begin(device)
    client = browser_of_group("facilitator")
    told(client, RUNS, chosen("release_selected", [first.pk]))
    keys = [first.pk, second.pk, waiting.pk]
    answer = told(client, RUNS, chosen("release_selected", keys))
    assert "1 work is released" in answer
    assert "1 work was released already." in answer
    assert "1 run cannot be released" in answer


def test_more_than_can_be_taken_back_at_once_are_said_to_be_left(
    group: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(releasing, "MOST_AT_ONCE", 2)
    device = Device.objects.create(pk="tablet-1", workshop=group)
    keys = [made(device).pk for _number in range(3)]
    client = browser_of_group("facilitator")
    for key in keys:
        client.post(f"{RUNS}{key}/release/")
    answer = told(client, RUNS, chosen("take_back_selected", keys))
    assert "2 works are taken back" in answer
    assert "1 work more is still released: choose it once more." in answer
    answer = told(client, RUNS, chosen("take_back_selected", keys))
    assert "1 work is taken back" in answer and "still released" not in answer
    assert not Run.objects.filter(released_at__isnull=False).exists()


def test_what_had_ended_when_all_were_stopped_is_counted(group: Workshop) -> None:
    device = Device.objects.create(pk="tablet-1", workshop=group)
    keys = [begin(device).pk, made(device).pk]
    answer = told(browser_of_group("facilitator"), RUNS, chosen("stop", keys))
    assert "1 run is being stopped." in answer and "1 run had ended already." in answer


def test_too_many_works_for_cards_are_counted_without_being_read(group: Workshop) -> None:
    run = made(Device.objects.create(pk="tablet-1", workshop=group))
    copies(run, 2 * MOST_CARDS)
    data = chosen("cards", [run.pk], select_across="1")
    answer = told(browser_of_group("facilitator"), RUNS, data)
    assert f"{2 * MOST_CARDS + 1} works are more than one PDF holds ({MOST_CARDS})." in answer
