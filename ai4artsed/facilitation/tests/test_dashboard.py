"""The admin's first page: what is happening in the room."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from devices.models import Device
from devices.tests.people import browser_of_group
from runs import recorder
from runs.models import Status
from runs.tests.making import begin, blocked, made, workshop

pytestmark = pytest.mark.django_db

BOARD = "/admin/dashboard/"


def text(client: Client, address: str = BOARD) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def test_the_dashboard_shows_who_waits_and_whose_turn_it_is() -> None:
    begin(Device.objects.create(pk="tablet-1", name="Tisch 1"), status=Status.RUNNING)
    begin(Device.objects.create(pk="tablet-2", name="Tisch 2"))
    html = text(browser_of_group("facilitator"))
    being_made, waiting = html.index("Being made"), html.index("Waiting")
    assert being_made < html.index("Tisch 1") < waiting < html.index("Tisch 2")


def test_a_run_that_has_ended_is_not_waited_for() -> None:
    made(Device.objects.create(pk="tablet-1", name="Tisch 1"))
    html = text(browser_of_group("facilitator"))
    assert "Nothing right now." in html and "Nobody is waiting." in html


def test_devices_of_the_last_ten_minutes_are_in_the_room() -> None:
    now = timezone.now()
    for name, minutes in (("Tisch 1", 9), ("Tisch 2", 11)):
        Device.objects.create(pk=name, name=name, last_seen_at=now - timedelta(minutes=minutes))
    html = text(browser_of_group("facilitator"))
    assert "Tisch 1" in html and "Tisch 2" not in html


def test_failures_of_today_are_told_with_their_reason_and_older_ones_are_not() -> None:
    fresh, old = begin(), begin()
    recorder.fail(fresh, kind="timeout", message="Das hat zu lange gedauert.")
    recorder.fail(old, kind="timeout", message="Von gestern.")
    type(old).objects.filter(pk=old.pk).update(day=old.day - timedelta(days=1))
    html = text(browser_of_group("facilitator"))
    assert "Das hat zu lange gedauert." in html
    assert "Von gestern." not in html


def test_latest_pictures_are_shown_but_those_of_blocked_runs() -> None:
    shown, hidden = made(), blocked(None)
    html = text(browser_of_group("facilitator"))
    assert f"/api/runs/{shown.run_id}/thumbnail" in html
    assert f"/api/runs/{hidden.run_id}/thumbnail" not in html


def test_the_administration_has_the_dashboard_with_buttons_that_work_without_scripts() -> None:
    group = workshop("Di 9 Uhr")
    client = browser_of_group("facilitator")
    html = text(client, "/admin/administration/")
    assert 'data-url="/admin/dashboard/"' in html
    assert f'formaction="/admin/devices/workshop/{group.pk}/pause/"' in html
    assert 'id="dashboard-form"' in html and "csrfmiddlewaretoken" in html


@pytest.mark.parametrize("minutes, shown", [(5, "/continue/"), (-1, "/pause/")])
def test_a_break_that_has_ended_by_itself_is_shown_as_over(minutes: int, shown: str) -> None:
    end = timezone.now() + timedelta(minutes=minutes)
    group = workshop("Di 9 Uhr", paused=True, pause_until=end)
    client = browser_of_group("facilitator")
    for address in (BOARD, "/admin/devices/workshop/"):
        html = text(client, address)
        assert f'formaction="/admin/devices/workshop/{group.pk}{shown}"' in html, address
    page = text(client, f"/admin/devices/workshop/{group.pk}/change/")
    assert f'action="/admin/devices/workshop/{group.pk}{shown}"' in page


def test_a_researcher_sees_the_dashboard_without_buttons() -> None:
    workshop("Di 9 Uhr")
    html = text(browser_of_group("researcher"))
    assert "Di 9 Uhr" in html and "/pause/" not in html


def test_staff_without_rights_sees_nothing_of_the_room() -> None:
    made(Device.objects.create(pk="tablet-1", name="Tisch 1"))
    client = browser_of_group("researcher")
    Group.objects.get(name="researcher").user_set.clear()
    assert "Tisch 1" not in text(client)
    assert "Tisch 1" not in text(client, "/admin/")


def test_without_signing_in_the_dashboard_leads_to_the_login() -> None:
    assert Client().get(BOARD)["Location"].startswith("/admin/login/")


def test_the_address_as_one_types_it_leads_to_the_first_page() -> None:
    assert Client().get("/admin")["Location"] == "/admin/"


def test_the_dashboard_needs_the_same_number_of_queries_for_any_number_of_runs() -> None:
    client = browser_of_group("facilitator")

    def fill(number: int) -> None:
        device = Device.objects.create(pk=f"tablet-{number}", workshop=workshop(f"{number}"))
        begin(device, status=Status.RUNNING)
        begin(device)
        made(device)
        recorder.fail(begin(device), kind="timeout", message="Zu lange.")

    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            text(client)
        return len(context)

    fill(0)
    before = queries()
    for number in range(1, 5):
        fill(number)
    assert queries() == before <= 10
