from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import ollama as vendor
import pytest
from django.utils.translation import gettext

from pipelines.engines import ollama
from pipelines.engines.jobs import Conversation, EngineError, Message, Picture
from pipelines.engines.ollama import Ollama
from pipelines.engines.openai_chat import TOO_LONG
from pipelines.tests.servers.faulty import (
    Exchange,
    Handler,
    answer_json,
    chunked,
    closed_port_url,
    html_page,
    reset_before_headers,
    silence,
    silence_after,
)
from pipelines.tests.servers.ollama import NDJSON, FakeOllama, line, piece, refused, streamed

WORDS = "Ein geheimer Kindertext"
ASKED = Conversation((Message("user", WORDS),), model="tiny", seed=0)


@pytest.fixture
def server() -> Iterator[FakeOllama]:
    with FakeOllama() as fake:
        yield fake


@pytest.fixture
def engine(server: FakeOllama) -> Ollama:
    return Ollama(server.url, keep_alive="7m")


def test_the_vendors_own_client_reads_the_fake(server: FakeOllama) -> None:
    client = vendor.Client(server.url)
    assert [model.model for model in client.list().models] == list(server.MODELS)
    chunks = list(client.chat("tiny", [{"role": "user", "content": "x"}], stream=True))
    assert "".join(chunk.message.content or "" for chunk in chunks) == "".join(server.ANSWER)
    assert chunks[-1].done_reason == "stop"
    with pytest.raises(vendor.ResponseError, match="not found"):
        client.chat("gone", [{"role": "user", "content": "x"}])


def test_an_answer_comes_in_pieces(server: FakeOllama, engine: Ollama) -> None:
    assert tuple(engine.chat(ASKED)) == server.ANSWER
    body = server.requests[-1].json()
    assert (body["think"], body["keep_alive"], body["truncate"]) == (False, "7m", False)
    assert (body["options"]["seed"], body["options"]["num_predict"]) == (0, 800)


def test_borders_inside_of_letters_do_no_harm(server: FakeOllama, engine: Ollama) -> None:
    whole = b"".join(streamed(*server.ANSWER))
    bits = [whole[at : at + 3] for at in range(0, len(whole), 3)]
    server.on("POST", server.CHAT, chunked(bits, content_type=NDJSON))
    assert tuple(engine.chat(ASKED)) == server.ANSWER


def test_what_reached_its_limit_is_delivered(server: FakeOllama, engine: Ollama) -> None:
    server.on("POST", server.CHAT, chunked(streamed("<think>x</think>Hund", reason="length")))
    assert "".join(engine.chat(ASKED)) == "Hund"


def test_a_model_that_cannot_think_is_told_so_once(server: FakeOllama, engine: Ollama) -> None:
    asked = Conversation((Message("user", "x"),), model="stubborn:1b")
    for posts in (2, 3):
        assert tuple(engine.chat(asked)) == server.ANSWER
        assert server.count("POST") == posts


def test_the_context_has_room_for_the_text(server: FakeOllama, engine: Ollama) -> None:
    list(engine.chat(Conversation((Message("user", "ü" * 9000),), model="tiny")))
    assert server.requests[-1].json()["options"]["num_ctx"] >= 9000 + 800
    with pytest.raises(EngineError) as failed:
        list(engine.chat(Conversation((Message("user", "ü" * 90000),), model="tiny")))
    assert (failed.value.kind, failed.value.message) == ("bad_request", gettext(TOO_LONG))


def test_shape_and_pictures_go_along(server: FakeOllama, engine: Ollama) -> None:
    picture = Picture(b"abc", "image/png", 1, 1)
    asked = Conversation((Message("user", "x", (picture,)),), schema={"type": "object"})
    assert json.loads("".join(engine.chat(asked))) == {"a": 1}
    body = server.requests[-1].json()
    assert (body["model"], body["format"]) == ("tiny:latest", {"type": "object"})
    assert body["messages"][0]["images"] == ["YWJj"]


@pytest.mark.parametrize(
    ("handler", "kind", "permanent"),
    [
        (refused("model 'x' not found", 404), "missing_model", True),
        (refused("missing request body", 400), "bad_request", True),
        (refused("the input length exceeds the context length", 400), "bad_request", True),
        (refused("server busy, please try again.", 503), "busy", False),
        (refused("model requires more system memory (9 GiB)"), "out_of_memory", True),
        (refused(f"llama runner ended on {WORDS}"), "backend_failed", False),
        (html_page(502), "backend_failed", False),
        (html_page(404), "bad_response", True),
        (html_page(200), "bad_response", True),
        (chunked([]), "bad_response", False),
        (chunked([piece("Ein")]), "bad_response", False),
        (chunked([piece("Ein")], complete=False), "bad_response", False),
        (chunked([piece("Ein"), b"{no\n"]), "bad_response", True),
        (chunked([piece("Ein"), b"[1]\n"]), "bad_response", True),
        (chunked([piece("Ein"), line({"error": "CUDA error"})]), "backend_failed", False),
        (reset_before_headers, "unreachable", False),
    ],
)
def test_every_failure_has_its_kind_and_is_asked_once(
    server: FakeOllama, engine: Ollama, handler: Handler, kind: str, permanent: bool
) -> None:
    server.on("POST", server.CHAT, handler)
    with pytest.raises(EngineError) as failed:
        list(engine.chat(ASKED))
    assert (failed.value.kind, failed.value.permanent) == (kind, permanent), failed.value.detail
    assert failed.value.detail and WORDS not in failed.value.detail
    assert server.count("POST") == 1


@pytest.mark.parametrize(
    ("handler", "patience"),
    [
        (silence, "FIRST_SECONDS"),
        (silence_after(piece("Ein")), "IDLE_SECONDS"),
        (chunked([piece("Ein")] * 40, pause=0.05), "WHOLE_SECONDS"),
    ],
)
def test_patience_ends(
    server: FakeOllama,
    engine: Ollama,
    monkeypatch: pytest.MonkeyPatch,
    handler: Handler,
    patience: str,
) -> None:
    monkeypatch.setattr(ollama, patience, 0.3)
    server.on("POST", server.CHAT, handler)
    with pytest.raises(EngineError) as failed:
        list(engine.chat(ASKED))
    assert failed.value.kind == "timeout"


def test_leaving_closes_the_connection(server: FakeOllama, engine: Ollama) -> None:
    left: list[bool] = []
    known = threading.Event()

    def endless(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": NDJSON, "Transfer-Encoding": "chunked"})
        exchange.send_chunk(piece("Ein"))
        left.append(exchange.client_left(5))
        known.set()

    server.on("POST", server.CHAT, endless)
    pieces = engine.chat(ASKED)
    assert next(pieces) == "Ein"
    pieces.close()
    assert known.wait(6) and left == [True]


def test_health_lacks_and_warming_up(server: FakeOllama, engine: Ollama) -> None:
    health = engine.health()
    assert (health.ready, health.version, health.models) == (True, "0.12.0", server.MODELS)
    assert health.detail == "loaded: tiny:latest"
    assert (
        engine.missing_requirements("")
        == engine.missing_requirements("tiny")
        == engine.missing_requirements("stubborn:1b")
        == ()
    )
    assert [(each.what, each.name) for each in engine.missing_requirements("gone")] == [
        ("model", "gone")
    ]
    engine.warm_up("tiny")
    assert server.requests[-1].json()["keep_alive"] == "7m"
    with pytest.raises(EngineError) as failed:
        engine.warm_up("gone")
    assert failed.value.kind == "missing_model"


@pytest.mark.parametrize("listed", [5, [{}], [1], None])
def test_a_strangers_list_of_models_is_no_health(
    server: FakeOllama, engine: Ollama, listed: object
) -> None:
    server.on("GET", "/api/tags", answer_json({"models": listed}))
    assert not engine.health().ready
    assert len(engine.missing_requirements("tiny")) == 1


def test_nobody_there() -> None:
    engine = Ollama(closed_port_url())
    assert not engine.health().ready
    assert [each.what for each in engine.missing_requirements("")] == ["server"]
