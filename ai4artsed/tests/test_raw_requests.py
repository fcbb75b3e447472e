"""A few hundred requests that nobody should send, to the program as it really runs.

`benchmarks/raw_requests.py` sends as many as one likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from ai4artsed.tests.raw_requests import RawRequest, draw, exceptions_in, fault_of, send
from ai4artsed.tests.workshop_process import Participant, WorkshopProcess, running_workshop

REQUESTS = 400
SEED = 2026


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkshopProcess]:
    with running_workshop(tmp_path_factory.mktemp("workshop")) as running:
        yield running


def test_no_request_breaks_anything(workshop: WorkshopProcess) -> None:
    child = Participant(workshop)
    run_id = child.generate("Ein roter Drache").json()["run_id"]
    cookie = "; ".join(f"{name}={value}" for name, value in child.session.cookies.items())
    place = urlsplit(workshop.url)
    assert place.hostname
    assert place.port
    requests = draw(
        SEED, REQUESTS, host=place.netloc, known=(run_id, "kids"), sessions=("", cookie)
    )
    faults = []
    for request in requests:
        if fault := fault_of(request, send((place.hostname, place.port), request)):
            faults.append((fault, request.as_bytes()[:400]))
    assert faults == []
    assert exceptions_in(workshop.printed) == []
    assert child.get("/healthz").json()["status"] == "ok"
    assert child.get(f"/api/media/image/{run_id}").status_code == 200


@pytest.mark.parametrize("charset", ["zlib", "rot13", "undefined", "punycode", "utf-7", "none"])
@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("GET", b"/pipeline_configs_with_properties?_t=%31"),
        ("POST", b"/api/authorship/?x=%31"),
        ("POST", b"/api/schema/pipeline/interception?x=%31"),
        ("POST", b"/join/?x=%31"),
    ],
)
def test_no_request_chooses_how_it_is_read(
    workshop: WorkshopProcess, method: str, target: bytes, charset: str
) -> None:
    place = urlsplit(workshop.url)
    body = '{"sent": "schön", "input_text": ""}'.encode()
    headers = (
        b"Host: " + place.netloc.encode(),
        b"Connection: close",
        b"Content-Type: application/json; charset=" + charset.encode(),
        b"Content-Length: %d" % len(body),
    )
    request = RawRequest(method, target, headers, body)
    answer = send((place.hostname or "", place.port or 0), request)
    assert fault_of(request, answer) == ""
    assert answer.status < 500
