"""The way of older clients to a sketch: the optimization writes it, the generation keeps it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import AsyncClient, Client

from pipelines.tests.servers.faulty import chunked
from pipelines.tests.servers.openai_chat import FakeChat, streamed
from pipelines.worker import Worker
from runs import archive
from runs.models import Kind, Run, Status
from runs.tests.making import browser_of

pytestmark = pytest.mark.django_db(transaction=True)

# Numbers that a look for telephone numbers would take for one.
SKETCH = (
    "// Drei Fische\nfunction setup() {\n  createCanvas(800, 800);\n  randomSeed(7);\n"
    "  rect(0171, 2345, 6789, 12);\n}\n\nfunction draw() {\n  circle(400, 400, 100);\n}\n"
)
META = "/api/schema/pipeline/optimize/meta/p5js_code?_t=1768652106123"
GENERATION = "/api/schema/pipeline/generation"


@pytest.fixture(autouse=True)
def chat(settings: Any) -> Iterator[FakeChat]:
    with FakeChat() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, server.KEY
        settings.TEXT_MODEL = "openai_chat:tiny-1"
        server.on(
            "POST", server.CHAT, chunked(streamed("Gern:\n```js\n", SKETCH, "```\nViel Spaß"))
        )
        yield server


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    worker.start()
    yield worker
    worker.stop()


@pytest.fixture
def client() -> Client:
    return browser_of("device-mine")[0]


def instruction_of(client: Client, language: str = "de") -> str:
    answer = client.get(META, headers={"Accept-Language": language}).json()
    return str(answer["optimization_instruction"])


def optimized(client: Client, **fields: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the events of an optimization, asked for as an EventSource does."""
    query = {"input_text": "Drei Fische.", "enable_streaming": "true", **fields}
    browser = AsyncClient()
    browser.cookies = client.cookies

    async def call() -> str:
        response: Any = await browser.get("/api/schema/pipeline/optimize", query)
        return b"".join([part async for part in response.streaming_content]).decode()

    blocks = (block.splitlines() for block in asyncio.run(call()).split("\n\n"))
    events = [dict(line.split(": ", 1) for line in lines if line[:1] != ":") for lines in blocks]
    return [(event["event"], json.loads(event["data"])) for event in events if event]


def generate(client: Client, **fields: Any) -> Any:
    body = {"output_config": "p5js_code", "input_text": "Drei Fische.", "seed": 5, **fields}
    return client.post(GENERATION, json.dumps(body), content_type="application/json")


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("schema", ["p5js_code", "overdrive", ""])
def test_the_stream_of_the_optimization_brings_the_sketch(
    client: Client, chat: FakeChat, language: str, schema: str
) -> None:
    instruction = instruction_of(client, language)
    assert "p5.js" in instruction
    events = optimized(
        client, schema=schema, context_prompt=instruction, user_language=language, _t="1"
    )
    names = [name for name, _data in events]
    assert names[0] == "connected"
    assert names[-3:] == ["stage_start", "chunk", "complete"]
    assert events[-1][1]["final_text"] == events[-2][1]["accumulated"] == SKETCH
    run = Run.objects.get()
    assert (run.kind, run.status, run.output_config) == (
        Kind.OPTIMIZATION,
        Status.COMPLETE,
        "p5js_code",
    )
    assert archive.read_text(run, "02_optimized_prompt.txt") == SKETCH
    asked = chat.requests[-1].json()["messages"][0]["content"]
    assert ("Kommentar" in asked) is (language == "de")


def test_the_generation_keeps_that_code_as_it_is_and_asks_nobody(
    client: Client, worker: Worker, chat: FakeChat
) -> None:
    code = optimized(client, context_prompt=instruction_of(client))[-1][1]["final_text"]
    changed = code.replace("100", "120") + "\n// meins \t\n"
    before = chat.count("POST", chat.CHAT)
    answer = generate(client, prompt=changed)
    assert answer.status_code == 200, answer.content
    media = answer.json()["media_output"]
    assert (media["media_type"], media["code"]) == ("code", changed)
    assert media["url"] == f"/api/media/p5/{media['run_id']}"
    assert client.get(media["url"]).content.decode() == changed
    assert chat.count("POST", chat.CHAT) == before


def test_a_long_program_is_kept_though_no_text_may_be_as_long(
    client: Client, worker: Worker
) -> None:
    code = SKETCH + "// noch eine Zeile\n" * 600
    assert len(code) > 8000
    answer = generate(client, prompt=code)
    assert answer.status_code == 200, answer.content
    assert answer.json()["media_output"]["code"] == code


def test_words_are_still_turned_into_a_sketch(client: Client, worker: Worker) -> None:
    answer = generate(client, prompt="Drei Fische, die eine Funktion suchen.")
    assert answer.json()["media_output"]["code"] == SKETCH


@pytest.mark.parametrize(
    ("line", "status", "kind"),
    [
        ("fetch('x')", 400, "/problems/not-a-sketch"),
        ("circle(1, 2", 400, "/problems/not-a-sketch"),
        ("text('Porno mit nackten Leuten', 0, 0)", 403, "/problems/blocked"),
    ],
)
def test_a_program_that_may_not_be_shown_is_refused_in_words(
    client: Client, line: str, status: int, kind: str
) -> None:
    answer = generate(client, prompt=f"function setup() {{\n  {line};\n}}\n")
    assert (answer.status_code, answer.json()["type"]) == (status, kind)
    assert answer.json()["error"]


def test_what_comes_back_and_is_no_sketch_is_told(client: Client, chat: FakeChat) -> None:
    chat.on("POST", chat.CHAT, chunked(streamed("Das kann ich nicht.")))
    name, data = optimized(client, context_prompt=instruction_of(client))[-1]
    assert name == "error"
    assert "Bitte versuch" in data["message"] or "noch einmal" in data["message"]
    assert Run.objects.get().status == Status.FAILED


def test_a_sketch_that_says_what_may_not_be_said_reaches_nobody(
    client: Client, chat: FakeChat
) -> None:
    bad = SKETCH.replace("Drei Fische", "Porno mit nackten Leuten")
    chat.on("POST", chat.CHAT, chunked(streamed(bad)))
    events = optimized(client, context_prompt=instruction_of(client))
    assert "Porno" not in json.dumps(events)
    assert [name for name, _data in events][-2:] == ["queue_status", "blocked"]
    run = Run.objects.get()
    assert run.status == Status.BLOCKED
    assert not run.entities.filter(type="optimized_prompt").exists()


def test_our_own_page_goes_from_words_to_the_sketch_at_once(client: Client) -> None:
    outputs = {output["id"]: output for output in client.get("/api/outputs/").json()}
    assert outputs["p5js_code"]["available"] is True
    assert outputs["p5js_code"]["optimizes"] is False


def test_without_a_language_model_the_text_stays(client: Client, settings: Any) -> None:
    settings.OPENAI_BASE_URL = settings.OPENAI_API_KEY = settings.TEXT_MODEL = ""
    name, data = optimized(client, context_prompt=instruction_of(client))[-1]
    assert (name, data["final_text"]) == ("complete", "Drei Fische.")
    assert not Run.objects.exists()
