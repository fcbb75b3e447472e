"""Logging in: for how long it holds, with whose password, and what becomes of what was pressed."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from ai4artsed.accounts import make_first_account
from ai4artsed.facilitation.pressed import COOKIE
from ai4artsed.facilitation.tests.test_conflicts import Fields
from ai4artsed.sessions import BEGUN, IDLE_SECONDS, NOTED_SECONDS, USED
from devices.models import Device, FirstPassword, Workshop
from devices.tests.people import browser_of_group, browser_of_owner
from runs.tests.making import made
from web.logins import throttle

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"
AGAIN = "/admin/again/"
DEVICES = "/admin/devices/device/"
PASSWORD = "tisch-und-stuhl-2026"
OWN_PASSWORD = "regen-und-moos-2027"


@pytest.fixture(autouse=True)
def no_wrong_passwords() -> None:
    throttle.clear()


@pytest.fixture
def group() -> Workshop:
    return Workshop.objects.create(name="Di 9 Uhr")


@pytest.fixture
def anna() -> User:
    return User.objects.create_superuser("anna", password=PASSWORD)


def log_in(client: Client, name: str, password: str = PASSWORD, **fields: str) -> Any:
    return client.post(LOGIN, {"username": name, "password": password, **fields}, follow=True)


def browser(**options: Any) -> Client:
    return Client(headers={"accept-language": "en"}, **options)


def age(client: Client, **seconds: float) -> None:
    """Let so many seconds have passed since the session had begun, or was used."""
    session = client.session
    for name, passed in seconds.items():
        session[name] = time.time() - passed
    session.save()


def is_in(client: Client, address: str = "/admin/") -> bool:
    return client.get(address).status_code == 200


# For how long -------------------------------------------------------------------------------


def test_a_session_ends_when_nobody_does_anything() -> None:
    client = browser_of_owner()
    age(client, **{USED: IDLE_SECONDS - 60})
    assert is_in(client)
    age(client, **{USED: IDLE_SECONDS + 60})
    assert not is_in(client)
    assert client.get("/api/runs/").json()["count"] == 0


def test_a_session_ends_after_a_school_day_however_much_is_done() -> None:
    client = browser_of_owner()
    age(client, **{BEGUN: settings.SESSION_COOKIE_AGE - 60, USED: NOTED_SECONDS + 1})
    assert is_in(client)
    age(client, **{BEGUN: settings.SESSION_COOKIE_AGE + 60})
    assert not is_in(client)


def test_a_page_that_renews_itself_keeps_no_left_tablet_logged_in() -> None:
    client = browser_of_owner()
    age(client, **{USED: NOTED_SECONDS + 60})
    before = client.session[USED]
    assert is_in(client, "/admin/dashboard/")
    assert client.get("/api/runs/").status_code == 200
    assert client.session[USED] == before
    assert is_in(client)
    assert client.session[USED] > before


def test_who_does_one_thing_after_the_other_has_it_noted_every_few_minutes_only() -> None:
    client = browser_of_owner()
    with CaptureQueriesContext(connection) as queries:
        assert is_in(client)
    assert not [query for query in queries if query["sql"].startswith("UPDATE")]


def test_a_child_needs_no_session_and_none_is_looked_for() -> None:
    client = browser()
    client.get("/api/devices/me/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/api/devices/me/")
    assert not [query for query in queries if "django_session" in query["sql"]]


def test_a_session_from_before_the_update_is_begun_anew() -> None:
    client = browser_of_owner()
    session = client.session
    del session[BEGUN]
    session.save()
    assert not is_in(client)


# The first password -------------------------------------------------------------------------


def test_the_password_that_was_on_the_screen_opens_nothing_but_the_choice_of_another() -> None:
    account = make_first_account(name="leitung", password="")
    assert account is not None
    client = browser()
    page = log_in(client, "leitung", account.password, next="/admin/")
    assert page.redirect_chain[-1][0] == "/admin/password_change/"
    assert "Others know the password" in page.content.decode()
    for address in ("/admin/dashboard/", DEVICES, "/admin/health/", "/admin/"):
        assert client.get(address)["Location"] == "/admin/password_change/"

    def change(new: str) -> Any:
        data = {"old_password": account.password, "new_password1": new, "new_password2": new}
        return client.post("/admin/password_change/", data, follow=True)

    assert "This is the old password." in change(account.password).content.decode()
    assert not is_in(client)
    assert change(OWN_PASSWORD).status_code == 200
    assert is_in(client)
    assert not FirstPassword.objects.exists()
    assert log_in(browser(), "leitung", OWN_PASSWORD, next="/admin/").redirect_chain[-1] == (
        "/admin/",
        302,
    )


def test_a_password_that_the_operator_has_set_is_theirs_to_decide_about() -> None:
    make_first_account(name="leitung", password=PASSWORD)
    client = browser()
    log_in(client, "leitung")
    assert is_in(client)


def test_a_password_that_somebody_else_gave_is_changed_first(anna: User) -> None:
    owner = browser_of_owner()
    data = {"username": "ben", "password1": OWN_PASSWORD, "password2": OWN_PASSWORD}
    assert (
        owner.post("/admin/auth/user/add/", {**data, "usable_password": "true"}).status_code == 302
    )
    User.objects.filter(username="ben").update(is_staff=True)
    assert log_in(browser(), "ben", OWN_PASSWORD, next="/admin/").redirect_chain[-1][0] == (
        "/admin/password_change/"
    )
    address = f"/admin/auth/user/{anna.pk}/password/"
    assert owner.post(address, data).status_code == 302
    assert log_in(browser(), "anna", OWN_PASSWORD, next="/admin/").redirect_chain[-1][0] == (
        "/admin/password_change/"
    )


def test_who_gives_oneself_a_password_by_the_form_of_accounts_has_chosen_it(anna: User) -> None:
    client = browser()
    log_in(client, "anna")
    data = {"password1": OWN_PASSWORD, "password2": OWN_PASSWORD, "usable_password": "true"}
    assert client.post(f"/admin/auth/user/{anna.pk}/password/", data).status_code == 302
    assert not FirstPassword.objects.exists()


# What was pressed ---------------------------------------------------------------------------


def button(page: str) -> tuple[str, dict[str, list[str]]]:
    """Return where the one button of the page of the question leads, and what it sends."""
    form = page[page.index('<div id="content"') :]
    address = re.search(r'<form method="post" action="([^"]*)"', form)
    assert address is not None
    return html.unescape(address[1]), Fields(form).sent


def pressed_and_back(client: Client, address: str, data: dict[str, Any]) -> str:
    """Press without a session, log in, and return the page that comes then."""
    answer = client.post(address, data)
    assert answer.status_code == 302
    page = log_in(client, "anna", next=AGAIN)
    assert answer["Location"] == f"{LOGIN}?next={AGAIN}"
    assert page.redirect_chain[-1][0] == AGAIN
    return str(page.content.decode())


def test_a_break_pressed_without_a_session_is_asked_again_and_begins_by_one_button(
    anna: User, group: Workshop
) -> None:
    client = browser()
    data = {"message": "Wir essen jetzt.", "next": "/admin/"}
    page = pressed_and_back(client, f"/admin/devices/workshop/{group.pk}/pause/", data)
    assert "Di 9 Uhr: Break for all" in page
    group.refresh_from_db()
    assert not group.paused
    address, fields = button(page)
    assert client.post(address, fields)["Location"] == "/admin/"
    group.refresh_from_db()
    assert (group.paused, group.pause_message) == (True, "Wir essen jetzt.")
    # What is done is not asked a second time.
    assert client.get(AGAIN)["Location"] == "/admin/"


def test_what_was_pressed_in_the_room_without_a_session_is_asked_again(
    anna: User, group: Workshop
) -> None:
    client = browser()
    page = f"/admin/room/{group.pk}/pause/"
    answer = client.post(page, {"message": "Schaut her!"}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/logged-out")
    asked = log_in(client, "anna", next=AGAIN).content.decode()
    assert "Di 9 Uhr: All eyes up" in asked
    address, fields = button(asked)
    headers = {"accept": "text/html"}
    answer = client.post(address, fields, headers=headers)
    assert answer["Location"] == f"/admin/room/{group.pk}/"
    group.refresh_from_db()
    assert (group.paused, group.pause_message) == (True, "Schaut her!")


def test_the_room_that_renews_itself_keeps_nobody_logged_in(group: Workshop) -> None:
    client = browser_of_owner()
    age(client, **{USED: NOTED_SECONDS + 60})
    before = client.session[USED]
    assert is_in(client, f"/admin/room/{group.pk}/state/")
    assert client.session[USED] == before


@pytest.mark.parametrize(
    ("pressed", "what"),
    [
        (lambda run: (f"/admin/runs/run/{run.pk}/release/", {}), "Tisch 3: Release to"),
        (lambda run: (f"/admin/runs/run/{run.pk}/take-back/", {}), "Tisch 3: Take back"),
        (lambda run: (f"/admin/runs/run/{run.pk}/stop/", {}), "Tisch 3: Stop this run"),
        (
            lambda run: (f"/admin/workshop/{run.workshop_id}/end-links/", {}),
            "Di 9 Uhr: End all links to works",
        ),
        (lambda run: ("/admin/devices/device/x/delete/", {"post": "yes"}), "Delete"),
        (
            lambda run: (
                "/admin/runs/run/?status=complete",
                {"action": "release_selected", "_selected_action": [run.pk]},
            ),
            "Release to the workshop (1 chosen)",
        ),
        (
            lambda run: (
                f"/admin/devices/workshop/{run.workshop_id}/change/",
                {"name": "Mi 9 Uhr", "safety_level": "kids"},
            ),
            "Di 9 Uhr: Save",
        ),
    ],
)
def test_whatever_was_pressed_is_told_in_words_and_sent_as_it_was(
    pressed: Callable[[Any], tuple[str, dict[str, Any]]], what: str, anna: User, group: Workshop
) -> None:
    run = made(Device.objects.create(pk="tablet-1", name="Tisch 3", workshop=group))
    address, data = pressed(run)
    page = pressed_and_back(browser(), address, data)
    assert what in page
    to, fields = button(page)
    assert to == address
    fields.pop("csrfmiddlewaretoken", None)
    assert fields == {
        name: value if isinstance(value, list) else [value]
        for name, value in {key: _as_text(value) for key, value in data.items()}.items()
    }


def _as_text(value: Any) -> Any:
    return [str(each) for each in value] if isinstance(value, list) else str(value)


def test_names_that_were_typed_without_a_session_are_not_lost(anna: User) -> None:
    Device.objects.create(pk="tablet-1")
    client = browser()
    data = {"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "_save": "1"}
    data |= {"form-0-id": "tablet-1", "form-0-name": "Tisch 3", "initial-form-0-name": ""}
    address, fields = button(pressed_and_back(client, DEVICES, data))
    assert client.post(address, fields).status_code == 302
    assert Device.objects.get().name == "Tisch 3"


def test_what_is_too_much_to_be_kept_is_said_to_be_so(anna: User) -> None:
    noise = "".join(chr(0x4E00 + number * 7 % 20_000) for number in range(4000))
    page = pressed_and_back(browser(), f"{DEVICES}?o=1", {"form-0-name": noise})
    assert "It could not be kept." in page
    assert f'href="{DEVICES}?o=1"' in page


def test_no_password_waits_in_a_cookie(anna: User) -> None:
    data = {"password1": OWN_PASSWORD, "password2": OWN_PASSWORD}
    client = browser()
    page = pressed_and_back(client, f"/admin/auth/user/{anna.pk}/password/", data)
    assert "It could not be kept." in page
    assert OWN_PASSWORD not in str(
        signing.loads(client.cookies[COOKIE].value, salt="facilitation.pressed")
    )


def test_nothing_that_was_pressed_is_done_by_an_address(anna: User, group: Workshop) -> None:
    client = browser()
    pressed_and_back(client, f"/admin/devices/workshop/{group.pk}/pause/", {})
    for _time in range(2):
        assert client.get(AGAIN).status_code == 200
    group.refresh_from_db()
    assert not group.paused


def test_what_nobody_here_has_pressed_is_not_asked(anna: User) -> None:
    client = browser_of_group("facilitator")
    client.cookies[COOKIE] = "made:up:by-somebody"
    page = client.get(AGAIN, follow=True)
    assert page.redirect_chain[-1][0] == "/admin/"
    assert "What you pressed before logging in is not known any more." in page.content.decode()


def test_who_logged_in_anew_in_another_tab_is_asked_again_in_the_old_one(
    anna: User, group: Workshop
) -> None:
    client = browser(enforce_csrf_checks=True)
    client.force_login(anna)
    stale = {"csrfmiddlewaretoken": "a" * 64, "message": "Pause!"}
    answer = client.post(f"/admin/devices/workshop/{group.pk}/pause/", stale)
    assert answer["Location"] == AGAIN
    address, fields = button(client.get(AGAIN).content.decode())
    assert client.post(address, fields).status_code == 302
    group.refresh_from_db()
    assert (group.paused, group.pause_message) == (True, "Pause!")


def test_a_request_of_a_foreign_page_is_refused(group: Workshop) -> None:
    client = browser(enforce_csrf_checks=True)
    answer = client.post(f"/admin/devices/workshop/{group.pk}/pause/", {})
    assert answer.status_code == 403
    assert "You may not do this." in answer.content.decode()
