"""Whatever JSON can say in a metadata.json: the folder is read, or named as damaged."""

from __future__ import annotations

import json
import os
import shutil
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from runs import archive as files
from runs import index
from runs.archive import MOST_METADATA
from runs.models import Run, Status
from runs.tests.odd_metadata import LAYOUTS, mutated
from runs.tests.recording import DAY, FILES, RUN_ID, january_run, old_run

pytestmark = pytest.mark.django_db

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
