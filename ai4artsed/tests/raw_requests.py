"""Requests as nobody should send them, over every address of the site, drawn by a seed."""

from __future__ import annotations

import json
import random
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RegexPattern

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
# Numbers first: where an address has a number, another text leads nowhere.
VALUES = {"int": "1", "str": "x", "path": "x/y", "slug": "x", "uuid": "x"}
_MOST_BYTES = 256 * 1024


def addresses() -> list[str]:
    """Return one address for each pattern of the URLconf, its parameters filled in."""
    return list(_addresses(get_resolver(), "/"))


def _addresses(resolver: URLResolver, prefix: str) -> Iterator[str]:
    for each in resolver.url_patterns:
        here = prefix + _filled(each.pattern)
        if isinstance(each, URLPattern):
            yield here
        else:
            yield from _addresses(each, here)


def _filled(pattern: Any) -> str:
    text = str(pattern)
    if isinstance(pattern, RegexPattern):
        text = re.sub(r"\(\?P<kind>[^)]*\)", "image", text)
        text = re.sub(r"\(\?P<index>[^)]*\)", "0", text)
        return re.sub(r"\(\?P<\w+>[^)]*\)", "x", text).strip("^$").replace("\\Z", "")
    return re.sub(
        r"<(?:(\w+):)?\w+>", lambda parameter: VALUES.get(parameter[1] or "str", "1"), text
    )


@dataclass(frozen=True, slots=True)
class RawRequest:
    method: str
    target: bytes
    headers: tuple[bytes, ...]
    body: bytes

    def as_bytes(self) -> bytes:
        line = b"%s %s HTTP/1.1" % (self.method.encode(), self.target)
        return b"\r\n".join((line, *self.headers, b"", b"")) + self.body

    @property
    def is_api(self) -> bool:
        return self.target.startswith((b"/api/", b"/pipeline_configs_with", b"/healthz"))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; status 0: the connection was closed without a word."""

    status: int
    headers: dict[str, str]
    body: bytes


def draw(
    seed: int,
    count: int,
    *,
    host: str,
    known: Sequence[str] = (),
    sessions: Sequence[str] = ("",),
) -> Iterator[RawRequest]:
    """Yield `count` requests; `known` are values that exist, `sessions` headers of cookies."""
    chance = random.Random(seed)
    places = addresses()
    for _ in range(count):
        place = chance.choice(places)
        target = _bent(chance, place, known)
        body, content_type = _body(chance)
        headers = [
            b"Host: " + (chance.choice(_HOSTS) if chance.random() < 0.05 else host.encode()),
            b"Connection: close",
            b"Content-Length: %d" % len(body),
            b"Content-Type: " + content_type,
            *chance.sample(_HEADERS, chance.choice((0, 0, 1, 2))),
        ]
        if session := chance.choice(sessions):
            headers.append(b"Cookie: " + session.encode())
        method = chance.choice((*METHODS, "GET", "GET", "POST", "POST"))
        yield RawRequest(method, target, tuple(headers), body)


_HOSTS = (b"evil.example", b"", b"[::1", b"x" * 3000, b"a..b", b"\xff")
_ODD = (
    b"%00",
    b"%FF%FE",
    b"%C3%28",
    b"%ED%A0%80",
    b"..%2F..%2Fetc",
    b"%",
    b"%F0%9F%98%80",
    b"-1",
    b"0",
    b"99999999999999999999999",
    b"1e999",
    b"NaN",
    b"null",
    b"%27%22%3B--",
    b"a" * 4000,
    b"%0d%0aX:%20y",
    b"\xff",
    b"projector",
    b"today",
    b"2026-02-30",
    b"0000-00-00",
    b"flux2",
    b"theopposite",
)
_NAMES = (
    b"page",
    b"page_size",
    b"q",
    b"device",
    b"device_id",
    b"from",
    b"day",
    b"status",
    b"format",
    b"index",
    b"lang",
    b"next",
    b"_t",
    b"schema",
    b"input_text",
    b"enable_streaming",
    b"e",
    b"o",
    b"p",
    b"all",
    b"_popup",
    b"_to_field",
    b"%00",
    b"%FF",
)
_HEADERS = (
    b"Accept: text/html",
    b"Accept: application/json",
    b"Accept: x/y;q=\xff",
    b"Accept: text/event-stream",
    b"Accept-Language: " + b"de-" * 300,
    b"Accept-Language: \xff,zz;q=9",
    b"Authorization: Basic \xff",
    b"Authorization: Basic AAAA",
    b"Authorization: Basic eDp5",
    b"Authorization: Basic",
    b"Cookie: ai4artsed_device=\xff:\xff; sessionid=x",
    b"Cookie: =;;; a=b=c; " + b"k" * 2000,
    b"Range: bytes=5-1",
    b"Range: bytes=0-0,2-9,-1",
    b"If-Modified-Since: never",
    b"If-None-Match: *",
    b"Last-Event-ID: \xff",
    b"Sec-Fetch-Site: cross-site",
    b"X-Forwarded-For: \xff",
    b"X-Forwarded-Proto: x",
    b"X-HTTP-Method-Override: DELETE",
    b"Origin: null",
    b"Prefer: respond-async",
    b"Expect: 100-continue",
    b"Content-Encoding: gzip",
)
_TYPES = (
    b"application/json",
    b"application/json",
    b"application/json",
    b"application/json; charset=zlib",
    b"application/json; charset=\xff",
    b"application/x-www-form-urlencoded",
    b"application/x-www-form-urlencoded; charset=rot13",
    b"multipart/form-data",
    b"multipart/form-data; boundary=b",
    b"text/plain",
    b"",
    b"\xff/\xff",
)
_FIELDS = (
    "schema",
    "input_text",
    "context_prompt",
    "safety_level",
    "device_id",
    "parent_run_id",
    "user_language",
    "seed",
    "prompt",
    "output_config",
    "interception_result",
    "interception_config",
    "input_image",
    "input_image1",
    "alpha_factor",
    "prompt1",
    "mode",
    "combination_type",
    "enable_streaming",
    "revision",
    "content",
    "code",
    "idea",
    "run_id",
)


def _bent(chance: random.Random, place: str, known: Sequence[str]) -> bytes:
    parts = place.encode().split(b"/")
    for index, part in enumerate(parts):
        if part in (b"x", b"1", b"y") and chance.random() < 0.6:
            value = chance.choice(known).encode() if known and chance.random() < 0.5 else None
            parts[index] = value or chance.choice(_ODD)
        elif part and chance.random() < 0.03:
            parts[index] = chance.choice(_ODD)
    target = b"/".join(parts)
    if chance.random() < 0.4:
        pairs = [
            chance.choice(_NAMES) + b"=" + chance.choice(_ODD)
            for _ in range(chance.choice((1, 1, 2, 40)))
        ]
        target += b"?" + b"&".join(pairs)
    return target


def _body(chance: random.Random) -> tuple[bytes, bytes]:
    content_type = chance.choice(_TYPES)
    if chance.random() < 0.3:
        return b"", content_type
    if content_type.startswith(b"multipart") and chance.random() < 0.7:
        name = chance.choice((b"file", b"run_id", b"device_id", b"csrfmiddlewaretoken", b"\xff"))
        head = b'--b\r\nContent-Disposition: form-data; name="%s"; filename="%s"\r\n\r\n'
        return head % (name, chance.choice(_ODD)) + chance.randbytes(300) + b"\r\n--b--", (
            content_type
        )
    if content_type.startswith(b"application/x-www"):
        return b"&".join(b"%s=%s" % (chance.choice(_NAMES), each) for each in _ODD), content_type
    kind = chance.random()
    if kind < 0.1:
        return b"[" * chance.choice((10, 1000, 100_000)), content_type
    if kind < 0.2:
        return chance.randbytes(chance.choice((1, 50, 5000))), content_type
    fields = {name: _value(chance) for name in chance.sample(_FIELDS, chance.randrange(8))}
    return json.dumps(fields).encode("utf-8", "surrogatepass"), content_type


def _value(chance: random.Random) -> Any:
    deep: Any = "deep"
    for _ in range(chance.choice((2, 20, 200))):
        deep = [deep] if chance.random() < 0.5 else {"a": deep}
    return chance.choice(
        (
            "Die Katze schläft am Tag.",
            "\ud83d",
            "a\0b",
            "x" * 100_000,
            "",
            " ",
            None,
            True,
            -1,
            0,
            2**70,
            1e308,
            float("nan"),
            float("inf"),
            [],
            {},
            deep,
            "theopposite",
            "formwerkstatt_szene",
            "surrealization_legacy",
            "qwen_2511_multi",
            "true",
            "kids",
            "../../etc/passwd",
        )
    )


def send(address: tuple[str, int], request: RawRequest, *, timeout: float = 60) -> Answer:
    """Send `request` as it is over a connection of its own and read what is answered."""
    with socket.create_connection(address, timeout=timeout) as connection:
        # Whoever is refused early may be hung up on while still sending.
        with suppress(ConnectionError):
            connection.sendall(request.as_bytes())
        received = b""
        with suppress(ConnectionResetError):
            while len(received) < _MOST_BYTES and (piece := connection.recv(65536)):
                received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100"):
        head, _, body = body.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    status = int(lines[0].split(" ")[1]) if lines[0] else 0
    headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
    return Answer(status, headers, body)


def fault_of(request: RawRequest, answer: Answer) -> str:
    """Return what is wrong with an answer, empty where nothing is.

    A 503 or 507 tells of an engine, a pause or a disk, and is no fault of the program.
    """
    if answer.status == 0:
        return "hung up without an answer"
    if answer.status >= 500 and answer.status not in (502, 503, 504, 507):
        return f"status {answer.status}"
    is_page = request.target.startswith(b"/api/docs/") and answer.status < 400
    if not request.is_api or is_page:
        return ""
    content_type = answer.headers.get("content-type", "")
    if "html" in content_type:
        return f"a page, with status {answer.status}"
    if answer.status < 400 or request.method == "HEAD":
        return ""
    # What is no HTTP at all, the web server refuses before it gets to us.
    if content_type == "application/problem+json" or answer.body.startswith(b"Invalid HTTP"):
        return ""
    return f"no problem+json, with status {answer.status}"


def exceptions_in(log: str) -> list[str]:
    """Return what a workshop's log tells of exceptions, each from its first line on.

    That a request was forbidden or suspicious, Django logs with a traceback, too.
    """
    starts = re.finditer(r"^(?!.*django\.security\.).*ERROR.*\nTraceback", log, re.MULTILINE)
    return [log[start.start() : start.start() + 4000] for start in starts]
