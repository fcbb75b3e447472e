"""The room at a glance, and what is pressed in it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from ai4artsed.facilitation.room import get_room
from devices.models import Device, Message, Workshop
from devices.presence import ask_for_help
from devices.tests.people import browser_of_group
from runs import recorder
from runs.models import Act, Run, Status
from runs.tests.making import begin, blocked, made, workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Workshop:
    return workshop("Di 9 Uhr", takes_new_devices=True)


def device(number: int, group: Workshop, **fields: Any) -> Device:
    values = {"name": f"Tisch {number}", "workshop": group, "doing": "writing", **fields}
    return Device.objects.create(pk=f"tablet-{number}", **values)


def names(group: Workshop) -> list[str]:
    return [tile["shown_name"] for tile in get_room(group)["tiles"]]


def tile(group: Workshop) -> dict[str, Any]:
    (one,) = get_room(group)["tiles"]
    return dict(one)


def press(group: Workshop, action: str, **fields: Any) -> Any:
    client = browser_of_group("facilitator")
    return client.post(f"/admin/room/{group.pk}/{action}/", fields)


def test_tables_stand_in_the_order_in_which_people_count(group: Workshop) -> None:
    for number in (10, 2, 1):
        device(number, group)
    device(99, group, name="")
    assert names(group) == ["Tisch 1", "Tisch 2", "Tisch 10", "tablet-9"]


def test_a_tile_tells_what_its_device_does_and_since_when(group: Workshop) -> None:
    since = timezone.now() - timedelta(minutes=3)
    tablet = device(1, group, doing_since=since)
    assert (tile(group)["state"], tile(group)["since"]) == ("writing", since.isoformat())
    run = begin(tablet, queue="comfyui")
    assert (tile(group)["state"], tile(group)["run_id"]) == ("queued", run.run_id)
    Run.objects.update(status=Status.RUNNING, started_at=timezone.now())
    assert tile(group)["state"] == "making"


def test_a_device_that_says_nothing_any_more_is_away(group: Workshop) -> None:
    seen = timezone.now() - timedelta(minutes=2)
    device(1, group, last_seen_at=seen)
    assert (tile(group)["state"], tile(group)["since"]) == ("away", seen.isoformat())


def test_who_was_not_here_today_and_who_is_elsewhere_has_no_tile(group: Workshop) -> None:
    device(1, group, last_seen_at=timezone.now() - timedelta(days=1))
    device(2, workshop("Mi 9 Uhr"))
    assert names(group) == []


def test_what_went_wrong_last_stands_at_the_tile_until_something_goes_well(
    group: Workshop,
) -> None:
    tablet = device(1, group)
    blocked(tablet)
    assert (tile(group)["trouble"], get_room(group)["counts"]["blocked"]) == ("blocked", 1)
    recorder.fail(begin(tablet), kind="timeout", message="Das hat zu lange gedauert.")
    assert (tile(group)["trouble"], tile(group)["reason"]) == (
        "failed",
        "Das hat zu lange gedauert.",
    )
    made(tablet)
    assert (tile(group)["trouble"], get_room(group)["counts"]["failed"]) == (None, 0)


def test_a_tile_shows_the_latest_picture_of_this_workshop(group: Workshop) -> None:
    tablet = device(1, group)
    Device.objects.filter(pk=tablet.pk).update(workshop=workshop("Gestern"))
    made(Device.objects.get(pk=tablet.pk))
    Device.objects.filter(pk=tablet.pk).update(workshop=group)
    assert tile(group)["picture"] is None
    run = made(Device.objects.get(pk=tablet.pk))
    assert tile(group)["picture"]["run_id"] == run.run_id
    assert tile(group)["picture"]["releasable"]


def test_one_look_costs_the_same_for_any_number_of_devices(group: Workshop) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as captured:
            get_room(group)
        return len(captured)

    begin(device(1, group), queue="comfyui")
    made(device(2, group))
    few = queries()
    for number in range(3, 20):
        begin(device(number, group), queue="comfyui")
    assert queries() == few


def test_the_room_is_the_first_page_of_those_who_lead_it(group: Workshop) -> None:
    page = browser_of_group("facilitator").get("/admin/").content.decode()
    assert f'data-state="/admin/room/{group.pk}/state/"' in page
    assert 'id="tiles"' not in browser_of_group("researcher").get("/admin/").content.decode()


def test_the_rest_of_the_admin_stands_behind_the_room(group: Workshop) -> None:
    page = browser_of_group("facilitator").get("/admin/administration/").content.decode()
    assert "/admin/runs/run/" in page


def test_nobody_sees_the_room_without_the_right(group: Workshop) -> None:
    state = f"/admin/room/{group.pk}/state/"
    assert Client().get(state).status_code == 302
    assert browser_of_group("researcher").get(state).status_code == 403


def test_a_break_is_begun_with_its_words_and_its_end_and_is_ended(group: Workshop) -> None:
    answer = press(group, "pause", message="Alle her zu mir", minutes="5")
    told = answer.json()["workshop"]
    assert (told["paused"], told["pause_message"]) == (True, "Alle her zu mir")
    group.refresh_from_db()
    assert group.pause_until is not None
    left = group.pause_until - timezone.now()
    assert timedelta(minutes=4) < left <= timedelta(minutes=5)
    assert press_again(group, "continue").json()["workshop"]["paused"] is False
    assert list(Act.objects.order_by("id").values_list("verb", flat=True)) == ["pause", "resume"]


def press_again(group: Workshop, action: str, **fields: Any) -> Any:
    client = Client(headers={"accept-language": "en"})
    user = Act.objects.newest_first()[0].user
    assert user is not None
    client.force_login(user)
    return client.post(f"/admin/room/{group.pk}/{action}/", fields)


def test_a_break_until_somebody_says_so_has_no_end(group: Workshop) -> None:
    assert press(group, "pause", message="", minutes="0").json()["workshop"]["pause_until"] is None


def test_a_message_goes_to_all_or_to_one(group: Workshop) -> None:
    tablet = device(1, group)
    press(group, "message", text="Noch fünf Minuten")
    press_again(group, "message", text="Komm zu mir", device=tablet.pk)
    found = list(Message.objects.values_list("workshop", "device", "text"))
    assert found == [(group.pk, None, "Noch fünf Minuten"), (None, tablet.pk, "Komm zu mir")]


def test_a_message_without_words_is_refused_with_a_sentence(group: Workshop) -> None:
    answer = press(group, "message", text="  ")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert not Message.objects.exists()


def test_a_hand_is_taken_down_by_whoever_helps(group: Workshop) -> None:
    tablet = device(1, group)
    ask_for_help(device=tablet, asks=True)
    assert get_room(group)["counts"]["help"] == 1
    assert press(group, "lower-hand", device=tablet.pk).json()["counts"]["help"] == 0
    assert Act.objects.get().verb == "lower_hand"


def test_a_hand_that_is_up_stays_up_since_when_it_was(group: Workshop) -> None:
    tablet = device(1, group)
    ask_for_help(device=tablet, asks=True)
    before = tile(group)["hand_since"]
    ask_for_help(device=tablet, asks=True)
    assert tile(group)["hand_since"] == before


def test_a_device_is_named_where_it_stands(group: Workshop) -> None:
    tablet = device(1, group)
    assert press(group, "name", device=tablet.pk, name="Fenster").json()["tiles"][0]["name"] == (
        "Fenster"
    )


def test_a_device_of_another_workshop_is_not_touched(group: Workshop) -> None:
    other = device(1, workshop("Mi 9 Uhr"))
    assert press(group, "name", device=other.pk, name="Meins").status_code == 404
    other.refresh_from_db()
    assert other.name == "Tisch 1"


def test_what_waits_is_stopped(group: Workshop) -> None:
    run = begin(device(1, group), queue="comfyui")
    assert press(group, "stop", run=run.run_id).json()["queue"] == []
    run.refresh_from_db()
    assert run.status == Status.CANCELLED


def test_the_latest_work_is_released_by_one_press(group: Workshop) -> None:
    run = made(device(1, group))
    assert press(group, "release", run=run.run_id).json()["tiles"][0]["picture"]["released"]


def test_a_work_whose_texts_should_be_read_first_leads_there(group: Workshop) -> None:
    texts = (("input", "Ruf mich an: 0176 12345678"), ("optimized_prompt", "a phone"))
    run = made(device(1, group), texts=texts)
    answer = press(group, "release", run=run.run_id)
    assert (answer.status_code, answer.json()["page"]) == (
        409,
        f"/admin/runs/run/{run.pk}/change/",
    )
    run.refresh_from_db()
    assert run.released_at is None


@pytest.mark.parametrize("action", ["pause", "message", "name", "lower-hand", "stop"])
def test_who_may_only_look_changes_nothing(group: Workshop, action: str) -> None:
    tablet = device(1, group)
    client = browser_of_group("researcher")
    run = begin(tablet, queue="comfyui")
    form = {"text": "Hallo", "device": tablet.pk, "name": "Meins", "run": run.run_id}
    answer = client.post(f"/admin/room/{group.pk}/{action}/", form)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    assert not Act.objects.exists()


def test_the_next_group_begins_with_a_press_and_is_undone_by_another(group: Workshop) -> None:
    made(device(1, group))
    room = press(group, "next-group").json()
    assert (room["workshop"]["group"], room["workshop"]["may_return"]) == (2, True)
    assert room["tiles"][0]["picture"] is None
    room = press_again(group, "former-group").json()
    assert (room["workshop"]["group"], room["workshop"]["may_return"]) == (1, False)
    assert room["tiles"][0]["picture"] is not None
    assert press_again(group, "former-group").status_code == 409


def test_what_is_nothing_to_press_is_not_there(group: Workshop) -> None:
    assert press(group, "explode").status_code == 404
