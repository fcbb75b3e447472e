"""Works of a device: its favourites, and where a work comes from and what came from it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from devices.models import Device
from runs import archive, index
from runs.acts import COMMAND_LINE
from runs.models import Kind, Run
from runs.releasing import release
from runs.tests.making import browser_of, made, staff_browser, workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser() -> Client:
    return browser_of("device-maker")[0]


@pytest.fixture
def maker(browser: Client) -> Device:
    return Device.objects.get(pk="device-maker")


def favourite(run: Run) -> str:
    return f"/api/runs/{run.run_id}/favourite/"


def family(client: Client, run: Run) -> dict[str, tuple[str, ...]]:
    """Return the members' ids with what changed."""
    answer = client.get(f"/api/runs/{run.run_id}/family/").json()
    return {one["run_id"]: tuple(one["changes"]) for one in answer["members"]}


def liked(client: Client, **query: Any) -> list[str]:
    answer = client.get("/api/runs/", {"favourite": "true", **query}).json()
    return [run["run_id"] for run in answer["results"]]


def test_a_favourite_is_told_found_and_taken_back(browser: Client, maker: Device) -> None:
    run, _other = made(maker), made(maker)
    assert browser.post(favourite(run)).json()["is_favourite"]
    assert browser.post(favourite(run)).status_code == 200
    assert liked(browser) == [run.run_id]
    assert browser.get(f"/api/runs/{run.run_id}/").json()["is_favourite"]
    assert not browser.delete(favourite(run)).json()["is_favourite"]
    assert liked(browser) == []


def test_a_rebuilt_index_restores_favourites(browser: Client, maker: Device) -> None:
    run, other = made(maker), made(maker)
    browser.post(favourite(run))
    browser.post(favourite(other))
    browser.delete(favourite(other))
    Run.objects.all().delete()
    index.rebuild()
    assert list(Run.objects.filter(is_favourite=True)) == [Run.objects.get(run_id=run.run_id)]


def test_what_a_crash_left_between_file_and_row_is_completed(
    browser: Client, maker: Device
) -> None:
    run = made(maker)
    browser.post(favourite(run))
    Run.objects.update(is_favourite=False)
    index.rebuild()
    assert liked(browser) == [run.run_id]


def test_nobody_else_marks_a_work_not_even_a_released_one(maker: Device) -> None:
    group = workshop("Di 9 Uhr")
    maker.workshop = group
    maker.save()
    run = made(maker)
    release(run=run, by=COMMAND_LINE)
    neighbour, _device = browser_of("device-neighbour", workshop=group)
    assert neighbour.get(f"/api/runs/{run.run_id}/").status_code == 200
    for client in (neighbour, Client(), staff_browser("view_run", "change_run")):
        assert client.post(favourite(run)).status_code == 404
        assert client.delete(favourite(run)).status_code == 404
    metadata = archive.read_metadata(archive.run_folder(run))
    assert "favourite" not in metadata and not Run.objects.get().is_favourite


def test_what_somebody_likes_best_stays_theirs(browser: Client, maker: Device) -> None:
    group = workshop("Di 9 Uhr")
    Device.objects.filter(pk=maker.pk).update(workshop=group)
    run = made(Device.objects.get(pk=maker.pk))
    release(run=run, by=COMMAND_LINE)
    browser.post(favourite(run))
    neighbour, _device = browser_of("device-neighbour", workshop=group)
    assert not neighbour.get(f"/api/runs/{run.run_id}/").json()["is_favourite"]
    assert liked(neighbour) == []


def test_a_family_is_told_whole_from_each_of_its_members_with_what_changed(
    browser: Client, maker: Device
) -> None:
    texts = (("input", "Ein Haus am Meer"),)
    root = made(maker, pictures=0, kind=Kind.INTERCEPTION, texts=texts, output_config="")
    first = made(maker, parent_run_id=root.run_id)
    other = made(maker, parent_run_id=first.run_id, output_config="sd35_large")
    again = made(maker, parent_run_id=first.run_id, seed=8, texts=texts)
    stranger = made(maker)
    assert family(browser, stranger) == {stranger.run_id: ()}
    whole = {
        root.run_id: (),
        first.run_id: ("text",),
        other.run_id: ("machine",),
        again.run_id: ("text", "seed"),
    }
    for run in (root, first, other, again):
        assert family(browser, run) == whole


def test_a_family_shows_nothing_of_other_devices(browser: Client, maker: Device) -> None:
    run = made(maker)
    theirs = made(Device.objects.create(pk="device-other"), parent_run_id=run.run_id)
    assert family(browser, run) == {run.run_id: ()}
    assert browser.get(f"/api/runs/{theirs.run_id}/family/").status_code == 404


def test_a_circle_comes_to_an_end(browser: Client, maker: Device) -> None:
    one = made(maker)
    two = made(maker, parent_run_id=one.run_id)
    Run.objects.filter(pk=one.pk).update(parent_run_id=two.run_id)
    assert set(family(browser, one)) == {one.run_id, two.run_id}


def test_a_family_too_large_is_cut_and_says_so(
    browser: Client, maker: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runs.family.MOST_MEMBERS", 2)
    run = made(maker)
    for _number in range(3):
        made(maker, parent_run_id=run.run_id)
    answer = browser.get(f"/api/runs/{run.run_id}/family/").json()
    assert len(answer["members"]) == 2 and not answer["is_whole"]


def test_a_family_needs_the_same_number_of_queries_for_any_size(
    browser: Client, maker: Device
) -> None:
    run = made(maker)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            family(browser, run)
        return len(captured)

    alone = queries()
    child = run
    for _number in range(4):
        child = made(maker, parent_run_id=child.run_id)
    assert queries() == alone
