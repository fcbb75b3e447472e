"""What a language model writes, from the wire to what is streamed and recorded."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connections
from django.test import AsyncClient, Client

from pipelines.tests.servers.faulty import Exchange, chunked
from pipelines.tests.servers.openai_chat import FakeChat, streamed
from runs import archive
from runs.acts import COMMAND_LINE
from runs.cancelling import request_cancel
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)


def stream(schema: str = "theopposite") -> list[tuple[str, dict[str, Any]]]:
    """Return the events of an interception."""
    body = {"schema": schema, "input_text": "Ein Hund", "enable_streaming": "true"}

    async def call() -> str:
        response: Any = await AsyncClient().post(
            "/api/schema/pipeline/interception", json.dumps(body), "application/json"
        )
        return b"".join([part async for part in response.streaming_content]).decode()

    blocks = (block.splitlines() for block in asyncio.run(call()).split("\n\n"))
    events = [dict(line.split(": ", 1) for line in lines if line[:1] != ":") for lines in blocks]
    return [(event["event"], json.loads(event["data"])) for event in events if event]


@pytest.fixture
def chat(settings: Any) -> Iterator[FakeChat]:
    with FakeChat() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, server.KEY
        settings.TEXT_MODEL = "openai_chat:tiny-1"
        yield server


def test_what_a_model_writes_around_the_text_is_neither_told_nor_recorded(chat: FakeChat) -> None:
    begin = ("<Thou", "ght>Hm</thought>\n```", "\nEin fro\ud83d", "\ude00her\0 Hu")
    chat.on("POST", chat.CHAT, chunked(streamed(*begin, "nd\n```<|im_", "end|>")))
    events = stream()
    told = [data["accumulated"] for name, data in events if name == "chunk"]
    assert told[-1] == events[-1][1]["final_text"] == "Ein fro😀her Hund"
    assert all(told[-1].startswith(each) for each in told)
    run = Run.objects.get()
    assert archive.read_text(run, "02_interception.txt") == told[-1]
    assert events[-1][1]["char_count"] == len(told[-1])


def test_stations_and_optimization_are_cleaned_alike(chat: FakeChat, settings: Any) -> None:
    pieces = ("[THINK]Hm[/THINK]", "Here is the text:\nEin Hund</s>")
    chat.on("POST", chat.CHAT, chunked(streamed(*pieces)))
    names = [data["text"] for name, data in stream(schema="stillepost") if name == "step"]
    assert names and set(names) == {"Ein Hund"}
    settings.COMFYUI_URL = ["http://gpu-1:8188"]
    fields = {"output_config": "qwen", "input_text": "Hund", "user_language": "de"}
    answer: Any = Client().post("/api/schema/pipeline/optimize", fields, "application/json")
    assert answer.json()["optimization_applied"], answer.json()
    assert answer.json()["optimized_prompt"] == "Ein Hund"


def test_thoughts_that_were_told_by_mistake_are_taken_back(chat: FakeChat) -> None:
    chat.on("POST", chat.CHAT, chunked(streamed("Das Kind ", "will.</think>", "Ein Hund")))
    events = stream()
    assert events[-1][1]["final_text"] == "Ein Hund"
    told = [data["accumulated"] for name, data in events if name == "chunk"]
    assert "" in told and told[-1] == "Ein Hund"


def test_a_stop_is_heard_however_slowly_a_model_drips(chat: FakeChat) -> None:
    left = threading.Event()

    def drip(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        run = Run.objects.get()
        connections.close_all()
        assert request_cancel(run, by=COMMAND_LINE)
        connections.close_all()
        while not exchange.client_left(0.1):
            exchange.send_chunk(b":")
        left.set()

    chat.on("POST", chat.CHAT, drip)
    begun = time.monotonic()
    stream()
    assert left.wait(5) and time.monotonic() - begun < 10
    assert Run.objects.get().status == Status.CANCELLED


def test_a_stop_is_heard_while_a_server_thinks_about_its_list_of_models(
    chat: FakeChat, settings: Any
) -> None:
    settings.TEXT_MODEL = "openai_chat"

    def drip(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
        assert request_cancel(Run.objects.get(), by=COMMAND_LINE)
        connections.close_all()
        while not exchange.client_left(0.1):
            exchange.send_chunk(b" ")

    chat.on("GET", "/v1/models", drip)
    begun = time.monotonic()
    stream()
    assert time.monotonic() - begun < 10
    assert Run.objects.get().status == Status.CANCELLED
