"""The same real ComfyUI behind SwarmUI's passthrough."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pipelines.engines.comfyui import ComfyUI, Limits, Workflow, load_workflows
from pipelines.engines.jobs import EngineError, ErrorKind
from pipelines.tests.lab.graphs import write_workflows
from pipelines.tests.lab.test_comfyui_real import Reports, digest, failure_after, job, made
from pipelines.tests.servers.passthrough import Passthrough

pytestmark = pytest.mark.engine_lab
PINNED = {"X-Swarm-Backend-ID": "0"}


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Workflow]:
    folder: Path = tmp_path_factory.mktemp("workflows")
    write_workflows(folder)
    return dict(load_workflows([folder]))


@pytest.fixture
def swarm(comfyui_url: str) -> Iterator[Passthrough]:
    with Passthrough(comfyui_url) as swarm:
        yield swarm


@pytest.fixture
def engine(swarm: Passthrough, workflows: dict[str, Workflow]) -> ComfyUI:
    return ComfyUI(swarm.base_url, headers=PINNED, workflows=workflows)


def test_a_picture_is_the_same_as_without_it(
    engine: ComfyUI, comfyui_url: str, workflows: dict[str, Workflow]
) -> None:
    reports = Reports()
    through = made(engine, job(seed=81, parameters={"steps": 12}), reports)
    straight = made(
        ComfyUI(comfyui_url, workflows=workflows), job(seed=81, parameters={"steps": 12})
    )
    assert digest(through) == digest(straight)
    assert reports.previews


def test_a_running_job_is_stopped_through_it(engine: ComfyUI) -> None:
    order = job("sleep", parameters={"seconds": 60.0})
    assert failure_after(lambda: engine.cancel(order), engine, order).kind == ErrorKind.CANCELLED


def test_its_pages_in_html_are_failures(swarm: Passthrough, workflows: dict[str, Any]) -> None:
    unpinned = ComfyUI(swarm.base_url, workflows=workflows, limits=Limits(no_answer=1))
    assert unpinned.health().ready is False
    with pytest.raises(EngineError) as failure:
        made(unpinned, job())
    assert failure.value.kind == ErrorKind.BACKEND_FAILED


def test_what_is_missing_is_told_through_it(engine: ComfyUI) -> None:
    assert engine.health().version == "0.3.75"
    assert [each.name for each in engine.missing_requirements(job("missing_model"))] == [
        "gone.safetensors"
    ]
