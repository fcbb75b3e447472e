"""Coming into a workshop: by code, by QR, and what is said where that does not work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from devices import joining
from devices.models import Device, Workshop, WrongCode
from devices.tests.people import browser_of_group
from runs.tests.making import browser_of

pytestmark = pytest.mark.django_db

ADDRESS = "/join/"


@pytest.fixture
def group() -> Workshop:
    return Workshop.objects.create(name="Di 9 Uhr", join_code="ACDEFG")


@pytest.fixture
def tablet() -> Client:
    client, _device = browser_of("tablet-1")
    return client


def workshop_of(device_id: str = "tablet-1") -> Workshop | None:
    return Device.objects.get(pk=device_id).workshop


def answer(client: Client, typed: str) -> str:
    return client.post(ADDRESS, {"code": typed}, headers={"accept-language": "en"}).content.decode()


@pytest.mark.parametrize(
    "typed", ["ACDEFG", "acdefg", " acd efg ", "ACD-EFG", "a c d e f g", "ａｃｄｅｆｇ"]
)
def test_a_code_joins_however_it_is_typed(group: Workshop, tablet: Client, typed: str) -> None:
    assert tablet.post(ADDRESS, {"code": typed})["Location"] == "/"
    assert workshop_of() == group


def test_the_address_of_the_qr_code_shows_the_workshop_and_one_press_joins(
    group: Workshop, tablet: Client
) -> None:
    page = tablet.get("/join/acdefg/").content.decode()
    assert "Di 9 Uhr" in page and 'value="ACDEFG"' in page
    assert workshop_of() is None, "looking alone changes nothing"
    tablet.post(ADDRESS, {"code": "ACDEFG"})
    assert workshop_of() == group


def test_a_browser_that_was_never_here_joins_at_once(group: Workshop) -> None:
    client = Client()
    client.post(ADDRESS, {"code": "ACDEFG"})
    assert client.get("/api/devices/me/").json()["workshop"]["name"] == "Di 9 Uhr"


def test_who_joins_another_workshop_leaves_the_first(group: Workshop, tablet: Client) -> None:
    other = Workshop.objects.create(name="Mi 9 Uhr", join_code="HJKLMN")
    tablet.post(ADDRESS, {"code": "ACDEFG"})
    assert "until then" in tablet.get("/join/HJKLMN/", headers={"accept-language": "en"}).text
    tablet.post(ADDRESS, {"code": "HJKLMN"})
    assert workshop_of() == other


@pytest.mark.parametrize("address", ["/join", "/join/ACDEFG"])
def test_an_address_without_its_last_slash_leads_on(address: str) -> None:
    assert Client().get(address)["Location"] == f"{address}/"


def test_each_refusal_says_why_and_what_was_typed_is_kept(group: Workshop, tablet: Client) -> None:
    assert "No workshop has this code." in answer(tablet, "xyzxyz")
    assert 'value="XYZXYZ"' in answer(tablet, "xyzxyz")
    assert "six characters" in answer(tablet, "ACD")
    Workshop.objects.update(joined_by_code=False)
    assert "takes nobody in right now" in answer(tablet, "ACDEFG")
    now = timezone.now()
    Workshop.objects.update(joined_by_code=True, opens_at=now + timedelta(hours=1))
    assert "has not begun yet" in answer(tablet, "ACDEFG")
    Workshop.objects.update(opens_at=None, closes_at=now - timedelta(hours=1))
    assert "is over" in answer(tablet, "ACDEFG")
    assert "is over" in tablet.get("/join/ACDEFG/", headers={"accept-language": "en"}).text
    assert workshop_of() is None


def test_who_is_in_goes_on_though_the_door_is_shut(group: Workshop, tablet: Client) -> None:
    tablet.post(ADDRESS, {"code": "ACDEFG"})
    Workshop.objects.update(joined_by_code=False)
    assert "Di 9 Uhr" in tablet.get("/join/ACDEFG/").text
    assert workshop_of() == group


def test_many_wrong_codes_hold_up_the_device_that_sent_them_and_no_other(
    group: Workshop, tablet: Client
) -> None:
    for _try in range(joining.MOST_WRONG_OF_A_DEVICE):
        assert tablet.post(ADDRESS, {"code": "XYZXYZ"}).status_code == 404
    assert tablet.post(ADDRESS, {"code": "ACDEFG"}).status_code == 429
    assert tablet.get("/join/ACDEFG/").status_code == 429
    neighbour, _device = browser_of("tablet-2")
    assert neighbour.post(ADDRESS, {"code": "ACDEFG"}).status_code == 302

    WrongCode.objects.update(at=timezone.now() - joining.WINDOW - timedelta(seconds=1))
    assert tablet.post(ADDRESS, {"code": "ACDEFG"}).status_code == 302


def test_a_flood_of_wrong_codes_holds_up_newcomers_for_a_moment_and_locks_nobody_out(
    group: Workshop, tablet: Client
) -> None:
    guesser = Device.objects.create(pk="guesser-1")
    WrongCode.objects.bulk_create(
        WrongCode(device=guesser) for _guess in range(joining.MOST_WRONG_OF_ALL)
    )
    assert tablet.post(ADDRESS, {"code": "ACDEFG"}).status_code == 429
    Device.objects.filter(pk="tablet-1").update(first_seen_at=timezone.now() - joining.MOMENT)
    assert tablet.post(ADDRESS, {"code": "ACDEFG"}).status_code == 302


def test_nothing_about_a_wrong_code_is_kept_but_device_and_time() -> None:
    assert {field.name for field in WrongCode._meta.fields} == {"id", "device", "at"}


def test_the_qr_code_is_drawn_for_any_code_so_that_it_tells_none(group: Workshop) -> None:
    known, unknown = (Client().get(f"/join/{code}/qr.svg") for code in ("ACDEFG", "HJKLMN"))
    assert known["Content-Type"] == unknown["Content-Type"] == "image/svg+xml"
    assert b"style" not in known.content
    assert Client().get("/join/OOOOOO/qr.svg").status_code == 404


def test_the_sheet_has_code_address_and_qr_as_the_room_reaches_them(
    group: Workshop, settings: Settings
) -> None:
    settings.ALLOWED_HOSTS = ["192.168.1.20", "localhost"]
    client = browser_of_group("facilitator")
    page = client.get(f"/admin/workshop/{group.pk}/sheet/", headers={"host": "192.168.1.20:8000"})
    assert "192.168.1.20:8000/join" in page.text
    assert 'aria-label="ACDEFG"' in page.text and "/join/ACDEFG/qr.svg" in page.text
    here = client.get(f"/admin/workshop/{group.pk}/sheet/", headers={"host": "localhost:8000"})
    assert "localhost" not in here.text.partition("sheet-address")[2]


def test_the_sheet_is_for_staff(group: Workshop) -> None:
    answer = Client().get(f"/admin/workshop/{group.pk}/sheet/")
    assert answer["Location"].startswith("/admin/login/")


def test_the_studio_tells_its_workshop_and_the_way_into_another(
    group: Workshop, tablet: Client
) -> None:
    tablet.post(ADDRESS, {"code": "ACDEFG"})
    page = tablet.get("/").text
    assert "<b>Di 9 Uhr</b>" in page and 'href="/join/"' in page
