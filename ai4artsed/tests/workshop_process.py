"""The real `manage.py workshop` in a process of its own, for tests that a person could do."""

from __future__ import annotations

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import requests
from django.conf import settings

PASSWORD = "tisch-und-stuhl-2026"
START_SECONDS = 60


class WorkshopProcess:
    """A running workshop with a database and an archive of its own below `place`."""

    def __init__(self, place: Path, **environment: str) -> None:
        self.place = place
        self.archive = place / "exports"
        self.database = place / "var" / "db.sqlite3"
        self.environment = {
            **os.environ,
            "VAR_DIR": str(place / "var"),
            "ARCHIVE_ROOT": str(self.archive),
            # Collected once for all; what is tested here is not the hashing of files.
            "STATIC_ROOT": str(settings.BASE_DIR / "var" / "test-static"),
            "PORT": "0",
            "HOST": "127.0.0.1",
            "FACILITATOR_PASSWORD": PASSWORD,
            "WORDS_PER_SECOND": "0",
            "LEASE_SECONDS": "2",
            **environment,
        }
        self.environment.pop("DATABASE_URL", None)
        self.printed = ""

    def start(self) -> None:
        self.spawn()
        wait_for(lambda: re.search(r"http://localhost:\d+/", self.printed) or self._gone())
        port = re.search(r"http://localhost:(\d+)/", self.printed)
        assert port, self.printed
        self.url = f"http://127.0.0.1:{port[1]}"
        wait_for(self.is_healthy)

    def spawn(self) -> None:
        """Begin to start, and do not wait."""
        self.printed = ""
        self.process = subprocess.Popen(
            [sys.executable, "-u", "manage.py", "workshop"],
            cwd=settings.BASE_DIR,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    def stop(self) -> float:
        """Press Ctrl-C, as a terminal does: to the whole group. Return the seconds it took."""
        begin = time.monotonic()
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(20)
        return time.monotonic() - begin

    def kill(self) -> None:
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def is_healthy(self) -> bool:
        try:
            return requests.get(f"{self.url}/healthz", timeout=10).status_code == 200
        except requests.ConnectionError:
            return False

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            text=True,
            capture_output=True,
        )

    def query(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database, timeout=5)) as connection:
            return connection.execute(sql, values).fetchall()

    def folders(self) -> dict[str, dict[str, Any]]:
        """Return the metadata of every run on disk, by run id."""
        return {
            path.parent.name: json.loads(path.read_text(encoding="utf-8"))
            for path in self.archive.glob("json/*/run_*/metadata.json")
        }

    def folder(self, run_id: str) -> Path:
        (found,) = self.archive.glob(f"json/*/{run_id}")
        return found

    def worker_pid(self) -> int:
        newest = "SELECT owner FROM pipelines_workerpresence ORDER BY started_at DESC LIMIT 1"
        ((owner,),) = self.query(newest)
        return int(owner.split("/")[1])

    @contextmanager
    def worker_held_still(self) -> Iterator[None]:
        """No picture is begun meanwhile. It is not held in a write, which would lock others out."""
        pid = self.worker_pid()
        wait_for(lambda: self._hold(pid))
        try:
            yield
        finally:
            # It may have been killed meanwhile.
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    def _hold(self, pid: int) -> bool:
        """Hold the process still and tell whether others may write; where not, let it go again."""
        os.kill(pid, signal.SIGSTOP)
        with closing(sqlite3.connect(self.database, timeout=1, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                connection.execute("ROLLBACK")
            except sqlite3.OperationalError:
                os.kill(pid, signal.SIGCONT)
                return False
        return True

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.printed += line

    def _gone(self) -> bool:
        return self.process.poll() is not None


@contextmanager
def running_workshop(place: Path, **environment: str) -> Iterator[WorkshopProcess]:
    workshop = WorkshopProcess(place, **environment)
    try:
        workshop.start()
        yield workshop
    finally:
        workshop.kill()


def wait_for(
    condition: Callable[[], Any], seconds: float = START_SECONDS, *, pause: float = 0.02
) -> None:
    """Return as soon as `condition` holds, which is looked at every `pause` seconds."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "this did not happen in time"
        time.sleep(pause)


class Participant:
    """A browser in the room, by its cookies."""

    def __init__(self, workshop: WorkshopProcess) -> None:
        self.workshop = workshop
        self.session = requests.Session()
        self.session.headers["Accept-Language"] = "de"

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.session.get(self.workshop.url + path, timeout=30, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        # A real machine loads its model first, perhaps on cores that have other work to do.
        return self.session.post(self.workshop.url + path, timeout=180, **options)

    def me(self) -> str:
        """Say that the browser is here, as a page does, and return who it is."""
        self.get("/api/devices/me/")
        return str(self.post("/api/devices/me/").json()["device_id"])

    def intercept(self, idea: str, rule: str = "theopposite", **fields: Any) -> dict[str, Any]:
        answer = self.post(
            "/api/schema/pipeline/interception",
            json={"schema": rule, "input_text": idea, "user_language": "de", **fields},
        )
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def generate(self, prompt: str, **fields: Any) -> requests.Response:
        return self.post(
            "/api/schema/pipeline/generation",
            json={"prompt": prompt, "output_config": "formwerkstatt_szene", **fields},
        )

    def state(self, run_id: str) -> dict[str, Any]:
        answer = self.get(f"/api/runs/{run_id}/events", headers={"Accept": "application/json"})
        return dict(answer.json())
