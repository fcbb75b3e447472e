"""What a language model writes is checked before a child reads it, as it comes and as a whole."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import AsyncClient, Client

from devices.models import Device
from pipelines import queue
from pipelines.engines.embedded.p5 import SketchWriter
from pipelines.engines.jobs import Cancelled, MediaJob
from pipelines.engines.openai_chat import OpenAIChat
from pipelines.generation.execution import execute
from pipelines.generation.lease import Lease
from pipelines.safety.llm_judge import NO_ANSWER, Judge, judge_prompt
from pipelines.submission.generation import GenerationRequest, submit_generation
from pipelines.submission.interception import InterceptionRequest, submit_interception
from pipelines.tests.servers.faulty import Exchange, chunked
from pipelines.tests.servers.openai_chat import FakeChat, event, streamed
from pipelines.texts import partial_text
from pipelines.texts.checked_texts import WritingBlocked
from pipelines.texts.interception import perform
from runs import archive
from runs.acts import COMMAND_LINE
from runs.cancelling import request_cancel
from runs.entity_types import BLOCKED_TEXT
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)

INTERCEPTION = "/api/schema/pipeline/interception"
ASKED = {"input_text": "Ein Hund", "user_language": "de"}
FORBIDDEN = ("Ein Hund lacht. ", "Dann sieht ", "er einen Por", "no im ", "Garten. ", "Er schläft.")
YES, NO = {"category": "none", "allowed": True}, {"category": "violence", "allowed": False}

Events = list[tuple[str, dict[str, Any]]]


def stream(client: Any = None, *, schema: str = "theopposite") -> Events:
    body = {**ASKED, "schema": schema, "enable_streaming": "true"}

    async def call() -> str:
        asking = client or AsyncClient()
        response: Any = await asking.post(INTERCEPTION, json.dumps(body), "application/json")
        return b"".join([part async for part in response.streaming_content]).decode()

    blocks = (block.splitlines() for block in asyncio.run(call()).split("\n\n"))
    events = [dict(line.split(": ", 1) for line in lines if line[:1] != ":") for lines in blocks]
    return [(event["event"], json.loads(event["data"])) for event in events if event]


def told(events: Events) -> list[str]:
    return [data["accumulated"] for name, data in events if name == "chunk"]


@pytest.fixture
def chat(settings: Any) -> Iterator[FakeChat]:
    with FakeChat() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, server.KEY
        settings.TEXT_MODEL = "openai_chat:tiny-1"
        yield server


Says = Callable[..., list[str]]


@pytest.fixture
def says(chat: FakeChat, settings: Any) -> Says:
    """Has the model write `pieces`, and a judge say `verdict`; returns what the judge is asked."""

    def arrange(*pieces: str, verdict: dict[str, Any] | str | None = None) -> list[str]:
        asked: list[str] = []

        def answer(exchange: Exchange) -> None:
            if b"response_format" not in exchange.received.body:
                chunked(streamed(*pieces))(exchange)
                return
            asked.append(exchange.received.json()["messages"][1]["content"])
            words = verdict if isinstance(verdict, str) else json.dumps(verdict)
            chunked(streamed(words))(exchange)

        chat.on("POST", chat.CHAT, answer)
        settings.SAFETY_MODEL = "openai_chat:tiny-2" if verdict else ""
        return asked

    return arrange


def test_a_forbidden_word_is_never_told_and_the_block_is_a_friendly_end(says: Says) -> None:
    says(*FORBIDDEN)
    client = AsyncClient()
    events = stream(client)
    assert [name for name, _data in events][-2:] == ["queue_status", "blocked"]
    assert "Porno" not in json.dumps(events)
    assert told(events)[-2:] == ["Ein Hund lacht. Dann sieht er einen ", ""]
    blocked = events[-1][1]
    assert (blocked["stage"], blocked["reason"], blocked["by"]) == (2, "sexual", "model")
    # What the old client shows instead of an event that it does not know.
    assert events[-2][1]["status"] == "waiting"
    assert events[-2][1]["message"] == blocked["message"]
    assert "nicht deine Schuld" in blocked["message"]


def test_the_record_keeps_what_was_blocked_and_no_participants_address_gives_it(says: Says) -> None:
    says(*FORBIDDEN)
    client = Client()
    body = {**ASKED, "schema": "theopposite"}
    answer = client.post(INTERCEPTION, json.dumps(body), "application/json")
    assert (answer.status_code, answer.json()["status"]) == (403, "blocked")
    run = Run.objects.get()
    assert run.status == Status.BLOCKED
    files = {entity.type: entity.filename for entity in run.entities.all()}
    assert list(files) == ["input", BLOCKED_TEXT]
    assert "Porno" in archive.read_text(run, files[BLOCKED_TEXT])
    record = archive.read_metadata(archive.run_folder(run))
    assert (record["error"]["by"], record["error"]["stage"]) == ("model", 2)
    base = f"/api/pipeline/{run.run_id}"
    for address in (
        f"{base}/file/{files[BLOCKED_TEXT]}",
        f"{base}/entity/{BLOCKED_TEXT}",
        f"{base}/entities",
        f"{base}/status",
        f"/api/runs/{run.run_id}/",
        f"/api/media/info/{run.run_id}",
    ):
        assert b"Porno" not in client.get(address).content, address
    assert client.get(f"{base}/file/{files[BLOCKED_TEXT]}").status_code == 404
    state = client.get(f"/api/runs/{run.run_id}/events", headers={"accept": "application/json"})
    assert state.json()["error"]["by"] == "model"
    assert client.get(f"{base}/entity/input").status_code == 200


def test_a_browser_that_comes_back_finds_only_what_was_checked(says: Says) -> None:
    says(*FORBIDDEN)
    device = Device.objects.create(pk="device-comes-back")
    request = InterceptionRequest(schema="theopposite", input_text="Ein Hund")
    run = submit_interception(device=device, request=request)
    seen: list[str] = []

    def on_event(name: str, data: dict[str, Any]) -> None:
        seen.append(partial_text.partial_text(run.run_id).text)

    with pytest.raises(WritingBlocked):
        perform(run, text="Ein Hund", rule="", emit=on_event)
    assert "Ein Hund lacht. Dann sieht er einen " in seen
    assert not any("Por" in text for text in seen)


def test_a_station_is_checked_before_its_step_is_told(says: Says) -> None:
    says("Ein Porno im Garten.")
    events = stream(schema="stillepost")
    assert "step" not in dict(events) and events[-1][0] == "blocked"
    assert "Porno" not in json.dumps(events)
    types = Run.objects.get().entities.values_list("type", flat=True)
    assert set(types) == {"input", BLOCKED_TEXT}


def test_the_optimized_prompt_is_checked_as_well(says: Says, settings: Any) -> None:
    says(*FORBIDDEN)
    settings.COMFYUI_URL = ["http://gpu-1:8188"]
    fields = {"output_config": "qwen", "input_text": "Hund", "user_language": "de"}
    answer: Any = Client().post("/api/schema/pipeline/optimize", fields, "application/json")
    assert (answer.status_code, answer.json()["stage"]) == (403, 3)
    assert set(Run.objects.get().entities.values_list("type", flat=True)) == {
        "interception",
        BLOCKED_TEXT,
    }


def test_words_come_while_the_model_still_writes(chat: FakeChat) -> None:
    """The first sentence is told before the second is written, nothing is told half."""
    read = threading.Event()

    def write(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        exchange.send_chunk(event({"content": "Ein Hund la"}))
        assert read.wait(10)
        exchange.send_chunk(event({"content": "cht."}))
        exchange.send_chunk(event(reason="stop"))
        exchange.send_chunk(b"")

    chat.on("POST", chat.CHAT, write)
    device = Device.objects.create(pk="device-reads-along")
    request = InterceptionRequest(schema="theopposite", input_text="Ein Hund")
    run = submit_interception(device=device, request=request)
    told: list[str] = []

    def on_event(name: str, data: dict[str, Any]) -> None:
        if name == "chunk":
            told.append(data["accumulated"])
            read.set()

    perform(run, text="Ein Hund", rule="", emit=on_event)
    assert told == ["Ein Hund ", "Ein Hund lacht."]


def test_a_no_of_the_judge_takes_the_text_back(says: Says, settings: Any) -> None:
    settings.SAFETY_LEVEL = "youth"
    asked = says("Ein Hund lacht. ", "Er hat ", "einen Plan.", verdict=NO)
    events = stream()
    assert told(events)[-2:] == ["Ein Hund lacht. Er hat einen Plan.", ""]
    assert events[-1][0] == "blocked"
    # The judge reads the whole, once.
    assert [json.loads(each)["material"] for each in asked][1:] == []
    types = list(Run.objects.get().entities.values_list("type", flat=True))
    assert types == ["input", BLOCKED_TEXT, "safety"]


def test_what_a_judge_may_lift_waits_for_the_judge(says: Says, settings: Any) -> None:
    settings.SAFETY_LEVEL = "youth"
    whole = "Ein Hund lacht. Er ermordet den Feind und singt. Dann ist Ruhe. Ende."
    says(*re.findall(r"\S+\s*", whole), verdict=YES)
    events = stream()
    before, _mark, _rest = whole.partition("ermordet")
    assert told(events)[-2:] == [before, whole]
    assert events[-1][0] == "complete"


def test_the_youngest_see_nothing_that_the_judge_has_not_read(says: Says, settings: Any) -> None:
    settings.SAFETY_LEVEL = "kids"
    says("Ein Hund ", "lacht. ", "Ende.", verdict=YES)
    assert told(stream()) == ["Ein Hund lacht. Ende."]
    says("Ein Hund ", "lacht. ", "Ende.", verdict=NO)
    events = stream(schema="stillepost")
    assert not {"step", "chunk", "complete"} & {name for name, _data in events}


def test_a_judge_that_cannot_be_understood_is_a_no(says: Says, settings: Any) -> None:
    settings.SAFETY_LEVEL = "kids"
    says("Ein Hund lacht.", verdict="Vielleicht.")
    events = stream()
    assert told(events) == []
    assert (events[-1][0], events[-1][1]["reason"]) == ("blocked", "safety_closed")


# What is wrong with a text that may be read -------------------------------------------------


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("Ein Hund", "echo"),
        ("Es tut mir leid, aber ich kann dir dabei nicht helfen.", "refusal"),
    ],
)
def test_a_text_that_is_none_is_told_as_what_it_is(says: Says, written: str, kind: str) -> None:
    says(written)
    client = Client()
    body = {**ASKED, "schema": "theopposite"}
    answer = client.post(INTERCEPTION, json.dumps(body), "application/json").json()
    assert answer["interception_result"] == written
    assert answer["notice"]["kind"] == kind
    assert "noch einmal" in answer["notice"]["message"]
    run = Run.objects.get()
    assert run.status == Status.COMPLETE
    assert client.get(f"/api/runs/{run.run_id}/").json()["notice"] == answer["notice"]
    state = client.get(f"/api/runs/{run.run_id}/events", headers={"accept": "application/json"})
    assert state.json()["notice"] == answer["notice"]
    entities = archive.read_metadata(archive.run_folder(run))["entities"]
    assert entities[-1]["metadata"]["notice"] == answer["notice"]
    assert dict(stream())["complete"]["notice"] == answer["notice"]


def test_a_text_that_is_one_bears_no_notice(says: Says) -> None:
    says("Kein Hund, sondern eine Katze.")
    assert "notice" not in dict(stream())["complete"]


def test_a_model_that_repeats_itself_is_left(chat: FakeChat) -> None:
    left = threading.Event()

    def repeat(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        try:
            while not exchange.client_left(0):
                exchange.send_chunk(event({"content": "und der Hund lacht, "}))
        finally:
            left.set()

    chat.on("POST", chat.CHAT, repeat)
    complete = dict(stream())["complete"]
    assert left.wait(5)
    assert complete["notice"]["kind"] == "loop"
    assert complete["char_count"] < 2000


# A stop while somebody else's server drips --------------------------------------------------


class Dripping:
    """Sends signs of life and never a word; `left` tells that the client is gone."""

    def __init__(self, begin: Callable[[], object] = lambda: None) -> None:
        self.left = threading.Event()
        self._begin = begin

    def __call__(self, exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        self._begin()
        try:
            while not exchange.client_left(0.1):
                exchange.send_chunk(b": still here\n\n")
        finally:
            self.left.set()


def test_a_stop_is_heard_while_a_judge_drips(chat: FakeChat, settings: Any) -> None:
    settings.SAFETY_MODEL = "openai_chat:tiny-2"

    def stop() -> None:
        request_cancel(Run.objects.get(), by=COMMAND_LINE)
        connections.close_all()

    dripping = Dripping(stop)

    def answer(exchange: Exchange) -> None:
        if b"response_format" in exchange.received.body:
            dripping(exchange)
        else:
            chunked(streamed("Eine Katze."))(exchange)

    chat.on("POST", chat.CHAT, answer)
    events = stream()
    assert events[-1][1]["kind"] == "cancelled"
    assert Run.objects.get().status == Status.CANCELLED
    assert dripping.left.wait(5)
    assert "chunk" not in dict(events)


def test_a_judge_that_nobody_waits_for_any_more_is_left(chat: FakeChat) -> None:
    dripping = Dripping()
    chat.on("POST", chat.CHAT, dripping)
    judge = Judge(OpenAIChat(chat.url, api_key=chat.KEY), "tiny-2", seconds=0.3)
    assert judge_prompt(judge, text="eine Katze", level="kids").reason == NO_ANSWER
    assert dripping.left.wait(5)


def test_a_stop_is_heard_while_the_writer_of_a_sketch_drips(chat: FakeChat) -> None:
    dripping = Dripping()
    chat.on("POST", chat.CHAT, dripping)
    seen: list[float] = []

    def on_progress(share: float, note: str, preview: bytes | None = None, /) -> None:
        seen.append(share)
        if len(seen) == 3:
            raise Cancelled

    writer = SketchWriter(OpenAIChat(chat.url, api_key=chat.KEY))
    job = MediaJob(str(uuid.uuid4()), "Ein Kreis", 7, 800, 800, model="tiny-1")
    with pytest.raises(Cancelled):
        writer.generate(job, on_progress)
    assert dripping.left.wait(5)


# Sketches -----------------------------------------------------------------------------------


def test_what_a_sketch_of_a_model_says_is_checked(chat: FakeChat, settings: Any) -> None:
    settings.CODE_MODEL = settings.TEXT_MODEL
    code = 'function setup() { createCanvas(800, 800); text("Porno", 9, 9); }\n'
    chat.on("POST", chat.CHAT, chunked(streamed(f"```js\n{code}```")))
    device = Device.objects.create(pk="device-sketches")
    run = submit_generation(
        device=device,
        request=GenerationRequest(
            prompt="Ein Kreis", output_config="p5js_code", input_text="Ein Kreis", language="de"
        ),
    )
    claimed = queue.claim_next({run.queue: run.queue}, owner="test", capacity=1)
    assert claimed is not None
    with Lease(claimed, "test") as lease:
        execute(claimed, lease)
    run.refresh_from_db()
    assert (run.status, run.error_kind) == (Status.BLOCKED, "sexual")
    assert "nicht deine Schuld" in run.error_message
    assert not run.entities.filter(type="output_code").exists()
