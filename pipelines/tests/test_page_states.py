"""What open pages are told, read for all of them at once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from devices.models import Device, Message, Workshop
from pipelines import queue
from pipelines.live.page_states import MOST_ENDED, PageStates, State, state_of
from runs import recorder
from runs.metadata import RunContext
from runs.models import Kind, Run, Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def workshop() -> Workshop:
    return Workshop.objects.create(name="5b", safety_level="youth", allowed_rules=["overdrive"])


@pytest.fixture
def device(workshop: Workshop) -> Device:
    return Device.objects.create(pk="device-1", name="Tisch 3", workshop=workshop)


def start(device: Device, *, kind: Kind = Kind.GENERATION) -> Run:
    context = RunContext(
        kind=kind,
        device=device,
        workshop=device.workshop,
        output_config="formwerkstatt_szene",
        queue="formwerkstatt",
        safety_level="kids",
        seed=1,
        texts=(("input", "Ein Drache"),),
        expected_outputs=("input", "output_image"),
    )
    return recorder.start(context)


def told(states: PageStates, device: Device) -> State:
    states.look([device.pk])
    return states.states([device.pk], "de")[device.pk]


def test_a_page_knows_its_workshop_its_name_and_its_runs(device: Device) -> None:
    run = start(device)
    state = state_of(device)
    assert state["workshop"] == {
        "name": "5b",
        "paused": False,
        "pause_message": "",
        "pause_until": None,
        "open": True,
        "rules": ["overdrive"],
        "outputs": [],
        "safety_level": "youth",
        "group": 1,
        "runs_left": None,
    }
    assert state["device"] == {"id": "device-1", "name": "Tisch 3", "asks_for_help": False}
    assert [(one["run_id"], one["status"]) for one in state["runs"]] == [(run.run_id, "queued")]
    assert state["messages"] == []


def test_a_device_without_a_workshop_is_told_so() -> None:
    assert state_of(Device.objects.create(pk="device-2"))["workshop"] is None


def test_where_nothing_has_changed_nobody_is_told(device: Device) -> None:
    states = PageStates()
    assert states.look([device.pk]) == {device.pk}
    assert states.look([device.pk]) == set()


def test_a_look_costs_the_same_for_one_page_and_for_many(
    workshop: Workshop, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    devices = [Device(pk=f"device-{number}", workshop=workshop) for number in range(300)]
    Device.objects.bulk_create(devices)
    states = PageStates()
    watched = [device.pk for device in devices]
    states.look(watched)
    with django_assert_num_queries(4):
        assert states.look(watched) == set()


@pytest.mark.parametrize(
    "change",
    [
        {"paused": True, "pause_message": "Alle Augen nach vorn"},
        {"safety_level": "kids"},
        {"allowed_rules": []},
        {"allowed_outputs": ["formwerkstatt_szene"]},
        {"name": "5c"},
        {"closes_at": timezone.now() - timedelta(minutes=1)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_what_holds_in_the_workshop_is_told_whoever_changed_it(
    device: Device, change: dict[str, object]
) -> None:
    states = PageStates()
    before = told(states, device)
    Workshop.objects.update(**change)
    assert states.look([device.pk]) == {device.pk}
    assert states.states([device.pk], "de")[device.pk] != before


def test_a_break_ends_at_its_time(device: Device, workshop: Workshop) -> None:
    states = PageStates()
    end = timezone.now() + timedelta(minutes=5)
    Workshop.objects.update(paused=True, pause_until=end)
    state = told(states, device)
    assert (state["workshop"]["paused"], state["workshop"]["pause_until"]) == (
        True,
        end.isoformat(),
    )
    Workshop.objects.update(pause_until=timezone.now() - timedelta(seconds=1))
    state = told(states, device)
    assert (state["workshop"]["paused"], state["workshop"]["pause_until"]) == (False, None)


def test_another_workshop_is_none_of_a_pages_business(device: Device) -> None:
    other = Workshop.objects.create(name="6a")
    states = PageStates()
    states.look([device.pk])
    Workshop.objects.filter(pk=other.pk).update(paused=True)
    Message.objects.create(
        workshop=other, text="Kommt alle her", ends_at=timezone.now() + timedelta(minutes=1)
    )
    assert states.look([device.pk]) == set()


def test_a_message_stands_until_its_time(device: Device, workshop: Workshop) -> None:
    states = PageStates()
    states.look([device.pk])
    soon = timezone.now() + timedelta(minutes=1)
    to_all = Message.objects.create(workshop=workshop, text="Noch fünf Minuten", ends_at=soon)
    Message.objects.create(device=device, text="Komm bitte zu mir", ends_at=soon)
    stranger = Device.objects.create(pk="device-9", workshop=workshop)
    state = told(states, device)
    assert [message["text"] for message in state["messages"]] == [
        "Noch fünf Minuten",
        "Komm bitte zu mir",
    ]
    assert [one["text"] for one in state_of(stranger)["messages"]] == ["Noch fünf Minuten"]
    Message.objects.filter(pk=to_all.pk).update(ends_at=timezone.now())
    assert [one["text"] for one in told(states, device)["messages"]] == ["Komm bitte zu mir"]


def test_a_run_is_told_from_its_beginning_to_its_end(device: Device) -> None:
    states = PageStates()
    states.look([device.pk])
    run = start(device)
    assert told(states, device)["runs"][0]["status"] == "queued"
    claimed = queue.claim_next({"formwerkstatt": "formwerkstatt"}, owner="worker", capacity=1)
    assert claimed is not None
    queue.report_progress(claimed, owner="worker", share=0.5, note="")
    state = told(states, device)["runs"][0]
    assert (state["status"], state["progress"]) == ("running", 0.5)
    assert states.is_busy
    recorder.cancel(Run.objects.get(pk=run.pk))
    assert told(states, device)["runs"][0]["status"] == "cancelled"
    assert not states.is_busy


def test_a_run_that_begins_and_ends_between_two_looks_is_told(device: Device) -> None:
    start(device)
    states = PageStates()
    states.look([device.pk])
    quick = start(device)
    recorder.cancel(quick)
    assert states.look([device.pk]) == {device.pk}
    state = states.states([device.pk], "de")[device.pk]
    assert [one["status"] for one in state["runs"]] == ["queued", "cancelled"]


def test_of_what_has_ended_only_the_last_is_told(device: Device) -> None:
    runs = [start(device) for _number in range(MOST_ENDED + 2)]
    for run in runs:
        recorder.cancel(run)
    waiting = start(device)
    expected = [run.run_id for run in runs[2:]] + [waiting.run_id]
    assert [one["run_id"] for one in state_of(device)["runs"]] == expected


def test_a_place_in_the_queue_moves_on_with_those_ahead(device: Device, workshop: Workshop) -> None:
    other = Device.objects.create(pk="device-2", workshop=workshop)
    first, own = start(other), start(device)
    states = PageStates()
    assert told(states, device)["runs"][0]["position"] == 2
    recorder.cancel(first)
    # Of the other device nobody watches a page.
    states = PageStates()
    assert told(states, device)["runs"][0]["position"] == 1
    assert own.pk


def test_a_text_that_is_being_written_is_read_at_every_look(device: Device) -> None:
    run = start(device, kind=Kind.INTERCEPTION)
    queue.lease_to_this_process(run)
    Run.objects.filter(pk=run.pk).update(status=Status.RUNNING)
    states = PageStates()
    states.look([device.pk])
    assert states.look([device.pk]) == {device.pk}


def test_a_page_is_told_in_its_own_language(device: Device) -> None:
    run = start(device)
    Run.objects.filter(pk=run.pk).update(status=Status.RUNNING, progress_note="Drawing")
    states = PageStates()
    states.look([device.pk])
    notes = {
        language: states.states([device.pk], language)[device.pk]["runs"][0]["note"]
        for language in ("de", "en")
    }
    assert notes["en"] == "Drawing"
