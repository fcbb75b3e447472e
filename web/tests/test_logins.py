"""Guessing passwords is slow, mistyping is not punished, and nobody keeps others out."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from web import logins

pytestmark = pytest.mark.django_db

PASSWORD = "drei-kleine-katzen"


@pytest.fixture(autouse=True)
def account() -> Iterator[User]:
    logins.throttle.clear()
    yield User.objects.create_superuser("leitung", password=PASSWORD)
    logins.throttle.clear()


def by_form(password: str, *, name: str = "leitung", address: str = "192.0.2.7") -> Any:
    fields = {"username": name, "password": password}
    return Client(REMOTE_ADDR=address).post("/admin/login/?next=/admin/", fields)


def by_basic(password: str, *, address: str = "192.0.2.7") -> Any:
    credentials = base64.b64encode(f"leitung:{password}".encode()).decode()
    headers = {"Authorization": f"Basic {credentials}"}
    return Client(REMOTE_ADDR=address).get("/api/runs/", headers=headers)


def guess(times: int = logins.MOST_WRONG, **where: Any) -> None:
    for number in range(times):
        assert by_form(f"geraten {number}", **where).status_code == 200


def test_who_guesses_has_to_wait_even_with_the_right_password_and_is_told_how_long() -> None:
    guess()
    page = by_form(PASSWORD)
    assert page.status_code == 200
    assert "Das waren viele falsche Passwörter. Versuch es in 1" in page.content.decode()


def test_form_and_programs_share_one_count() -> None:
    guess()
    answer = by_basic(PASSWORD)
    assert answer.status_code == 429
    assert answer["Content-Type"] == "application/problem+json"
    assert "falsche Passwörter" in answer.json()["detail"]
    assert by_basic(PASSWORD, address="192.0.2.8").status_code == 200


def test_a_few_wrong_ones_cost_nothing_and_the_right_one_ends_the_count() -> None:
    guess(logins.MOST_WRONG - 1)
    assert by_form(PASSWORD).status_code == 302
    guess(logins.MOST_WRONG - 1)
    assert by_form(PASSWORD).status_code == 302


def test_nobody_keeps_another_place_or_another_account_out() -> None:
    User.objects.create_superuser("vertretung", password=PASSWORD)
    guess()
    assert by_form(PASSWORD, address="192.0.2.8").status_code == 302
    assert by_form(PASSWORD, name="vertretung").status_code == 302


def test_the_wait_ends() -> None:
    throttle = logins.LoginThrottle(window_seconds=0.05)
    for _try in range(logins.MOST_WRONG):
        throttle.count_wrong(None, "leitung")
    assert throttle.wait_seconds(None, "leitung") > 0
    while throttle.wait_seconds(None, "leitung"):
        continue


def test_no_address_is_kept() -> None:
    guess(1)
    assert "192.0.2.7" not in repr(vars(logins.throttle))
    assert "leitung" not in repr(vars(logins.throttle))


@pytest.mark.parametrize("password", ["kurz", "1234567890123", "passwort", "leitung1"])
def test_a_new_password_must_not_be_easy_to_guess(password: str) -> None:
    client = Client()
    client.force_login(User.objects.get())
    fields = {"old_password": PASSWORD, "new_password1": password, "new_password2": password}
    page = client.post("/admin/password_change/", fields)
    assert page.status_code == 200
    assert User.objects.get().check_password(PASSWORD)
