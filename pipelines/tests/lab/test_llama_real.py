"""llama.cpp for real: its words are nonsense, its protocol is not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest
from django.utils.translation import gettext

from pipelines.engines.jobs import Conversation, EngineError, ErrorKind, Message
from pipelines.engines.openai_chat import TOO_LONG, OpenAIChat
from pipelines.tests.lab.conftest import LabServer

pytestmark = pytest.mark.engine_lab

KEY = "lab-key"
# What the server writes at this length takes it many minutes.
ENDLESS = 1_000_000


def asked(text: str = "Ein Hund", **more: object) -> Conversation:
    values = {"max_tokens": 40, "seed": 3, **more}
    return Conversation((Message("user", text),), **values)  # type: ignore[arg-type]


@pytest.fixture
def engine(llama_url: str) -> OpenAIChat:
    return OpenAIChat(llama_url)


@pytest.fixture(scope="module")
def locked() -> Iterator[LabServer]:
    server = LabServer("llama", "/v1/models", API_KEY=KEY)
    server.start()
    yield server
    server.kill()


def test_words_come_one_by_one_and_the_same_for_the_same_seed(engine: OpenAIChat) -> None:
    first, second = (list(engine.chat(asked())) for _time in range(2))
    assert len(first) > 5
    assert first == second


def test_the_server_names_its_model(engine: OpenAIChat) -> None:
    assert (engine.health().ready, engine.health().models) == (True, ("tiny-random",))
    assert engine.missing_requirements("") == ()
    engine.warm_up("")


def test_too_long_a_text_is_to_be_shortened(engine: OpenAIChat) -> None:
    with pytest.raises(EngineError) as failed:
        list(engine.chat(asked("Hund " * 4000)))
    assert (failed.value.kind, failed.value.message) == (
        ErrorKind.BAD_REQUEST,
        gettext(TOO_LONG),
    )


def test_an_answer_of_a_shape_can_be_read(engine: OpenAIChat) -> None:
    schema = {
        "type": "object",
        "properties": {"allowed": {"type": "boolean"}},
        "required": ["allowed"],
        "additionalProperties": False,
    }
    answer = json.loads("".join(engine.chat(asked(schema=schema, max_tokens=300))))
    assert isinstance(answer["allowed"], bool)


def test_hanging_up_frees_the_server(engine: OpenAIChat) -> None:
    pieces = engine.chat(asked(max_tokens=ENDLESS))
    next(pieces)
    begin = time.monotonic()
    pieces.close()
    assert list(engine.chat(asked(max_tokens=2)))
    assert time.monotonic() - begin < 2


def test_what_a_server_wrote_that_died_is_no_answer() -> None:
    server = LabServer("llama", "/v1/models")
    server.start()
    try:
        pieces = OpenAIChat(server.url).chat(asked(max_tokens=ENDLESS))
        next(pieces)
        server.kill()
        with pytest.raises(EngineError) as failed:
            list(pieces)
        assert (failed.value.kind, failed.value.permanent) == (ErrorKind.BAD_RESPONSE, False)
    finally:
        server.kill()


def test_a_wrong_key_is_told_from_a_right_one(locked: LabServer) -> None:
    stranger = OpenAIChat(locked.url, api_key="wrong")
    with pytest.raises(EngineError) as failed:
        list(stranger.chat(asked(model="tiny-random")))
    assert failed.value.kind == ErrorKind.AUTH
    assert [each.what for each in stranger.missing_requirements("")] == ["key"]
    assert list(OpenAIChat(locked.url, api_key=KEY).chat(asked()))
