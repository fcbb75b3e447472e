"""Whatever JSON can say in a metadata.json: the folder is read, or named as damaged."""

from __future__ import annotations

import json
import os
import shutil
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from runs import archive as files
from runs import index
from runs.archive import MOST_METADATA
from runs.models import Run, Status
from runs.tests.recording import DAY, FILES, METADATA, RUN_ID, january_run, old_run

pytestmark = pytest.mark.django_db

# What metadata.json of each layout holds, to be mutated.
LAYOUTS: dict[str, dict[str, Any]] = {
    "5b2e0d2a-0000-4000-8000-000000000000": {
        "schema": "overdrive",
        "outputs": ["output_image.png"],
        "entities": {"01_input": {"sequence": 1, "metadata": {}}},
    },
    "gen_1762161300123_a1b2c3": METADATA,
    f"{DAY}/{RUN_ID}": METADATA
    | {
        "schema_version": 1,
        "kind": "generation",
        "status": "complete",
        "seed": 7,
        "error": {"kind": "timeout", "message": "x"},
        "device_id": "0123456789ab",
        "workshop": "Klasse 7b",
        "finished_at": "2026-02-10T10:01:00+01:00",
        "authorship": {"size": 3, "sha256": "0", "shares": {"mine": 0.5}},
    },
    f"{DAY}/dev_0123456789ab/{RUN_ID}": METADATA
    | {
        "prompting_process": [
            {"sequence": 1, "type": "input", "filename": "prompting_process/001_input.txt"}
        ]
    },
    f"{DAY}/legacy_20251110/some_old_name": METADATA,
    f"{DAY}/canvas_0123456789ab/run_1770714000001_a1_canvas": {
        "type": "canvas_workflow",
        "entities": [
            {"sequence": 1, "filename": "01_generation.png", "node_id": "n", "node_type": "x"}
        ],
    },
    f"{DAY}/lab_0123456789ab/run_1770714000002_a1": {
        "type": "latent_lab",
        "completed_at": "2026-02-10T10:00:00",
        "entities": [],
        "prompting_process": [
            {"sequence": 1, "type": "input", "filename": "prompting_process/001_input.txt"},
            {"sequence": 2, "type": "interception", "filename": "02_error.json"},
        ],
    },
}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(
        [
            10**30,
            -1,
            "5",
            "\ud83d",
            "\0",
            float("inf"),
            float("nan"),
            [],
            {},
            ["generation"],
            [[[]]],
            {"a": {"b": []}},
            "x" * 500,
            "0001-01-01T00:00:00+14:00",
            "9999-12-31T23:59:59-12:00",
            "2026-03-29T02:30:00",
            "data:a=b,c",
        ]
    ),
    st.recursive(
        st.none() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
        max_leaves=6,
    ),
)


def places_in(value: Any) -> list[tuple[Any, ...]]:
    """Return the paths to all values inside `value`."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    paths: list[tuple[Any, ...]] = []
    for key, item in inner:
        paths.append((key,))
        if isinstance(item, dict | list):
            paths += [(key, *rest) for rest in places_in(item)]
    return paths


def mutated(metadata: dict[str, Any], changes: list[tuple[int, Any]]) -> dict[str, Any]:
    copy: dict[str, Any] = json.loads(json.dumps(metadata))
    for number, odd in changes:
        paths = places_in(copy)
        *way, last = paths[number % len(paths)]
        target: Any = copy
        for key in way:
            target = target[key]
        target[last] = deepcopy(odd)
    return copy


@hypothesis_settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    changes=st.lists(st.tuples(st.integers(0, 99), ODD), min_size=1, max_size=4),
    extra=st.dictionaries(st.text(max_size=5), ODD, max_size=2),
)
def test_no_value_of_a_wrong_type_keeps_a_folder_from_being_read(
    changes: list[tuple[int, Any]], extra: dict[str, Any]
) -> None:
    shutil.rmtree(files.runs_root(), ignore_errors=True)
    Run.objects.all().delete()
    for place, metadata in LAYOUTS.items():
        content = json.dumps(mutated(metadata, changes) | extra).encode()
        old_run(files.runs_root() / place, content, FILES)
    report = index.rebuild()
    assert report.damaged == []
    assert len(report.copies) + report.seen == len(LAYOUTS)
    assert Run.objects.count() == report.seen
    again = index.rebuild()
    assert (again.indexed, again.unchanged) == (0, report.seen)


@pytest.mark.parametrize(
    "content",
    [
        b'{"kind": ["generation"]}',
        b'{"status": {}, "schema_version": 1}',
        b'{"entities": [{"filename": "01_input.txt", "metadata": {"seed": 1e999}}]}',
        b'{"entities": [{"filename": "01_input.txt", "sequence": true, "size": true}]}',
        b'{"device_name": "\xed\xa0\xbd"}',
        '{"device_name": "\\u0000\\ud83d"}'.encode("utf-16"),
        b'{"schema_version": true, "status": "running"}',
    ],
)
def test_what_is_no_value_counts_as_none(content: bytes) -> None:
    january_run(f"{DAY}/{RUN_ID}", content)
    assert index.rebuild().damaged == []
    assert Run.objects.get().run_id == RUN_ID


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"a": ' + b"[" * 2_000 + b"]" * 2_000 + b"}", "nested too deeply"),
        (b'{"a": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (b'{"a": "' + b"x" * MOST_METADATA + b'"}', "more than"),
        (b'{"seed": ' + b"9" * 10_000 + b"}", "metadata.json"),
    ],
)
def test_what_no_database_keeps_is_damaged_and_named(content: bytes, reason: str) -> None:
    january_run(f"{DAY}/{RUN_ID}", content)
    january_run("2026-02-11/run_1770800400000_b1", run_id="run_1770800400000_b1")
    report = index.rebuild()
    ((folder, told),) = report.damaged
    assert folder == f"json/{DAY}/{RUN_ID}"
    assert reason in told
    assert Run.objects.get(status=Status.DAMAGED).error_message == told
    assert report.indexed == 2


def test_a_time_in_the_hour_of_a_clock_change_settles() -> None:
    january_run(f"{DAY}/{RUN_ID}", timestamp="2026-03-29T02:30:00")
    january_run("2026-10-25/run_1", run_id="run_1", timestamp="2026-10-25T02:30:00")
    index.rebuild()
    assert index.rebuild().unchanged == 2


def test_a_time_that_no_calendar_has_is_no_obstacle() -> None:
    folder = january_run("5b2e0d2a-0000-4000-8000-000000000000", {"schema": "overdrive"})
    try:
        os.utime(folder, (300_000_000_000, 300_000_000_000))
    except OSError:
        pytest.skip("this file system bears no such times")
    assert index.rebuild().damaged == []
