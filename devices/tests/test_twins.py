"""Two browsers with one cookie are told apart; one browser is never taken for two."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from devices import twins
from devices.identity import COOKIE_NAME, _signer
from devices.models import Device, Workshop
from devices.tests.people import browser_of_group

pytestmark = pytest.mark.django_db


class Clock:
    """The time by which cookies are numbered and noted: it goes on when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = timezone.now()
        ticks = itertools.count(1)
        monkeypatch.setattr(timezone, "now", lambda: self.now)
        monkeypatch.setattr(
            twins,
            "time_ns",
            lambda: int(self.now.timestamp() * 1_000_000 + next(ticks)) * 1000,
        )

    def wait(self, **duration: float) -> None:
        self.now += timedelta(**duration)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def visit(browser: Client) -> str:
    """Load the page as a browser does, which asks further things then; return who it is."""
    shown: Any = browser.get("/").context["device"]
    browser.get("/api/draft/")
    return str(shown.pk)


def child(idea: str = "Ein Wal.") -> tuple[Client, str]:
    browser = Client(headers={"accept-language": "en"})
    name = visit(browser)
    body = {"revision": 0, "content": {"idea": idea}}
    assert browser.put("/api/draft/", body, content_type="application/json").status_code == 200
    return browser, name


def restored(browser: Client) -> Client:
    """Return another browser with the cookies that `browser` has now."""
    other = Client(headers={"accept-language": "en"})
    other.cookies[COOKIE_NAME] = browser.cookies[COOKIE_NAME].value
    return other


def test_two_browsers_of_one_backup_are_told_apart(clock: Clock) -> None:
    workshop = Workshop.objects.create(name="5b", takes_new_devices=True)
    tablet, name = child()
    twin = restored(tablet)
    names = []
    for browser in (tablet, twin, tablet, twin, tablet, twin):
        clock.wait(minutes=10)
        names.append(visit(browser))
    assert len({names[-1], names[-2]}) == 2
    assert name in {names[-1], names[-2]}
    (other,) = Device.objects.exclude(pk=name)
    assert other.twin_of_id == name
    assert other.workshop == workshop


def test_the_draft_of_one_is_not_shown_to_the_other(clock: Clock) -> None:
    tablet, name = child("Geheim.")
    twin = restored(tablet)
    for browser in (tablet, twin, tablet, twin, tablet, twin):
        clock.wait(minutes=10)
        visit(browser)
    parted = next(one for one in (tablet, twin) if visit(one) != name)
    assert parted.get("/api/draft/").json()["content"] is None


def test_facilitators_see_that_two_tablets_had_one_id(clock: Clock) -> None:
    tablet, _name = child()
    twin = restored(tablet)
    for browser in (tablet, twin, tablet, twin, tablet, twin):
        clock.wait(minutes=10)
        visit(browser)
    page = browser_of_group("facilitator").get("/admin/devices/device/").content.decode()
    assert page.count("Two tablets had this id") == 1
    assert page.count("Had the id of") == 1


def test_windows_of_one_browser_are_one(clock: Clock) -> None:
    browser, name = child()
    second_window = Client()
    second_window.cookies = browser.cookies
    for _visit in range(6):
        for window in (browser, second_window):
            clock.wait(minutes=10)
            assert visit(window) == name
    assert Device.objects.get().twin_seen_at is None


def test_answers_that_are_lost_are_no_twin(clock: Clock) -> None:
    browser, name = child()
    for _visit in range(6):
        clock.wait(minutes=10)
        before = browser.cookies[COOKIE_NAME].value
        browser.get("/")
        browser.cookies[COOKIE_NAME] = before
        assert visit(browser) == name
    assert Device.objects.get().twin_seen_at is None


def test_a_browser_that_lost_its_latest_cookie_with_its_battery_stays_itself(clock: Clock) -> None:
    browser, name = child()
    for _day in range(3):
        clock.wait(hours=25)
        visit(browser)
        stored = browser.cookies[COOKIE_NAME].value
        clock.wait(minutes=10)
        visit(browser)
        clock.wait(minutes=10)
        browser.cookies[COOKIE_NAME] = stored
        assert visit(browser) == name
    assert Device.objects.get().twin_seen_at is None


def test_a_cookie_without_a_number_still_proves_its_device() -> None:
    browser, name = child()
    signed = browser.cookies[COOKIE_NAME].value
    old = Client()
    old.cookies[COOKIE_NAME] = _signer().sign(signed.partition(".")[0])
    assert visit(old) == name
