"""A house that is killed again and again, and a picture that kills its worker."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ai4artsed.tests.workshop_process import Participant, running_workshop, wait_for
from pipelines import queue
from pipelines.tests.servers.comfyui import FakeComfyUI

IDEA = "Ein kleiner roter Drache schläft nachts auf dem Dach der Schule."
# Python loads this by itself: the worker dies as soon as it reads the prompt that has this word.
POISON = "Schierling"
POISONED = f"""
import os, signal, sys
def look(event, arguments):
    if event != "open" or sys.argv[1:2] != ["work"]:
        return
    path = str(arguments[0])
    if path.endswith("optimized_prompt.txt"):
        descriptor = os.open(path.replace("optimized_prompt", "input").replace("02_", "01_"), 0)
        if b"{POISON}" in os.read(descriptor, 1000):
            os.kill(os.getpid(), signal.SIGKILL)
        os.close(descriptor)
sys.addaudithook(look)
"""


@pytest.fixture
def machines() -> Iterator[list[FakeComfyUI]]:
    """Two graphics cards that need for ever until they are told to be done."""
    with FakeComfyUI(looks=10**9) as first, FakeComfyUI(looks=10**9) as second:
        yield [first, second]


def order(child: Participant, idea: str, output: str) -> str:
    answer = child.post(
        "/api/schema/pipeline/generation",
        json={"prompt": idea, "output_config": output, "seed": 1},
        headers={"Prefer": "respond-async"},
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["run_id"])


def test_a_house_that_is_killed_again_and_again_makes_every_picture_in_the_end(
    tmp_path: Path, machines: list[FakeComfyUI]
) -> None:
    urls = ",".join(machine.url for machine in machines)
    with running_workshop(tmp_path, COMFYUI_URL=urls) as workshop:
        child = Participant(workshop)
        ordered = [order(child, f"{IDEA} {number}", "flux2") for number in range(2)]
        in_work = "SELECT 1 FROM runs_run WHERE engine_job_id != '' AND lease_owner LIKE ?"

        def are_in_work() -> bool:
            held = len(workshop.query(in_work, f"%/{workshop.worker_pid()}/%"))
            return [held, *(len(machine.jobs) for machine in machines)] == [2, 1, 1]

        for _ in range(3):
            wait_for(are_in_work)
            workshop.kill()
            workshop.start()
        wait_for(are_in_work)
        workshop.kill()
        for machine in machines:
            for job in machine.jobs.values():
                job.looks = 0
        workshop.start()
        wait_for(lambda: all(child.state(run_id)["status"] == "complete" for run_id in ordered))
        # None was asked for twice.
        assert sum(len(machine.jobs) for machine in machines) == 2
        assert workshop.query("SELECT DISTINCT crashes FROM runs_run") == [(0,)]
        verified = workshop.manage("index_runs", "--verify")
        assert verified.returncode == 0, verified.stderr


def test_a_picture_that_kills_its_worker_ends_and_all_others_are_made(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(POISONED, encoding="utf-8")
    with running_workshop(tmp_path, PYTHONPATH=str(tmp_path)) as workshop:
        child = Participant(workshop)
        poison = order(child, f"Ein Becher {POISON}.", "formwerkstatt_szene")
        others = [order(child, IDEA, "formwerkstatt_szene") for _ in range(2)]
        wait_for(lambda: child.state(poison)["status"] == "interrupted")
        assert child.state(poison)["error"]["message"].startswith("Das Bild wurde unterbrochen")
        wait_for(lambda: all(child.state(run_id)["status"] == "complete" for run_id in others))
        assert workshop.printed.count("worker ended") == queue.MAX_CRASHES


def test_a_text_that_was_being_written_is_told_as_interrupted_and_its_idea_is_kept(
    tmp_path: Path,
) -> None:
    with running_workshop(tmp_path, WORDS_PER_SECOND="0.5") as workshop:
        child = Participant(workshop)
        stream = child.post(
            "/api/schema/pipeline/interception",
            json={"schema": "overdrive", "input_text": IDEA, "enable_streaming": True},
            stream=True,
        )
        connected = next(line for line in stream.iter_lines() if line.startswith(b"data: "))
        run_id = json.loads(connected.removeprefix(b"data: "))["run_id"]
        workshop.kill()
        workshop.start()
        wait_for(lambda: child.state(run_id)["status"] == "interrupted")
        assert child.state(run_id)["error"]["message"].startswith("Die Regelmaschine wurde")
        assert workshop.folders()[run_id]["status"] == "interrupted"
        assert (workshop.folder(run_id) / "01_input.txt").read_text(encoding="utf-8") == IDEA
        assert workshop.manage("index_runs", "--verify").returncode == 0


def test_a_start_heals_what_a_crash_left_and_names_it(tmp_path: Path) -> None:
    with running_workshop(tmp_path) as workshop:
        child = Participant(workshop)
        run_id = child.generate(IDEA).json()["run_id"]
        lost = child.generate(f"{IDEA} Noch einmal.").json()["run_id"]
        workshop.kill()
        with closing(sqlite3.connect(workshop.database)) as connection, connection:
            for table, column in (("entity", "run_id"), ("run", "id")):
                connection.execute(
                    f"DELETE FROM runs_{table} WHERE {column} = "
                    "(SELECT id FROM runs_run WHERE run_id = ?)",
                    (lost,),
                )
        left = workshop.folder(run_id) / ".metadata.json.0a1b2c3d.tmp"
        left.write_text("{", encoding="utf-8")
        unfinished = workshop.archive / "json/.tmp" / "run_1800000000000_0123456789abcdef"
        unfinished.mkdir()
        (unfinished / "01_input.txt").write_text(IDEA, encoding="utf-8")
        workshop.start()
        wait_for(lambda: not left.exists() and not unfinished.exists())
        wait_for(lambda: workshop.printed.count(" healed: place=json/") == 3)
        assert child.state(lost)["status"] == "complete"
        verified = workshop.manage("index_runs", "--verify")
        assert verified.returncode == 0, verified.stderr
