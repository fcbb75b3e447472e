"""A whole workshop with real servers and no embedded machine: texts by llama.cpp, pictures by
ComfyUI. What is killed meanwhile costs nobody a picture."""

from __future__ import annotations

import hashlib
import json
import os
import signal
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from ai4artsed.tests.workshop_process import (
    Participant,
    WorkshopProcess,
    running_workshop,
    wait_for,
)
from pipelines.tests.lab.conftest import (  # noqa: F401  fixtures
    LabServer,
    comfyui,
    comfyui_url,
    llama,
    llama_url,
)
from pipelines.tests.lab.operators import write_operators_folder

pytestmark = pytest.mark.engine_lab

IDEA = "Ein roter Drache schläft auf dem Dach der Schule."


@pytest.fixture(scope="module")
def workshop(
    tmp_path_factory: pytest.TempPathFactory,
    comfyui_url: str,  # noqa: F811
    llama_url: str,  # noqa: F811
) -> Iterator[WorkshopProcess]:
    place = tmp_path_factory.mktemp("lab")
    write_operators_folder(place / "own")
    with running_workshop(
        place,
        COMFYUI_URL=comfyui_url,
        OPENAI_BASE_URL=llama_url,
        SCHEMA_DIRS=str(place / "own"),
        PROBE_SECONDS="1",
    ) as running:
        yield running


def order(participant: Participant, machine: str, **fields: Any) -> str:
    answer = participant.post(
        "/api/schema/pipeline/generation",
        json={"prompt": IDEA, "output_config": machine, "seed": 5, **fields},
        headers={"Prefer": "respond-async"},
    )
    assert answer.status_code == 202, answer.text
    run_id: str = answer.json()["run_id"]
    return run_id


def ended(participant: Participant, run_id: str) -> dict[str, Any]:
    wait_for(lambda: participant.state(run_id)["status"] not in {"queued", "running"}, 120)
    return participant.state(run_id)


def is_drawn(participant: Participant, run_id: str) -> bool:
    return bool(participant.state(run_id)["progress"] > 0)


def check_folder(workshop: WorkshopProcess, run_id: str, types: list[str]) -> dict[str, Any]:
    """Compare every file of a run with what metadata.json says of it."""
    folder = workshop.folder(run_id)
    metadata: dict[str, Any] = json.loads((folder / "metadata.json").read_text())
    entities = metadata["entities"]
    assert [entity["type"] for entity in entities] == types
    assert [entity["filename"][:2] for entity in entities] == [
        f"{number:02d}" for number in range(1, len(types) + 1)
    ]
    for entity in entities:
        data = (folder / entity["filename"]).read_bytes()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (entity["size"], entity["sha256"])
    assert metadata["status"] == "complete"
    return metadata


def test_a_text_by_a_language_model_becomes_a_picture_by_a_sampler(
    workshop: WorkshopProcess,
) -> None:
    child = Participant(workshop)
    payload = child.intercept(IDEA)
    assert payload["interception_result"].strip()
    picture = child.generate(
        payload["interception_result"],
        output_config="lab_tiny",
        input_text=IDEA,
        interception_result=payload["interception_result"],
        interception_config="theopposite",
    ).json()
    assert picture["status"] == "success"
    types = ["input", "interception", "optimized_prompt", "workflow", "output_image"]
    metadata = check_folder(workshop, picture["run_id"], types)
    assert (metadata["engine"], metadata["server"]) == ("comfyui", "comfyui")
    assert metadata["parent_run_id"] == payload["run_id"]
    engines = {run["engine"] for run in workshop.folders().values()}
    assert engines == {"openai_chat", "comfyui"}


def test_tokens_are_told_one_by_one(workshop: WorkshopProcess) -> None:
    child = Participant(workshop)
    answer = child.post(
        "/api/schema/pipeline/interception",
        json={"schema": "overdrive", "input_text": IDEA, "enable_streaming": True},
        stream=True,
    )
    events = [line for line in answer.iter_lines() if line.startswith(b"event: chunk")]
    assert len(events) > 5


def test_a_prompt_is_fitted_by_the_model_and_kept_as_it_was_sent(
    workshop: WorkshopProcess,
) -> None:
    child = Participant(workshop)
    answer = child.post(
        "/api/schema/pipeline/optimize", json={"input_text": IDEA, "output_config": "qwen"}
    ).json()
    assert answer.get("success"), answer
    assert answer["optimization_applied"] is True
    (run,) = [run for run in workshop.folders().values() if run["kind"] == "optimization"]
    kept = workshop.folder(run["run_id"]) / "02_optimized_prompt.txt"
    assert kept.read_text() == answer["optimized_prompt"]


def test_two_devices_at_once_each_get_their_own_picture(workshop: WorkshopProcess) -> None:
    children = [Participant(workshop) for _ in range(2)]
    runs = [order(child, "lab_tiny", seed=seed) for seed, child in enumerate(children)]
    for child, run_id in zip(children, runs, strict=True):
        assert ended(child, run_id)["status"] == "complete"
    graphs = [json.loads((workshop.folder(run) / "03_workflow.json").read_text()) for run in runs]
    assert [graph["5"]["inputs"]["seed"] for graph in graphs] == [0, 1]
    pictures = {(workshop.folder(run) / "04_output_image.png").read_bytes() for run in runs}
    assert len(pictures) == 2


def test_outputs_that_belong_together_lie_in_one_run_with_a_sheet_of_them(
    workshop: WorkshopProcess,
) -> None:
    child = Participant(workshop)
    run_id = order(child, "lab_two")
    assert ended(child, run_id)["status"] == "complete"
    types = [
        "input",
        "optimized_prompt",
        "workflow",
        "output_image",
        "output_image",
        "output_image_composite",
    ]
    metadata = check_folder(workshop, run_id, types)
    roles = [entity["metadata"].get("role") for entity in metadata["entities"][3:5]]
    assert roles == ["combined", "joined"]
    listed = child.get(f"/api/media/images/{run_id}").json()
    assert listed["total_images"] >= 2


def test_a_worker_killed_while_it_draws_costs_no_picture_and_no_second_drawing(
    workshop: WorkshopProcess,
    comfyui_url: str,  # noqa: F811
) -> None:
    child = Participant(workshop)
    run_id = order(child, "lab_sleep")
    wait_for(lambda: is_drawn(child, run_id), 60)
    killed = workshop.worker_pid()
    os.kill(killed, signal.SIGKILL)
    assert ended(child, run_id)["status"] == "complete"
    assert workshop.worker_pid() != killed
    metadata = check_folder(
        workshop, run_id, ["input", "optimized_prompt", "workflow", "output_image"]
    )
    history = requests.get(f"{comfyui_url}/history", timeout=10).json()
    ours = [job for job in history if job == metadata["engine_job_id"]]
    assert len(ours) == 1
    graph = json.loads((workshop.folder(run_id) / "03_workflow.json").read_text())
    drawn = [job for job in history.values() if job["prompt"][2]["9"] == graph["9"]]
    assert len(drawn) == 1


def test_stop_ends_the_job_at_the_machine_too(
    workshop: WorkshopProcess,
    comfyui_url: str,  # noqa: F811
) -> None:
    child = Participant(workshop)
    run_id = order(child, "lab_sleep")
    wait_for(lambda: is_drawn(child, run_id), 60)
    assert child.post(f"/api/runs/{run_id}/cancel/").status_code == 200
    assert ended(child, run_id)["status"] == "cancelled"
    wait_for(lambda: not requests.get(f"{comfyui_url}/queue", timeout=5).json()["queue_running"])
    job_id = workshop.folders()[run_id]["engine_job_id"]
    wait_for(lambda: requests.get(f"{comfyui_url}/history/{job_id}", timeout=5).json())
    payload = requests.get(f"{comfyui_url}/history/{job_id}", timeout=5).json()[job_id]
    assert payload["status"]["messages"][-1][0] == "execution_interrupted"


def test_what_is_missing_is_named_by_the_doctor(workshop: WorkshopProcess) -> None:
    letter = workshop.manage("check_engines", "lab_tiny", "qwen")
    assert "✓ lab_tiny" in letter.stdout
    assert "model qwen_image_fp8_e4m3fn.safetensors is missing" in letter.stdout
    assert letter.returncode == 1
    assert workshop.manage("check_engines", "lab_tiny").returncode == 0


def test_models_are_loaded_before_the_workshop_begins(workshop: WorkshopProcess) -> None:
    loaded = workshop.manage("warm_up", "lab_tiny")
    assert loaded.returncode == 0, loaded.stdout + loaded.stderr
    assert "✓ comfyui: lab_tiny" in loaded.stdout


def test_a_machine_that_is_gone_is_said_to_be_and_comes_back(
    workshop: WorkshopProcess,
    comfyui: LabServer,  # noqa: F811
) -> None:
    child = Participant(workshop)

    def is_offered() -> bool:
        outputs = child.get("/api/outputs/").json()
        return bool({each["id"]: each["available"] for each in outputs}["lab_tiny"])

    comfyui.kill()
    wait_for(lambda: not is_offered(), 60)
    refused = child.post(
        "/api/schema/pipeline/generation", json={"prompt": IDEA, "output_config": "lab_tiny"}
    )
    assert refused.status_code == 503
    assert refused.json()["error"]
    comfyui.start()
    wait_for(is_offered, 60)
    assert ended(child, order(child, "lab_tiny"))["status"] == "complete"
