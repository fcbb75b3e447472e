"""Stages 3 and 4 over HTTP: waiting, queued, stopped, refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import AsyncClient, Client

from devices.models import Workshop
from pipelines.api.generation import wait_until_final
from pipelines.worker import Worker
from runs import archive
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)

GENERATION = "/api/schema/pipeline/generation"
PROMPT = "Drei blaue Fische schwimmen im Meer."


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    worker.start()
    yield worker
    worker.stop()


def ask(client: Client, *, later: bool = False, **fields: Any) -> Any:
    body = {"prompt": PROMPT, "output_config": "formwerkstatt_geometrie", **fields}
    headers = {"Prefer": "respond-async"} if later else {}
    return client.post(
        GENERATION, data=json.dumps(body), content_type="application/json", headers=headers
    )


def state(client: Client, run_id: str) -> dict[str, Any]:
    """Ask once, as a browser does that cannot stream."""
    url = f"/api/runs/{run_id}/events"
    return dict(client.get(url, headers={"Accept": "application/json"}).json())


def test_who_waits_gets_the_picture_as_the_contract_says(client: Client, worker: Worker) -> None:
    answer = ask(client, seed=123456)
    assert answer.status_code == 200, answer.content
    body = answer.json()
    run = Run.objects.get()
    assert body["status"] == "success"
    assert body["run_id"] == run.run_id
    assert body["duration_ms"] > 0
    assert body["media_output"] == {
        "media_type": "image",
        "url": f"/api/media/image/{run.run_id}",
        "run_id": run.run_id,
        "seed": 123456,
    }
    assert client.get(body["media_output"]["url"]).status_code == 200


def test_who_does_not_wait_is_told_place_and_expected_time(client: Client) -> None:
    first = ask(client, later=True)
    second = ask(client, later=True)
    assert first.status_code == second.status_code == 202
    assert first.json()["position"] == 1
    assert second.json()["position"] == 2
    assert second.json()["eta_seconds"] > first.json()["eta_seconds"] > 0
    assert Run.objects.filter(status=Status.QUEUED).count() == 2


def test_seed_zero_stays_zero_and_no_seed_is_drawn_and_recorded(
    client: Client, worker: Worker
) -> None:
    assert ask(client, seed=0).json()["media_output"]["seed"] == 0
    drawn = ask(client, seed=None).json()["media_output"]["seed"]
    assert isinstance(drawn, int)
    for run in Run.objects.all():
        (picture,) = run.entities.filter(type="output_image")
        assert picture.metadata["seed"] == run.seed


def test_a_run_id_in_the_request_is_ignored(client: Client, worker: Worker) -> None:
    first = ask(client).json()["run_id"]
    second = ask(client, run_id=first).json()["run_id"]
    assert first != second


def test_the_parent_is_found_for_clients_that_do_not_name_it(
    client: Client, worker: Worker
) -> None:
    idea = "Die große Katze schläft."
    interception = client.post(
        "/api/schema/pipeline/interception",
        data=json.dumps({"schema": "theopposite", "input_text": idea}),
        content_type="application/json",
    ).json()
    ask(client, input_text=idea, interception_config="theopposite")
    run = Run.objects.get(kind="generation")
    assert run.parent_run_id == interception["run_id"]
    metadata = archive.read_metadata(archive.run_folder(run))
    assert metadata["context_prompt"]


def test_a_blocked_prompt_makes_no_picture_and_says_why(client: Client, worker: Worker) -> None:
    answer = ask(client, prompt="Ein Porno mit nackten Leuten")
    assert answer.status_code == 403
    body = answer.json()
    assert (body["status"], body["stage"]) == ("blocked", 3)
    run = Run.objects.get()
    assert run.status == Status.BLOCKED
    assert archive.read_text(run, "02_optimized_prompt.txt")
    assert state(client, run.run_id)["media"] == []


def test_a_level_made_stricter_meanwhile_holds_for_what_waits(client: Client) -> None:
    workshop = Workshop.objects.create(name="5b", takes_new_devices=True, safety_level="adult")
    waiting = ask(client, later=True, prompt="Ein Soldat mit einem Maschinengewehr")
    assert waiting.status_code == 202
    workshop.safety_level = "kids"
    workshop.save(update_fields=["safety_level"])
    worker = Worker()
    worker.start()
    try:
        run_id = waiting.json()["run_id"]
        wait_until_final(Run.objects.get())
    finally:
        worker.stop()
    assert state(client, run_id)["status"] == "blocked"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"prompt": ""}, 400),
        ({"prompt": None}, 400),
        ({"output_config": ""}, 400),
        ({"output_config": "nosuchengine"}, 404),
        ({"output_config": "../x"}, 404),
        ({"interception_config": "nosuchrule"}, 404),
        ({"seed": "x"}, 400),
        ({"prompt": "x" * 8001}, 400),
        ({"input_text": "x" * 8001}, 400),
        ({"output_config": "flux2"}, 409),
    ],
)
def test_what_is_wrong_with_a_request_is_said(
    client: Client, fields: dict[str, Any], status: int
) -> None:
    answer = ask(client, **fields)
    assert answer.status_code == status, answer.content
    body = answer.json()
    assert body["status"] == "error"
    assert body["http_status"] == status
    assert body["error"]
    assert not Run.objects.exists()


def test_wrong_json_is_said_as_a_problem(client: Client) -> None:
    answer = client.post(GENERATION, data="{", content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["status"] == "error"


def test_a_device_may_have_only_so_many_pictures_waiting(client: Client, settings: Any) -> None:
    settings.MAX_OUTSTANDING_RUNS = 2
    ask(client, later=True)
    ask(client, later=True)
    refused = ask(client, later=True)
    assert refused.status_code == 429
    assert refused["Retry-After"]
    assert "2" in refused.json()["detail"]
    assert ask(Client(), later=True).status_code == 202


def test_a_paused_workshop_takes_no_picture(client: Client) -> None:
    Workshop.objects.create(name="5b", takes_new_devices=True, paused=True)
    assert ask(client).status_code == 503
    assert not Run.objects.exists()


def test_a_waiting_picture_can_be_stopped_by_its_device_alone(client: Client) -> None:
    run_id = ask(client, later=True).json()["run_id"]
    assert Client().post(f"/api/runs/{run_id}/cancel/").status_code == 404
    stopped = client.post(f"/api/runs/{run_id}/cancel/")
    assert stopped.json()["status"] == "cancelled"
    run = Run.objects.get()
    assert archive.read_metadata(archive.run_folder(run))["status"] == "cancelled"


def test_a_finished_picture_stays_finished_when_it_is_stopped_too_late(
    client: Client, worker: Worker
) -> None:
    run_id = ask(client).json()["run_id"]
    assert client.post(f"/api/runs/{run_id}/cancel/").json()["status"] == "complete"


def test_the_events_of_a_finished_run_tell_its_end_and_stop(client: Client, worker: Worker) -> None:
    run_id = ask(client).json()["run_id"]
    cookies = client.cookies

    async def read() -> str:
        browser: Any = AsyncClient()
        browser.cookies = cookies
        response = await browser.get(f"/api/runs/{run_id}/events")
        return b"".join([part async for part in response.streaming_content]).decode()

    text = asyncio.run(read())
    assert text.count("event: ") == 1
    assert "event: finished" in text
    payload = json.loads(text.split("data: ")[1])
    assert payload == state(client, run_id)
    assert payload["media"][0]["url"].startswith("/api/media/image/")


def test_the_events_of_a_foreign_run_do_not_exist(client: Client) -> None:
    run_id = ask(client, later=True).json()["run_id"]
    assert Client().get(f"/api/runs/{run_id}/events").status_code == 404
    assert client.get("/api/runs/run_0_0/events").status_code == 404


def test_a_full_disk_is_told_at_once_and_nothing_half_written_stays(
    client: Client, full_disk: Callable[[], None]
) -> None:
    full_disk()
    answer = ask(client)
    assert answer.status_code == 507
    assert answer.json()["type"] == "/problems/storage-full"
    assert answer.json()["error"]
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    ("language", "said"), [("de", "schreibgeschützt"), ("en", "write-protected")]
)
def test_a_read_only_archive_is_told_as_what_it_is(
    client: Client, write_protect: Callable[[], None], language: str, said: str
) -> None:
    write_protect()
    answer = ask(client, user_language=language)
    assert answer.status_code == 503
    assert answer.json()["type"] == "/problems/read-only"
    assert said in answer.json()["error"]
    assert not Run.objects.exists()


def test_an_archive_that_turns_read_only_while_the_picture_is_made_ends_the_run_with_its_reason(
    client: Client, write_protect: Callable[[], None]
) -> None:
    run_id = ask(client, later=True).json()["run_id"]
    write_protect()
    worker = Worker()
    worker.start()
    try:
        ended = wait_until_final(Run.objects.get(run_id=run_id))
    finally:
        worker.stop()
    assert (ended.status, ended.error_kind) == (Status.FAILED, "read_only")
    assert "schreibgeschützt" in state(client, run_id)["error"]["message"]


def test_a_disk_that_fills_while_the_picture_is_made_ends_the_run_with_its_reason(
    client: Client, full_disk: Callable[[], None], worker: Worker
) -> None:
    # The folder of texts fits into the 256 kB of this disk, the picture does not.
    answer = ask(client)
    assert answer.status_code == 507
    run = Run.objects.get()
    assert (run.status, run.error_kind) == (Status.FAILED, "storage_full")
    assert archive.read_text(run, "02_optimized_prompt.txt") == PROMPT
    assert not [name for name in archive.file_names(archive.run_folder(run)) if "tmp" in name]
    assert client.get(f"/api/media/image/{run.run_id}").status_code == 404


def test_a_stream_tells_the_place_first_and_the_picture_last(client: Client) -> None:
    first = ask(client, later=True).json()["run_id"]
    second = ask(client, later=True).json()["run_id"]
    worker = Worker()

    async def watch(run_id: str, both: asyncio.Barrier) -> list[tuple[str, dict[str, Any]]]:
        browser: Any = AsyncClient()
        browser.cookies = client.cookies
        response = await browser.get(f"/api/runs/{run_id}/events")
        events: list[tuple[str, dict[str, Any]]] = []
        async for part in response.streaming_content:
            lines = dict(line.split(": ", 1) for line in part.decode().strip().splitlines())
            events.append((lines["event"], json.loads(lines["data"])))
            # Only when both know that they wait is there anybody to make their pictures.
            if len(events) == 1 and await both.wait() == 0:
                await asyncio.to_thread(worker.start)
        return events

    async def watch_both() -> tuple[list[tuple[str, dict[str, Any]]], ...]:
        both = asyncio.Barrier(2)
        return await asyncio.gather(watch(first, both), watch(second, both))

    try:
        payload = asyncio.run(watch_both())
    finally:
        worker.stop()
    for events, place in zip(payload, (1, 2), strict=True):
        assert events[0][0] == "queued"
        assert events[0][1]["position"] == place
        assert events[-1][0] == "finished"
        assert events[-1][1]["media"]
    assert "running" in [name for name, _state in payload[1]]
