"""Finding a run by its id and listing runs: by the index, and by walking the folders.

The rows are made straight in a SQLite database; every query's plan is asserted to go by an index.
The walk asks every date folder for the id, and for the list it parses every metadata.json, at a
smaller number of real folders (`--folders`, 60 a day). Asking for an id costs by the number of
days only, so with few days the walk is no slower; a list costs by the number of runs.

    python benchmarks/lookup.py [--runs 100000] [--folders 5000]
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from installation import set_up

FOLDER = set_up()

from django.db.models import QuerySet  # noqa: E402
from django.utils import timezone  # noqa: E402

from devices.models import Device  # noqa: E402
from runs.models import Entity, Run  # noqa: E402

DEVICES = 300
BEGIN = datetime(2025, 1, 1, 8, tzinfo=timezone.get_default_timezone())
OUTPUTS = ("flux2", "qwen", "sd35_large", "formwerkstatt")
LEVELS = ("kids", "youth", "adult")


def make_run(number: int) -> Run:
    at = BEGIN + timedelta(minutes=24 * number)
    run_id = f"run_{int(at.timestamp() * 1000)}_{number:016x}"
    return Run(
        run_id=run_id,
        folder=f"json/{at:%Y-%m-%d}/{run_id}",
        day=at.date(),
        status="complete" if number % 9 else "failed",
        device_id=f"device-{number % DEVICES:05d}",
        output_config=OUTPUTS[number % 4],
        interception_config="planetarizer",
        safety_level=LEVELS[number % 3],
        created_at=at,
    )


def make_rows(count: int) -> None:
    Device.objects.bulk_create(Device(pk=f"device-{number:05d}") for number in range(DEVICES))
    for start in range(0, count, 5_000):
        runs = Run.objects.bulk_create(
            make_run(number) for number in range(start, min(start + 5_000, count))
        )
        Entity.objects.bulk_create(
            Entity(run=run, sequence=sequence, type="input", filename=f"{sequence:02d}_input.txt")
            for run in runs
            for sequence in (1, 2)
        )


def make_folders(count: int) -> Path:
    root = FOLDER / "walked"
    for number in range(count):
        run = make_run(number)
        folder = root / run.folder
        folder.mkdir(parents=True)
        metadata = {
            "run_id": run.run_id, "timestamp": run.created_at.isoformat(),
            "device_id": run.device_id, "safety_level": run.safety_level,
            "config_name": run.output_config, "entities": [{"filename": "01_input.txt"}] * 4,
        }
        (folder / "metadata.json").write_text(json.dumps(metadata, indent=2))
    return root / "json"


def walk_to(root: Path, run_id: str) -> Path | None:
    for day in root.iterdir():
        if (day / run_id / "metadata.json").exists():
            return day / run_id
    return None


def walk_all(root: Path, device_id: str) -> list[dict[str, Any]]:
    everything = [json.loads(path.read_text()) for path in root.glob("*/*/metadata.json")]
    own = [metadata for metadata in everything if metadata["device_id"] == device_id]
    return sorted(own, key=lambda metadata: str(metadata["timestamp"]), reverse=True)[:50]


def median_ms(rounds: int, work: Callable[[int], object]) -> float:
    values = []
    for number in range(rounds):
        begun = time.perf_counter()
        work(number)
        values.append((time.perf_counter() - begun) * 1000)
    return statistics.median(values)


def assert_searched(name: str, queryset: QuerySet[Any]) -> None:
    plan = queryset.explain()
    if "USING INDEX" not in plan and "USING COVERING INDEX" not in plan:
        raise SystemExit(f"{name} is not found by an index: {plan}")
    print(f"  {plan.splitlines()[0]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--folders", type=int, default=5_000)
    options = parser.parse_args()
    print(f"making {options.runs} rows and {options.folders} folders …")
    make_rows(options.runs)
    root = make_folders(options.folders)
    chance = random.Random(4)
    picks = [make_run(chance.randrange(options.runs)) for _ in range(300)]
    until = BEGIN + timedelta(minutes=24 * options.runs)
    month = Run.objects.filter(created_at__gte=until - timedelta(days=30))
    queries: dict[str, Callable[[int], QuerySet[Any]]] = {
        "one run by its id": lambda number: Run.objects.filter(run_id=picks[number].run_id),
        "an id that does not exist": lambda number: Run.objects.filter(run_id=f"run_{number}"),
        "newest 50 of a device": lambda number: Run.objects.filter(
            device_id=picks[number].device_id
        ).newest_first()[:50],
        "30 days, engine and level, newest 50": lambda number: month.filter(
            output_config=picks[number].output_config, safety_level=picks[number].safety_level
        ).newest_first()[:50],
        "newest 50 of all": lambda number: Run.objects.newest_first()[:50],
    }
    measured: dict[str, float] = {}
    for name, query in queries.items():
        measured[name] = median_ms(300, lambda number, query=query: list(query(number)))
        print(f"{name:38} {measured[name]:8.3f} ms")
        assert_searched(name, query(0))
    walked = [make_run(chance.randrange(options.folders)) for _ in range(100)]
    found = median_ms(100, lambda number: walk_to(root, walked[number].run_id))
    missing = median_ms(100, lambda number: walk_to(root, f"run_{number}"))
    listed = median_ms(3, lambda number: walk_all(root, walked[number].device_id or ""))
    print(f"walking {options.folders} folders, warm cache (the index above has {options.runs}):")
    for name, walk, rival in (
        ("one run by its id", found, "one run by its id"),
        ("an id that does not exist", missing, "an id that does not exist"),
        ("newest 50 of a device", listed, "newest 50 of a device"),
    ):
        print(f"{name:38} {walk:8.3f} ms = {walk / measured[rival]:.1f} × the index")


if __name__ == "__main__":
    main()
