"""Who a browser is: bound on first use, proven by a cookie, never taken over."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import timezone

from devices.identity import (
    COOKIE_NAME,
    DeviceCookieMiddleware,
    identify,
    is_valid_id,
    known_device,
)
from devices.models import Device, Workshop

pytestmark = pytest.mark.django_db


class Browser:
    """A browser with its cookies, talking to a view that identifies it."""

    def __init__(self) -> None:
        self.cookies: dict[str, str] = {}
        self.device = Device()

    def visit(self, claimed_id: object = None) -> str:
        def view(request: HttpRequest) -> HttpResponse:
            self.device = identify(request, claimed_id)
            return HttpResponse()

        request = RequestFactory().get("/")
        request.COOKIES.update(self.cookies)
        response = DeviceCookieMiddleware(view)(request)
        if COOKIE_NAME in response.cookies:
            self.morsel = response.cookies[COOKIE_NAME]
            self.cookies[COOKIE_NAME] = self.morsel.value
        return self.device.pk


def test_an_id_that_a_client_sends_is_accepted_on_first_use() -> None:
    claimed = str(uuid.uuid4())
    browser = Browser()
    assert browser.visit(claimed) == claimed
    assert browser.visit() == claimed


def test_a_second_browser_that_claims_a_bound_id_gets_a_new_one() -> None:
    claimed = str(uuid.uuid4())
    Browser().visit(claimed)
    assert Browser().visit(claimed) != claimed


def test_the_cookie_wins_when_the_browser_forgot_its_own_id() -> None:
    browser = Browser()
    first = browser.visit(str(uuid.uuid4()))
    assert browser.visit(str(uuid.uuid4())) == first


def test_an_id_known_from_an_older_archive_can_be_claimed_once() -> None:
    old = Device.objects.create(pk=f"{uuid.uuid4()}_2026-01-30", bound_at=None)
    assert Browser().visit(old.pk) == old.pk
    assert Browser().visit(old.pk) != old.pk


def test_a_forged_cookie_proves_nothing() -> None:
    victim = Browser()
    victim.visit()
    thief = Browser()
    thief.cookies[COOKIE_NAME] = f"{victim.device.pk}:forged"
    assert thief.visit() != victim.device.pk


@pytest.mark.parametrize(
    "claimed",
    ["../../etc/passwd", "a/b/c/d/e/f/g/h", "..", "", "anonymous", "x" * 81, "ä" * 12, None, 7, {}],
)
def test_an_id_that_is_none_is_replaced_by_one_of_ours(claimed: object) -> None:
    assert uuid.UUID(Browser().visit(claimed))


def test_path_tricks_are_no_ids() -> None:
    assert not is_valid_id("../secret")
    assert not is_valid_id("12345678\n")
    assert is_valid_id("a1b2c3d4-0000-4000-8000-000000000000_2026-01-30")


def test_the_cookie_is_out_of_reach_of_scripts_and_works_on_plain_http() -> None:
    browser = Browser()
    browser.visit()
    assert browser.morsel["httponly"]
    assert browser.morsel["samesite"] == "Lax"
    assert not browser.morsel["secure"]


def test_a_cookie_still_proves_its_device_after_the_database_was_lost() -> None:
    browser = Browser()
    first = browser.visit()
    Device.objects.all().delete()
    assert browser.visit() == first


def test_a_new_device_joins_the_workshop_that_takes_new_devices() -> None:
    workshop = Workshop.objects.create(name="5b", takes_new_devices=True)
    browser = Browser()
    browser.visit()
    assert browser.device.workshop == workshop


def test_reading_does_not_write_at_every_request(django_assert_num_queries: object) -> None:
    browser = Browser()
    browser.visit()
    request = RequestFactory().get("/")
    request.COOKIES.update(browser.cookies)
    known_device(request)
    with django_assert_num_queries(1):  # type: ignore[operator]
        known_device(request)


def test_a_device_seen_again_after_a_while_is_marked_as_seen() -> None:
    browser = Browser()
    browser.visit()
    long_ago = timezone.now() - timedelta(hours=1)
    Device.objects.update(last_seen_at=long_ago)
    browser.visit()
    assert Device.objects.get().last_seen_at > long_ago
