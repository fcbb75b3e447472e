"""What facilitators do with devices and workshops."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone, translation

from devices.models import Device, Workshop
from devices.presence import ago
from devices.tests.people import browser_of_group, browser_of_owner

pytestmark = pytest.mark.django_db

DEVICES = "/admin/devices/device/"
WORKSHOPS = "/admin/devices/workshop/"


@pytest.fixture
def workshop() -> Workshop:
    return Workshop.objects.create(name="Di 9 Uhr", pause_message="Bis gleich!")


def test_devices_are_moved_to_a_workshop_in_one_step(workshop: Workshop) -> None:
    chosen = [Device.objects.create(pk=f"tablet-{number}").pk for number in range(2)]
    left = Device.objects.create(pk="tablet-2")
    data = {"action": f"move_to_{workshop.pk}", "_selected_action": chosen}
    response = browser_of_group("facilitator").post(DEVICES, data, follow=True)
    assert "2 devices are now in Di 9 Uhr." in response.content.decode()
    assert set(workshop.devices.values_list("pk", flat=True)) == set(chosen)
    left.refresh_from_db()
    assert left.workshop is None


def test_a_percent_sign_in_the_name_of_a_workshop_breaks_nothing() -> None:
    workshop = Workshop.objects.create(name="100 % Kunst")
    Device.objects.create(pk="tablet-1")
    client = browser_of_group("facilitator")
    assert "Move to: 100 % Kunst" in client.get(DEVICES).content.decode()
    data = {"action": f"move_to_{workshop.pk}", "_selected_action": ["tablet-1"]}
    response = client.post(DEVICES, data, follow=True)
    assert "1 device is now in 100 % Kunst." in response.content.decode()


def test_a_researcher_moves_no_devices(workshop: Workshop) -> None:
    Device.objects.create(pk="tablet-1")
    data = {"action": f"move_to_{workshop.pk}", "_selected_action": ["tablet-1"]}
    browser_of_group("researcher").post(DEVICES, data)
    assert not workshop.devices.exists()


@pytest.mark.parametrize("words", ["tisch", "tablet-1"])
def test_devices_are_found_by_name_and_by_id(words: str) -> None:
    Device.objects.create(pk="tablet-1", name="Tisch 3")
    Device.objects.create(pk="tablet-2", name="Fenster")
    response = browser_of_group("facilitator").get(DEVICES, {"q": words})
    assert [device.pk for device in response.context["cl"].result_list] == ["tablet-1"]


def test_devices_appear_by_themselves_and_are_not_added() -> None:
    client = browser_of_owner()
    assert client.get(f"{DEVICES}add/").status_code == 403
    assert f"{DEVICES}add/" not in client.get(DEVICES).content.decode()


def test_the_break_begins_and_ends_by_a_button(workshop: Workshop) -> None:
    client = browser_of_group("facilitator")
    assert f"{WORKSHOPS}{workshop.pk}/pause/" in client.get(WORKSHOPS).content.decode()
    response = client.post(f"{WORKSHOPS}{workshop.pk}/pause/", {"next": "/admin/"})
    assert response["Location"] == "/admin/"
    workshop.refresh_from_db()
    assert (workshop.paused, workshop.pause_message) == (True, "Bis gleich!")
    assert f"{WORKSHOPS}{workshop.pk}/continue/" in client.get(WORKSHOPS).content.decode()
    client.post(f"{WORKSHOPS}{workshop.pk}/continue/")
    workshop.refresh_from_db()
    assert not workshop.paused


def test_a_second_tap_changes_nothing(workshop: Workshop) -> None:
    client = browser_of_group("facilitator")
    for _tap in range(2):
        assert client.post(f"{WORKSHOPS}{workshop.pk}/pause/").status_code == 302
    workshop.refresh_from_db()
    assert workshop.paused


def test_the_form_takes_a_message_for_the_break(workshop: Workshop) -> None:
    client = browser_of_group("facilitator")
    client.post(f"{WORKSHOPS}{workshop.pk}/pause/", {"message": " Wir essen jetzt. "})
    workshop.refresh_from_db()
    assert (workshop.paused, workshop.pause_message) == (True, "Wir essen jetzt.")
    page = client.get(f"{WORKSHOPS}{workshop.pk}/change/").content.decode()
    assert "Wir essen jetzt." in page and workshop.join_code in page


def test_saving_the_form_does_not_end_the_break(workshop: Workshop) -> None:
    client = browser_of_group("facilitator")
    client.post(f"{WORKSHOPS}{workshop.pk}/pause/")
    data = {
        "name": "Mi 9 Uhr",
        "safety_level": "youth",
        "opens_at_0": "",
        "opens_at_1": "",
        "closes_at_0": "",
        "closes_at_1": "",
    }
    assert client.post(f"{WORKSHOPS}{workshop.pk}/change/", data).status_code == 302
    workshop.refresh_from_db()
    assert (workshop.name, workshop.safety_level, workshop.paused) == ("Mi 9 Uhr", "youth", True)


def test_a_researcher_pauses_nothing(workshop: Workshop) -> None:
    client = browser_of_group("researcher")
    assert client.post(f"{WORKSHOPS}{workshop.pk}/pause/").status_code == 403
    assert "/pause/" not in client.get(WORKSHOPS).content.decode()
    workshop.refresh_from_db()
    assert not workshop.paused


def test_only_a_post_pauses(workshop: Workshop) -> None:
    client = browser_of_group("facilitator")
    assert client.get(f"{WORKSHOPS}{workshop.pk}/pause/").status_code == 405
    workshop.refresh_from_db()
    assert not workshop.paused


def test_the_way_back_stays_on_this_site(workshop: Workshop) -> None:
    data = {"next": "https://example.org/"}
    response = browser_of_group("facilitator").post(f"{WORKSHOPS}{workshop.pk}/pause/", data)
    assert response["Location"] == WORKSHOPS


@pytest.mark.parametrize(
    ("minutes", "text"),
    [(0.5, "just now"), (3.9, "3 min ago"), (125, "2 h ago"), (60 * 72, "11/20/2026")],
)
def test_the_time_since_is_short(minutes: float, text: str) -> None:
    now = datetime(2026, 11, 23, 12, tzinfo=timezone.get_current_timezone())
    with translation.override("en"):
        assert ago(now - timedelta(minutes=minutes), now) == text
