"""Devices come with their first write; those that return no cookie stay few, and hear of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from devices import newcomers
from devices.models import Device

pytestmark = pytest.mark.django_db

INTERCEPTION = "/api/schema/pipeline/interception"
DRAFT = {"revision": 0, "content": {"idea": "Ein Wal."}}


@pytest.fixture(autouse=True)
def nobody_came() -> Iterator[None]:
    newcomers.newcomers.clear()
    yield
    newcomers.newcomers.clear()


def write(client: Client, claimed_id: str = "", *, address: str = "127.0.0.1") -> int:
    """Send a text that is refused for being empty, which makes a device known all the same."""
    body = {"input_text": "", "device_id": claimed_id, "user_language": "de"}
    answer = client.post(INTERCEPTION, body, content_type="application/json", REMOTE_ADDR=address)
    assert answer.status_code in {400, 403, 429}, answer.content
    return int(answer.status_code)


@pytest.mark.parametrize(
    "page", ["/", "/works/", "/join/", "/join/ACDEFG", "/api/devices/me/", "/api/draft/"]
)
def test_looking_makes_no_device(page: str) -> None:
    for _look in range(3):
        Client().get(page)
    browser = Client()
    for _look in range(3):
        browser.get(page)
    assert not Device.objects.exists()


def test_the_first_write_makes_the_device_that_the_page_named() -> None:
    browser = Client(headers={"accept-language": "de"})
    named = browser.get("/").context["device"].pk
    assert browser.get("/api/devices/me/").json()["device_id"] == named
    assert browser.get("/api/draft/").json()["revision"] == 0
    assert browser.put("/api/draft/", DRAFT, content_type="application/json").status_code == 200
    assert Device.objects.get().pk == named
    assert Device.objects.get().has_returned


def test_a_page_that_is_opened_says_so_once_its_cookie_comes_back() -> None:
    assert Client().post("/api/devices/me/").status_code == 403
    assert not Device.objects.exists()
    browser = Client()
    named = browser.get("/").context["device"].pk
    for _visit in range(2):
        assert browser.post("/api/devices/me/").json()["device_id"] == named
    assert Device.objects.get().pk == named


def test_a_client_of_old_keeps_the_id_that_it_brings_and_has_its_cookie_before() -> None:
    browser = Client()
    browser.get("/pipeline_configs_with_properties")
    write(browser, "a1b2c3d4-0000-4000-8000-000000000000")
    device = Device.objects.get()
    assert device.pk == "a1b2c3d4-0000-4000-8000-000000000000"
    assert device.has_returned


def test_a_browser_that_returns_no_cookie_makes_one_device_and_hears_why() -> None:
    claimed = "a1b2c3d4-0000-4000-8000-000000000000"
    answers = [write(Client(), claimed) for _request in range(5)]
    assert answers == [400, 403, 403, 403, 403]
    assert Device.objects.count() == 1


def test_who_is_refused_gets_its_cookie_with_that_and_is_let_in_with_the_next_try() -> None:
    claimed = "a1b2c3d4-0000-4000-8000-000000000000"
    write(Client(), claimed)
    browser = Client()
    assert write(browser, claimed) == 403
    assert write(browser, claimed) == 400
    assert Device.objects.exclude(pk=claimed).get().has_returned


def test_one_address_brings_few_that_return_no_cookie(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newcomers, "MOST_WITHOUT_COOKIE", 5)
    answers = [write(Client()) for _request in range(12)]
    assert answers == [400] * 5 + [429] * 7
    assert Device.objects.count() == 5
    # Another address has room, and so has a browser that returns its cookie.
    assert write(Client(), address="10.0.0.7") == 400
    browser = Client()
    browser.get("/")
    assert write(browser) == 400


def test_ids_that_are_claimed_by_looking_are_as_few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newcomers, "MOST_WITHOUT_COOKIE", 3)
    claims = [f"claimed-{number:04}" for number in range(6)]
    told = [
        Client().get("/api/devices/me/", {"device_id": claim}).json()["device_id"]
        for claim in claims
    ]
    assert told[:3] == claims[:3]
    assert not set(told[3:]) & set(claims)
    assert Device.objects.count() == 3


def test_a_class_behind_one_address_comes_in_at_once() -> None:
    browsers = [Client() for _child in range(30)]
    assert {write(browser) for browser in browsers} == {400}
    assert {write(browser) for browser in browsers} == {400}
    assert Device.objects.filter(has_returned=True).count() == 30
    # By then there is room for the next class.
    assert {write(Client()) for _child in range(30)} == {400}


def test_a_program_that_keeps_its_cookies_gets_no_more_than_classes_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(newcomers, "MOST_NEW", 4)
    answers = []
    for _request in range(6):
        browser = Client()
        browser.get("/")
        answers.append(write(browser))
    assert answers == [400] * 4 + [429] * 2
    assert Device.objects.count() == 4


def test_no_address_is_kept_that_could_be_read() -> None:
    write(Client(), address="10.11.12.13")
    assert "10.11.12.13" not in repr(vars(newcomers.newcomers))
