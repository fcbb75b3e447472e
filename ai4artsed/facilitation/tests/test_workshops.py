"""The workshop's form with the catalog's rules and picture machines."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from ai4artsed.facilitation.columns import config_name
from devices.models import Workshop
from devices.tests.people import browser_of_group
from pipelines.registry import get_catalog

pytestmark = pytest.mark.django_db


def save(client: Client, workshop: Workshop, **changes: Any) -> None:
    data = {"name": workshop.name, "safety_level": "kids", **changes}
    for moment in ("opens_at", "closes_at"):
        data |= {f"{moment}_0": "", f"{moment}_1": ""}
    response = client.post(f"/admin/devices/workshop/{workshop.pk}/change/", data)
    assert response.status_code == 302, response.context["errors"]
    workshop.refresh_from_db()


def test_the_form_offers_every_rule_and_picture_machine_by_name() -> None:
    workshop = Workshop.objects.create(name="Di 9 Uhr")
    client = browser_of_group("facilitator")
    html = client.get(f"/admin/devices/workshop/{workshop.pk}/change/").content.decode()
    catalog = get_catalog()
    for config_id in (*catalog.interceptions, *catalog.outputs):
        assert f'value="{config_id}"' in html
    assert catalog.interception("overdrive").name.en in html


def test_ticked_rules_and_machines_are_allowed() -> None:
    workshop = Workshop.objects.create(name="Di 9 Uhr")
    output = next(iter(get_catalog().outputs))
    save(
        browser_of_group("facilitator"),
        workshop,
        allowed_rules=["overdrive", "bauhaus"],
        allowed_outputs=[output],
    )
    assert set(workshop.allowed_rules) == {"overdrive", "bauhaus"}
    assert workshop.allowed_outputs == [output]


def test_an_unknown_rule_is_refused() -> None:
    workshop = Workshop.objects.create(name="Di 9 Uhr")
    address = f"/admin/devices/workshop/{workshop.pk}/change/"
    data = {"name": "Di 9 Uhr", "safety_level": "kids", "allowed_rules": ["no_such_rule"]}
    assert browser_of_group("facilitator").post(address, data).status_code == 200
    workshop.refresh_from_db()
    assert workshop.allowed_rules == []


def test_a_rule_that_the_catalog_lost_stays_so_that_saving_does_not_allow_everything() -> None:
    workshop = Workshop.objects.create(name="Di 9 Uhr", allowed_rules=["lost_rule"])
    client = browser_of_group("facilitator")
    html = client.get(f"/admin/devices/workshop/{workshop.pk}/change/").content.decode()
    assert 'value="lost_rule"' in html
    save(client, workshop, allowed_rules=["lost_rule"])
    assert workshop.allowed_rules == ["lost_rule"]


@pytest.mark.parametrize("level", ["kids", "youth", "adult", "research"])
def test_each_safety_level_can_be_chosen(level: str) -> None:
    workshop = Workshop.objects.create(name="Di 9 Uhr")
    save(browser_of_group("facilitator"), workshop, safety_level=level)
    assert workshop.safety_level == level


def test_rules_and_engines_are_called_by_their_names_and_lost_ones_by_their_id() -> None:
    with override("de"):
        assert config_name("theopposite") == "Das Gegenteil"
    with override("en"):
        assert config_name("theopposite") != "Das Gegenteil"
    assert config_name("of_an_older_archive") == "of_an_older_archive"
