"""The live link of open pages, on the real server (its speed: `benchmarks/live_link.py`)."""

from __future__ import annotations

import json
import socket
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
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


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkshopProcess]:
    with running_workshop(tmp_path_factory.mktemp("live")) as running:
        yield running


class Page:
    """An open page: its stream is read in the background."""

    def __init__(self, participant: Participant) -> None:
        self.device_id = participant.me()
        self.states: list[dict[str, Any]] = []
        self.comments = 0
        self.is_open = True
        self.answer = participant.get(
            "/api/events/", headers={"Accept": "text/event-stream"}, stream=True
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        try:
            for line in self.answer.iter_lines():
                if line.startswith(b"data: "):
                    self.states.append(json.loads(line[6:]))
                elif line.startswith(b":"):
                    self.comments += 1
        except (requests.RequestException, AttributeError):
            # Closed by ourselves while it was read.
            pass
        self.is_open = False

    @property
    def state(self) -> dict[str, Any]:
        return self.states[-1] if self.states else {}

    def close(self) -> None:
        """Hang up as a tablet does that is put away: while the other thread waits for news."""
        connection = self.answer.raw._connection
        if connection is not None and connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def open_page(workshop: WorkshopProcess) -> Iterator[Callable[..., Page]]:
    """Opens pages, each of a device of its own, and knows their first state."""
    pages: list[Page] = []

    def open_one(participant: Participant | None = None) -> Page:
        page = Page(participant or Participant(workshop))
        pages.append(page)
        wait_for(lambda: page.states)
        return page

    yield open_one
    for page in pages:
        page.close()


def write(workshop: WorkshopProcess, sql: str, *values: Any) -> None:
    """Change the database as another process does, of which this server hears nothing."""
    with closing(sqlite3.connect(workshop.database, timeout=5)) as connection:
        connection.execute(sql, values)
        connection.commit()


def test_a_page_is_told_its_state_at_once(open_page: Callable[..., Page]) -> None:
    page = open_page()
    assert page.answer.headers["Content-Type"].startswith("text/event-stream")
    assert page.answer.headers["X-Accel-Buffering"] == "no"
    assert page.answer.headers["Cache-Control"] == "no-store"
    assert page.state["device"]["id"] == page.device_id
    assert page.state["workshop"]["paused"] is False
    assert page.state["runs"] == []
    assert page.state["at"]


def test_a_break_reaches_every_idle_page_and_those_who_come_late(
    workshop: WorkshopProcess, open_page: Callable[..., Page]
) -> None:
    pages = [open_page() for _number in range(10)]
    write(
        workshop,
        "UPDATE devices_workshop SET paused = 1, pause_message = ?",
        "Alle Augen nach vorn",
    )
    wait_for(lambda: all(page.state["workshop"]["paused"] for page in pages))
    assert {page.state["workshop"]["pause_message"] for page in pages} == {"Alle Augen nach vorn"}
    assert open_page().state["workshop"]["paused"] is True
    write(workshop, "UPDATE devices_workshop SET paused = 0, pause_message = ''")
    wait_for(lambda: not any(page.state["workshop"]["paused"] for page in pages))


def test_a_picture_is_followed_on_the_page_from_order_to_end(
    workshop: WorkshopProcess, open_page: Callable[..., Page]
) -> None:
    participant = Participant(workshop)
    page = open_page(participant)
    run_id = participant.generate("Ein roter Drache").json()["run_id"]
    wait_for(lambda: [run["status"] for run in page.state["runs"]] == ["complete"])
    (run,) = page.state["runs"]
    assert run["run_id"] == run_id
    assert run["media"][0]["url"] == f"/api/media/image/{run_id}/0"


def test_one_page_hears_nothing_of_anothers_runs(
    workshop: WorkshopProcess, open_page: Callable[..., Page]
) -> None:
    maker, other = Participant(workshop), open_page()
    page = open_page(maker)
    maker.generate("Ein blauer Fisch")
    wait_for(lambda: page.state["runs"])
    assert other.state["runs"] == []


def test_what_is_waiting_in_a_paused_workshop_waits(
    workshop: WorkshopProcess, open_page: Callable[..., Page]
) -> None:
    participant = Participant(workshop)
    page = open_page(participant)
    ordered = {"prompt": "Ein Turm", "output_config": "formwerkstatt_szene"}
    worker_is_busy(workshop, participant, ordered)
    wait_for(lambda: page.state["workshop"]["paused"])
    waiting = page.state["runs"][-1]
    assert waiting["status"] == "queued"
    # The worker has looked several times meanwhile, and another workshop's picture was made.
    newcomer = Participant(workshop)
    newcomer.me()
    write(workshop, "UPDATE devices_device SET workshop_id = NULL WHERE id = ?", newcomer.me())
    assert newcomer.generate("Ein Boot").status_code == 200
    assert page.state["runs"][-1]["status"] == "queued"
    write(workshop, "UPDATE devices_workshop SET paused = 0")
    wait_for(lambda: page.state["runs"][-1]["status"] == "complete")


def worker_is_busy(
    workshop: WorkshopProcess, participant: Participant, ordered: dict[str, Any]
) -> None:
    """Have a picture wait when its workshop is paused: it is ordered while no worker looks."""
    with workshop.worker_held_still():
        answer = participant.post(
            "/api/schema/pipeline/generation", json=ordered, headers={"Prefer": "respond-async"}
        )
        assert answer.status_code == 202, answer.text
        write(workshop, "UPDATE devices_workshop SET paused = 1")


def test_what_a_page_says_of_itself_is_known_soon_and_that_it_was_left(
    workshop: WorkshopProcess, open_page: Callable[..., Page]
) -> None:
    participant = Participant(workshop)
    page = open_page(participant)
    participant.post("/api/devices/me/doing/", json={"doing": "writing"})

    def doing() -> str:
        sql = "SELECT doing FROM devices_device WHERE id = ?"
        ((found,),) = workshop.query(sql, page.device_id)
        return str(found)

    wait_for(lambda: doing() == "writing")
    page.close()
    wait_for(lambda: doing() == "away")


def test_a_raised_hand_stands_on_the_page_until_it_is_taken_down(
    workshop: WorkshopProcess, open_page: Callable[..., Page]
) -> None:
    participant = Participant(workshop)
    page = open_page(participant)
    for asks in (True, False):
        answer = participant.post("/api/devices/me/doing/", json={"asks_for_help": asks})
        assert answer.status_code == 204, answer.text
        wait_for(lambda: page.state["device"]["asks_for_help"] is asks)  # noqa: B023


def test_who_cannot_stream_is_told_the_same(workshop: WorkshopProcess) -> None:
    participant = Participant(workshop)
    state = participant.get("/api/events/").json()
    assert state["device"]["id"] == participant.me()
    assert state["workshop"]["paused"] is False


def test_a_browser_without_our_cookie_gets_no_stream(workshop: WorkshopProcess) -> None:
    answer = requests.get(
        f"{workshop.url}/api/events/", headers={"Accept": "text/event-stream"}, timeout=10
    )
    assert answer.headers["Content-Type"] == "application/json", "what it may ask for instead"
    assert answer.cookies, "with which the next try succeeds"


def test_a_stream_is_not_given_to_a_name_that_is_not_ours(workshop: WorkshopProcess) -> None:
    participant = Participant(workshop)
    participant.me()
    answer = participant.get(
        "/api/events/", headers={"Accept": "text/event-stream", "Host": "evil.example"}
    )
    assert answer.status_code == 400


def test_the_oldest_of_too_many_windows_makes_room(
    workshop: WorkshopProcess, open_page: Callable[..., Page]
) -> None:
    participant = Participant(workshop)
    pages = [open_page(participant) for _number in range(9)]
    wait_for(lambda: not pages[0].is_open)
    assert all(page.is_open for page in pages[1:])


def test_streams_do_not_hold_up_the_end(tmp_path: Path) -> None:
    with running_workshop(tmp_path) as workshop:
        page = Page(Participant(workshop))
        wait_for(lambda: page.states)
        begin = time.monotonic()
        workshop.stop()
        assert time.monotonic() - begin < 3
