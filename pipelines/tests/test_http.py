"""What `pipelines.engines.http` says of every way in which a server can fail."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from pipelines.engines.http import ERROR_BYTES, LINE_BYTES, Broken, Http, NotSent
from pipelines.engines.jobs import Cancelled, EngineError, ErrorKind
from pipelines.tests.servers.faulty import (
    Exchange,
    FaultyServer,
    Handler,
    answer,
    answer_json,
    chunked,
    closed_port_url,
    cut_short,
    html_page,
    in_turn,
    redirect,
    reset_after_headers,
    reset_before_headers,
    silence,
    silence_after,
)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as server:
        yield server


def test_an_answer_comes_whole_whatever_its_status(server: FaultyServer) -> None:
    server.on("POST", "/good", answer_json({"a": "ä"}, headers={"X-Request-Id": "r1"}))
    server.on("POST", "/bad", html_page(502))
    http = Http(server.url + "/", headers={"Authorization": "Bearer k"})

    good = http.post("/good", json={"q": 1}, headers={"X-Own": "1"})
    assert good.ok and good.json() == {"a": "ä"} and good.headers["x-request-id"] == "r1"
    assert server.requests[0].json() == {"q": 1}
    assert server.requests[0].headers["authorization"] == "Bearer k"
    assert server.requests[0].headers["x-own"] == "1"

    bad = http.post("/bad")
    assert bad.status == 502 and not bad.ok and bad.json_or_none() is None
    with pytest.raises(EngineError) as caught:
        bad.json()
    assert caught.value.kind == ErrorKind.BAD_RESPONSE


def test_where_nobody_listens_the_request_was_surely_not_sent() -> None:
    with pytest.raises(NotSent) as caught:
        Http(closed_port_url()).post("/x", json={})
    assert caught.value.kind == ErrorKind.UNREACHABLE and not caught.value.permanent


def test_a_name_that_leads_nowhere_is_not_sent() -> None:
    with pytest.raises(NotSent):
        Http("http://no-such-host.invalid").post("/x")


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        pytest.param(reset_before_headers, ErrorKind.UNREACHABLE, id="reset before headers"),
        pytest.param(Exchange.hang_up, ErrorKind.UNREACHABLE, id="closed before headers"),
        pytest.param(reset_after_headers, ErrorKind.BAD_RESPONSE, id="reset after headers"),
        pytest.param(
            chunked([b'{"a":', b"1}"], complete=False), ErrorKind.BAD_RESPONSE, id="chunks cut"
        ),
        pytest.param(cut_short(b'{"a": 1}'), ErrorKind.BAD_RESPONSE, id="length cut"),
        pytest.param(silence, ErrorKind.TIMEOUT, id="silence"),
        pytest.param(silence_after(b"{"), ErrorKind.TIMEOUT, id="silence in the body"),
    ],
)
@pytest.mark.parametrize("waits", [False, True])
def test_a_broken_answer_is_told_apart_and_never_asked_again(
    server: FaultyServer, handler: Handler, kind: str, waits: bool
) -> None:
    server.on("POST", "/x", handler)
    on_wait = (lambda: None) if waits else None
    with pytest.raises(Broken) as caught:
        Http(server.url).post("/x", json={}, read_seconds=0.3, on_wait=on_wait)
    assert caught.value.kind == kind
    assert caught.value.detail.startswith("/x: ")
    assert server.count("POST") == 1
    assert "str" not in caught.value.detail.split(), "the detail names the failure"


def test_only_a_get_asks_again_after_a_broken_connection(server: FaultyServer) -> None:
    server.on("GET", "/x", in_turn(reset_before_headers, answer_json(1)))
    server.on("GET", "/silent", silence)
    assert Http(server.url).get("/x").json() == 1
    assert server.count("GET", "/x") == 2
    with pytest.raises(Broken):
        Http(server.url).get("/silent", read_seconds=0.2)
    assert server.count("GET", "/silent") == 1


def test_a_slow_answer_is_none_that_fails(server: FaultyServer) -> None:
    server.on("POST", "/x", chunked([b"1", b"2", b"3", b"4"], pause=0.1))
    assert Http(server.url).post("/x", read_seconds=0.3).body == b"1234"


@pytest.mark.parametrize(
    "handler",
    [answer(200, b"x" * 3000), chunked([b"x" * 500] * 6), chunked([b"x" * 1_000_000])],
    ids=["length", "chunks", "one chunk"],
)
def test_an_answer_has_a_greatest_size(server: FaultyServer, handler: Handler) -> None:
    server.on("POST", "/x", handler)
    with pytest.raises(EngineError) as caught:
        Http(server.url).post("/x", max_bytes=2999)
    assert caught.value.kind == ErrorKind.BAD_RESPONSE and "2999" in caught.value.detail


def test_lines_come_as_they_are_complete_and_letters_stay_whole(server: FaultyServer) -> None:
    text = "data: Grün 🦊\r\n\r\n: pause\ndata: ende".encode()
    pieces = [text[i : i + 1] for i in range(len(text))]
    server.on("POST", "/x", chunked(pieces))
    with Http(server.url).open("POST", "/x", read_seconds=5) as stream:
        assert list(stream.lines()) == ["data: Grün 🦊", "", ": pause", "data: ende"]


def test_a_line_is_there_before_the_answer_ends(server: FaultyServer) -> None:
    server.on("POST", "/x", silence_after(b"first\nsec"))
    with Http(server.url).open("POST", "/x", read_seconds=0.3) as stream:
        lines = stream.lines()
        assert next(lines) == "first"
        with pytest.raises(Broken) as caught:
            next(lines)
    assert caught.value.kind == ErrorKind.TIMEOUT


def test_leaving_a_stream_closes_the_connection(server: FaultyServer) -> None:
    left = threading.Event()

    def handle(exchange: Exchange) -> None:
        exchange.start(200, {"Transfer-Encoding": "chunked"})
        exchange.send_chunk(b"one\n")
        if exchange.client_left(5):
            left.set()

    server.on("POST", "/x", handle)
    with (
        Http(server.url).open("POST", "/x", read_seconds=5) as stream,
        closing(stream.lines()) as lines,  # type: ignore[type-var]
    ):
        next(lines)
    assert left.wait(5)


def test_what_on_wait_raises_ends_the_waiting(server: FaultyServer) -> None:
    server.on("POST", "/x", silence)
    calls = []

    def on_wait() -> None:
        calls.append(1)
        if len(calls) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        Http(server.url).post("/x", read_seconds=30, on_wait=on_wait)
    assert len(calls) == 2 and server.count("POST") == 1


def test_an_answer_that_comes_while_waiting_is_given(server: FaultyServer) -> None:
    def handle(exchange: Exchange) -> None:
        exchange.be_silent(0.7)
        exchange.answer_json(7)

    server.on("POST", "/x", handle)
    calls: list[int] = []
    assert Http(server.url).post("/x", on_wait=lambda: calls.append(1)).json() == 7
    assert calls


def test_redirects_are_not_followed_and_keys_stay_at_home(server: FaultyServer) -> None:
    with FaultyServer() as elsewhere:
        server.on("POST", "/x", redirect(elsewhere.url + "/steal", 307))
        server.on("GET", "/x", redirect(elsewhere.url + "/steal"))
        http = Http(server.url, headers={"Authorization": "Bearer secret"})
        assert http.post("/x", json={"text": "mine"}).status == 307
        assert http.get("/x").status == 302
        assert elsewhere.requests == []


def test_neither_proxies_nor_netrc_of_the_machine_are_used(
    server: FaultyServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with FaultyServer() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        server.on("POST", "/x", answer_json(1))
        assert Http(server.url).post("/x").json() == 1
        assert proxy.requests == []
    assert "authorization" not in server.requests[0].headers


def test_a_key_that_no_header_can_carry_is_named_without_being_shown() -> None:
    for key in ("geheim\nX-Other: 1", "geheim–lang"):
        with pytest.raises(EngineError) as caught:
            Http(closed_port_url(), headers={"Authorization": f"Bearer {key}"}).post("/x")
        assert caught.value.kind == ErrorKind.BAD_REQUEST
        assert "geheim" not in str(caught.value)


def test_what_is_no_http_is_broken(server: FaultyServer) -> None:
    server.on("POST", "/x", lambda exchange: exchange.send(b"SSH-2.0-nobody\r\n\r\n"))
    with pytest.raises(Broken):
        Http(server.url).post("/x", read_seconds=0.3)


def test_a_failure_names_neither_address_nor_text() -> None:
    url = closed_port_url()
    with pytest.raises(NotSent) as caught:
        Http(url).post("/x", params={"q": "mein Geheimnis"})
    assert "Geheimnis" not in str(caught.value) and url not in str(caught.value)


def dripping(drop: bytes, *, status: int = 200, pause: float = 0.05) -> Handler:
    """An answer that says a little, again and again, until nobody listens any more."""

    def handle(exchange: Exchange) -> None:
        exchange.start(status, {"Transfer-Encoding": "chunked"})
        while not exchange.client_left(pause):
            exchange.send_chunk(drop)

    return handle


def dripping_headers(exchange: Exchange) -> None:
    exchange.send(b"HTTP/1.1 200 OK\r\n")
    while not exchange.client_left(0.05):
        exchange.send(b"X")


def dripping_chunk_size(exchange: Exchange) -> None:
    exchange.start(200, {"Transfer-Encoding": "chunked"})
    while not exchange.client_left(0.05):
        exchange.send(b"0")


DRIPPING = pytest.mark.parametrize(
    "handler",
    [dripping(b"x"), dripping_headers, dripping_chunk_size, silence],
    ids=["body", "headers", "size of a chunk", "silence"],
)


@DRIPPING
def test_however_slowly_an_answer_comes_its_time_ends(
    server: FaultyServer, handler: Handler
) -> None:
    server.on("POST", "/x", handler)
    begun = time.monotonic()
    with (
        pytest.raises(Broken) as caught,
        Http(server.url).open("POST", "/x", read_seconds=5, whole_seconds=0.5) as stream,
    ):
        stream.read()
    assert caught.value.kind == ErrorKind.TIMEOUT
    assert time.monotonic() - begun < 3


@DRIPPING
def test_however_slowly_a_stream_comes_a_stop_is_heard_and_leaves_it(
    server: FaultyServer, handler: Handler
) -> None:
    def stop() -> None:
        raise Cancelled

    server.on("POST", "/x", handler)
    begun = time.monotonic()
    with (
        pytest.raises(Cancelled),
        Http(server.url).open("POST", "/x", read_seconds=60, on_wait=stop) as stream,
    ):
        list(stream.lines())
    assert time.monotonic() - begun < 3


def test_a_new_patience_holds_from_then_on(server: FaultyServer) -> None:
    server.on("POST", "/x", dripping(b"line\n"))
    with Http(server.url).open("POST", "/x", read_seconds=60) as stream:
        lines = stream.lines()
        assert next(lines) == "line"
        stream.expect_within(60, whole_seconds=0.3)
        with pytest.raises(Broken) as caught:
            list(lines)
    assert caught.value.kind == ErrorKind.TIMEOUT


@pytest.mark.parametrize("read", [lambda stream: stream.read(), lambda s: list(s.lines())])
def test_an_answer_without_end_has_a_greatest_size(
    server: FaultyServer, read: Callable[[object], object]
) -> None:
    server.on("POST", "/x", dripping(b"x" * 500_000 + b"\n", pause=0))
    with (
        Http(server.url).open("POST", "/x", read_seconds=5, max_bytes=3_000_000) as stream,
        pytest.raises(EngineError, match="3000000") as caught,
    ):
        read(stream)
    assert caught.value.kind == ErrorKind.BAD_RESPONSE


def test_a_line_without_end_has_a_greatest_length(server: FaultyServer) -> None:
    server.on("POST", "/x", dripping(b"x" * 100_000, pause=0))
    with (
        Http(server.url).open("POST", "/x", read_seconds=5) as stream,
        pytest.raises(EngineError, match=f"a line is larger than {LINE_BYTES}"),
    ):
        list(stream.lines())


def test_of_a_failure_without_end_the_status_is_enough(server: FaultyServer) -> None:
    server.on("POST", "/x", dripping(b"x" * 1_000_000, status=500, pause=0))
    failed = Http(server.url).post("/x")
    assert (failed.status, len(failed.body)) == (500, ERROR_BYTES)


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_lines_end_as_they_like_and_begin_without_a_mark(server: FaultyServer, size: int) -> None:
    whole = b"\xef\xbb\xbfone\r\ntwo\rthree\n\n\r\rlast"
    pieces = [whole[at : at + size] for at in range(0, len(whole), size)]
    server.on("POST", "/x", chunked(pieces))
    with Http(server.url).open("POST", "/x", read_seconds=5) as stream:
        assert list(stream.lines()) == ["one", "two", "three", "", "", "", "last"]


@pytest.mark.parametrize("body", [b"[" * 200_000, b'{"a":' * 200_000])
def test_what_is_nested_without_end_is_a_bad_answer(server: FaultyServer, body: bytes) -> None:
    server.on("POST", "/x", answer(200, body))
    deep = Http(server.url).post("/x")
    assert deep.json_or_none() is None
    with pytest.raises(EngineError) as caught:
        deep.json()
    assert caught.value.kind == ErrorKind.BAD_RESPONSE


def test_numbers_that_no_json_knows_count_as_none(server: FaultyServer) -> None:
    server.on("POST", "/x", answer(200, b'{"is_changed": [NaN, -Infinity, 1]}'))
    assert Http(server.url).post("/x").json() == {"is_changed": [None, None, 1]}
