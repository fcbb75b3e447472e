"""/api/draft/: what is being written on a device is kept for it, and for nobody else."""

from __future__ import annotations

import json
import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from devices.drafts import DraftMoved, forget_left_drafts, keep_draft
from devices.joining import join_workshop
from devices.models import Device, Draft, Workshop

pytestmark = pytest.mark.django_db

DRAFT = "/api/draft/"
IDEA = "Ein Drache schläft auf dem Dach."
CONTENT = {
    "idea": IDEA,
    "ruleTexts": {"clichéfilter_v2": "Ohne Drachen."},
    "rewriting": {"run": "run_1_a", "again": True},
    "values": {"surrealization_legacy": {"alpha_factor": 0.5}},
    "picture": None,
    "aside": [{"idea": "Eine Möwe."}],
}


@pytest.fixture
def tablet() -> Client:
    return new_tablet()


def new_tablet() -> Client:
    client = Client(headers={"accept-language": "de"})
    client.get("/api/devices/me/")
    return client


def put(client: Client, content: Any, revision: Any = 0, **headers: Any) -> Any:
    body = json.dumps({"revision": revision, "content": content})
    return client.put(DRAFT, body, content_type="application/json", **headers)


def let_time_pass(hours: float) -> None:
    Draft.objects.update(changed_at=timezone.now() - timedelta(hours=hours))


def test_a_new_device_has_no_draft(tablet: Client) -> None:
    answer = tablet.get(DRAFT)
    assert answer.json() == {
        "revision": 0,
        "changed_at": None,
        "age_seconds": None,
        "content": None,
    }
    assert answer["Cache-Control"] == "no-store"


def test_what_was_written_comes_back_as_it_was(tablet: Client) -> None:
    assert put(tablet, CONTENT).json()["revision"] == 1
    found = tablet.get(DRAFT).json()
    assert (found["revision"], found["content"]) == (1, CONTENT)
    assert put(tablet, {"idea": ""}, 1).json()["revision"] == 2
    assert tablet.get(DRAFT).json()["content"] == {"idea": ""}


def test_who_did_not_see_the_latest_loses_and_is_told_what_it_is(tablet: Client) -> None:
    put(tablet, CONTENT)
    put(tablet, {"idea": "Der eine schreibt weiter."}, 1)
    answer = put(tablet, {"idea": "Der andere auch."}, 1)
    assert answer.status_code == 409
    assert answer["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == "/problems/draft-moved"
    assert problem["draft"]["revision"] == 2
    assert problem["draft"]["content"] == {"idea": "Der eine schreibt weiter."}
    assert tablet.get(DRAFT).json()["content"] == {"idea": "Der eine schreibt weiter."}


def test_of_two_first_drafts_one_stays() -> None:
    device = Device.objects.create(pk="tablet-1")
    keep_draft(device=device, based_on=0, content={"idea": "Eins"})
    with pytest.raises(DraftMoved) as refusal:
        keep_draft(device=device, based_on=0, content={"idea": "Zwei"})
    assert refusal.value.present.content == {"idea": "Eins"}


def test_a_browser_goes_on_with_its_draft_where_the_database_was_lost(tablet: Client) -> None:
    assert put(tablet, CONTENT, 41).json()["revision"] == 42


def test_another_device_sees_and_changes_nothing_of_it(tablet: Client) -> None:
    put(tablet, CONTENT)
    other = new_tablet()
    assert other.get(DRAFT).json()["content"] is None
    put(other, {"idea": "Von mir."})
    assert tablet.get(DRAFT).json()["content"] == CONTENT


def test_only_the_signed_cookie_opens_a_draft(tablet: Client) -> None:
    put(tablet, CONTENT)
    mine = tablet.get("/api/devices/me/").json()["device_id"]
    stranger = Client()
    for answer in (stranger.get(DRAFT, {"device_id": mine}), put(stranger, CONTENT)):
        assert answer.status_code == 403
        assert answer["Content-Type"] == "application/problem+json"
        assert IDEA not in answer.content.decode()
    assert Device.objects.count() == 1


def test_a_draft_of_yesterday_is_handed_to_nobody_and_deleted(tablet: Client) -> None:
    put(tablet, CONTENT)
    let_time_pass(hours=11.9)
    found = tablet.get(DRAFT).json()
    assert (found["content"], found["age_seconds"]) == (CONTENT, pytest.approx(11.9 * 3600, abs=9))
    let_time_pass(hours=12.1)
    assert tablet.get(DRAFT).json()["content"] is None
    assert not Draft.objects.exists()


def test_a_draft_of_yesterday_does_not_stand_in_the_way_of_a_new_one(tablet: Client) -> None:
    put(tablet, CONTENT)
    let_time_pass(hours=12.1)
    assert put(tablet, {"idea": "Heute"}).status_code == 200
    assert tablet.get(DRAFT).json()["content"] == {"idea": "Heute"}


def test_drafts_that_nobody_goes_on_with_are_deleted_by_themselves(tablet: Client) -> None:
    put(tablet, CONTENT)
    let_time_pass(hours=12.1)
    put(new_tablet(), CONTENT)
    forget_left_drafts()
    assert Draft.objects.count() == 1
    assert Draft.objects.left_behind().count() == 0


def test_joining_another_workshop_takes_the_draft_along(tablet: Client) -> None:
    put(tablet, CONTENT)
    device = Device.objects.get()
    join_workshop(device=device, typed=Workshop.objects.create(name="5b").join_code)
    assert tablet.get(DRAFT).json()["content"] == CONTENT


@pytest.mark.parametrize(
    "content",
    [
        None,
        "Ein Text",
        ["idea"],
        {"idea": {"of": "somebody"}},
        {"result": 7},
        {"idea": "\x00"},
        {"idea": "\ud83d"},
        {"x" * 81: ""},
        {str(number): "" for number in range(201)},
        {"a": [[[[[[[[]]]]]]]]},
    ],
)
def test_what_is_no_draft_is_refused_and_changes_nothing(tablet: Client, content: Any) -> None:
    put(tablet, CONTENT)
    answer = put(tablet, content, 1)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert tablet.get(DRAFT).json()["content"] == CONTENT


@pytest.mark.parametrize("revision", [-1, None, "x", True, 2**31, 1e400])
def test_a_revision_that_is_none_is_refused(tablet: Client, revision: Any) -> None:
    assert put(tablet, CONTENT, revision).status_code == 400


@pytest.mark.parametrize("body", ["", "{", "[]", '{"revision": 0, "content": {"a": 1e999}}'])
def test_what_is_no_json_of_ours_is_refused(tablet: Client, body: str) -> None:
    assert tablet.put(DRAFT, body, content_type="application/json").status_code == 400


def test_only_json_is_read(tablet: Client) -> None:
    answer = tablet.put(DRAFT, "revision=0", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415


def test_a_draft_that_is_too_large_is_refused_with_a_kind_sentence(tablet: Client) -> None:
    put(tablet, CONTENT)
    answer = put(tablet, {"idea": "x" * 64 * 1024}, 1)
    assert answer.status_code == 413
    assert "Shorten" in answer.json()["detail"] or "Kürze" in answer.json()["detail"]
    assert tablet.get(DRAFT).json()["content"] == CONTENT
    assert put(tablet, {"idea": "x" * 63 * 1024}, 1).status_code == 200


def test_a_draft_costs_few_queries(tablet: Client, django_assert_num_queries: Any) -> None:
    put(tablet, CONTENT)
    with django_assert_num_queries(2):
        tablet.get(DRAFT)
    with django_assert_num_queries(2):
        assert put(tablet, CONTENT, 1).status_code == 200
    with django_assert_num_queries(3):
        assert put(tablet, CONTENT, 1).status_code == 409


def test_nothing_of_a_draft_is_logged(tablet: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        put(tablet, CONTENT)
        put(tablet, CONTENT)
        put(tablet, {"idea": {"of": IDEA}}, 1)
        tablet.get(DRAFT)
    # Outside of DEBUG, Django keeps the database's log for itself.
    payload = [
        record.getMessage() for record in caplog.records if record.name != "django.db.backends"
    ]
    assert not any(IDEA in line for line in payload)
