"""A SwarmUI with its models: one small picture, and the same one found again.

SWARMUI_URL=http://gpu:7801 pytest -m live pipelines/tests/live/test_swarmui_live.py

SWARMUI_TOKEN is for a server that asks for an account, SWARMUI_MODEL for one without SD 3.5.
"""

from __future__ import annotations

import os
from uuid import uuid4

import pytest

from pipelines.engines import pictures
from pipelines.engines.jobs import MediaJob
from pipelines.engines.swarmui import SwarmUI

pytestmark = pytest.mark.live


def test_a_picture_is_made_and_found_again() -> None:
    if not (url := os.environ.get("SWARMUI_URL")):
        pytest.skip("SWARMUI_URL names no server")
    token = os.environ.get("SWARMUI_TOKEN", "")
    engine = SwarmUI(url, token=token)
    job = MediaJob(
        job_id=str(uuid4()),
        prompt="a red <random:apple> on a table",
        seed=0,
        width=512,
        height=512,
        model=os.environ.get("SWARMUI_MODEL", "sd3.5_large"),
        parameters={"steps": 4, "cfg": 5.5, "sampler": "euler", "scheduler": "normal"},
    )
    health = engine.health()
    assert health.ready, health.detail
    assert engine.missing_requirements(job) == ()
    (output,) = engine.generate(job, lambda *payload: None)
    assert pictures.inspect_picture(output.data).width == output.metadata["width"]
    assert output.metadata["parameters"]["seed"] == 0
    (again,) = SwarmUI(url, token=token).recover(job, lambda *payload: None) or ()
    assert again.data == output.data
