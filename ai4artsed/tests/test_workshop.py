"""The whole way, as a new user would try it: one command, one idea, two pictures, all kept."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import socket
import zipfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from ai4artsed.tests.workshop_process import (
    PASSWORD,
    Participant,
    WorkshopProcess,
    running_workshop,
    wait_for,
)

IDEA = "Ein kleiner roter Drache schläft nachts auf dem Dach der Schule."


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkshopProcess]:
    with running_workshop(tmp_path_factory.mktemp("workshop")) as running:
        yield running


def test_the_start_prints_address_account_and_keeps_the_key_out_of_the_project(
    workshop: WorkshopProcess,
) -> None:
    assert f"{workshop.url.replace('127.0.0.1', 'localhost')}/admin/" in workshop.printed
    assert "leitung" in workshop.printed
    assert (workshop.place / "var" / "secret_key").exists()


def test_healthz_says_that_web_and_worker_are_up(workshop: WorkshopProcess) -> None:
    health = requests.get(f"{workshop.url}/healthz", timeout=5).json()
    assert health["status"] == "ok"
    assert health["worker"] is True
    assert health["closed_safety_levels"] == []


def test_modules_come_compressed_as_what_they_are_and_are_asked_for_once(
    workshop: WorkshopProcess,
) -> None:
    page = requests.get(workshop.url, timeout=5).text
    address = workshop.url + re.findall(r"/static/js/[^\"]+\.js", page)[0]
    script = requests.get(address, timeout=5)
    assert script.ok
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in script.headers["cache-control"]
    assert "set-cookie" not in script.headers

    again = requests.get(address, headers={"If-None-Match": script.headers["etag"]}, timeout=5)
    assert (again.status_code, again.content) == (304, b"")
    assert requests.get(address, headers={"Accept-Encoding": ""}, timeout=5).text == script.text
    head = requests.head(address, timeout=5)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == script.headers["content-length"]
    assert requests.post(address, timeout=5).status_code == 405
    # What is none of them is looked for by the pages.
    for other in ("/static/js/none.js", "/static/../manage.py", "/static/"):
        assert requests.get(workshop.url + other, timeout=5).status_code == 404


def test_an_idea_becomes_two_pictures_that_are_recorded_whole(workshop: WorkshopProcess) -> None:
    child = Participant(workshop)
    device = child.me()
    interception = child.intercept(IDEA)
    edited = interception["interception_result"] + " Und es schneit."
    made = {}
    for engine in ("formwerkstatt_geometrie", "formwerkstatt_szene"):
        answer = child.generate(
            edited,
            output_config=engine,
            input_text=IDEA,
            interception_result=edited,
            interception_config="theopposite",
            seed=0,
            device_id=device,
        )
        assert answer.status_code == 200, answer.text
        body = answer.json()
        assert body["status"] == "success"
        assert body["media_output"]["seed"] == 0
        picture = child.get(body["media_output"]["url"])
        assert picture.headers["Content-Type"] == "image/png"
        made[body["run_id"]] = picture.content
    assert len(set(made.values())) == 2

    for run_id, picture_bytes in made.items():
        folder = workshop.folder(run_id)
        assert (folder / "01_input.txt").read_text(encoding="utf-8") == IDEA
        assert (folder / "02_interception.txt").read_text(encoding="utf-8") == edited
        assert (folder / "03_optimized_prompt.txt").read_text(encoding="utf-8") == edited
        assert (folder / "04_output_image.png").read_bytes() == picture_bytes
        metadata = workshop.folders()[run_id]
        assert metadata["device_id"] == device
        assert metadata["seed"] == 0
        assert metadata["parent_run_id"] == interception["run_id"]
        assert metadata["current_state"] == {"stage": 5, "step": "complete", "progress": "4/4"}
        assert [entity["type"] for entity in metadata["entities"]] == metadata["expected_outputs"]
        assert metadata["entities"][3]["sha256"] == hashlib.sha256(picture_bytes).hexdigest()


def test_another_browser_has_another_id_and_cannot_open_the_picture(
    workshop: WorkshopProcess,
) -> None:
    maker, stranger = Participant(workshop), Participant(workshop)
    run_id = maker.generate(IDEA).json()["run_id"]
    assert stranger.me() != maker.me()
    for path in (
        f"/api/media/image/{run_id}",
        f"/api/runs/{run_id}/",
        f"/api/runs/{run_id}/events",
        f"/api/runs/{run_id}/thumbnail",
        f"/api/pipeline/{run_id}/status",
        f"/api/pipeline/{run_id}/file/metadata.json",
        f"/api/pipeline/{run_id}/entity/input",
    ):
        assert maker.get(path, headers={"Accept": "application/json"}).status_code in {200, 404}
        assert stranger.get(path).status_code == 404, path
    assert stranger.get("/api/runs/").json()["count"] == 0


def test_who_leaves_while_a_text_is_asked_for_leaves_no_run_that_nobody_works_on(
    workshop: WorkshopProcess,
) -> None:
    child = Participant(workshop)
    device = child.me()
    server = urlsplit(workshop.url)
    request = (
        "POST /api/schema/pipeline/interception HTTP/1.1\r\n"
        f"Host: {server.netloc}\r\nContent-Type: application/json\r\n"
        f"Cookie: {'; '.join(f'{one.name}={one.value}' for one in child.session.cookies)}\r\n"
        "Content-Length: {length}\r\n\r\n{body}"
    )

    def statuses(idea: str) -> list[tuple[str]]:
        sql = "SELECT status FROM runs_run WHERE device_id = ? AND idea = ?"
        return workshop.query(sql, device, idea)

    def is_complete(idea: str) -> bool:
        return statuses(idea) == [("complete",)]

    for number in range(8):
        idea = f"Ein Fisch mit {number} Flossen."
        body = json.dumps({"schema": "overdrive", "input_text": idea, "enable_streaming": True})
        with socket.create_connection((server.hostname, server.port or 80)) as browser:
            browser.sendall(request.format(length=len(body), body=body).encode())
            # It is recorded, and the answer has hardly begun.
            wait_for(partial(statuses, idea), pause=0)
        wait_for(partial(is_complete, idea))


def test_a_worker_killed_in_the_middle_loses_nothing(workshop: WorkshopProcess) -> None:
    child = Participant(workshop)

    def caught_at_work() -> bool:
        answer = child.post(
            "/api/schema/pipeline/generation",
            json={"prompt": IDEA, "output_config": "formwerkstatt_szene"},
            headers={"Prefer": "respond-async"},
        )
        assert answer.status_code == 202, answer.text
        run_id = answer.json()["run_id"]
        sql = "SELECT status, attempts FROM runs_run WHERE run_id = ?"
        wait_for(lambda: workshop.query(sql, run_id)[0][0] != "queued")
        os.kill(workshop.worker_pid(), signal.SIGKILL)
        wait_for(lambda: child.state(run_id)["status"] == "complete")
        assert len(child.state(run_id)["media"]) == 1
        names = sorted(path.name for path in workshop.folder(run_id).iterdir())
        assert [name for name in names if "output_image" in name] == ["03_output_image.png"]
        wait_for(workshop.is_healthy)
        return bool(workshop.query(sql, run_id)[0][1] == 2)

    # The kill may come a moment too late; what counts is one that hit a run being made.
    assert any(caught_at_work() for _ in range(8))


def test_ctrl_c_ends_everything_within_three_seconds_open_streams_included(
    tmp_path: Path,
) -> None:
    with running_workshop(tmp_path) as workshop:
        child = Participant(workshop)
        for _ in range(3):
            answer = child.post(
                "/api/schema/pipeline/generation",
                json={"prompt": IDEA, "output_config": "formwerkstatt_szene"},
                headers={"Prefer": "respond-async"},
            )
        stream = child.get(answer.json()["events_url"], stream=True)
        assert next(stream.iter_lines()).startswith(b"id:")
        worker = workshop.worker_pid()
        assert workshop.stop() < 3
        with pytest.raises(ProcessLookupError):
            os.kill(worker, 0)

        # What was waiting is still waiting, and is made when the workshop opens again.
        workshop.start()
        wait_for(lambda: child.state(answer.json()["run_id"])["status"] == "complete")


def test_ctrl_c_does_not_wait_for_texts_being_written_and_they_are_told_as_interrupted(
    tmp_path: Path,
) -> None:
    with running_workshop(tmp_path, WORDS_PER_SECOND="0.5") as workshop:
        child = Participant(workshop)
        stream = child.post(
            "/api/schema/pipeline/interception",
            json={"schema": "overdrive", "input_text": IDEA * 5, "enable_streaming": "true"},
            stream=True,
        )
        connected = next(line for line in stream.iter_lines() if line.startswith(b"data: "))
        run_id = json.loads(connected.removeprefix(b"data: "))["run_id"]
        assert workshop.stop() < 3
        assert "Traceback" not in workshop.printed

        workshop.start()
        wait_for(lambda: child.state(run_id)["status"] == "interrupted")
        assert child.state(run_id)["error"]["message"]


def test_a_killed_server_takes_its_worker_along_and_loses_nothing(tmp_path: Path) -> None:
    with running_workshop(tmp_path) as workshop:
        child = Participant(workshop)
        answers = [
            child.post(
                "/api/schema/pipeline/generation",
                json={"prompt": f"{IDEA} {number}", "output_config": "formwerkstatt_szene"},
                headers={"Prefer": "respond-async"},
            ).json()
            for number in range(3)
        ]
        worker = workshop.worker_pid()
        os.kill(workshop.process.pid, signal.SIGKILL)
        workshop.process.wait()

        def gone() -> bool:
            try:
                os.kill(worker, 0)
            except ProcessLookupError:
                return True
            status = Path(f"/proc/{worker}/stat")
            return status.exists() and status.read_text().split()[2] == "Z"

        wait_for(gone, 10)
        workshop.start()
        run_ids = [answer["run_id"] for answer in answers]
        wait_for(lambda: all(child.state(run_id)["status"] == "complete" for run_id in run_ids))


def test_the_database_can_be_deleted_and_rebuilt_and_a_device_exported(tmp_path: Path) -> None:
    with running_workshop(tmp_path) as workshop:
        child, other = Participant(workshop), Participant(workshop)
        device = child.me()
        mine = [child.generate(f"{IDEA} {n}").json()["run_id"] for n in range(2)]
        mine.append(child.intercept(IDEA)["run_id"])
        other.generate("Ein blaues Haus am Meer.")
        before = child.get("/api/runs/").json()
        workshop.stop()
        for path in workshop.database.parent.glob("db.sqlite3*"):
            path.unlink()
        assert workshop.manage("migrate", "-v0").returncode == 0
        rebuilt = workshop.manage("index_runs")
        assert rebuilt.returncode == 0, rebuilt.stderr
        workshop.start()
        assert child.get("/api/runs/").json() == before

        # A start finds the runs by itself where the database knows none, and tells what it finds.
        workshop.stop()
        for path in workshop.database.parent.glob("db.sqlite3*"):
            path.unlink()
        odd = workshop.archive / "json" / "Klasse 7b" / "run_1770714000000_a1"
        odd.mkdir(parents=True)
        workshop.start()
        assert "json/Klasse 7b: its name is no day, and it holds runs: 1" in workshop.printed
        assert child.get("/api/runs/").json() == before

        target = tmp_path / "runs.zip"
        exported = workshop.manage("export_runs", "--device", device, "--out", str(target))
        assert exported.returncode == 0, exported.stderr
        with zipfile.ZipFile(target) as archive:
            folders = {Path(name).parts[2] for name in archive.namelist() if "/run_" in name}
            assert folders == set(mine)
            assert "manifest.csv" in archive.namelist()


class ReadOnlyWorkshop(WorkshopProcess):
    """One that says of itself that it can make nothing new."""

    def is_healthy(self) -> bool:
        try:
            health = requests.get(f"{self.url}/healthz", timeout=10).json()
        except requests.ConnectionError:
            return False
        return bool(health["worker"]) and health["storage"] == "read-only"


def test_a_write_protected_archive_is_served_and_said_to_be_one(
    small_disk: Path, write_protect: Callable[[], None], tmp_path: Path
) -> None:
    picture = small_disk / "json" / "2026-02-10" / "run_1770714000000_a1" / "04_output_image.png"
    picture.parent.mkdir(parents=True)
    picture.write_bytes(b"a picture")
    write_protect()
    workshop = ReadOnlyWorkshop(tmp_path, ARCHIVE_ROOT=str(small_disk))
    try:
        workshop.start()
        assert "nothing new can be made" in workshop.printed
        found = f"{workshop.url}/api/media/image/run_1770714000000_a1/0"
        answer = requests.get(found, auth=("leitung", PASSWORD), timeout=5)
        assert (answer.status_code, answer.content) == (200, b"a picture")
        assert requests.get(workshop.url, timeout=5).status_code == 200
        assert Participant(workshop).generate(IDEA).status_code == 503
    finally:
        workshop.kill()


def test_a_port_that_is_taken_is_said_in_one_sentence(workshop: WorkshopProcess) -> None:
    port = workshop.url.rpartition(":")[2]
    second = workshop.manage("workshop", "--host", "127.0.0.1", "--port", port)
    assert second.returncode == 1
    assert f"127.0.0.1:{port}" in second.stderr
    assert "Traceback" not in second.stderr
