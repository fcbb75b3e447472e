"""How long machines take is measured where there is something to measure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import timedelta

import pytest
from django.utils import timezone

from pipelines.registry import get_catalog
from pipelines.servers.durations import SAMPLE, durations_of
from runs.models import Kind, Run, Status

MACHINE = "formwerkstatt_szene"

pytestmark = pytest.mark.django_db
_numbers = itertools.count()


def record(durations: Iterable[float], **fields: object) -> None:
    for seconds in durations:
        number = next(_numbers)
        at = timezone.now() + timedelta(milliseconds=number)
        Run.objects.create(
            **{
                "run_id": f"run_{number}",
                "folder": f"json/{number}",
                "day": at.date(),
                "created_at": at,
                "started_at": at,
                "finished_at": at + timedelta(seconds=seconds),
                "kind": Kind.GENERATION,
                "status": Status.COMPLETE,
                "output_config": MACHINE,
                **fields,
            }
        )


def test_without_a_measurement_the_catalogs_estimate_holds() -> None:
    found = durations_of(MACHINE)
    chunk = get_catalog().chunk_of(MACHINE)
    low, high = chunk.estimate_range()
    assert found.median is None
    assert found.expected == (low + high) / 2
    assert found.estimate == chunk.meta.estimated_duration_seconds


def test_the_expectation_is_the_median_of_measured_durations() -> None:
    record([10, 30, 500])
    assert durations_of(MACHINE).median == durations_of(MACHINE).expected == 30
    # Too few for saying between what they lie.
    assert durations_of(MACHINE).estimate == (
        get_catalog().chunk_of(MACHINE).meta.estimated_duration_seconds
    )


def test_the_estimate_is_what_half_of_the_runs_lie_between() -> None:
    record([2, 10, 20, 30, 500])
    assert durations_of(MACHINE).estimate == "10-30"


def test_a_machine_that_is_quicker_than_a_second_takes_one() -> None:
    record([0.2] * 5)
    assert durations_of(MACHINE).estimate == "1"


def test_only_the_latest_pictures_of_this_machine_that_were_finished_count() -> None:
    record([500] * SAMPLE)
    record([3] * SAMPLE)
    record([900], kind=Kind.INTERCEPTION)
    record([900], status=Status.FAILED)
    record([900], output_config="formwerkstatt_geometrie")
    record([900], started_at=None)
    assert durations_of(MACHINE).seconds == (3,) * SAMPLE


def test_an_index_leads_to_them_however_many_runs_there_are() -> None:
    plan = Run.objects.timed().filter(output_config="unused").newest_first()[:SAMPLE].explain()
    assert "run_durations" in plan
    assert "TEMP B-TREE" not in plan
