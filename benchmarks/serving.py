"""What the requests of one page cost the server, in processor time and by the clock.

Usage: python -m benchmarks.serving [--rounds 100] (from the checkout's root)

A real workshop on loopback and one client that keeps its connection, as a browser does. Processor
time is that of the web process, whatever else the machine does; a class that opens the page costs
it the last line times the number of tablets. The rival is the least that can be asked: a module
from Python's own `http.server`, which knows no compression and no conditions.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import django
import requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ai4artsed.settings")
django.setup()

from ai4artsed.tests.workshop_process import running_workshop  # noqa: E402

RULE = "/api/config/theopposite/context"
# What the page asks for once, besides its modules, styles and fonts.
ASKED = (
    "/",
    RULE,
    "/pipeline_configs_with_properties",
    "/api/outputs/",
    "/api/devices/me/",
    "/api/draft/",
    "/api/runs/?day=today&kind=generation&page_size=60",
)


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(session: requests.Session, name: str, address: str, pid: int, rounds: int) -> float:
    """Return the milliseconds of processor time that a request takes, and tell them."""
    for _ in range(5):
        session.get(address, timeout=30).raise_for_status()
    used, begun = processor_seconds(pid), time.perf_counter()
    for _ in range(rounds):
        session.get(address, timeout=30)
    wall = (time.perf_counter() - begun) / rounds * 1000
    processor = (processor_seconds(pid) - used) / rounds * 1000
    print(f"  {name:52}{processor:8.2f} ms{wall:8.2f} ms by the clock")
    return processor


def plain_server(module: Path, rounds: int) -> float:
    command = [
        sys.executable,
        "-u",
        "-m",
        "http.server",
        "0",
        "--bind",
        "127.0.0.1",
        "-p",
        "HTTP/1.1",
    ]
    with subprocess.Popen(
        command,
        cwd=module.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        assert server.stdout
        port = re.search(r"port (\d+)", server.stdout.readline())
        assert port
        address = f"http://127.0.0.1:{port[1]}/{module.name}"
        with requests.Session() as session:
            processor = measure(session, "a module, http.server", address, server.pid, rounds)
        server.terminate()
    return processor


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=100)
    rounds: int = parser.parse_args().rounds
    with (
        tempfile.TemporaryDirectory() as place,
        running_workshop(Path(place)) as workshop,
        requests.Session() as session,
    ):
        pid = workshop.process.pid
        page = session.get(workshop.url, timeout=30).text
        modules = sorted(set(re.findall(r'/static/[^"\' >]+\.(?:js|css|woff2)', page)))
        module = next(name for name in modules if name.endswith(".js"))
        one = measure(session, "a module", workshop.url + module, pid, rounds * 10)
        asked = [measure(session, path, workshop.url + path, pid, rounds) for path in ASKED]
        collected = Path(workshop.environment["STATIC_ROOT"])
        plain = plain_server(collected / module.removeprefix("/static/"), rounds * 10)
    print(f"a module / the same from http.server: {one / plain:.1f} ×")
    print(f"the page with {len(modules)} files: {sum(asked) + len(modules) * one:.0f} ms")


if __name__ == "__main__":
    main()
