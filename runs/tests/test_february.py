"""Runs of February 2026, whose folders hold more kinds than those before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runs import archive as files
from runs import index
from runs.models import Kind, Run, Status
from runs.tests.recording import old_run, picture
from runs.texts import text_of

pytestmark = pytest.mark.django_db

PNG = picture()
DEVICE = "2026-02-10/5b2e0d2a-0000-4000-8000-000000000000_2026-02-10"


def indexed(place: str, metadata: dict[str, Any], contents: dict[str, bytes | str]) -> Run:
    base = {"timestamp": "2026-02-10T10:00:00", "interception_config": "bauhaus"}
    old_run(files.runs_root() / place, base | metadata, contents)
    report = index.rebuild()
    assert (report.damaged, report.missed) == ([], [])
    assert index.rebuild().unchanged == 1
    run = Run.objects.get()
    # Whatever is listed can be opened.
    assert all(files.entity_path(run, e.filename).is_file() for e in run.entities.all())
    return run


def steps(*names: str) -> list[dict[str, Any]]:
    return [
        {
            "sequence": number,
            "type": name.partition("_")[2].partition(".")[0],
            "filename": f"prompting_process/{name}",
        }
        for number, name in enumerate(names, start=1)
    ]


@pytest.mark.parametrize("is_listed", [True, False])
def test_the_texts_of_a_streamed_interception_are_its_latest_steps(is_listed: bool) -> None:
    names = [
        "001_input.txt",
        "002_context_prompt.txt",
        "003_interception.txt",
        "004_input.txt",
        "005_interception.txt",
        "006_optimized_prompt.txt",
    ]
    run = indexed(
        f"{DEVICE}/run_1770714000000_abc",
        {
            "config_name": "sd35_large",
            "entities": [],
            "prompting_process": steps(*names) if is_listed else [],
        },
        {f"prompting_process/{name}": f"Text {name}" for name in names},
    )
    assert (run.kind, run.status) == (Kind.INTERCEPTION, Status.COMPLETE)
    assert run.idea == "Text 004_input.txt"
    assert text_of(run, "interception") == "Text 005_interception.txt"
    assert text_of(run, "context_prompt") == "Text 002_context_prompt.txt"
    assert text_of(run, "optimized_prompt") == "Text 006_optimized_prompt.txt"
    assert run.entities.filter(type="prompting_process").count() == 2


def test_a_streamed_interception_without_a_text_was_interrupted() -> None:
    run = indexed(
        f"{DEVICE}/run_1770714000000_abc",
        {"entities": [], "prompting_process": steps("001_input.txt")},
        {"prompting_process/001_input.txt": "Haus"},
    )
    assert (run.kind, run.status, run.idea) == (Kind.INTERCEPTION, Status.INTERRUPTED, "Haus")


def test_the_prompt_of_a_generation_is_found_under_its_new_name() -> None:
    run = indexed(
        f"{DEVICE}/run_1770714000000_abc",
        {
            "config_name": "flux2",
            "entities": [
                {"sequence": 1, "type": "input", "filename": "01_input.txt"},
                {"sequence": 2, "type": "context_prompt", "filename": "02_context_prompt.txt"},
                {
                    "sequence": 3,
                    "type": "generation_prompt",
                    "filename": "03_generation_prompt.txt",
                },
            ],
            "prompting_process": steps("001_input.txt", "002_interception.txt"),
        },
        {
            "final/01_input.txt": "Haus",
            "final/02_context_prompt.txt": "Rule",
            "final/03_generation_prompt.txt": "A house",
            "final/04_output_music.mp3": b"x",
            "prompting_process/001_input.txt": "Hau",
            "prompting_process/002_interception.txt": "Ein Haus",
        },
    )
    assert (run.kind, run.status, run.idea) == (Kind.GENERATION, Status.COMPLETE, "Haus")
    assert text_of(run, "optimized_prompt") == "A house"
    assert text_of(run, "interception") is None
    assert run.entities.filter(type="output_music").exists()


@pytest.mark.parametrize("run_id", ["run_1770714000000_abc_canvas", "run_1770714000000_a1_001"])
def test_a_run_of_the_canvas_is_read_by_the_names_of_its_files(run_id: str) -> None:
    node = {"node_id": "n1", "node_type": "generation"}
    run = indexed(
        f"2026-02-10/canvas_0123456789ab/{run_id}",
        {
            "run_id": run_id,
            "type": "canvas_workflow",
            "batch_id": "b",
            "entities": [
                {"sequence": 1, "filename": "01_input.txt", "node_type": "input"},
                {"sequence": 2, "filename": "02_generation.png", "metadata": {"seed": 7}} | node,
            ],
        },
        {"final/01_input.txt": "Haus", "final/02_generation.png": PNG},
    )
    assert (run.kind, run.status, run.idea) == (Kind.GENERATION, Status.COMPLETE, "Haus")
    assert (run.seed, run.device_id) == (7, "canvas_0123456789ab")
    assert run.entities.get(type="output_image").filename == "02_generation.png"


@pytest.mark.parametrize(
    ("completed_at", "status"),
    [("2026-02-10T10:05:00", Status.COMPLETE), (None, Status.INTERRUPTED)],
)
def test_a_run_of_the_laboratory_is_whole_when_it_says_so(
    completed_at: str | None, status: str
) -> None:
    run = indexed(
        "2026-02-10/lab_0123456789ab/run_1770714000000_abc",
        {
            "type": "latent_lab",
            "latent_lab_tool": "attention",
            "completed_at": completed_at,
            "entities": [],
            "prompting_process": steps("001_parameters.json", "002_step_01.jpg"),
        },
        {
            "prompting_process/001_parameters.json": "{}",
            "prompting_process/002_step_01.jpg": picture("JPEG"),
        },
    )
    assert (run.kind, run.status) == (Kind.GENERATION, status)
    assert (run.finished_at is not None) == (status == Status.COMPLETE)
    assert run.entities.count() == 2


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (
            {"error_type": "safety_blocked", "message": "Schreib etwas anderes."},
            (Status.BLOCKED, "safety_blocked", "Schreib etwas anderes."),
        ),
        ({"error_type": "timeout"}, (Status.FAILED, "timeout", "")),
        ({"error_type": ["x"]}, (Status.FAILED, "", "")),
        ([], (Status.FAILED, "", "")),
    ],
)
def test_an_error_that_is_kept_beside_tells_how_a_run_ended(
    error: Any, expected: tuple[str, str, str]
) -> None:
    run = indexed(
        f"{DEVICE}/run_1770714000000_abc",
        {"config_name": "flux2", "entities": []},
        {"final/01_input.txt": "x", "final/02_error.json": json.dumps(error)},
    )
    assert (run.status, run.error_kind, run.error_message) == expected
