"""How long others wait while a class is named.

Thirty devices with twenty runs each get their names in one save of the admin's list, as a
facilitator does it; a real worker takes the names into the folders. All the while another process
writes a row every 20 ms, as a child's request does, and measures how long that takes. The same
writer, alone, says what this machine and disk can do.

    python benchmarks/naming.py [--devices 30] [--runs 20]
"""

from __future__ import annotations

import argparse
import multiprocessing
import sqlite3
import statistics
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import TYPE_CHECKING

from installation import PROJECT, set_up

FOLDER = set_up()

from django.conf import settings  # noqa: E402
from django.contrib.auth.models import User  # noqa: E402
from django.test import Client  # noqa: E402

from devices.models import Device, Workshop  # noqa: E402
from runs import recorder  # noqa: E402
from runs.metadata import RunContext  # noqa: E402
from runs.models import Kind, Run  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

DEVICES = "/admin/devices/device/"
EVERY_SECONDS = 0.02
MOST_MILLISECONDS = 100
ALONE_SECONDS = 4


def write_steadily(stopped: Event, answer: Connection) -> None:
    """Write a row every 20 ms until stopped; send the milliseconds of each and what failed."""
    waits: list[float] = []
    failed: list[str] = []
    path = settings.DATABASES["default"]["NAME"]
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous=NORMAL")
        while not stopped.wait(EVERY_SECONDS):
            begun = time.perf_counter()
            try:
                database.execute("BEGIN IMMEDIATE")
                database.execute("UPDATE devices_workshop SET pause_message = pause_message")
                database.execute("COMMIT")
            except sqlite3.OperationalError as error:
                failed.append(str(error))
            waits.append((time.perf_counter() - begun) * 1000)
    answer.send((waits, failed))


@contextmanager
def writer(name: str, worst: dict[str, float], failures: list[str]) -> Iterator[None]:
    """Have another process write while the block goes on; tell how long it waited."""
    context = multiprocessing.get_context("fork")
    stopped, (ours, theirs) = context.Event(), context.Pipe()
    process = context.Process(target=write_steadily, args=(stopped, theirs))
    process.start()
    try:
        yield
    finally:
        stopped.set()
        waits, failed = ours.recv()
        process.join()
    worst[name] = max(waits)
    failures += failed
    print(
        f"{name:22} {len(waits):5} writes   median {statistics.median(waits):6.2f} ms   "
        f"worst {max(waits):6.2f} ms   failed {len(failed)}"
    )


def make_runs(devices: int, runs: int) -> list[str]:
    keys = [f"tablet-{number:04}" for number in range(devices)]
    workshop = Workshop.objects.create(name="Klasse 7b")
    for key in keys:
        device = Device.objects.create(pk=key, workshop=workshop)
        for _number in range(runs):
            context = RunContext(
                kind=Kind.GENERATION,
                device=device,
                workshop=workshop,
                seed=1,
                safety_level="kids",
                texts=(("input", "Ein Haus am Meer."),),
                expected_outputs=("input",),
            )
            recorder.finish(recorder.start(context))
    return keys


def name_all(keys: list[str]) -> float:
    """Give each device its name by the list of the admin; return the seconds of the request."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.create_superuser("leitung"))
    data = {
        "_save": "1",
        "form-TOTAL_FORMS": len(keys),
        "form-INITIAL_FORMS": len(keys),
    }
    for number, key in enumerate(keys):
        data |= {f"form-{number}-id": key, f"form-{number}-name": f"Tisch {number + 1}"}
        data |= {f"initial-form-{number}-name": ""}
    begun = time.perf_counter()
    answer = client.post(DEVICES, data)
    assert answer.status_code == 302, answer.status_code
    return time.perf_counter() - begun


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--devices", type=int, default=30)
    parser.add_argument("--runs", type=int, default=20)
    options = parser.parse_args()
    keys = make_runs(options.devices, options.runs)
    worst: dict[str, float] = {}
    failures: list[str] = []
    with writer("the writer alone", worst, failures):
        time.sleep(ALONE_SECONDS)
    worker = subprocess.Popen([sys.executable, "manage.py", "work"], cwd=PROJECT)
    try:
        time.sleep(ALONE_SECONDS)
        with writer("while they are named", worst, failures):
            seconds = name_all(keys)
            begun = time.perf_counter()
            while Run.objects.filter(device_name="").exists():
                time.sleep(0.05)
            later = time.perf_counter() - begun
    finally:
        worker.terminate()
        worker.wait()
    print(f"{len(keys)} devices × {options.runs} runs: {seconds:.2f} s, then {later:.1f} s")
    print(f"limit: {MOST_MILLISECONDS} ms, no failure")
    return 1 if failures or worst["while they are named"] >= MOST_MILLISECONDS else 0


if __name__ == "__main__":
    sys.exit(main())
