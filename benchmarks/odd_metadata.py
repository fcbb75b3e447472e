"""Not speed: metadata.json of every layout with values, bytes and lengths that nobody has written.

    python benchmarks/odd_metadata.py [--count 10000] [--seed 1]

Each is laid down, indexed, asked for by the API and indexed again. No exception, no 5xx; each
folder is read, or named with a reason; the second time nothing changes. Ends with 1 otherwise.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import traceback
from collections.abc import Callable
from typing import Any

from installation import set_up

FOLDER = set_up()

from django.contrib.auth.models import User  # noqa: E402
from django.test import Client  # noqa: E402

from runs import archive, index  # noqa: E402
from runs.index_report import Report  # noqa: E402
from runs.models import Run  # noqa: E402
from runs.tests.odd_metadata import LAYOUTS, mutated  # noqa: E402
from runs.tests.recording import FILES, old_run  # noqa: E402

PLAIN: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    float("inf"),
    float("nan"),
    "",
    "5",
    "\ud83d",
    "\0",
    "x" * 5_000,
    "../../etc/passwd",
    "2026-03-29T02:30:00",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-12:00",
    [],
    {},
)


def odd_value(chance: random.Random, depth: int = 3) -> Any:
    kind = chance.randrange(6 if depth else 4)
    if kind == 4:
        return [odd_value(chance, depth - 1) for _ in range(chance.randrange(4))]
    if kind == 5:
        return {odd_text(chance): odd_value(chance, depth - 1) for _ in range(chance.randrange(3))}
    if kind == 3:
        return odd_text(chance)
    return chance.choice(PLAIN)


def odd_text(chance: random.Random) -> str:
    tops = (128, 0x11000)
    return "".join(
        chr(chance.randrange(chance.choice(tops))) for _number in range(chance.randrange(8))
    )


def odd_bytes(content: bytes, chance: random.Random) -> bytes:
    """Return what a bad disk, a bad editor or a bad copy makes of it."""
    damage: tuple[Callable[[], bytes], ...] = (
        lambda: content[: chance.randrange(len(content))],
        lambda: content.replace(b'"', chance.choice((b"'", b"", b"\\")), chance.randrange(1, 9)),
        lambda: bytes(
            byte ^ (1 << chance.randrange(8)) if chance.random() < 0.02 else byte
            for byte in content
        ),
        lambda: content.decode("utf-8", "replace").encode("utf-16"),
        lambda: b"\xef\xbb\xbf" + content,
        lambda: b"[" * chance.randrange(1, 5_000) + content,
        lambda: content * 2,
    )
    return chance.choice(damage)()


def content_of(metadata: dict[str, Any], chance: random.Random) -> bytes:
    changes = [(chance.randrange(100), odd_value(chance)) for _ in range(chance.randrange(1, 5))]
    odd = mutated(metadata, changes)
    if chance.random() < 0.3:
        odd[odd_text(chance)] = odd_value(chance)
    content = json.dumps(odd).encode("utf-8", "replace")
    return odd_bytes(content, chance) if chance.random() < 0.25 else content


def faults_of(chance: random.Random, client: Client) -> list[str]:
    """Lay down one folder of each layout, index and ask for them; return what was wrong."""
    shutil.rmtree(archive.runs_root(), ignore_errors=True)
    Run.objects.all().delete()
    for place, metadata in LAYOUTS.items():
        old_run(archive.runs_root() / place, content_of(metadata, chance), FILES)
    try:
        report = index.rebuild()
        found = _unaccounted(report)
        found += [
            f"{answer.status_code} for {run.folder}"
            for run in Run.objects.all()
            if (answer := client.get(f"/api/runs/{run.run_id}/")).status_code >= 500
        ]
        again = index.rebuild()
    except Exception:
        return [traceback.format_exc()]
    if again.indexed:
        found.append(f"{again.indexed} folders are indexed anew each time")
    return found


def _unaccounted(report: Report) -> list[str]:
    told = report.seen + len(report.copies)
    return [] if told == len(LAYOUTS) else [f"{told} of {len(LAYOUTS)} folders are accounted for"]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    client = Client(raise_request_exception=False, SERVER_NAME="localhost")
    client.force_login(User.objects.create(username="owner", is_staff=True, is_superuser=True))
    rounds, wrong = -(-options.count // len(LAYOUTS)), 0
    for number in range(rounds):
        for fault in faults_of(random.Random(f"{options.seed}/{number}"), client):
            wrong += 1
            print(f"round {number}: {fault}")
    print(f"{rounds * len(LAYOUTS)} mutations of {len(LAYOUTS)} layouts, {wrong} faults")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
