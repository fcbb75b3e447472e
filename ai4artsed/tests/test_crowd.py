"""A room full of browsers, one that means no good, and answers that are lost: over real HTTP."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from ai4artsed.tests.workshop_process import (
    Participant,
    WorkshopProcess,
    running_workshop,
    wait_for,
)

GENERATION = "/api/schema/pipeline/generation"
INTERCEPTION = "/api/schema/pipeline/interception"
PICTURE = {"prompt": "Ein Haus am Meer.", "output_config": "formwerkstatt_geometrie"}
TEXT = {"schema": "theopposite", "input_text": "Die Katze schläft.", "user_language": "de"}
LATER = {"Prefer": "respond-async"}


_addresses = (f"10.0.0.{number}" for number in range(1, 255))


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkshopProcess]:
    with running_workshop(tmp_path_factory.mktemp("crowd")) as workshop:
        yield workshop


@pytest.fixture
def standing(workshop: WorkshopProcess) -> Iterator[WorkshopProcess]:
    """A workshop whose machines stand still, so that places in the queue can be looked at."""
    wait_for(lambda: not in_queue(workshop))
    with workshop.worker_held_still():
        yield workshop


@pytest.fixture
def address() -> dict[str, str]:
    """An address that nobody else has come from, as a proxy on this machine tells it."""
    return {"X-Forwarded-For": next(_addresses)}


def in_queue(workshop: WorkshopProcess) -> int:
    live = "SELECT COUNT(*) FROM runs_run WHERE status IN ('queued', 'running')"
    ((count,),) = workshop.query(live)
    return int(count)


def silent_devices(workshop: WorkshopProcess) -> int:
    ((count,),) = workshop.query("SELECT COUNT(*) FROM devices_device WHERE NOT has_returned")
    return int(count)


def new_key() -> dict[str, str]:
    return {"Idempotency-Key": f'"{uuid.uuid4()}"'}


def order(child: Participant, **headers: str) -> str:
    answer = child.post(GENERATION, json=PICTURE, headers=LATER | headers)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["run_id"])


def arrived(workshop: WorkshopProcess) -> Participant:
    child = Participant(workshop)
    child.get("/")
    return child


def test_sixty_requests_without_a_cookie_leave_a_childs_place_where_it_was(
    standing: WorkshopProcess, address: dict[str, str]
) -> None:
    children = [arrived(standing) for _child in range(3)]
    runs = [order(child) for child in children]

    def places() -> list[int]:
        return [child.state(run)["position"] for child, run in zip(children, runs, strict=True)]

    before = places()
    assert before == sorted(before)
    devices = silent_devices(standing)

    def flood(_number: int) -> int:
        answer = requests.post(
            standing.url + GENERATION, json=PICTURE, headers=LATER | address, timeout=60
        )
        return answer.status_code

    with ThreadPoolExecutor(8) as laptop:
        answers = list(laptop.map(flood, range(60)))
    assert set(answers) == {202, 429}
    assert silent_devices(standing) - devices == answers.count(202)
    assert places() == before
    # Nor does it stand before what a child asks for afterwards.
    runs[0] = order(children[0])
    assert places()[0] == in_queue(standing) - answers.count(202)


def test_a_class_behind_one_address_begins_in_the_same_minute(
    workshop: WorkshopProcess, address: dict[str, str]
) -> None:
    devices = silent_devices(workshop)

    def begin(number: int) -> int:
        child = Participant(workshop)
        child.session.headers.update(address)
        # As a client that makes something before it has looked at anything.
        claim = {"device_id": f"class-of-thirty-{number:04}"}
        answer = child.post(GENERATION, json=PICTURE | claim, headers=LATER)
        assert child.state(answer.json()["run_id"])["run_id"]
        return answer.status_code

    with ThreadPoolExecutor(30) as children:
        assert set(children.map(begin, range(30))) == {202}
    assert silent_devices(workshop) == devices


def test_the_same_request_sent_many_times_at_once_makes_one_run(
    workshop: WorkshopProcess,
) -> None:
    child, key = arrived(workshop), new_key()
    order(child)
    folders = len(workshop.folders())

    def send(_number: int) -> str:
        answer = requests.post(
            workshop.url + GENERATION,
            json=PICTURE,
            headers=LATER | key,
            cookies=child.session.cookies,
            timeout=60,
        )
        assert answer.status_code == 202, answer.text
        return str(answer.json()["run_id"])

    with ThreadPoolExecutor(8) as lines:
        assert len(set(lines.map(send, range(8)))) == 1
    assert len(workshop.folders()) == folders + 1
    runs = "SELECT COUNT(*) FROM runs_run WHERE device_id = ?"
    assert workshop.query(runs, child.me()) == [(2,)]


def test_a_request_repeated_after_a_crash_makes_no_second_run(tmp_path: Path) -> None:
    with running_workshop(tmp_path) as workshop:
        workshop.environment["PORT"] = workshop.url.rsplit(":", 1)[1]
        child, key = arrived(workshop), new_key()
        run_id = order(child, **key)
        wait_for(lambda: child.state(run_id)["status"] == "complete")
        workshop.kill()
        # Even where the rows are lost, since the folder says it too.
        for path in workshop.database.parent.glob("db.sqlite3*"):
            path.unlink()
        workshop.start()
        assert order(child, **key) == run_id
        whole = child.post(GENERATION, json=PICTURE, headers=key)
        assert whole.json()["media_output"]["run_id"] == run_id
        assert list(workshop.folders()) == [run_id]


def test_whoever_lost_the_cookie_with_the_first_answer_is_known_by_the_key(
    workshop: WorkshopProcess, address: dict[str, str]
) -> None:
    headers, body = new_key() | address, TEXT | {"device_id": str(uuid.uuid4())}

    def send(**changes: Any) -> requests.Response:
        return requests.post(
            workshop.url + INTERCEPTION, json=body | changes, headers=headers, timeout=60
        )

    first, again = send(), send()
    assert first.status_code == again.status_code == 200
    assert again.json() == first.json()
    # With other words it is another request, of a browser that has no cookie.
    assert send(input_text="Der Hund.").status_code == 403
    status = f"/api/pipeline/{first.json()['run_id']}/status"
    asked = requests.get(workshop.url + status, cookies=again.cookies, timeout=60)
    assert asked.status_code == 200


def test_a_laptop_that_has_texts_rewritten_leaves_the_threads_to_the_children(
    tmp_path: Path,
) -> None:
    # Slow words and few threads: what is begun first would hold all of them.
    with running_workshop(tmp_path, WORDS_PER_SECOND="1", TEXT_STREAMS="2") as workshop:
        body = TEXT | {"input_text": "Die Katze schläft. " * 40, "enable_streaming": True}

        def begin(**cookies: Any) -> requests.Response:
            return requests.post(
                workshop.url + INTERCEPTION, json=body, stream=True, timeout=30, **cookies
            )

        flood = [begin() for _request in range(8)]
        assert {answer.status_code for answer in flood} == {200}
        child = begin(cookies=arrived(workshop).session.cookies)
        lines = (line.decode() for line in child.iter_lines())
        events = [line for line in itertools.islice(lines, 8) if line.startswith("event")]
        assert events[:3] == ["event: connected", "event: queue_status", "event: stage_start"]
        for answer in (child, *flood):
            answer.close()
