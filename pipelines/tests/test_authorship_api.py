"""Who wrote what, as the pages and researchers ask for it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from devices.models import Device
from pipelines.submission.interception import InterceptionRequest, submit_interception
from pipelines.texts.interception import perform
from runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)

ASK = "/api/authorship/"
IDEA = "Die große Katze schläft am Tag."


@pytest.fixture
def tablet() -> Client:
    client = Client()
    client.get("/api/devices/me/", {"device_id": "tablet-of-table-3"})
    return client


def ask(client: Client, **texts: Any) -> Any:
    return client.post(ASK, texts, content_type="application/json")


def words_by_author(data: dict[str, Any]) -> list[tuple[str, str]]:
    return [(span["author"], data["text"][span["start"] : span["end"]]) for span in data["spans"]]


def rewritten(text: str = "") -> Run:
    run = submit_interception(
        device=Device.objects.get(),
        request=InterceptionRequest(schema="theopposite", input_text=text or IDEA),
    )
    perform(run, text=text or IDEA, rule="", emit=lambda name, data: None)
    return run


def test_texts_that_are_being_written_are_traced_and_nothing_is_recorded(tablet: Client) -> None:
    answer = ask(
        tablet,
        idea="Ein roter Hund 🐕 bellt",
        machine="Ein grüner Hund 🐕 schweigt",
        edited="Ein grüner Hund 🐕 schweigt laut",
    )
    assert answer.status_code == 200
    assert words_by_author(answer.json()) == [
        ("mine", "Ein"),
        ("rule", "grüner"),
        ("mine", "Hund"),
        ("rule", "schweigt"),
        ("edit", "laut"),
    ]
    assert not Run.objects.exists()


def test_nothing_written_is_by_nobody(tablet: Client) -> None:
    assert ask(tablet).json()["spans"] == []


@pytest.mark.parametrize(
    "texts", [{"idea": ["x"]}, {"machine": {"a": 1}}, {"edited": "wort " * 1601}]
)
def test_what_is_no_text_of_ours_is_refused_with_a_sentence(
    tablet: Client, texts: dict[str, Any]
) -> None:
    answer = ask(tablet, **texts)
    assert answer.status_code in (400, 413)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["detail"]


def test_a_runs_text_is_traced_for_its_device_and_for_no_other(tablet: Client) -> None:
    run = rewritten()
    address = f"/api/runs/{run.run_id}/authorship/"
    data = tablet.get(address).json()
    assert data["text"].startswith("Die")
    assert {author for author, _words in words_by_author(data)} == {"mine", "rule"}
    assert sum(data["shares"].values()) == pytest.approx(1, abs=0.001)
    assert Client().get(address).status_code == 404


def test_a_run_without_a_text_has_no_authors(tablet: Client) -> None:
    run = rewritten()
    run.entities.all().delete()
    Run.objects.update(idea="", shares={})
    assert tablet.get(f"/api/runs/{run.run_id}/authorship/").status_code == 404
