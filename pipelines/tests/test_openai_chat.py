from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import openai
import pytest
from django.utils.translation import gettext

from pipelines.engines import openai_chat
from pipelines.engines.jobs import Cancelled, Conversation, EngineError, Message, Picture, TextJob
from pipelines.engines.openai_chat import OpenAIChat
from pipelines.tests.servers.faulty import (
    Exchange,
    Handler,
    answer,
    answer_json,
    chunked,
    closed_port_url,
    html_page,
    in_turn,
    rate_limited,
    redirect,
    reset_after_headers,
    reset_before_headers,
    silence,
    silence_after,
)
from pipelines.tests.servers.openai_chat import (
    DONE,
    FakeChat,
    event,
    line,
    streamed,
    streamed_bytewise,
)
from pipelines.tests.servers.openai_images import refused

WORDS = "Ein geheimer Kindertext"
ASKED = Conversation((Message("user", WORDS),), model="tiny-1", seed=0)
SPREAD = (
    b'data: {"choices": [{"index": 0,\n: a comment\ndata: "delta": {"content":\n'
    b'data: "Hund"}, "finish_reason": "stop"}]}\n\n'
)
SHAPED = Conversation((Message("user", "x"),), model="tiny-1", schema={"type": "object"})


@pytest.fixture
def server() -> Iterator[FakeChat]:
    with FakeChat() as fake:
        yield fake


@pytest.fixture
def engine(server: FakeChat) -> OpenAIChat:
    return OpenAIChat(server.url, api_key=server.KEY)


def last_body(server: FakeChat) -> dict[str, Any]:
    body: dict[str, Any] = server.requests[-1].json()
    return body


def test_the_vendors_own_client_reads_the_fake(server: FakeChat) -> None:
    client = openai.OpenAI(base_url=server.url + "/v1", api_key=server.KEY, max_retries=0)
    assert [model.id for model in client.models.list()] == list(server.MODELS)
    stream = client.chat.completions.create(
        model="tiny-1", messages=[{"role": "user", "content": "x"}], stream=True
    )
    chunks = list(stream)
    said = "".join(c.choices[0].delta.content or "" for c in chunks if c.choices)
    assert said == "".join(server.ANSWER)
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(
            model="gone", messages=[{"role": "user", "content": "x"}], stream=True
        )


@pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/"])
def test_an_answer_comes_in_pieces(server: FakeChat, path: str) -> None:
    engine = OpenAIChat(server.url + path, api_key=f" {server.KEY}\n")
    assert tuple(engine.chat(ASKED)) == server.ANSWER
    body = last_body(server)
    assert (body["seed"], body["max_tokens"], body["stream"]) == (0, 800, True)


def test_a_job_is_put_as_rule_and_material(server: FakeChat, engine: OpenAIChat) -> None:
    job = TextJob("Hund", "Märchen", "de", 3, model="tiny-2", parameters={"max_tokens": 9})
    assert "".join(engine.stream(job)) == "".join(server.ANSWER)
    body = last_body(server)
    assert (body["model"], body["max_tokens"], body["seed"]) == ("tiny-2", 9, 3)


def test_without_a_name_the_servers_first_model_is_taken_and_kept(
    server: FakeChat, engine: OpenAIChat
) -> None:
    for _time in range(2):
        list(engine.chat(Conversation((Message("user", "x"),))))
        assert last_body(server)["model"] == "tiny-1"
    assert server.count("GET", "/v1/models") == 1


def test_borders_inside_of_letters_do_no_harm(server: FakeChat, engine: OpenAIChat) -> None:
    server.on("POST", server.CHAT, streamed_bytewise(*server.ANSWER))
    assert tuple(engine.chat(ASKED)) == server.ANSWER


@pytest.mark.parametrize(
    "stream",
    [
        chunked(streamed("Hund", done=False)),
        chunked(streamed("Hund", reason=None)),
        chunked(streamed("Hund", reason="length")),
        chunked(streamed("Hund", done=False), complete=False),
        chunked(streamed("<think>Hm", "</think>\n\nHund")),
        answer_json({"choices": [{"message": {"content": "Hund"}, "finish_reason": "stop"}]}),
        chunked(
            [event({"content": [{"type": "thinking"}, {"type": "text", "text": "Hund"}]}), DONE]
        ),
        chunked([b"\xef\xbb\xbf", *streamed("Hund")]),
        chunked([part.replace(b"\n", b"\r") for part in streamed("Hund")]),
        chunked([part.replace(b"\n", b"\r\n") for part in streamed("Hund")]),
        chunked([SPREAD, DONE]),
        chunked([part.replace(b"data: ", b"data:") for part in streamed("Hund")]),
        chunked([b"event: x\nid: 1\nretry: 5\ndata\n\n", *streamed("Hund")]),
        chunked([*streamed("Hund", done=False)[:-1], DONE.rstrip()]),
        chunked(streamed("Hund"), content_type="Text/Event-Stream;charset=UTF-8"),
    ],
    ids=[
        *("no DONE", "no reason", "length", "cut after its end", "thoughts", "whole", "parts"),
        *("byte order mark", "CR", "CR LF", "several data lines", "no blank", "other fields"),
        *("no blank line at the end", "type spelled otherwise"),
    ],
)
def test_what_has_its_end_is_an_answer(
    server: FakeChat, engine: OpenAIChat, stream: Handler
) -> None:
    server.on("POST", server.CHAT, stream)
    assert "".join(engine.chat(ASKED)) == "Hund"


HALF = event({"content": "Ein"})
NESTED = b"data: " + b"[" * 100_000 + b"\n\n"


@pytest.mark.parametrize(
    ("handler", "kind", "permanent"),
    [
        (refused("context_length_exceeded"), "bad_request", True),
        (refused(None, message="exceeds the available context size"), "bad_request", True),
        (refused("invalid_value"), "bad_request", True),
        (refused("content_filter"), "content_blocked", True),
        (refused("invalid_api_key", 401), "auth", True),
        (answer_json({"detail": "Invalid API key"}, 401), "auth", True),
        (refused(None, 403), "auth", True),
        (refused(None, 402), "quota", True),
        (refused("model_not_found", 404), "missing_model", True),
        (html_page(404), "bad_response", True),
        (refused(None, 408), "timeout", False),
        (answer_json({"detail": [{"input": WORDS}]}, 422), "bad_request", True),
        (rate_limited(7), "busy", False),
        (refused("insufficient_quota", 429), "quota", True),
        (refused(None, 500), "backend_failed", False),
        (html_page(502), "backend_failed", False),
        (refused(None, 503), "busy", False),
        (redirect("http://example.org/"), "bad_response", True),
        (html_page(200), "bad_response", True),
        (answer_json({"error": {"message": "no"}}), "backend_failed", False),
        (answer_json({"choices": []}), "bad_response", True),
        (chunked([]), "bad_request", True),
        (chunked([], complete=False), "bad_response", False),
        (chunked([HALF]), "bad_response", False),
        (chunked([HALF], complete=False), "bad_response", False),
        (chunked([event({"content": "Ein"}, reason="")]), "bad_response", False),
        (chunked(streamed("Ein", reason=None), complete=False), "bad_response", False),
        (chunked([line({"choices": 5})]), "bad_response", False),
        (chunked(streamed("Hm</think>Hund")), "bad_response", True),
        (chunked([HALF, b"data: {no\n\n"]), "bad_response", True),
        (chunked([HALF, b"data: [1]\n\n"]), "bad_response", True),
        (chunked([HALF, NESTED]), "bad_response", True),
        (answer(200, NESTED[6:]), "bad_response", True),
        (chunked([HALF, event(reason=["stop"])]), "bad_response", True),  # type: ignore[arg-type]
        (chunked([event({"content": 5}), event({"content": [None]})]), "bad_response", False),
        (chunked([HALF, b"data: " + b"x" * 3_000_000]), "bad_response", True),
        (answer(500, b"x" * 9_000_000), "backend_failed", False),
        (chunked([HALF, line({"error": {"message": "CUDA"}})]), "backend_failed", False),
        (chunked([HALF, line({"error": {"code": "slow_down"}})]), "busy", False),
        (chunked([HALF, event({"refusal": "I can't"})]), "content_blocked", True),
        (chunked([HALF, event(reason="content_filter")]), "content_blocked", True),
        (reset_before_headers, "unreachable", False),
        (reset_after_headers, "bad_response", False),
    ],
)
def test_every_failure_has_its_kind_and_is_asked_once(
    server: FakeChat, engine: OpenAIChat, handler: Handler, kind: str, permanent: bool
) -> None:
    server.on("POST", server.CHAT, handler)
    with pytest.raises(EngineError) as failed:
        list(engine.chat(ASKED))
    assert (failed.value.kind, failed.value.permanent) == (kind, permanent), failed.value.detail
    assert failed.value.detail and WORDS not in failed.value.detail
    assert server.count("POST") == 1


@pytest.mark.parametrize("handler", [refused("context_length_exceeded"), chunked([])])
def test_too_long_a_text_is_to_be_shortened(
    server: FakeChat, engine: OpenAIChat, handler: Handler
) -> None:
    server.on("POST", server.CHAT, handler)
    with pytest.raises(EngineError) as failed:
        list(engine.chat(SHAPED))
    assert failed.value.message == gettext(openai_chat.TOO_LONG)
    assert server.count("POST") == 1


def test_details_repeat_neither_key_nor_words(server: FakeChat, engine: OpenAIChat) -> None:
    server.on("POST", server.CHAT, refused(None, 429, message=f"{server.KEY} said {WORDS}"))
    with pytest.raises(EngineError) as failed:
        list(engine.chat(ASKED))
    assert server.KEY not in failed.value.detail and WORDS not in failed.value.detail
    server.on("POST", server.CHAT, rate_limited(7))
    with pytest.raises(EngineError, match="retry_after_seconds=7"):
        list(engine.chat(ASKED))


@pytest.mark.parametrize(
    ("handler", "patience"),
    [
        (silence, "FIRST_SECONDS"),
        (silence_after(), "FIRST_SECONDS"),
        (silence_after(HALF), "IDLE_SECONDS"),
        (chunked([HALF, *[b": \n\n"] * 50], pause=0.05), "WHOLE_SECONDS"),
    ],
)
def test_patience_ends(
    server: FakeChat,
    engine: OpenAIChat,
    monkeypatch: pytest.MonkeyPatch,
    handler: Handler,
    patience: str,
) -> None:
    monkeypatch.setattr(openai_chat, patience, 0.3)
    server.on("POST", server.CHAT, handler)
    with pytest.raises(EngineError) as failed:
        list(engine.chat(ASKED))
    assert (failed.value.kind, failed.value.permanent) == ("timeout", False)


def test_a_stop_is_heard_while_a_model_is_loaded(server: FakeChat, engine: OpenAIChat) -> None:
    def stop() -> None:
        raise Cancelled

    server.on("POST", server.CHAT, silence)
    with pytest.raises(Cancelled):
        list(engine.stream(TextJob("Hund", "Märchen", "de", 3, model="tiny-1"), stop))


def test_what_a_failure_repeats_can_be_recorded(server: FakeChat, engine: OpenAIChat) -> None:
    server.on("POST", server.CHAT, answer_json({"error": {"message": "no \ud83d\0"}}, 400))
    with pytest.raises(EngineError) as failed:
        list(engine.chat(ASKED))
    failed.value.detail.encode()
    assert "no ?" in failed.value.detail and "\0" not in failed.value.detail


def test_nobody_there() -> None:
    engine = OpenAIChat(closed_port_url())
    with pytest.raises(EngineError) as failed:
        list(engine.chat(ASKED))
    assert failed.value.kind == "unreachable"
    assert not engine.health().ready
    assert [each.what for each in engine.missing_requirements("")] == ["server"]


def test_leaving_closes_the_connection(server: FakeChat, engine: OpenAIChat) -> None:
    left: list[bool] = []
    known = threading.Event()

    def endless(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        exchange.send_chunk(HALF)
        left.append(exchange.client_left(5))
        known.set()

    server.on("POST", server.CHAT, endless)
    pieces = engine.chat(ASKED)
    assert next(pieces) == "Ein"
    pieces.close()
    assert known.wait(6) and left == [True]


@pytest.mark.parametrize("status", [400, 422, 500])
def test_where_a_shape_is_not_known_json_is_asked_for(
    server: FakeChat, engine: OpenAIChat, status: int
) -> None:
    no = refused("invalid_value", status, message="response_format: not known")
    server.on("POST", server.CHAT, in_turn(no, server.stream_answer))
    assert json.loads("".join(engine.chat(SHAPED))) == {"a": 1}
    kinds = [received.json()["response_format"]["type"] for received in server.requests]
    assert kinds == ["json_schema", "json_object"]


def test_what_a_model_does_not_let_itself_be_told_is_left_out(
    server: FakeChat, engine: OpenAIChat
) -> None:
    def unknown(param: str) -> Handler:
        return refused("unsupported_parameter", param=param)

    steps = in_turn(unknown("max_tokens"), unknown("temperature"), server.stream_answer)
    server.on("POST", server.CHAT, steps)
    assert tuple(engine.chat(ASKED)) == server.ANSWER
    body = last_body(server)
    assert body["max_completion_tokens"] == 800
    assert not {"max_tokens", "temperature"} & body.keys()


def test_mistral_calls_a_seed_otherwise_and_says_so_in_its_own_way(
    server: FakeChat, engine: OpenAIChat
) -> None:
    missing = {"type": "extra_forbidden", "loc": ["body", "seed"], "input": 0}
    refusal = {"object": "error", "message": {"detail": [missing]}, "param": None, "code": None}
    server.on("POST", server.CHAT, in_turn(answer_json(refusal, 422), server.stream_answer))
    assert tuple(engine.chat(ASKED)) == server.ANSWER
    body = last_body(server)
    assert body["random_seed"] == 0 and "seed" not in body


def test_a_proxy_may_tell_the_refused_field_in_words_only(
    server: FakeChat, engine: OpenAIChat
) -> None:
    words = "Unsupported parameter: 'max_tokens' is not supported with this model."
    refusal = {"error": {"message": words, "code": "invalid_request_body"}}
    server.on("POST", server.CHAT, in_turn(answer_json(refusal, 400), server.stream_answer))
    assert tuple(engine.chat(ASKED)) == server.ANSWER
    assert last_body(server)["max_completion_tokens"] == 800


def test_pictures_go_along(server: FakeChat, engine: OpenAIChat) -> None:
    picture = Picture(b"abc", "image/png", 1, 1)
    list(engine.chat(Conversation((Message("user", "Was?", (picture,)),), model="tiny-1")))
    (message,) = last_body(server)["messages"]
    assert message["content"][1]["image_url"]["url"] == "data:image/png;base64,YWJj"


def test_health_and_lacks(server: FakeChat, engine: OpenAIChat) -> None:
    assert (engine.health().ready, engine.health().models) == (True, server.MODELS)
    assert engine.missing_requirements("") == engine.missing_requirements("tiny-2") == ()
    assert [(each.what, each.name) for each in engine.missing_requirements("gone")] == [
        ("model", "gone")
    ]
    stranger = OpenAIChat(server.url, api_key="wrong")
    assert not stranger.health().ready
    assert [each.what for each in stranger.missing_requirements("")] == ["key"]
    engine.warm_up("tiny-2")
    assert last_body(server)["max_tokens"] == 1


@pytest.mark.parametrize(
    ("given", "base"),
    [
        ("http://vllm:8000", "http://vllm:8000/v1"),
        ("http://h/openai/v3/", "http://h/openai/v3"),
        ("https://h/v1beta/openai", "https://h/v1beta/openai"),
    ],
)
def test_the_version_is_added_where_none_is(given: str, base: str) -> None:
    assert OpenAIChat(given)._http.base_url == base
