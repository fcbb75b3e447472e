from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pipelines.engines.jobs import Conversation, EngineError, Message
from pipelines.engines.openrouter_chat import OpenRouterChat
from pipelines.tests.servers.faulty import Handler, answer_json, chunked
from pipelines.tests.servers.openai_chat import FakeChat, event, line

ASKED = Conversation((Message("user", "Hund"),), model="tiny-1")


@pytest.fixture
def server() -> Iterator[FakeChat]:
    with FakeChat() as fake:
        fake.on("GET", "/v1/key", account(2.5))
        yield fake


@pytest.fixture
def engine(server: FakeChat) -> OpenRouterChat:
    return OpenRouterChat(server.url, api_key=server.KEY)


def account(left: float | None) -> Handler:
    return answer_json({"data": {"label": "sk-…", "limit_remaining": left}})


def error(code: int, **more: Any) -> dict[str, Any]:
    return {"error": {"code": code, "message": "Provider returned error", **more}}


def test_an_answer_comes_in_pieces(server: FakeChat, engine: OpenRouterChat) -> None:
    assert tuple(engine.chat(ASKED)) == server.ANSWER


HALF = event({"content": "Ein"})
FLAGGED = error(403, metadata={"reasons": ["violence"], "flagged_input": "Hund"})


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (answer_json(error(429)), "busy"),
        (answer_json(error(402), 402), "quota"),
        (answer_json(FLAGGED, 403), "content_blocked"),
        (answer_json(error(403), 403), "auth"),
        (answer_json(error(529), 529), "busy"),
        (chunked([HALF, line(error(502))]), "backend_failed"),
        (chunked([HALF, line(error(408))]), "timeout"),
        (chunked([HALF, event(reason="error", **error(503))]), "busy"),
        (chunked([HALF, event(reason="error")]), "backend_failed"),
    ],
)
def test_failures_are_found_where_they_stand(
    server: FakeChat, engine: OpenRouterChat, handler: Handler, kind: str
) -> None:
    server.on("POST", server.CHAT, handler)
    with pytest.raises(EngineError) as failed:
        list(engine.chat(ASKED))
    assert failed.value.kind == kind
    assert server.count("POST") == 1


def test_no_model_is_chosen_unasked(server: FakeChat, engine: OpenRouterChat) -> None:
    with pytest.raises(EngineError) as failed:
        list(engine.chat(Conversation(ASKED.messages)))
    assert failed.value.kind == "missing_model"
    assert not server.requests


def test_health_is_the_accounts(server: FakeChat, engine: OpenRouterChat) -> None:
    assert (engine.health().ready, engine.health().detail) == (True, "credit left: 2.5")
    assert engine.missing_requirements("tiny-1") == ()
    assert [each.what for each in engine.missing_requirements("gone")] == ["model"]
    server.on("GET", "/v1/key", account(0))
    assert not engine.health().ready
    assert [each.what for each in engine.missing_requirements("tiny-1")] == ["key"]
    server.on("GET", "/v1/key", account(None))
    assert engine.health().ready
    server.on("GET", "/v1/key", answer_json(error(401), 401))
    assert not engine.health().ready
