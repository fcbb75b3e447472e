"""Releasing works: who may, who sees them then, and what stays hidden all the same."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from devices.models import Device, Workshop
from devices.tests.people import browser_of_group
from runs import archive, index
from runs.acts import COMMAND_LINE
from runs.models import Kind, Run
from runs.releasing import NotReleasable, release, require_releasable, take_back
from runs.tests.making import begin, blocked, browser_of, made, staff_browser, workshop

pytestmark = pytest.mark.django_db

RUNS = "/admin/runs/run/"


@pytest.fixture
def group() -> Workshop:
    return workshop("Di 9 Uhr")


@pytest.fixture
def work(group: Workshop) -> Run:
    maker = Device.objects.create(pk="device-maker", name="Tisch 3", workshop=group)
    return made(maker)


@pytest.fixture
def neighbour(group: Workshop) -> Client:
    client, _device = browser_of("device-neighbour", workshop=group)
    return client


def record_of(run: Run) -> dict[str, Any]:
    return dict(archive.read_metadata(archive.run_folder(run)))


def seen(client: Client, **query: Any) -> list[str]:
    return [run["run_id"] for run in client.get("/api/runs/", query).json()["results"]]


READABLE = (
    "/api/runs/{}/",
    "/api/runs/{}/thumbnail",
    "/api/media/image/{}",
    "/api/media/image/{}/0",
    "/api/media/images/{}",
    "/api/media/info/{}",
)
NEVER_OTHERS = (
    "/api/runs/{}/events",
    "/api/runs/{}/preview",
    "/api/pipeline/{}/status",
    "/api/pipeline/{}/entities",
    "/api/pipeline/{}/entity/input",
    "/api/pipeline/{}/file/01_input.txt",
)


def test_a_work_is_its_own_device_s_until_it_is_released_and_again_when_it_is_taken_back(
    work: Run, neighbour: Client
) -> None:
    assert seen(neighbour) == []
    release(run=work, by=COMMAND_LINE)
    assert seen(neighbour) == [work.run_id]
    take_back(run=work, by=COMMAND_LINE)
    assert seen(neighbour) == []


@pytest.mark.parametrize("address", READABLE)
def test_a_released_work_opens_to_its_workshop_and_to_no_other(
    work: Run, neighbour: Client, address: str
) -> None:
    stranger, _device = browser_of("device-stranger", workshop=workshop("Mi 9 Uhr"))
    loner, _device = browser_of("device-loner")
    doors = {"neighbour": neighbour, "stranger": stranger, "loner": loner, "nobody": Client()}
    address = address.format(work.run_id)

    def open_to() -> set[str]:
        return {name for name, client in doors.items() if client.get(address).status_code == 200}

    assert open_to() == set()
    release(run=work, by=COMMAND_LINE)
    assert open_to() == {"neighbour"}


@pytest.mark.parametrize("address", NEVER_OTHERS)
def test_files_and_state_of_a_released_work_stay_its_own_device_s(
    work: Run, neighbour: Client, address: str
) -> None:
    release(run=work, by=COMMAND_LINE)
    answer = neighbour.get(address.format(work.run_id), headers={"accept": "application/json"})
    assert answer.status_code == 404


@pytest.mark.parametrize("deed", ["cancel", "sketch"])
def test_nobody_acts_on_another_s_released_work(work: Run, neighbour: Client, deed: str) -> None:
    release(run=work, by=COMMAND_LINE)
    address = f"/api/runs/{work.run_id}/{deed}/"
    body = {"code": "function draw() {}"}
    answer = neighbour.post(address, body, content_type="application/json")
    assert answer.status_code == 404


def test_others_read_texts_and_pictures_but_not_whose_they_are(
    work: Run, neighbour: Client
) -> None:
    release(run=work, by=COMMAND_LINE)
    payload = neighbour.get(f"/api/runs/{work.run_id}/").json()
    assert payload["texts"]["interception"] == "Ein Nest am Meer"
    assert payload["media"][0]["url"] and not payload["is_own"]
    hidden = (
        payload["device"],
        payload["device_name"],
        payload["context_prompt"],
        payload["entities"],
    )
    assert hidden == (None, "", "", [])
    assert "Tisch 3" not in json.dumps(payload) and "device-maker" not in json.dumps(payload)


def test_names_are_shown_where_the_workshop_wants_them(
    work: Run, group: Workshop, neighbour: Client
) -> None:
    release(run=work, by=COMMAND_LINE)
    Workshop.objects.filter(pk=group.pk).update(shows_names=True)
    payload = neighbour.get(f"/api/runs/{work.run_id}/").json()
    assert (payload["device"], payload["device_name"]) == (None, "Tisch 3")


@pytest.mark.parametrize("name", ["Tisch 3", "device-maker"])
def test_one_cannot_ask_by_name_whose_a_released_work_is(
    work: Run, neighbour: Client, name: str
) -> None:
    release(run=work, by=COMMAND_LINE)
    assert seen(neighbour, device=name) == []
    assert seen(neighbour, released="true") == [work.run_id]


def test_a_device_s_own_work_is_told_whole_though_it_is_released(group: Workshop) -> None:
    maker, device = browser_of("device-maker", workshop=group)
    work = made(device)
    release(run=work, by=COMMAND_LINE)
    payload = maker.get(f"/api/runs/{work.run_id}/").json()
    assert payload["is_own"] and payload["device"] == "device-maker" and payload["context_prompt"]
    assert len(payload["entities"]) == 4
    assert seen(maker, device="device-maker") == [work.run_id]


def test_a_release_is_in_the_folder_and_outlives_the_database(work: Run) -> None:
    release(run=work, by=COMMAND_LINE)
    work.refresh_from_db()
    at = work.released_at
    assert at is not None and record_of(work)["released_at"]
    Run.objects.all().delete()
    index.rebuild()
    assert Run.objects.get(run_id=work.run_id).released_at == at
    assert index.rebuild().unchanged == 1
    take_back(run=work, by=COMMAND_LINE)
    assert record_of(work)["released_at"] is None


def test_releasing_twice_keeps_the_first_time(work: Run) -> None:
    assert release(run=work, by=COMMAND_LINE)
    first = Run.objects.get().released_at
    assert not release(run=work, by=COMMAND_LINE)
    assert Run.objects.get().released_at == first


def test_taking_back_once_more_completes_what_the_archive_missed(work: Run) -> None:
    release(run=work, by=COMMAND_LINE)
    Run.objects.update(released_at=None)
    assert not take_back(run=work, by=COMMAND_LINE)
    assert record_of(work)["released_at"] is None


def test_only_finished_works_of_a_workshop_can_be_released(group: Workshop) -> None:
    device = Device.objects.create(pk="device-maker", workshop=group)
    unsuitable = (
        begin(device),
        blocked(device),
        made(None),
        made(device, pictures=0),
        made(device, kind=Kind.INTERCEPTION),
    )
    for run in unsuitable:
        with pytest.raises(NotReleasable):
            release(run=run, by=COMMAND_LINE)
        with pytest.raises(NotReleasable):
            require_releasable(run)
    assert not Run.objects.exclude(released_at=None).exists()


def test_the_list_needs_the_same_number_of_queries_for_any_number_of_released_works(
    group: Workshop, neighbour: Client
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            neighbour.get("/api/runs/")
        return len(context)

    maker = Device.objects.create(pk="device-maker", workshop=group)
    release(run=made(maker), by=COMMAND_LINE)
    few = queries()
    for _number in range(4):
        release(run=made(maker), by=COMMAND_LINE)
    assert queries() == few <= 5


# The admin ----------------------------------------------------------------------------------


def post(client: Client, address: str, **data: Any) -> str:
    return client.post(address, data, follow=True).content.decode()


def test_a_facilitator_releases_from_the_list_and_takes_back(work: Run) -> None:
    client = browser_of_group("facilitator")
    chosen = {"_selected_action": [work.pk]}
    page = post(client, RUNS, action="release_selected", **chosen)
    assert "1 work is released" in page and "status-released" in page
    assert client.get(f"{RUNS}?released=0").context["cl"].result_count == 0
    assert "1 work is taken back" in post(client, RUNS, action="take_back_selected", **chosen)
    assert client.get(f"{RUNS}?released=1").context["cl"].result_count == 0


def test_a_facilitator_releases_on_the_page_of_a_run_and_takes_back(work: Run) -> None:
    client = browser_of_group("facilitator")
    assert f"{RUNS}{work.pk}/release/" in client.get(f"{RUNS}{work.pk}/change/").text
    assert f"{RUNS}{work.pk}/take-back/" in post(client, f"{RUNS}{work.pk}/release/")
    assert f"{RUNS}{work.pk}/release/" in post(client, f"{RUNS}{work.pk}/take-back/")


@pytest.mark.parametrize(
    ("idea", "why"),
    [
        ("Ich schlage dich tot mit dem Messer, du Hure", "The word lists of this workshop"),
        ("Ruf mich an: 0171 2345678", "Somebody may be recognised"),
    ],
)
def test_what_the_check_finds_is_read_before_it_is_released(
    group: Workshop, idea: str, why: str
) -> None:
    device = Device.objects.create(pk="device-maker", workshop=group)
    doubtful = made(device, texts=(("input", idea), ("optimized_prompt", "Ein Haus")))
    harmless = made(device)
    client = browser_of_group("facilitator")
    chosen = {"action": "release_selected", "_selected_action": [doubtful.pk, harmless.pk]}
    page = post(client, RUNS, **chosen)
    assert why in page and idea in page
    assert list(Run.objects.exclude(released_at=None)) == [harmless]
    assert "1 work is released" in post(client, RUNS, **chosen, confirmed="1")
    assert Run.objects.exclude(released_at=None).count() == 2


def test_the_page_of_a_run_asks_too(group: Workshop) -> None:
    device = Device.objects.create(pk="device-maker", workshop=group)
    work = made(device, texts=(("input", "Ich bin Lea, 0171 2345678"),))
    assert "Read this before" in post(browser_of_group("facilitator"), f"{RUNS}{work.pk}/release/")
    assert Run.objects.get().released_at is None


def test_who_may_not_release_cannot(work: Run) -> None:
    client = browser_of_group("researcher")
    assert client.post(f"{RUNS}{work.pk}/release/").status_code == 403
    assert client.post(f"{RUNS}{work.pk}/take-back/").status_code == 403
    client.post(RUNS, {"action": "release_selected", "_selected_action": [work.pk]})
    assert "/release/" not in client.get(f"{RUNS}{work.pk}/change/").text
    assert Run.objects.get().released_at is None


def test_only_a_post_releases(work: Run) -> None:
    client = browser_of_group("facilitator")
    for deed in ("release", "take-back"):
        assert client.get(f"{RUNS}{work.pk}/{deed}/").status_code == 405


def test_a_run_that_cannot_be_released_is_told(group: Workshop) -> None:
    waiting = begin(Device.objects.create(pk="device-maker", workshop=group))
    chosen = {"action": "release_selected", "_selected_action": [waiting.pk]}
    page = post(browser_of_group("facilitator"), RUNS, **chosen)
    assert "1 run cannot be released" in page


def test_facilitators_have_the_right_and_the_right_alone_is_enough_to_use_it(work: Run) -> None:
    assert (
        Permission.objects.get(codename="release_run")
        in Group.objects.get(name="facilitator").permissions.all()
    )
    post(staff_browser("release_run", "view_run"), f"{RUNS}{work.pk}/release/")
    assert Run.objects.get().released_at is not None


def test_more_than_can_be_looked_at_are_not_released_at_once(
    group: Workshop, work: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ai4artsed.facilitation.releasing.MOST_AT_ONCE", 1)
    other = made(Device.objects.get(pk="device-maker"))
    chosen = {"action": "release_selected", "_selected_action": [work.pk, other.pk]}
    assert "Choose 1 works at most" in post(browser_of_group("facilitator"), RUNS, **chosen)
    assert not Run.objects.exclude(released_at=None).exists()
