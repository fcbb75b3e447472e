"""Requests that nobody should send, over the whole URLconf: no 5xx, no page from the API.

Usage: python -m benchmarks.raw_requests [--count 20000] [--seed 1] (from the checkout's root)

A real workshop on loopback. A tenth of the requests come as a facilitator, some as a child that has
a picture, the rest as nobody. Tells each fault with its request, and what the program logged of an
exception; ends with 1 where there was any.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import django
import requests

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ai4artsed.settings")
django.setup()

from ai4artsed.tests.raw_requests import (  # noqa: E402
    Answer,
    RawRequest,
    draw,
    exceptions_in,
    fault_of,
    send,
)
from ai4artsed.tests.workshop_process import (  # noqa: E402
    PASSWORD,
    Participant,
    WorkshopProcess,
    running_workshop,
)

MOST_SHOWN = 20


def cookies_of(session: requests.Session) -> str:
    return "; ".join(f"{name}={value}" for name, value in session.cookies.items())


def facilitator(workshop: WorkshopProcess) -> str:
    """Log in and return the cookies."""
    session = requests.Session()
    login = f"{workshop.url}/admin/login/"
    session.get(login, timeout=30)
    fields = {
        "username": "leitung",
        "password": PASSWORD,
        "csrfmiddlewaretoken": session.cookies["csrftoken"],
        "next": "/admin/",
    }
    session.post(login, data=fields, headers={"Referer": login}, timeout=30).raise_for_status()
    return cookies_of(session)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_DIR")) as folder,
        running_workshop(Path(folder)) as workshop,
    ):
        child = Participant(workshop)
        run_id = child.generate("Ein roter Drache").json()["run_id"]
        sessions = ("",) * 6 + (cookies_of(child.session),) * 3 + (facilitator(workshop),)
        place = urlsplit(workshop.url)
        address = (place.hostname or "", place.port or 0)
        drawn = draw(
            options.seed,
            options.count,
            host=place.netloc,
            known=(run_id, "theopposite", "formwerkstatt_szene"),
            sessions=sessions,
        )

        def ask(request: RawRequest) -> tuple[RawRequest, Answer]:
            return request, send(address, request)

        statuses: Counter[int] = Counter()
        faults = []
        begun = time.perf_counter()
        with ThreadPoolExecutor(4) as threads:
            for request, answer in threads.map(ask, drawn):
                statuses[answer.status] += 1
                if fault := fault_of(request, answer):
                    faults.append((fault, request))
        seconds = time.perf_counter() - begun
        for fault, request in faults[:MOST_SHOWN]:
            print(f"{fault}: {request.as_bytes()[:500]!r}\n")
        exceptions = exceptions_in(workshop.printed)
        for exception in exceptions[:MOST_SHOWN]:
            print(exception)
        print(", ".join(f"{status}: {number}" for status, number in sorted(statuses.items())))
        print(
            f"{options.count} requests in {seconds:.0f} s, seed {options.seed}: "
            f"{len(faults)} faults, {len(exceptions)} exceptions"
        )
        return 1 if faults or exceptions else 0


if __name__ == "__main__":
    sys.exit(main())
