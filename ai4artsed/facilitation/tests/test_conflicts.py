"""Two people at one form of the admin: nobody's change is lost, and nobody's is undone unseen."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client

from devices.models import Device, Workshop
from devices.tests.people import browser_of_group, browser_of_owner
from runs.acts import COMMAND_LINE
from runs.changing import change_workshop
from runs.models import Act
from runs.naming import name_device

pytestmark = pytest.mark.django_db

DEVICES = "/admin/devices/device/"


class Fields(HTMLParser):
    """What a browser would send of a page's forms, as lists."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.sent: dict[str, list[str]] = {}
        self._select = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name, value = values.get("name") or "", values.get("value") or ""
        if values.get("type") == "checkbox" and "value" not in values:
            value = "on"
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in values:
            self.sent.setdefault(self._select, []).append(value)
        elif tag == "input" and name and self._is_sent(values):
            self.sent.setdefault(name, []).append(value)

    def _is_sent(self, values: dict[str, str | None]) -> bool:
        if values.get("type") in ("submit", "button"):
            return False
        return values.get("type") not in ("checkbox", "radio") or "checked" in values


def opened(client: Client, address: str) -> dict[str, list[str]]:
    sent = Fields(client.get(address).content.decode()).sent
    # Of other forms on the page.
    for name in ("message", "next", "q", "action", "select_across", "index", "_selected_action"):
        sent.pop(name, None)
    return sent


def send(client: Client, address: str, sent: dict[str, Any], **changes: Any) -> Any:
    return client.post(address, {**sent, **changes})


@pytest.fixture
def anna() -> Client:
    return browser_of_group("facilitator")


@pytest.fixture
def ben() -> Client:
    user = User.objects.create(username="ben", is_staff=True)
    user.groups.add(Group.objects.get(name="facilitator"))
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def group() -> Workshop:
    return Workshop.objects.create(name="Di 9 Uhr", safety_level="youth")


@pytest.fixture
def form(group: Workshop) -> str:
    return f"/admin/devices/workshop/{group.pk}/change/"


def test_each_ones_change_stands_where_they_changed_different_things(
    anna: Client, ben: Client, group: Workshop, form: str
) -> None:
    hers, his = opened(anna, form), opened(ben, form)
    changed = send(ben, form, his, safety_level="kids", allowed_rules=["bauhaus"], opens_at_0="")
    assert changed.status_code == 302
    assert send(anna, form, hers, name="Mi 9 Uhr", shows_names="on").status_code == 302
    group.refresh_from_db()
    assert (group.name, group.shows_names) == ("Mi 9 Uhr", True)
    assert (group.safety_level, group.allowed_rules) == ("kids", ["bauhaus"])


def test_a_stricter_level_is_not_made_laxer_unseen(
    anna: Client, ben: Client, group: Workshop, form: str
) -> None:
    hers, his = opened(anna, form), opened(ben, form)
    send(ben, form, his, safety_level="kids")
    answer = send(anna, form, hers, safety_level="adult", name="Mi 9 Uhr")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "ben has changed this to “Children” at " in html
    group.refresh_from_db()
    assert (group.name, group.safety_level) == ("Di 9 Uhr", "kids")
    # Her own input is there still, and once she has decided it is saved.
    again = Fields(html).sent
    assert (again["safety_level"], again["name"]) == (["adult"], ["Mi 9 Uhr"])
    assert send(anna, form, again).status_code == 200
    decision = {"decide-safety_level": "mine kids"}
    assert 'name="decide-safety_level" value="mine kids"' in html
    assert send(anna, form, again, **decision).status_code == 302
    group.refresh_from_db()
    assert (group.name, group.safety_level) == ("Mi 9 Uhr", "adult")


def test_who_leaves_the_others_value_keeps_the_rest_of_what_they_typed(
    anna: Client, ben: Client, group: Workshop, form: str
) -> None:
    hers, his = opened(anna, form), opened(ben, form)
    send(ben, form, his, safety_level="kids")
    send(anna, form, hers, safety_level="adult", name="Mi 9 Uhr")
    decision = {"decide-safety_level": "theirs"}
    answer = send(anna, form, hers, safety_level="adult", name="Mi 9 Uhr", **decision)
    assert answer.status_code == 302
    group.refresh_from_db()
    assert (group.name, group.safety_level) == ("Mi 9 Uhr", "kids")


def test_a_decision_is_about_the_value_that_was_told_and_no_later_one(
    anna: Client, ben: Client, group: Workshop, form: str
) -> None:
    hers = opened(anna, form)
    group.safety_level = "adult"
    change_workshop(workshop=group, fields=["safety_level"], by=COMMAND_LINE)
    group.safety_level = "kids"
    change_workshop(workshop=group, fields=["safety_level"], by=COMMAND_LINE)
    decision = {"decide-safety_level": "mine adult"}
    answer = send(anna, form, hers, safety_level="research", **decision)
    assert "the command line has changed this to “Children” at" in answer.content.decode()
    group.refresh_from_db()
    assert group.safety_level == "kids"


def test_both_wanting_the_same_is_no_conflict(
    anna: Client, ben: Client, group: Workshop, form: str
) -> None:
    hers, his = opened(anna, form), opened(ben, form)
    send(ben, form, his, safety_level="kids")
    assert send(anna, form, hers, safety_level="kids").status_code == 302
    assert Act.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("opens_at_0", "2026-12-01"),
        ("allowed_rules", ["bauhaus"]),
        ("shows_names", "on"),
    ],
)
def test_what_was_shown_first_is_kept_through_a_mistake(
    name: str, value: Any, anna: Client, group: Workshop, form: str
) -> None:
    sent = opened(anna, form) | {name: value, "opens_at_1": "09:00" if "opens" in name else ""}
    html = send(anna, form, sent, name="").content.decode()
    again = Fields(html).sent
    again.pop("message")
    assert send(anna, form, again, name="Mi 9 Uhr").status_code == 302
    before = Workshop.objects.get(pk=group.pk)
    assert {"opens_at_0": before.opens_at, "allowed_rules": before.allowed_rules}.get(
        name, before.shows_names
    )


def test_names_typed_into_two_lists_at_once_are_all_kept(anna: Client, ben: Client) -> None:
    for number in range(3):
        Device.objects.create(pk=f"tablet-{number}", name=f"Tisch {number}")
    hers, his = opened(anna, DEVICES), opened(ben, DEVICES)

    def field(sent: dict[str, list[str]], key: str) -> str:
        (name,) = (name for name, value in sent.items() if value == [key])
        return name.removesuffix("-id") + "-name"

    assert (
        send(ben, DEVICES, his, **{field(his, "tablet-0"): "Fenster"}, _save=1).status_code == 302
    )
    assert send(anna, DEVICES, hers, **{field(hers, "tablet-1"): "Tür"}, _save=1).status_code == 302
    names = dict(Device.objects.values_list("pk", "name"))
    assert names == {"tablet-0": "Fenster", "tablet-1": "Tür", "tablet-2": "Tisch 2"}
    answer = send(anna, DEVICES, hers, **{field(hers, "tablet-0"): "Ecke"}, _save=1)
    html = answer.content.decode()
    assert "ben has changed this to “Fenster” at " in html
    decision = {f"decide-{field(hers, 'tablet-0')}": "mine Fenster"}
    again = hers | {field(hers, "tablet-0"): "Ecke"} | decision
    assert send(anna, DEVICES, again, _save=1).status_code == 302
    assert Device.objects.get(pk="tablet-0").name == "Ecke"


def test_in_a_list_that_comes_back_each_name_stands_beside_its_own_device(anna: Client) -> None:
    for number in range(3):
        Device.objects.create(pk=f"tablet-{number}", name=f"Tisch {number}")
    hers = opened(anna, DEVICES)
    # Meanwhile they were here in another order, and one got a name.
    for key in ("tablet-1", "tablet-2", "tablet-0"):
        Device.objects.get(pk=key).save()
    first = Device.objects.get(pk="tablet-1")
    name_device(device=first, name="Fenster", by=COMMAND_LINE)
    numbered = {f"form-{number}-name": f"Neu {number}" for number in range(3)}
    response = send(anna, DEVICES, hers, **numbered, _save=1)
    changelist = response.context["cl"]
    rows = [device.pk for device in changelist.result_list]
    assert rows == [form.instance.pk for form in changelist.formset.forms]
    assert [hers[f"form-{number}-id"] for number in range(3)] == [[key] for key in rows]


def test_a_device_is_moved_and_named_by_two_people_at_once(
    anna: Client, ben: Client, group: Workshop
) -> None:
    Device.objects.create(pk="tablet-1")
    page = f"{DEVICES}tablet-1/change/"
    hers, his = opened(anna, page), opened(ben, page)
    assert send(ben, page, his, workshop=group.pk).status_code == 302
    assert send(anna, page, hers, name="Tisch 3").status_code == 302
    device = Device.objects.get()
    assert (device.name, device.workshop) == ("Tisch 3", group)
    other = Workshop.objects.create(name="Mi 9 Uhr")
    answer = send(anna, page, hers, workshop=other.pk, name="Tisch 3")
    assert "ben has changed this to “Di 9 Uhr” at " in answer.content.decode()


def test_a_field_that_the_other_freed_is_not_in_ones_way(
    anna: Client, ben: Client, group: Workshop, form: str
) -> None:
    """Only one workshop takes new devices: what she did not touch is not saved for her."""
    Workshop.objects.filter(pk=group.pk).update(takes_new_devices=True)
    hers, his = opened(anna, form), opened(ben, form)
    his.pop("takes_new_devices")
    assert send(ben, form, his).status_code == 302
    Workshop.objects.create(name="Mi 9 Uhr", takes_new_devices=True)
    assert send(anna, form, hers, name="Do 9 Uhr").status_code == 302
    group.refresh_from_db()
    assert (group.name, group.takes_new_devices) == ("Do 9 Uhr", False)


def test_an_account_that_two_people_change_keeps_what_each_has_changed() -> None:
    account = User.objects.create_user("carla", password="regen-und-moos-2027")
    facilitators, researchers = Group.objects.order_by("name")
    owner = browser_of_owner()
    page = f"/admin/auth/user/{account.pk}/change/"
    html = owner.get(page).content.decode()
    assert account.password not in html
    first, second = opened(owner, page), opened(owner, page)
    assert send(owner, page, first, groups=[facilitators.pk], is_staff="on").status_code == 302
    assert send(owner, page, second, first_name="Carla").status_code == 302
    account.refresh_from_db()
    assert (account.first_name, account.is_staff) == ("Carla", True)
    assert list(account.groups.all()) == [facilitators]
    answer = send(owner, page, second, groups=[researchers.pk])
    told = f"Meanwhile somebody has changed this to “{facilitators}”."
    assert told in answer.content.decode()
