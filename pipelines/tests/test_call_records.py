"""The record says which model made something, what it was asked, and by which values."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from devices.models import Device
from pipelines import queue, registry
from pipelines.engines.call_facts import CallFacts
from pipelines.generation.execution import execute
from pipelines.generation.lease import Lease
from pipelines.models import ServerState
from pipelines.servers import inventory, routing
from pipelines.submission.generation import GenerationRequest, submit_generation
from pipelines.tests.servers.faulty import chunked
from pipelines.tests.servers.ollama import FakeOllama
from pipelines.tests.servers.openai_chat import FakeChat, event, line
from pipelines.tests.servers.openai_images import refused
from runs import archive
from runs.models import Run

pytestmark = pytest.mark.django_db(transaction=True)

IDEA = "Ein Hund"


def interception(schema: str = "theopposite") -> dict[str, Any]:
    """Make a new text; return metadata.json of its run."""
    body = {"schema": schema, "input_text": IDEA, "user_language": "de", "seed": 7}
    answer: Any = Client().post("/api/schema/pipeline/interception", body, "application/json")
    run = Run.objects.get(run_id=answer.json()["run_id"])
    return archive.read_metadata(archive.run_folder(run))


@pytest.fixture
def chat(settings: Any) -> Iterator[FakeChat]:
    with FakeChat() as server:
        settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY = server.url, server.KEY
        yield server


def test_the_model_that_the_server_took_itself_is_named(chat: FakeChat) -> None:
    record = interception()
    assert record["model"] == "tiny-1"
    # As it was sent, to the letter.
    (sent,) = (each.json() for each in chat.requests if each.path == chat.CHAT)
    rule = registry.get_catalog().interception("theopposite")
    assert record["parameters"] == {
        name: sent[name] for name in ("temperature", "top_p", "max_tokens", "seed")
    }
    assert record["parameters"]["seed"] == 7
    assert record["instruction"] == sent["messages"][0]["content"]
    assert rule.context.in_language("de").strip() in record["instruction"]
    assert record["question"] == sent["messages"][1]["content"]
    assert IDEA in record["question"]
    assert chat.KEY not in json.dumps(record)


def test_the_model_and_the_build_that_answered_are_named(chat: FakeChat) -> None:
    told = {"model": "/models/of/anna/gemma-3-q4.gguf\n", "system_fingerprint": "b6730-abc"}
    pieces = [line({**json.loads(event({"content": "Katze"})[6:]), **told}), event(reason="stop")]
    chat.on("POST", chat.CHAT, chunked(pieces))
    record = interception()
    assert (record["model"], record["engine_version"]) == ("tiny-1", "b6730-abc")
    end = [{"index": 0, "delta": {}, "finish_reason": "stop"}]
    chat.on("POST", chat.CHAT, chunked([pieces[0], line({**told, "choices": end})]))
    assert interception()["model"] == "gemma-3-q4.gguf"


@pytest.mark.parametrize("odd", [None, 3, {"a": 1}, ["x"], "", " \0\n "])
def test_what_is_no_name_names_no_model(odd: Any) -> None:
    facts = CallFacts(model="tiny-1")
    facts.take_answer({"model": odd, "system_fingerprint": odd})
    assert facts.as_record() == {"model": "tiny-1"}


def test_a_parameter_that_the_server_refused_is_not_recorded_as_sent(chat: FakeChat) -> None:
    def answer(exchange: Any) -> None:
        if "temperature" in exchange.received.json():
            refused("unsupported_value", 400, param="temperature")(exchange)
        else:
            chat.stream_answer(exchange)

    chat.on("POST", chat.CHAT, answer)
    assert "temperature" not in interception()["parameters"]


def test_each_station_says_what_it_was_told(chat: FakeChat) -> None:
    record = interception("stillepost")
    stations = [item for item in record["entities"] if item["type"] == "translation"]
    told = {item["metadata"]["instruction"] for item in stations}
    assert len(stations) == len(told) >= 2
    assert record["instruction"] not in told


def test_the_version_is_that_of_the_server_when_it_was_last_asked(settings: Any) -> None:
    with FakeOllama() as server:
        settings.OLLAMA_URL = server.url
        name = routing.text_model().server.name
        ServerState.objects.create(name=name, engine="ollama", ready=True, version="0.12.3")
        record = interception()
    assert record["engine_version"] == "0.12.3"
    # As its answer calls it.
    assert record["model"] == "tiny"
    assert record["parameters"]["options"]["temperature"] >= 0


def test_the_wortwerkstatt_names_its_recipe_and_version(settings: Any) -> None:
    record = interception()
    assert record["parameters"] == {"recipe": "theopposite", "seed": 7}
    assert record["engine_version"]


def test_a_picture_says_by_which_values_it_was_made() -> None:
    run = submit_generation(
        device=Device.objects.create(pk="device-draws"),
        request=GenerationRequest(
            prompt=IDEA, output_config="formwerkstatt_szene", input_text=IDEA, seed=7
        ),
    )
    ServerState.objects.create(name=inventory.servers_of(run.queue)[0].name, version="0")
    claimed = queue.claim_next({run.queue: run.queue}, owner="test", capacity=1)
    assert claimed is not None
    with Lease(claimed, "test") as lease:
        execute(claimed, lease)
    record = archive.read_metadata(archive.run_folder(run))
    assert record["parameters"]["seed"] == 7
    assert record["parameters"]["width"] > 0
    # What came with the picture weighs more than what was known before.
    assert record["engine_version"] not in ("", "0")
