"""The live link: many open pages, what they cost while nothing happens, and how fast all are told.

Usage: python -m benchmarks.live_link [--pages 5000] [--quick] (from the checkout's root)

A real workshop on loopback; the client runs on the same cores. The limit is measured in the same
run: a bare ASGI application with one coroutine per stream, which knows no database and no states,
behind the same server and the same client.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ai4artsed.settings")
django.setup()

from ai4artsed.tests.workshop_process import WorkshopProcess, running_workshop  # noqa: E402

IDLE_SECONDS = 20
# So many pages are opened at a time: a class, a school, a whole town comes through one door.
AT_ONCE = 50
TARGETS = {"opened": 10.0, "bytes": 40_960, "idle": 0.15, "told": 2.0}
BARE = """
import asyncio, uvicorn, socket, sys
streams = set()
async def app(scope, receive, send):
    if scope["path"] == "/tell":
        for event in list(streams):
            event.set()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    event = asyncio.Event()
    streams.add(event)
    await send({"type": "http.response.start", "status": 200,
                "headers": [(b"content-type", b"text/event-stream")]})
    state = b"event: state\\ndata: {" + b" " * 400 + b"}\\n\\n"
    await send({"type": "http.response.body", "body": state, "more_body": True})
    while True:
        try:
            await asyncio.wait_for(event.wait(), 15)
            event.clear()
            await send({"type": "http.response.body", "body": state, "more_body": True})
        except TimeoutError:
            await send({"type": "http.response.body", "body": b": keep\\n\\n", "more_body": True})
listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(512)
print(listener.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off")).run(sockets=[listener])
"""


@dataclass(slots=True)
class Pages:
    """Open streams and when each was last told something."""

    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    told: list[float] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def open(self, port: int, cookies: list[str]) -> float:
        begin = time.perf_counter()
        door = asyncio.Semaphore(AT_ONCE)

        async def one(cookie: str) -> None:
            async with door:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                self.writers.append(writer)
                request = (
                    f"GET /api/events/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
                    f"Accept: text/event-stream\r\nCookie: {cookie}\r\n\r\n"
                )
                writer.write(request.encode())
                await reader.readuntil(b"event: state")
            self.tasks.append(asyncio.create_task(self._read(reader)))

        await asyncio.gather(*(one(cookie) for cookie in cookies))
        return time.perf_counter() - begin

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65536):
            if b"event: state" in data:
                self.told.append(time.perf_counter())

    def close(self) -> None:
        for task in self.tasks:
            task.cancel()
        for writer in self.writers:
            writer.close()


@dataclass(frozen=True, slots=True)
class Figures:
    opened: float
    bytes: float
    idle: float
    told: list[float]


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * resource.getpagesize()


def threads_of(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/task").iterdir()))


async def measure(
    port: int, pid: int, cookies: list[str], tell: list[str] | WorkshopProcess
) -> Figures:
    before = resident_bytes(pid)
    pages = Pages()
    opened = await pages.open(port, cookies)
    await asyncio.sleep(2)
    used = processor_seconds(pid)
    await asyncio.sleep(IDLE_SECONDS)
    idle = (processor_seconds(pid) - used) / IDLE_SECONDS
    memory = (resident_bytes(pid) - before) / len(cookies)
    told: list[float] = []
    for number in range(3):
        pages.told.clear()
        begin = time.perf_counter()
        if isinstance(tell, WorkshopProcess):
            pause(tell, f"Alle Augen nach vorn, {number}")
        else:
            await asyncio.to_thread(subprocess.run, tell, check=True, capture_output=True)
        async with asyncio.timeout(60):
            while len(pages.told) < len(cookies):
                await asyncio.sleep(0.02)
        told += [moment - begin for moment in pages.told]
        await asyncio.sleep(1)
    print(f"    threads of the server: {threads_of(pid)}")
    pages.close()
    await asyncio.sleep(1)
    return Figures(opened, memory, idle, sorted(told))


def pause(workshop: WorkshopProcess, message: str) -> None:
    """Begin a break as another process does, of which the server hears nothing by itself."""
    with closing(sqlite3.connect(workshop.database, timeout=5)) as connection:
        connection.execute("UPDATE devices_workshop SET paused = 1, pause_message = ?", (message,))
        connection.commit()


def make_devices(workshop: WorkshopProcess, count: int) -> list[str]:
    """Let `count` devices be known to the server; return their cookies."""
    script = f"""
from devices.identity import COOKIE_NAME, cookie_of
from devices.models import Device, Workshop
workshop = Workshop.objects.get()
Device.objects.bulk_create(
    Device(pk=f"bench-device-{{n}}", workshop=workshop) for n in range({count})
)
for n in range({count}):
    print(f"{{COOKIE_NAME}}={{cookie_of(f'bench-device-{{n}}')}}")
"""
    done = workshop.manage("shell", "-c", script)
    cookies = [line for line in done.stdout.splitlines() if "=" in line]
    assert len(cookies) == count, done.stderr
    return cookies


@contextmanager
def bare_server() -> Iterator[tuple[int, int]]:
    """Yield port and process id of the least that can hold streams."""
    command = [sys.executable, "-c", BARE]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout
        yield int(server.stdout.readline()), server.pid
        server.kill()


def allow_many_files() -> int:
    """Raise this process's limit of open files as far as it goes; return it."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def show(name: str, figures: Figures) -> None:
    told = figures.told
    print(
        f"  {name:12} opened {figures.opened:6.2f} s   {figures.bytes / 1024:5.1f} KB each   "
        f"idle {figures.idle:6.1%} of a core   told all: median "
        f"{statistics.median(told):.2f} s, worst {told[-1]:.2f} s"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=5_000)
    parser.add_argument("--quick", action="store_true", help="500 pages")
    options = parser.parse_args()
    count = min(500 if options.quick else options.pages, allow_many_files() - 200)
    print(f"{count} open pages")
    with bare_server() as (port, pid):
        told = ["curl", "-s", f"http://127.0.0.1:{port}/tell"]
        bare = asyncio.run(measure(port, pid, [""] * count, told))
    show("bare ASGI", bare)
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_DIR")) as place,
        running_workshop(Path(place)) as workshop,
    ):
        cookies = make_devices(workshop, count)
        port = int(re.search(r":(\d+)$", workshop.url)[1])  # type: ignore[index]
        ours = asyncio.run(measure(port, workshop.process.pid, cookies, workshop))
    show("ours", ours)
    scale = count / 5_000
    found = {
        "opened": ours.opened / scale,
        "bytes": ours.bytes,
        "idle": ours.idle / scale,
        "told": ours.told[-1],
    }
    missed = [name for name, target in TARGETS.items() if found[name] > target]
    for name in missed:
        print(f"  missed: {name} {found[name]:.2f}, target {TARGETS[name]}")
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
