"""Finding a run by its id and listing runs: by the index, and by walking the folders.

The rows are made straight in a SQLite database; every query's plan is asserted to go by an index.
The walks go through as many real, empty folders on as many days. Who knows that a run lies right
below its day need only ask each day for the name; who has archives with a folder for each device
in between has to look into each day. Lists are walked at a smaller number of folders
(`--described`), since every metadata.json is parsed.

    python benchmarks/lookup.py [--runs 100000] [--days 400] [--described 5000]
"""
# `pathlib` would slow the rival down: the walks are as fast as plain Python can be.
# ruff: noqa: PTH102, PTH103, PTH110, PTH123, PTH208

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from installation import set_up

FOLDER = set_up()

from django.contrib.auth.models import User  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import QuerySet  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from devices.models import Device  # noqa: E402
from pipelines.servers.durations import durations_of  # noqa: E402
from runs.models import Entity, Run  # noqa: E402

DEVICES = 300
BEGIN = datetime(2025, 1, 1, tzinfo=timezone.get_default_timezone())
OUTPUTS = ("flux2", "qwen", "sd35_large", "formwerkstatt")
LEVELS = ("kids", "youth", "adult")
ONE_ROW = "SELECT * FROM runs_run WHERE run_id = %s"

Way = Callable[[int], object]
"""Finds what the number, from 0 to `ROUNDS`, stands for."""
ROUNDS = 300


def make_run(number: int, every: timedelta) -> Run:
    at = BEGIN + number * every
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
        kind="generation",
        created_at=at,
        started_at=at,
        finished_at=at + timedelta(seconds=number % 60),
    )


def make_rows(count: int, every: timedelta) -> None:
    Device.objects.bulk_create(Device(pk=f"device-{number:05d}") for number in range(DEVICES))
    for start in range(0, count, 5_000):
        runs = Run.objects.bulk_create(
            make_run(number, every) for number in range(start, min(start + 5_000, count))
        )
        Entity.objects.bulk_create(
            Entity(run=run, sequence=sequence, type="input", filename=f"{sequence:02d}_input.txt")
            for run in runs
            for sequence in (1, 2)
        )


def make_folders(count: int, every: timedelta, *, described: bool = False) -> str:
    """Make folders below a root of their own and return it."""
    root = f"{FOLDER}/{'described' if described else 'empty'}"
    for number in range(count):
        run = make_run(number, every)
        path = f"{root}/{run.folder}"
        try:
            os.mkdir(path)
        except FileNotFoundError:
            os.makedirs(path)
        if described:
            metadata = {
                "run_id": run.run_id,
                "timestamp": run.created_at.isoformat(),
                "device_id": run.device_id,
                "safety_level": run.safety_level,
                "config_name": run.output_config,
                "entities": [{"filename": "01_input.txt"}] * 4,
            }
            with open(f"{path}/metadata.json", "w") as file:
                json.dump(metadata, file, indent=2)
    return f"{root}/json"


def ask_each_day(root: str, run_id: str) -> str:
    for day in os.listdir(root):
        if os.path.exists(f"{root}/{day}/{run_id}"):
            return f"{root}/{day}/{run_id}"
    return ""


def look_into_each_day(root: str, run_id: str) -> str:
    for day in os.listdir(root):
        with os.scandir(f"{root}/{day}") as entries:
            for entry in entries:
                if entry.name == run_id:
                    return entry.path
    return ""


def walk_all(root: str, device_id: str) -> list[dict[str, Any]]:
    own = []
    for day in os.listdir(root):
        for name in os.listdir(f"{root}/{day}"):
            with open(f"{root}/{day}/{name}/metadata.json") as file:
                metadata = json.load(file)
            if metadata["device_id"] == device_id:
                own.append(metadata)
    return sorted(own, key=lambda metadata: str(metadata["timestamp"]), reverse=True)[:50]


def measure(name: str, way: Way, rounds: int = ROUNDS) -> float:
    """Return the median in milliseconds, and tell it; the first rounds warm up."""
    for number in range(min(20, rounds)):
        way(number)
    values = []
    for number in range(rounds):
        begun = time.perf_counter()
        way(number)
        values.append((time.perf_counter() - begun) * 1000)
    median = statistics.median(values)
    print(f"  {name:44} {median:9.3f} ms")
    return median


def one_row(run_id: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(ONE_ROW, [run_id])
        row: tuple[Any, ...] | None = cursor.fetchone()
        return row


def assert_searched(queryset: QuerySet[Any], *, in_order_of_all: bool = False) -> None:
    """Stop where an index does not lead to the rows, or where all of them have to be sorted."""
    plan = queryset.explain()
    is_searched = "SEARCH" in plan or in_order_of_all
    by_index = "USING INDEX" in plan or "USING COVERING INDEX" in plan
    if not is_searched or not by_index or "TEMP B-TREE FOR ORDER BY" in plan:
        raise SystemExit(f"not found by an index: {plan}")
    print(f"    {plan.splitlines()[0]}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--described", type=int, default=5_000)
    options = parser.parse_args()
    every = timedelta(days=options.days) / options.runs
    make_rows(options.runs, every)
    empty = make_folders(options.runs, every)
    described = make_folders(options.described, every, described=True)
    chance = random.Random(4)
    picks = [make_run(chance.randrange(options.runs), every) for _ in range(ROUNDS)]
    ids = [run.run_id for run in picks]
    staff = Client(headers={"host": "localhost"})
    staff.force_login(User.objects.create_superuser("staff"))
    with_parts = Run.objects.select_related("device", "workshop").prefetch_related("entities")
    month = Run.objects.filter(created_at__gte=BEGIN + timedelta(days=options.days - 30))

    print(f"by the index of {options.runs} runs")
    alone = measure("one run, the database alone", lambda number: one_row(ids[number]))
    found = measure("one run, one query", lambda number: Run.objects.get(run_id=ids[number]))
    assert_searched(Run.objects.filter(run_id=ids[0]))
    missing = measure(
        "an unknown id, one query",
        lambda number: list(Run.objects.filter(run_id=f"run_{number}")),
    )
    measure(
        "one run with device, workshop and files", lambda number: with_parts.get(run_id=ids[number])
    )
    assert_searched(with_parts.filter(run_id=ids[0]))
    assert_searched(Entity.objects.filter(run=1))
    assert staff.get(f"/api/runs/{ids[0]}").status_code == 200
    measure(
        "one run through the API, all of it", lambda number: staff.get(f"/api/runs/{ids[number]}")
    )

    def newest_of_device(number: int) -> QuerySet[Run]:
        return Run.objects.filter(device_id=picks[number].device_id).newest_first()[:50]

    def of_month(number: int) -> QuerySet[Run]:
        run = picks[number]
        runs = month.filter(output_config=run.output_config, safety_level=run.safety_level)
        return runs.newest_first()[:50]

    listed = measure("newest 50 of a device", lambda number: list(newest_of_device(number)))
    assert_searched(newest_of_device(0))
    measure("30 days, engine and level, newest 50", lambda number: list(of_month(number)))
    assert_searched(of_month(0))
    measure("newest 50 of all", lambda number: list(Run.objects.newest_first()[:50]))
    assert_searched(Run.objects.newest_first()[:50], in_order_of_all=True)

    measure("durations of a machine", lambda number: durations_of(OUTPUTS[number % 4]))
    measure("durations of a machine that made nothing", lambda number: durations_of("unused"))
    assert_searched(Run.objects.timed().filter(output_config="unused").newest_first()[:20])

    print(f"by walking {options.runs} folders on {options.days} days, warm cache")
    asked = measure("one run, each day asked", lambda number: ask_each_day(empty, ids[number]), 100)
    in_vain = measure(
        "an unknown id, each day asked", lambda number: ask_each_day(empty, f"run_{number}"), 100
    )
    seen = measure(
        "one run, each day looked into", lambda number: look_into_each_day(empty, ids[number]), 50
    )
    unseen = measure(
        "an unknown id, each day looked into",
        lambda number: look_into_each_day(empty, f"run_{number}"),
        50,
    )
    walked = measure(
        f"newest 50 of a device, of {options.described} runs",
        lambda number: walk_all(described, picks[number].device_id or ""),
        3,
    )
    print("the walk / one query of the index")
    print(f"  one run: {asked / found:.0f} × each day asked, {seen / found:.0f} × looked in")
    print(f"  no run: {in_vain / missing:.0f} × each day asked, {unseen / missing:.0f} × looked in")
    print(f"  newest 50 of a device: {walked / listed:.0f} × at {options.described} folders")
    print(f"the ORM / the database alone: {found / alone:.0f} ×")


if __name__ == "__main__":
    main()
