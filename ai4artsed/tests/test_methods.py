"""Every address of the API, asked by every method, answers programs: never a page, never a 5xx."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from ai4artsed.tests.raw_requests import addresses

pytestmark = pytest.mark.django_db(transaction=True)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
API = [address for address in addresses() if address.startswith(("/api/", "/pipeline", "/healthz"))]
# The one page among them, for people.
PAGE = "/api/docs/"


def ask(method: str, address: str, **options: Any) -> Any:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return client.generic(method, address, **options)


def require_problem(answer: Any, address: str) -> None:
    """Fail where an error is not told as RFC 9457 says, and to older clients as they read it."""
    assert answer.headers["Content-Type"] == "application/problem+json", address
    body = answer.json()
    assert body["type"].startswith("/problems/"), address
    assert body["title"], address
    assert body["detail"], address
    assert answer.status_code in (body["status"], body.get("http_status"))


def test_the_walk_knows_every_address() -> None:
    def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
        for each in resolver.url_patterns:
            if isinstance(each, URLResolver):
                yield from patterns(each)
            else:
                yield each

    assert len(addresses()) == len(list(patterns(get_resolver())))
    assert len(API) > 40


@pytest.mark.parametrize("address", API)
def test_each_method_is_answered_in_json(address: str) -> None:
    for method in METHODS:
        answer = ask(method, address)
        if method == "OPTIONS":
            assert answer.status_code == 200, (method, address)
            assert "OPTIONS" in answer.headers["Allow"]
            assert "html" not in answer.headers.get("Content-Type", "")
            continue
        if method == "BREW":
            assert answer.status_code == 405, (method, address)
        if answer.status_code == 405:
            assert answer.headers["Allow"], (method, address)
        if method == "HEAD" or (address == PAGE and answer.status_code == 200):
            continue
        assert answer.status_code < 500 or address == "/healthz", (method, address)
        if answer.status_code >= 400:
            require_problem(answer, f"{method} {address}")
        else:
            assert not answer.headers["Content-Type"].startswith("text/html"), (method, address)


@pytest.mark.parametrize("address", [each for each in addresses() if each not in API])
def test_pages_answer_options_too(address: str) -> None:
    assert ask("OPTIONS", address).status_code < 405


@pytest.mark.parametrize(
    "address",
    [
        "/api/",
        "/api/nothing",
        "/api/runs/x/nothing/",
        "/api/runs/%00/",
        "/api/runs/%FF%FE/",
        "/api/runs/" + "x" * 5000 + "/events",
        "/api/media/upload/x",
        "/pipeline_configs_with_properties/x",
        "/healthz/x",
    ],
)
def test_what_is_not_there_is_told_as_a_problem(address: str) -> None:
    answer = ask("GET", address)
    assert answer.status_code == 404
    require_problem(answer, address)


@pytest.mark.parametrize("method", METHODS)
def test_no_method_finds_what_is_not_there(method: str) -> None:
    answer = ask(method, "/api/nothing")
    assert answer.status_code == 404
    if method != "HEAD":
        require_problem(answer, method)


@pytest.mark.parametrize("address", ["/healthz", "/api/runs/", "/api/schema/pipeline/generation"])
def test_a_foreign_host_is_told_as_a_problem(address: str) -> None:
    answer = ask("GET", address, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    require_problem(answer, address)


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 900 + b"1" + b"}" * 900,
        b'{"a": NaN}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b"\xff\xfe{}",
        b"{",
    ],
)
def test_what_is_no_json_for_us_is_refused(body: bytes) -> None:
    for address in (
        "/api/schema/pipeline/generation",
        "/api/schema/pipeline/interception",
        "/api/schema/pipeline/optimize",
        "/api/authorship/",
    ):
        answer = ask("POST", address, data=body, content_type="application/json")
        assert answer.status_code == 400
        require_problem(answer, address)


def test_half_an_emoji_breaks_nothing() -> None:
    body = rb'{"sent": "a\ud83d", "prompt": "\ud83d", "input_text": "\ud83d", "schema": "\ud83d"}'
    for address in API:
        answer = ask("POST", address, data=body, content_type="application/json")
        assert answer.status_code < 500 or address == "/healthz", address
