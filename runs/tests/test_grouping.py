"""One group after the other at the same tablets: nothing is lost, and nobody reads another's."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.utils import timezone

from devices.models import Device, Draft, DraftPutAside, Message, Workshop
from devices.presence import ask_for_help
from devices.tests.people import browser_of_owner
from pipelines.live.page_states import state_of
from runs import archive, index
from runs.acts import COMMAND_LINE
from runs.grouping import begin_next_group, return_to_group
from runs.models import Act, Run
from runs.releasing import release
from runs.tests.making import browser_of, made, workshop

pytestmark = pytest.mark.django_db


@pytest.fixture
def group() -> Workshop:
    return workshop("Di 9 Uhr")


@pytest.fixture
def seat(group: Workshop) -> tuple[Client, Device]:
    return browser_of("tablet-0001", workshop=group, name="Tisch 1")


def next_group(group: Workshop) -> None:
    begin_next_group(workshop=group, by=COMMAND_LINE)


def back(group: Workshop) -> bool:
    return return_to_group(workshop=group, by=COMMAND_LINE)


def write(client: Client, idea: str, revision: int = 0, **fields: Any) -> Any:
    body = {"revision": revision, "content": {"idea": idea}, **fields}
    return client.put("/api/draft/", json.dumps(body), content_type="application/json")


def draft(client: Client) -> Any:
    content = client.get("/api/draft/").json()["content"]
    return content and content["idea"]


def works(client: Client) -> list[str]:
    return [run["run_id"] for run in client.get("/api/runs/").json()["results"]]


def test_the_next_group_finds_an_empty_page(group: Workshop, seat: tuple[Client, Device]) -> None:
    client, _device = seat
    write(client, "Ein Geheimnis")
    next_group(group)
    assert draft(client) is None


def test_the_works_of_a_group_are_seen_by_that_group_alone(
    group: Workshop, seat: tuple[Client, Device]
) -> None:
    client, device = seat
    other, neighbour = browser_of("tablet-0002", workshop=group)
    own, released = made(device), made(neighbour)
    release(run=released, by=COMMAND_LINE)
    assert set(works(client)) == {own.run_id, released.run_id}
    next_group(group)
    assert works(client) == works(other) == []
    for address in ("", "thumbnail", "events", "family/"):
        answer = client.get(f"/api/runs/{own.run_id}/{address}")
        assert answer.status_code == 404, address
    assert client.get(f"/api/media/image/{own.run_id}").status_code == 404
    assert client.post(f"/api/runs/{own.run_id}/favourite/").status_code == 404
    group.refresh_from_db()
    assert not Run.objects.released_in(group).exists()


def test_staff_see_the_works_of_all_groups(group: Workshop, seat: tuple[Client, Device]) -> None:
    run = made(seat[1])
    next_group(group)
    assert works(browser_of_owner()) == [run.run_id]


def test_undone_everything_is_as_it_was(group: Workshop, seat: tuple[Client, Device]) -> None:
    client, device = seat
    write(client, "Ein Drache")
    run = made(device)
    next_group(group)
    write(client, "Von den Nächsten")
    assert back(group)
    assert draft(client) == "Ein Drache"
    assert works(client) == [run.run_id]
    # What the others had begun by then is put aside for them, and is not the next ones'.
    next_group(group)
    assert draft(client) is None
    group.refresh_from_db()
    assert group.group == 3
    kept = {aside.group: aside.content["idea"] for aside in DraftPutAside.objects.all()}
    assert kept == {1: "Ein Drache", 2: "Von den Nächsten"}


def test_after_ten_minutes_it_is_too_late(group: Workshop) -> None:
    next_group(group)
    Workshop.objects.update(group_changed_at=timezone.now() - timedelta(minutes=11))
    assert not back(group)
    group.refresh_from_db()
    assert group.group == 2


def test_what_was_undone_is_not_undone_once_more(group: Workshop) -> None:
    next_group(group)
    assert back(group)
    assert not back(group)


def test_a_tablet_that_was_out_of_reach_keeps_its_childs_text_for_that_child(
    group: Workshop, seat: tuple[Client, Device]
) -> None:
    client, _device = seat
    write(client, "Anfang")
    next_group(group)
    answer = write(client, "Anfang und Ende", 1, workshop=group.name, group=1)
    assert answer.status_code == 200
    assert draft(client) is None
    assert back(group)
    assert draft(client) == "Anfang und Ende"


def test_who_joins_another_workshop_writes_on(seat: tuple[Client, Device]) -> None:
    client, device = seat
    write(client, "Ein Drache")
    other = workshop("Mi 9 Uhr", group=4, groups_begun=4)
    Device.objects.filter(pk=device.pk).update(workshop=other)
    write(client, "Ein Drache und ein Schaf", 1, workshop="Di 9 Uhr", group=1)
    assert draft(client) == "Ein Drache und ein Schaf"


def test_another_workshop_hears_nothing_of_it(group: Workshop) -> None:
    client, _device = browser_of("tablet-0003", workshop=workshop("Mi 9 Uhr"))
    write(client, "Unser Text")
    next_group(group)
    assert draft(client) == "Unser Text"


def test_hands_and_messages_end_with_their_group(
    group: Workshop, seat: tuple[Client, Device]
) -> None:
    device = seat[1]
    ask_for_help(device=device, asks=True)
    soon = timezone.now() + timedelta(minutes=5)
    Message.objects.create(workshop=group, text="Noch fünf Minuten", ends_at=soon)
    Message.objects.create(device=device, text="Komm zu mir", ends_at=soon)
    next_group(group)
    state = state_of(Device.objects.get(pk=device.pk))
    assert state["workshop"]["group"] == 2
    assert (state["device"]["asks_for_help"], state["messages"]) == (False, [])


def test_an_open_page_is_told_of_no_run_of_those_before(
    group: Workshop, seat: tuple[Client, Device]
) -> None:
    made(seat[1])
    next_group(group)
    assert state_of(Device.objects.get(pk=seat[1].pk))["runs"] == []


def test_each_run_bears_its_group_in_its_file_and_a_rebuild_knows_it(
    group: Workshop, seat: tuple[Client, Device]
) -> None:
    next_group(group)
    run = made(Device.objects.get(pk=seat[1].pk))
    assert archive.read_metadata(archive.run_folder(run))["group"] == 2
    Run.objects.all().delete()
    Workshop.objects.update(group=1, groups_begun=1)
    index.rebuild()
    assert Run.objects.get().group == 2
    group.refresh_from_db()
    assert (group.group, group.groups_begun) == (2, 2)
    assert index.rebuild().unchanged == 1


@pytest.mark.parametrize("told", ["2", 0, -1, 1.5, True, None, 10**30, [2]])
def test_an_odd_group_in_a_file_counts_as_none(told: Any, seat: tuple[Client, Device]) -> None:
    run = made(seat[1])
    folder = archive.run_folder(run)
    archive.write_metadata(folder, archive.read_metadata(folder) | {"group": told})
    index.rebuild()
    assert Run.objects.get().group == 1


def test_runs_are_found_by_their_group(group: Workshop, seat: tuple[Client, Device]) -> None:
    first = made(seat[1])
    next_group(group)
    second = made(Device.objects.get(pk=seat[1].pk))
    found = browser_of_owner().get("/api/runs/?group=2").json()["results"]
    assert [(run["run_id"], run["group"]) for run in found] == [(second.run_id, 2)]
    assert first.group == 1


def test_it_is_recorded_who_began_a_group_and_who_took_it_back(group: Workshop) -> None:
    next_group(group)
    back(group)
    begun, taken = Act.objects.order_by("id")
    assert (begun.verb, begun.details) == ("next_group", {"before": 1, "after": 2})
    assert begun.undone_by == taken


def test_nobody_begins_a_group_without_the_right(group: Workshop) -> None:
    with pytest.raises(PermissionDenied):
        begin_next_group(workshop=group, by=User.objects.create_user("gast"))
    assert not Draft.objects.exists()
