"""The resource API: who sees which runs, what filters select, what one run tells."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from devices.models import Device
from runs import recorder
from runs.models import Kind, Run, Status
from runs.tests.making import (
    begin,
    blocked,
    browser_of,
    damage,
    made,
    staff,
    staff_browser,
    workshop,
)

pytestmark = pytest.mark.django_db


def ids(client: Client, **query: Any) -> list[str]:
    response = client.get("/api/runs/", query)
    assert response.status_code == 200, response.content
    return [run["run_id"] for run in response.json()["results"]]


def test_a_device_sees_its_own_runs_newest_first() -> None:
    mine, device = browser_of("device-mine")
    _theirs, other = browser_of("device-theirs")
    first, second = made(device), begin(device)
    made(other)
    assert ids(mine) == [second.run_id, first.run_id]


def test_who_has_no_cookie_gets_an_empty_list() -> None:
    made(Device.objects.create(pk="device-mine"))
    response = Client().get("/api/runs/")
    assert response.status_code == 200
    assert response.json() == {"count": 0, "next": None, "previous": None, "results": []}


def test_a_forged_cookie_shows_nothing() -> None:
    made(Device.objects.create(pk="device-mine"))
    client = Client()
    client.cookies["ai4artsed_device"] = "device-mine"
    assert ids(client) == []


def test_staff_who_may_view_runs_see_all_of_them() -> None:
    runs = [made(Device.objects.create(pk=f"device-{number}")) for number in range(2)]
    assert sorted(ids(staff_browser("view_run"))) == sorted(run.run_id for run in runs)


def test_staff_without_that_right_see_none() -> None:
    made(Device.objects.create(pk="device-mine"))
    assert ids(staff_browser()) == []


def test_a_program_logs_in_by_name_and_password() -> None:
    run = made(Device.objects.create(pk="device-mine"))
    staff("view_run", password="geheim")
    credentials = base64.b64encode(b"forscherin:geheim").decode()
    response = Client().get("/api/runs/", headers={"Authorization": f"Basic {credentials}"})
    assert [item["run_id"] for item in response.json()["results"]] == [run.run_id]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"device": "device-a"}, {"a", "old", "rewritten"}),
        ({"device": "iPad Tisch 3"}, {"a", "old", "rewritten"}),
        ({"workshop": "Klasse 7b"}, {"a", "old", "rewritten"}),
        ({"rule": "bauhaus"}, {"b"}),
        ({"output_config": "qwen"}, {"b"}),
        ({"engine": "swarmui"}, {"b"}),
        # As older links say it.
        ({"engine": "qwen"}, {"b"}),
        ({"status": "blocked"}, {"b"}),
        ({"status": ["blocked", "running"]}, {"b", "rewritten"}),
        ({"kind": "interception"}, {"rewritten"}),
        ({"level": "youth"}, {"b"}),
        ({"q": "roter drache"}, {"b"}),
        ({"day": "today"}, {"a", "b", "rewritten"}),
        ({"day": "2026-01-17"}, {"old"}),
        ({"to": "2026-01-17"}, {"old"}),
        ({"from": "2026-01-17", "to": "2026-01-18"}, {"old"}),
        ({"from": "2026-01-18"}, {"a", "b", "rewritten"}),
        ({"device": "device-a", "rule": "bauhaus"}, set()),
        ({"rule": "unheard-of"}, set()),
        ({"_t": "1768652106123"}, {"a", "b", "old", "rewritten"}),
    ],
    ids=lambda value: "-".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_filters_select(query: dict[str, Any], expected: set[str]) -> None:
    tuesday = workshop("Klasse 7b")
    a = Device.objects.create(pk="device-a", name="iPad Tisch 3", workshop=tuesday)
    runs = {
        "a": made(a),
        "b": blocked(
            Device.objects.create(pk="device-b"),
            interception_config="bauhaus",
            output_config="qwen",
            engine="swarmui",
            safety_level="youth",
            texts=(("input", "Ein Roter Drache"),),
        ),
        "old": made(a),
        "rewritten": begin(a, kind=Kind.INTERCEPTION, status=Status.RUNNING),
    }
    Run.objects.filter(pk=runs["old"].pk).update(day="2026-01-17")
    names = {run.run_id: name for name, run in runs.items()}
    assert {names[run_id] for run_id in ids(staff_browser("view_run"), **query)} == expected


def test_a_workshop_is_also_found_by_its_id() -> None:
    tuesday = workshop("Klasse 7b")
    run = made(Device.objects.create(pk="device-a", workshop=tuesday))
    made(Device.objects.create(pk="device-b"))
    assert ids(staff_browser("view_run"), workshop=tuesday.pk) == [run.run_id]


def test_a_device_is_found_by_the_name_it_had_and_the_one_it_has() -> None:
    device = Device.objects.create(pk="device-a", name="iPad Tisch 3")
    run = made(device)
    device.name = "iPad Fenster"
    device.save()
    client = staff_browser("view_run")
    assert ids(client, device="iPad Tisch 3") == ids(client, device="iPad Fenster") == [run.run_id]


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("status=beautiful", "status"),
        ("kind=poem", "kind"),
        ("day=yesterday", "day"),
        ("from=17.01.2026", "from"),
        ("to=2026-02-30", "to"),
        ("enigne=flux2", "enigne"),
        ("device=a&device=b", "device"),
        ("page_size=201", "page_size"),
        ("page_size=0", "page_size"),
        ("page_size=all", "page_size"),
        ("page=zero", "page"),
        ("q=%00", "q"),
    ],
)
def test_what_is_no_filter_is_refused_by_its_name(query: str, name: str) -> None:
    response = Client().get(f"/api/runs/?{query}")
    assert response.status_code == 400
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["detail"].startswith(f"{name}: ")
    assert name in response.json()["errors"]


def test_pages_hold_every_run_once() -> None:
    client, device = browser_of("device-mine")
    runs = [begin(device).run_id for _number in range(5)]
    seen: list[str] = []
    url = "/api/runs/?page_size=2"
    while url:
        page = client.get(url).json()
        assert page["count"] == 5
        seen += [run["run_id"] for run in page["results"]]
        url = page["next"]
    assert seen == runs[::-1]
    assert client.get("/api/runs/?page=4&page_size=2").status_code == 404


def test_a_long_list_costs_no_more_queries_than_a_short_one() -> None:
    client, device = browser_of("device-mine", name="iPad 1", workshop=workshop("Klasse 7b"))
    made(device)
    with CaptureQueriesContext(connection) as short:
        ids(client)
    for _number in range(9):
        made(device)
    with CaptureQueriesContext(connection) as long:
        assert len(ids(client, page_size=200)) == 10
    # The device, the number of runs, the runs, their files.
    assert len(short) == len(long) == 4


def test_a_run_in_a_list_tells_what_the_table_shows() -> None:
    client, device = browser_of("device-mine", name="iPad Tisch 3", workshop=workshop("Klasse 7b"))
    run = made(device, pictures=2)
    Run.objects.filter(pk=run.pk).update(
        started_at=run.created_at, finished_at=run.created_at + timedelta(seconds=12)
    )
    (item,) = client.get("/api/runs/").json()["results"]
    assert item | {"media": None, "created_at": None, "started_at": None, "finished_at": None} == {
        "run_id": run.run_id,
        "kind": "generation",
        "status": "complete",
        "created_at": None,
        "started_at": None,
        "finished_at": None,
        "released_at": None,
        "is_own": True,
        "is_favourite": False,
        "device": "device-mine",
        "device_name": "iPad Tisch 3",
        "workshop": "Klasse 7b",
        "group": 1,
        "interception_config": "planetarizer",
        "output_config": "flux2",
        "engine": "comfyui",
        "safety_level": "kids",
        "language": "de",
        "seed": 7,
        "parent_run_id": "",
        "idea": "Ein Haus am Meer",
        "shares": {"rule": 0.2, "edit": 0.8},
        "duration_seconds": 12.0,
        "thumbnail_url": f"/api/runs/{run.run_id}/thumbnail",
        "composite_url": None,
        "media": None,
    }
    assert item["created_at"] == timezone.localtime(run.created_at).isoformat()
    assert [(one["index"], one["url"], one["role"]) for one in item["media"]] == [
        (0, f"/api/media/image/{run.run_id}/0", "role 0"),
        (1, f"/api/media/image/{run.run_id}/1", "role 1"),
    ]
    for one in item["media"]:
        assert client.get(one["url"]).status_code == 200
        assert client.get(one["thumbnail_url"]).status_code == 200


def test_one_run_tells_its_texts_its_rule_and_its_files() -> None:
    client, device = browser_of("device-mine")
    typed = "Ein Haus\r\nam Meer ☀\n"
    run = made(device, texts=(("input", typed), ("optimized_prompt", "a house")))
    for url in (f"/api/runs/{run.run_id}/", f"/api/runs/{run.run_id}"):
        detail = client.get(url).json()
        assert detail["texts"] == {
            "input": typed,
            "interception": None,
            "optimized_prompt": "a house",
        }
        assert detail["context_prompt"] == "Denk an den Planeten."
        assert detail["error"] is None
        assert [entity["filename"] for entity in detail["entities"]] == [
            "01_input.txt",
            "02_optimized_prompt.txt",
            "03_output_image.png",
        ]
        for entity in detail["entities"]:
            response = client.get(entity["url"])
            assert response.headers["Content-Type"] == entity["content_type"]
            assert len(response.content) == entity["size"]


def test_a_run_whose_files_are_gone_still_answers() -> None:
    client, device = browser_of("device-mine")
    run = made(device)
    for name in ("01_input.txt", "metadata.json", "04_output_image.png"):
        damage(run, name)
    detail = client.get(f"/api/runs/{run.run_id}/").json()
    assert detail["texts"]["input"] is None
    assert detail["context_prompt"] == ""


def test_a_failed_run_says_why() -> None:
    client, device = browser_of("device-mine")
    run = begin(device)
    recorder.fail(run, kind="timeout", message="Das hat zu lange gedauert.", detail="secret host")
    detail = client.get(f"/api/runs/{run.run_id}/")
    assert detail.json()["error"] == {"kind": "timeout", "message": "Das hat zu lange gedauert."}
    assert b"secret" not in detail.content


def test_a_blocked_run_shows_its_texts_but_no_picture() -> None:
    client, device = browser_of("device-mine")
    run = blocked(device)
    detail = client.get(f"/api/runs/{run.run_id}/").json()
    assert detail["media"] == []
    assert detail["thumbnail_url"] is None
    assert detail["texts"]["input"] == "Ein Haus am Meer"
    assert not [entity for entity in detail["entities"] if "image" in entity["type"]]


@pytest.mark.parametrize("tail", ["", "/", "/thumbnail"])
def test_another_devices_run_is_not_told_from_none(tail: str) -> None:
    _theirs, other = browser_of("device-theirs")
    mine, _device = browser_of("device-mine")
    run = made(other)
    hidden, absent = (mine.get(f"/api/runs/{run_id}{tail}") for run_id in (run.run_id, "run_1_a"))
    assert hidden.status_code == absent.status_code == 404
    assert hidden.json() == absent.json()
