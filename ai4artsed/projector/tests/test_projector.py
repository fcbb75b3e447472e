"""The projector's page: to whom it opens, and that nothing appears that was not released."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from django.core import signing
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from ai4artsed.projector.matrix import device_of
from ai4artsed.projector.views import KEY_SECONDS, signed_key
from devices.models import Device, Workshop
from devices.tests.people import browser_of_group
from runs.acts import COMMAND_LINE
from runs.models import Kind, Run, Status
from runs.releasing import release, take_back
from runs.tests.making import browser_of, made, staff, staff_browser, workshop

pytestmark = pytest.mark.django_db

DOORS = ("", "works/", "works/{run}/", "picture/{run}", "thumbnail/{run}")


@pytest.fixture
def group() -> Workshop:
    return workshop("Di 9 Uhr", join_code="ACDEFG")


@pytest.fixture
def work(group: Workshop) -> Run:
    run = made(Device.objects.create(pk="device-maker", name="Tisch 3", workshop=group))
    release(run=run, by=COMMAND_LINE)
    return run


def payload(client: Client, key: str = "ACDEFG") -> list[dict[str, Any]]:
    answer = client.get(f"/room/{key}/works/")
    assert answer.status_code == 200
    return list(answer.json()["works"])


@pytest.mark.parametrize("door", DOORS)
def test_by_its_code_the_room_opens_to_staff_who_may_view_runs_only(work: Run, door: str) -> None:
    address = f"/room/ACDEFG/{door.format(run=work.run_id)}"
    child, _device = browser_of("device-child", workshop=work.workshop)
    assert browser_of_group("facilitator").get(address).status_code == 200
    for client in (Client(), child, staff_browser()):
        answer = client.get(address)
        assert answer.status_code == (404 if door else 302)
    if not door:
        assert Client().get(address)["Location"].startswith("/admin/login/?next=/room/ACDEFG/")


@pytest.mark.parametrize("door", DOORS)
def test_a_signed_key_opens_the_room_to_anyone_until_its_time_is_over(
    work: Run, group: Workshop, door: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = signed_key(group)
    address = f"/room/{key}/{door.format(run=work.run_id)}"
    assert Client().get(address).status_code == 200
    assert Client().get(address.replace(key, f"{key}x")).status_code == 404
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + KEY_SECONDS + 1)
    assert Client().get(address).status_code == 404


def test_a_key_for_something_else_opens_nothing(group: Workshop) -> None:
    other = signing.dumps([group.pk, group.join_code], salt="another")
    assert Client().get(f"/room/{other}/").status_code == 404
    assert Client().get("/room/HJKLMN/works/").status_code == 404


@pytest.mark.parametrize("door", DOORS[2:])
def test_what_is_not_released_or_taken_back_has_no_door(
    work: Run, group: Workshop, door: str
) -> None:
    hidden = made(Device.objects.get(pk="device-maker"))
    elsewhere = made(Device.objects.create(pk="device-b", workshop=workshop("Mi 9 Uhr")))
    release(run=elsewhere, by=COMMAND_LINE)
    address = f"/room/{signed_key(group)}/{door}"
    for run in (hidden, elsewhere):
        assert Client().get(address.format(run=run.run_id)).status_code == 404
    assert Client().get(address.format(run=work.run_id)).status_code == 200
    take_back(run=work, by=COMMAND_LINE)
    assert Client().get(address.format(run=work.run_id)).status_code == 404


def test_the_wall_shows_the_latest_released_first_and_no_names(work: Run, group: Workshop) -> None:
    client = browser_of_group("facilitator")
    later = made(Device.objects.get(pk="device-maker"))
    assert [one["run_id"] for one in payload(client)] == [work.run_id]
    release(run=later, by=COMMAND_LINE)
    assert [one["run_id"] for one in payload(client)] == [later.run_id, work.run_id]
    assert "Tisch 3" not in json.dumps(payload(client))
    Workshop.objects.filter(pk=group.pk).update(shows_names=True)
    assert {one["name"] for one in payload(client)} == {"Tisch 3"}


def test_a_work_tells_its_texts_one_by_one(work: Run) -> None:
    page = browser_of_group("facilitator").get(f"/room/ACDEFG/works/{work.run_id}/").json()
    texts = (page["idea"], page["interception"], page["prompt"])
    assert texts == ("Ein Haus am Meer", "Ein Nest am Meer", "a nest by the sea")


def test_the_list_needs_the_same_number_of_queries_for_any_number_of_works(
    work: Run, group: Workshop
) -> None:
    key = signed_key(group)

    def queries() -> int:
        with CaptureQueriesContext(connection) as context:
            payload(Client(), key)
        return len(context)

    few = queries()
    for _number in range(4):
        release(run=made(Device.objects.get(pk="device-maker")), by=COMMAND_LINE)
    assert queries() == few <= 3


def test_the_page_has_code_qr_and_a_link_that_works_elsewhere(work: Run) -> None:
    page = browser_of_group("facilitator").get("/room/ACDEFG/")
    assert "/join/ACDEFG/qr.svg" in page.text and 'aria-label="ACDEFG"' in page.text
    assert page["Referrer-Policy"] == "no-referrer"
    link = page.text.partition('href="/room/')[2].partition('"')[0]
    assert "matrix-form" not in Client().get(f"/room/{link}").text
    assert "matrix-form" in page.text


# One idea by all rules ------------------------------------------------------------------------


def ask(client: AsyncClient, key: str, **fields: Any) -> tuple[int, str]:
    order = {"schema": "theopposite", "input_text": "Ein kleiner Hund", "user_language": "de"}

    async def post() -> tuple[int, str]:
        body = order | {"enable_streaming": True} | fields
        answer = await client.post(f"/room/{key}/matrix/", body, content_type="application/json")
        if not isinstance(answer, StreamingHttpResponse):
            return answer.status_code, answer.content.decode()
        parts = [part async for part in answer.streaming_content]
        return answer.status_code, b"".join(parts).decode()

    return asyncio.run(post())


def leader(*rights: str) -> AsyncClient:
    client = AsyncClient()
    client.force_login(staff(*rights))
    return client


@pytest.mark.django_db(transaction=True)
def test_a_cell_of_the_matrix_is_an_ordinary_run_of_the_workshop_s_projector(
    settings: Settings,
) -> None:
    settings.WORDS_PER_SECOND = 0
    group = workshop("Di 9 Uhr", join_code="ACDEFG", safety_level="youth", paused=True)
    status, events = ask(leader("view_run", "release_run"), "ACDEFG")
    assert status == 200 and "event: complete" in events
    run = Run.objects.get()
    assert (run.kind, run.status, run.workshop) == (Kind.INTERCEPTION, Status.COMPLETE, group)
    assert (run.idea, run.safety_level) == ("Ein kleiner Hund", "youth")
    assert run.device == device_of(group) and run.device.bound_at
    assert run.released_at is None
    group.refresh_from_db()
    assert group.paused, "the break of the others goes on"


@pytest.mark.django_db(transaction=True)
def test_the_matrix_is_for_staff_who_may_release(settings: Settings) -> None:
    settings.WORDS_PER_SECOND = 0
    group = workshop("Di 9 Uhr", join_code="ACDEFG")
    assert ask(AsyncClient(), "ACDEFG")[0] == 404
    assert ask(AsyncClient(), signed_key(group))[0] == 404
    assert ask(leader("view_run"), "ACDEFG")[0] == 404
    assert not Run.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_matrix_holds_to_the_lists_and_the_rules_of_the_workshop() -> None:
    workshop("Di 9 Uhr", join_code="ACDEFG", allowed_rules=["overdrive"])
    client = leader("view_run", "release_run")
    assert "not-allowed" in ask(client, "ACDEFG")[1]
    refused = ask(client, "ACDEFG", schema="overdrive", input_text="Ich schlage dich tot, du Hure")
    assert "event: blocked" in refused[1]


def test_nobody_claims_the_projector_s_id_first(group: Workshop) -> None:
    projector = device_of(group)
    answer = Client().get("/api/devices/me/", {"device_id": projector.pk}).json()
    assert answer["device_id"] != projector.pk


def test_only_rules_with_a_text_that_are_allowed_are_in_the_matrix(group: Workshop) -> None:
    client = browser_of_group("facilitator")

    def allowed() -> set[str]:
        page = client.get("/room/ACDEFG/")
        return {rule["id"] for rule in page.context["rules"] if rule["allowed"]}

    assert "overdrive" in allowed() and "user_defined" not in allowed()
    Workshop.objects.update(allowed_rules=["overdrive", "user_defined"])
    assert allowed() == {"overdrive"}
