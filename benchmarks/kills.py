"""Not speed: kill -9 at any moment of web server, worker or both, while children work.

Usage: python -m benchmarks.kills [--kills 150] [--seed 1] [--quick] (from the checkout's root)

A real workshop on loopback; six children write ideas, order pictures, stop some and mark some. It
is killed at random moments, starting included, and started again. After the last start each run
that a child was told of must answer to that child and lie whole in its folder; nothing may be half,
nothing there twice, no file belong to nobody. Tells each fault; ends with 1 where there was any.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import django
import requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ai4artsed.settings")
django.setup()

from ai4artsed.tests.workshop_process import (  # noqa: E402
    Participant,
    WorkshopProcess,
    running_workshop,
    wait_for,
)

CHILDREN = 6
QUICK_KILLS = 10
SETTLE_SECONDS = 300
MOST_SHOWN = 20
TEXTS = ("interception", "optimization")
# A child takes its time; without it one would measure the limits on requests.
PAUSE_SECONDS = 1


class Child:
    """A child who goes on whatever happens, and remembers what it was told."""

    def __init__(self, workshop: WorkshopProcess, number: int, seed: int) -> None:
        self.participant = Participant(workshop)
        self.participant.me()
        self.told: list[str] = []
        self.stopped: set[str] = set()
        self._chance = random.Random(f"{seed}/{number}")
        self._number = number

    def work(self, ending: threading.Event) -> None:
        while not ending.wait(self._chance.uniform(0, PAUSE_SECONDS)):
            # The house is away, or the answer broke off.
            with suppress(requests.RequestException, ValueError):
                self._chance.choice((self._write, self._order, self._order, self._change))()

    def _write(self) -> None:
        fields = {"schema": "theopposite", "input_text": self._idea(), "enable_streaming": True}
        answer = self.participant.post(
            "/api/schema/pipeline/interception", json=fields, stream=True
        )
        for line in answer.iter_lines():
            if line.startswith(b"data: "):
                told = json.loads(line.removeprefix(b"data: "))
                if told.get("run_id") and told["run_id"] not in self.told:
                    self.told.append(told["run_id"])

    def _order(self) -> None:
        answer = self.participant.post(
            "/api/schema/pipeline/generation",
            json={"prompt": self._idea(), "output_config": "formwerkstatt_szene"},
            headers={"Prefer": "respond-async"},
        )
        if answer.status_code == 202:
            self.told.append(answer.json()["run_id"])

    def _change(self) -> None:
        if not self.told:
            return
        run_id = self._chance.choice(self.told[-3:])
        if self._chance.random() < 0.2:
            # Its answer may be lost, and the wish heard.
            self.stopped.add(run_id)
            self.participant.post(f"/api/runs/{run_id}/cancel/")
        else:
            self.participant.post(f"/api/runs/{run_id}/favourite/")

    def _idea(self) -> str:
        return f"Kind {self._number} malt {self._chance.randrange(10**6)} rote Drachen am Meer."


class Killer:
    """Ends the house and starts it again."""

    def __init__(self, workshop: WorkshopProcess, seed: int) -> None:
        self.kills: Counter[str] = Counter()
        self._workshop = workshop
        self._chance = random.Random(seed)

    def kill(self) -> None:
        """Kill something at a random moment, and have the house stand again."""
        victim = self._chance.choice(("web server", "worker", "both", "both while starting"))
        self.kills[victim] += 1
        time.sleep(self._chance.uniform(0, 4))
        if victim == "worker":
            with suppress(ProcessLookupError):
                os.kill(self._workshop.worker_pid(), signal.SIGKILL)
            return
        if victim == "both while starting":
            self._workshop.kill()
            self._workshop.spawn()
            time.sleep(self._chance.uniform(0.2, 3))
        if victim == "web server":
            os.kill(self._workshop.process.pid, signal.SIGKILL)
            self._workshop.process.wait()
        self._workshop.kill()
        self._workshop.start()


def faults_of(workshop: WorkshopProcess, children: list[Child]) -> Iterator[str]:
    """Yield what is lost, half, twice or nobody's."""
    folders = workshop.folders()
    for child in children:
        for run_id in child.told:
            status = child.participant.state(run_id).get("status")
            if run_id not in folders:
                yield f"{run_id}: told and lost ({status})"
            elif status != folders[run_id]["status"]:
                yield f"{run_id}: {status}, and {folders[run_id]['status']} in its folder"
            else:
                yield from _faults_of_end(run_id, folders[run_id], run_id in child.stopped)
    for run_id, metadata in folders.items():
        yield from _faults_of_files(workshop.folder(run_id), metadata)
    rows = [run_id for (run_id,) in workshop.query("SELECT run_id FROM runs_run")]
    yield from (f"{run_id}: a row without a folder" for run_id in set(rows) - set(folders))
    yield from (f"{run_id}: a folder without a row" for run_id in set(folders) - set(rows))
    for path in workshop.archive.rglob("*"):
        if (path.name.startswith(".") and path.name != ".tmp") or path.parent.name == ".tmp":
            yield f"{path.relative_to(workshop.archive)}: left over"
    verified = workshop.manage("index_runs", "--verify")
    yield from (f"verify: {line}" for line in verified.stderr.splitlines())


def _faults_of_end(run_id: str, metadata: dict[str, Any], is_stopped: bool) -> Iterator[str]:
    status = metadata["status"]
    # Who wrote the text died with the web server; the child is told so, and its idea is kept.
    lawful = {"complete", *(["interrupted"] if metadata["kind"] in TEXTS else [])}
    if status not in lawful | ({"cancelled"} if is_stopped else set()):
        yield f"{run_id}: a {metadata['kind']} that is {status}: {metadata['error']}"
    types = Counter(item["type"] for item in metadata["entities"])
    if status == "complete" and any(types[type_] != 1 for type_ in metadata["expected_outputs"]):
        yield f"{run_id}: complete with {dict(types)}"


def _faults_of_files(folder: Path, metadata: dict[str, Any]) -> Iterator[str]:
    items = [*metadata["entities"], *filter(None, [metadata.get("authorship")])]
    for item in items:
        data = (folder / item["filename"]).read_bytes()
        if (len(data), hashlib.sha256(data).hexdigest()) != (item["size"], item["sha256"]):
            yield f"{folder.name}: {item['filename']} is not what was recorded"
    strangers = {path.name for path in folder.iterdir()} - {item["filename"] for item in items}
    yield from (f"{folder.name}: {name} is nobody's" for name in strangers - {"metadata.json"})


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--kills", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_KILLS} kills")
    options = parser.parse_args()
    kills = QUICK_KILLS if options.quick else options.kills
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_DIR")) as folder,
        running_workshop(Path(folder)) as workshop,
    ):
        # It comes back at the same address, as a real one does.
        workshop.environment["PORT"] = workshop.url.rpartition(":")[2]
        children = [Child(workshop, number, options.seed) for number in range(CHILDREN)]
        ending = threading.Event()
        threads = [threading.Thread(target=child.work, args=(ending,)) for child in children]
        for thread in threads:
            thread.start()
        killer = Killer(workshop, options.seed)
        healed: Counter[str] = Counter()
        begun = time.perf_counter()
        try:
            for number in range(1, kills + 1):
                before = workshop.printed
                killer.kill()
                if number % 25 == 0:
                    print(f"{number} kills, {time.perf_counter() - begun:.0f} s", flush=True)
                healed.update(deeds_in(before))
        finally:
            ending.set()
            for thread in threads:
                thread.join()
        workshop.kill()
        workshop.start()
        live = "SELECT 1 FROM runs_run WHERE status IN ('queued', 'running')"
        wait_for(lambda: not workshop.query(live), SETTLE_SECONDS, pause=0.2)
        healed.update(deeds_in(workshop.printed))
        faults = list(faults_of(workshop, children))
        statuses = Counter(
            f"{metadata['kind']} {metadata['status']}" for metadata in workshop.folders().values()
        )
        crashes = workshop.query("SELECT MAX(crashes) FROM runs_run")[0][0]
    for fault in faults[:MOST_SHOWN]:
        print(fault)
    for title, counted in (("killed", killer.kills), ("runs", statuses), ("healed", healed)):
        print(f"{title}: " + ", ".join(f"{name} {n}" for name, n in sorted(counted.items())))
    told = sum(len(child.told) for child in children)
    print(
        f"{kills} kills in {time.perf_counter() - begun:.0f} s, seed {options.seed}: {told} runs "
        f"told to children, none counted more than {crashes} crashes, {len(faults)} faults"
    )
    return 1 if faults else 0


def deeds_in(printed: str) -> Iterator[str]:
    """Yield what the worker says that it has healed."""
    for line in printed.splitlines():
        if " healed: place=" in line:
            yield line.partition(" deed=")[2]


if __name__ == "__main__":
    sys.exit(main())
