"""Which version is at work is said wherever somebody may ask: programs, people, and each record."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from devices.tests.people import browser_of_group
from runs import archive
from runs.tests.making import made

pytestmark = pytest.mark.django_db

SHOWN = f"ai4artsed {settings.VERSION}"


def test_the_version_is_a_number_of_three_parts() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", settings.VERSION)


def test_the_changelog_tells_of_the_version_first() -> None:
    changes = (settings.BASE_DIR / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+)", changes, re.MULTILINE)
    assert versions[0] == settings.VERSION


def test_load_balancers_read_it_at_healthz(client: Client) -> None:
    assert client.get("/healthz").json()["version"] == settings.VERSION


@pytest.mark.parametrize("page", ["/", "/works/", "/admin/login/"])
def test_it_stands_at_the_foot_of_pages(client: Client, page: str) -> None:
    foot = client.get(page).content.decode().rpartition("<footer")[2]
    assert SHOWN in foot.partition("</footer>")[0]


def test_it_stands_at_the_foot_of_the_admin() -> None:
    assert SHOWN in browser_of_group("facilitator").get("/admin/").content.decode()


def test_the_description_of_the_api_bears_it(client: Client) -> None:
    assert client.get("/api/docs/openapi.json").json()["info"]["version"] == settings.VERSION


def test_each_record_says_which_version_made_it() -> None:
    record = archive.read_metadata(archive.run_folder(made()))
    assert record["software_version"] == settings.VERSION
