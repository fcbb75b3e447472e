"""/api/devices/me/: what a browser is told about itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from devices.models import Device, Workshop

pytestmark = pytest.mark.django_db


def test_a_new_browser_gets_an_id_and_keeps_it() -> None:
    client = Client()
    first = client.get("/api/devices/me/").json()
    assert client.get("/api/devices/me/").json() == first
    assert first["workshop"] is None


def test_an_id_belongs_to_the_browser_that_claims_it_first() -> None:
    claim = {"device_id": "a1b2c3d4-0000"}
    assert Client().get("/api/devices/me/", claim).json()["device_id"] == "a1b2c3d4-0000"
    assert Client().get("/api/devices/me/", claim).json()["device_id"] != "a1b2c3d4-0000"


def test_a_device_is_told_its_name_and_how_its_workshop_stands() -> None:
    workshop = Workshop.objects.create(
        name="Klasse 7b",
        safety_level="youth",
        paused=True,
        pause_message="Alle hersehen!",
        allowed_rules=["bauhaus"],
        closes_at=timezone.now() - timedelta(minutes=1),
    )
    client = Client()
    device_id = client.get("/api/devices/me/", {"device_id": "tablet-of-table-3"}).json()[
        "device_id"
    ]
    Device.objects.filter(pk=device_id).update(name="iPad Tisch 3", workshop=workshop)
    response = client.get("/api/devices/me/")
    assert response.json() == {
        "device_id": device_id,
        "name": "iPad Tisch 3",
        "workshop": {
            "name": "Klasse 7b",
            "safety_level": "youth",
            "paused": True,
            "pause_message": "Alle hersehen!",
            "pause_until": None,
            "open": False,
            "allowed_rules": ["bauhaus"],
            "allowed_outputs": [],
        },
    }
    assert response.headers["Cache-Control"] == "no-store"
