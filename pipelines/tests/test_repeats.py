"""A request sent once more with its key: one run, the same answer, whatever became of it."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from django.db import connections
from django.test import AsyncClient, Client

from devices.models import Workshop
from pipelines.api import senders
from pipelines.inputs import uploads
from pipelines.submission.interception import InterceptionRequest, submit_interception
from pipelines.submission.repeats import parse_key
from pipelines.tests.test_texts_api import IDEA, INTERCEPTION
from pipelines.tests.test_uploads import JPEG, PNG, send
from pipelines.texts.interception import perform
from runs import archive, index, recorder
from runs.models import Run, Status
from runs.tests.making import begin, browser_of

pytestmark = pytest.mark.django_db(transaction=True)

GENERATION = "/api/schema/pipeline/generation"
TEXT = {"schema": "theopposite", "input_text": IDEA, "user_language": "de"}
PICTURE = {"prompt": "Drei blaue Fische.", "output_config": "formwerkstatt_geometrie"}
SKETCH = "function setup() {\n  createCanvas(400, 400);\n}\n"


@pytest.fixture
def client() -> Client:
    return browser_of("device-mine")[0]


def ask(client: Client, body: dict[str, Any], key: str = "", path: str = INTERCEPTION) -> Any:
    headers = {"Prefer": "respond-async"} | ({"Idempotency-Key": key} if key else {})
    return client.post(path, json.dumps(body), content_type="application/json", headers=headers)


def events_of(browser: Client, key: str) -> list[tuple[str, dict[str, Any]]]:
    async def call() -> str:
        client: Any = AsyncClient()
        client.cookies = browser.cookies
        response = await client.post(
            INTERCEPTION,
            json.dumps(TEXT | {"enable_streaming": True}),
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )
        return b"".join([part async for part in response.streaming_content]).decode()

    blocks = [block.split("\n") for block in asyncio.run(call()).split("\n\n")]
    return [(lines[0][7:], json.loads(lines[1][6:])) for lines in blocks if len(lines) == 2]


def test_a_text_that_was_asked_for_twice_is_made_once(client: Client) -> None:
    first, again = ask(client, TEXT, "k-1"), ask(client, TEXT, "k-1")
    assert first.status_code == 200
    assert again.json() == first.json()
    assert ask(client, TEXT, "k-2").json()["run_id"] != first.json()["run_id"]
    assert Run.objects.count() == 2


def test_without_a_key_each_request_is_one_of_its_own(client: Client) -> None:
    assert ask(client, TEXT).json()["run_id"] != ask(client, TEXT).json()["run_id"]


def test_the_key_may_stand_in_quotation_marks_as_the_draft_has_it(client: Client) -> None:
    assert ask(client, TEXT, '"k-1"').json() == ask(client, TEXT, "k-1").json()


def test_the_same_key_with_other_words_is_refused(client: Client) -> None:
    run_id = ask(client, TEXT, "k-1").json()["run_id"]
    for path, body in (
        (INTERCEPTION, TEXT | {"input_text": "Der Hund bellt."}),
        (GENERATION, PICTURE),
    ):
        refused = ask(client, body, "k-1", path)
        assert refused.status_code == 422
        assert refused["Content-Type"] == "application/problem+json"
        assert refused.json()["type"].endswith("idempotency-mismatch")
    assert Run.objects.get().run_id == run_id


@pytest.mark.parametrize("key", ["x" * 201, "a\tb"])
def test_a_key_that_is_none_is_refused(client: Client, key: str) -> None:
    assert ask(client, TEXT, key).status_code == 400
    assert not Run.objects.exists()


def test_the_key_of_another_device_is_another_key(client: Client) -> None:
    other = browser_of("device-other")[0]
    assert ask(client, TEXT, "k-1").json()["run_id"] != ask(other, TEXT, "k-1").json()["run_id"]


def test_a_stream_is_told_again_as_a_whole(client: Client) -> None:
    first, again = events_of(client, "k-1"), events_of(client, "k-1")
    assert [name for name, _data in again] == ["connected", "queue_status", "chunk", "complete"]
    assert again[0] == first[0]
    assert again[-1][1]["final_text"] == first[-1][1]["final_text"]


def test_who_asks_again_while_it_is_still_made_waits_for_it() -> None:
    browser, device = browser_of("device-that-waits")
    key = parse_key("k-1", path=INTERCEPTION, fields=TEXT)
    asked = InterceptionRequest(schema="theopposite", input_text=IDEA, request_key=key)
    run = submit_interception(device=device, request=asked)

    def make() -> None:
        perform(run, text=IDEA, rule="Sage das Gegenteil.", emit=lambda name, data: None)
        connections.close_all()

    maker = threading.Thread(target=make)
    maker.start()
    answer = ask(browser, TEXT, "k-1").json()
    maker.join()
    assert answer["run_id"] == run.run_id
    assert answer["interception_result"]
    assert Run.objects.count() == 1


def test_a_block_is_told_again_as_it_was(client: Client) -> None:
    words = TEXT | {"input_text": "Ich schlage dich tot mit dem Messer, du Hure."}
    first, again = ask(client, words, "k-1"), ask(client, words, "k-1")
    assert first.status_code == again.status_code == 403
    assert again.json() == first.json()
    assert Run.objects.get().status == Status.BLOCKED


def test_what_was_refused_before_it_began_is_asked_for_anew(client: Client) -> None:
    workshop = Workshop.objects.create(name="5b", paused=True)
    browser, _device = browser_of("device-of-5b", workshop=workshop)
    assert ask(browser, TEXT, "k-1").status_code == 503
    Workshop.objects.update(paused=False)
    made_now = ask(browser, TEXT, "k-1")
    assert made_now.status_code == 200
    # What was made is told, whatever holds meanwhile.
    Workshop.objects.update(paused=True)
    assert ask(browser, TEXT, "k-1").json() == made_now.json()


def test_a_picture_waits_in_the_queue_once(client: Client) -> None:
    answers = [ask(client, PICTURE, "k-1", GENERATION) for _time in range(5)]
    assert {answer.status_code for answer in answers} == {202}
    assert len({answer.json()["run_id"] for answer in answers}) == 1
    assert Run.objects.get().status == Status.QUEUED


def test_a_sketch_changed_by_hand_is_kept_once() -> None:
    browser, device = browser_of("device-of-sketches")
    parent = begin(device)
    recorder.add(parent, type="output_code", data=SKETCH, extension="js")
    recorder.finish(parent)
    path = f"/api/runs/{parent.run_id}/sketch/"
    first, again = (ask(browser, {"code": SKETCH}, "k-1", path) for _time in range(2))
    assert first.status_code == again.status_code == 201
    assert again.json() == first.json()
    assert Run.objects.count() == 2


def test_a_folder_tells_the_key_so_that_rows_made_anew_know_it(client: Client) -> None:
    first = ask(client, TEXT, "k-1").json()
    metadata = archive.read_metadata(archive.run_folder(Run.objects.get()))
    assert len(metadata["request_key"]) == len(metadata["request_digest"]) == 64
    assert "k-1" not in json.dumps(metadata)
    Run.objects.all().delete()
    index.rebuild()
    assert ask(client, TEXT, "k-1").json() == first


def test_a_picture_sent_twice_is_kept_once(client: Client) -> None:
    def sent(data: bytes) -> Any:
        return send(client, data, headers={"Idempotency-Key": "k-1"})

    first, again = sent(PNG), sent(PNG)
    assert again.json() == first.json()
    assert len(list(uploads._root().glob("*.*"))) == 1
    assert sent(JPEG).status_code == 422


def test_newcomers_of_one_address_have_so_many_runs_together(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(senders, "MOST_RUNS", 3)
    answers = []
    for _child in range(5):
        browser = Client()
        browser.get("/")
        answers.append(ask(browser, PICTURE, path=GENERATION).status_code)
    assert answers == [202, 202, 202, 429, 429]
