"""Numbers as servers really send them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.utils import timezone

from pipelines import queue
from pipelines.engines.json_values import number_of, parse_json, share_of
from runs.models import Kind, Run, Status


@pytest.mark.parametrize(
    "text", ["1e400", "-1e400", "1" + "0" * 4000, "NaN", "Infinity", "true", '"3"', "[]", "null"]
)
def test_what_cannot_be_reckoned_with_is_no_number(text: str) -> None:
    assert number_of(parse_json(text)) is None
    assert share_of(parse_json(text), 20) == 0
    assert share_of(5, parse_json(text)) == 0


@pytest.mark.parametrize(
    ("done", "whole", "share"),
    [(5, 20, 0.25), (25, 20, 1), (-5, 20, 0), (5, 0, 0), (5, -5, 0), (1e308, 1e-308, 1)],
)
def test_a_share_is_one(done: float, whole: float, share: float) -> None:
    assert share_of(done, whole) == share


@pytest.mark.django_db
@pytest.mark.parametrize("share", [float("nan"), float("inf"), -1.0, 7.0])
def test_whatever_an_engine_reports_the_row_holds_a_share(share: Any) -> None:
    now = timezone.now()
    run = Run.objects.create(
        run_id="run_1_share",
        folder="x",
        day=timezone.localdate(),
        kind=Kind.GENERATION,
        status=Status.RUNNING,
        lease_owner="me",
        created_at=now,
    )
    queue.report_progress(run, owner="me", share=share, note="")
    run.refresh_from_db()
    assert run.progress in (0.0, 1.0)
    json.dumps(run.progress, allow_nan=False)
