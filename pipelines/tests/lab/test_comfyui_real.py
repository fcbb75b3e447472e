"""ComfyUI for real: pictures through a sampler, jobs that wait, fail, are stopped, found again."""

from __future__ import annotations

import hashlib
import io
import json
import threading
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from pipelines.engines.comfyui import ComfyUI, Workflow, load_workflows
from pipelines.engines.jobs import Cancelled, EngineError, ErrorKind, MediaJob, Output, Picture
from pipelines.tests.lab.conftest import LabServer
from pipelines.tests.lab.graphs import write_workflows

pytestmark = pytest.mark.engine_lab


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("workflows")
    write_workflows(folder)
    return load_workflows([folder])


@pytest.fixture
def engine(comfyui_url: str, workflows: dict[str, Workflow]) -> ComfyUI:
    return ComfyUI(comfyui_url, workflows=workflows)


def job(workflow: str = "tiny", **values: Any) -> MediaJob:
    """A small picture; each job has a name of its own."""
    fields: dict[str, Any] = {
        "job_id": str(uuid.uuid4()),
        "prompt": "a red house",
        "seed": 7,
        "width": 128,
        "height": 128,
        "parameters": {"steps": 3},
        "workflow": workflow,
    }
    return MediaJob(**{**fields, **values})


class Reports:
    """What was reported; it may stop the job as soon as a note or a share is seen."""

    def __init__(self, stop_at: str = "") -> None:
        self.shares: list[float] = []
        self.notes: list[str] = []
        self.previews: list[bytes] = []
        self.seen = threading.Event()
        self._stop_at = stop_at

    def __call__(self, share: float, note: str, preview: bytes | None = None) -> None:
        self.shares.append(share)
        self.notes.append(note)
        if preview is not None:
            self.previews.append(preview)
        if share > 0:
            self.seen.set()
        if self._stop_at and note == self._stop_at:
            raise Cancelled


def pictures(outputs: Iterable[Output]) -> list[Output]:
    return [output for output in outputs if output.media_type == "image"]


def made(engine: ComfyUI, order: MediaJob, reports: Reports | None = None) -> Output:
    (picture,) = pictures(engine.generate(order, reports or Reports()))
    return picture


def digest(output: Output) -> str:
    return hashlib.sha256(Image.open(io.BytesIO(output.data)).tobytes()).hexdigest()


def test_a_picture_comes_through_the_sampler(engine: ComfyUI) -> None:
    order = job()
    workflow, picture = engine.generate(order, Reports())
    sent = json.loads(workflow.data)
    assert (workflow.media_type, picture.content_type) == ("workflow", "image/png")
    assert any(node["inputs"].get("seed") == 7 for node in sent.values())
    assert (picture.metadata["width"], picture.metadata["height"]) == (128, 128)
    assert order.job_id in picture.metadata["filename"]


def test_equal_seeds_give_equal_pixels_and_zero_is_a_seed(engine: ComfyUI) -> None:
    first, again = made(engine, job(seed=0)), made(engine, job(seed=0))
    assert digest(first) == digest(again)
    assert digest(made(engine, job(seed=1))) != digest(first)


def test_two_jobs_at_once_each_get_their_own_picture(
    engine: ComfyUI, comfyui_url: str, workflows: dict[str, Workflow]
) -> None:
    alone = {seed: digest(made(engine, job(seed=seed))) for seed in (11, 12)}
    results: dict[int, str] = {}

    def work(seed: int) -> None:
        other = ComfyUI(comfyui_url, workflows=workflows)
        results[seed] = digest(made(other, job(seed=seed)))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in alone]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == alone


def test_progress_and_previews_are_heard_while_it_draws(engine: ComfyUI) -> None:
    reports = Reports()
    made(engine, job(parameters={"steps": 12}, seed=21), reports)
    assert any(0 < share < 0.98 for share in reports.shares)
    assert reports.previews
    with Image.open(io.BytesIO(reports.previews[0])) as preview:
        assert preview.format in {"JPEG", "PNG"}


def test_a_running_job_is_stopped_and_only_this_one(
    engine: ComfyUI, comfyui_url: str, workflows: dict[str, Workflow]
) -> None:
    running, waiting = job("sleep", parameters={"seconds": 60.0}), job(seed=31)
    reports = Reports()
    failures: list[EngineError] = []
    later: list[Output] = []

    def sleep() -> None:
        try:
            list(engine.generate(running, reports))
        except EngineError as error:
            failures.append(error)

    other = ComfyUI(comfyui_url, workflows=workflows)
    sleeper = threading.Thread(target=sleep)
    sleeper.start()
    assert reports.seen.wait(30)
    waiter = threading.Thread(target=lambda: later.append(made(other, waiting)))
    waiter.start()
    engine.cancel(running)
    sleeper.join(30)
    waiter.join(60)
    assert [error.kind for error in failures] == [ErrorKind.CANCELLED]
    assert len(later) == 1


def test_a_waiting_job_leaves_the_queue_and_the_running_one_goes_on(
    engine: ComfyUI, comfyui_url: str, workflows: dict[str, Workflow]
) -> None:
    running, waiting = job("sleep", parameters={"seconds": 3.0}), job(seed=41)
    reports = Reports()
    results: list[Output] = []
    sleeper = threading.Thread(
        target=lambda: results.extend(pictures(engine.generate(running, reports)))
    )
    sleeper.start()
    assert reports.seen.wait(30)
    other = ComfyUI(comfyui_url, workflows=workflows)
    with pytest.raises(Cancelled):
        list(other.generate(waiting, Reports(stop_at="Waiting for the machine")))
    other.cancel(waiting)
    queue = requests.get(f"{comfyui_url}/queue", timeout=10).json()
    assert waiting.job_id not in json.dumps(queue)
    sleeper.join(60)
    assert len(results) == 1


def test_stopping_what_the_server_does_not_know_does_nothing(engine: ComfyUI) -> None:
    engine.cancel(job())
    assert made(engine, job(seed=51))


def test_a_node_that_raises_is_a_failure_with_its_words(engine: ComfyUI) -> None:
    with pytest.raises(EngineError) as failure:
        list(engine.generate(job("raise"), Reports()))
    assert failure.value.kind == ErrorKind.BACKEND_FAILED
    assert "boom" in failure.value.detail
    assert "/" not in failure.value.detail


def test_a_model_file_that_is_missing_is_named(engine: ComfyUI) -> None:
    with pytest.raises(EngineError) as failure:
        list(engine.generate(job("missing_model"), Reports()))
    assert failure.value.kind == ErrorKind.MISSING_MODEL
    assert "gone.safetensors" in failure.value.detail


def test_a_node_that_is_not_installed_is_named(engine: ComfyUI) -> None:
    with pytest.raises(EngineError) as failure:
        list(engine.generate(job("missing_node"), Reports()))
    assert failure.value.kind == ErrorKind.MISSING_MODEL
    assert "NoSuchNode" in failure.value.detail


def test_a_value_that_the_server_refuses_is_told_by_node(engine: ComfyUI) -> None:
    with pytest.raises(EngineError) as failure:
        list(engine.generate(job(width=99_999), Reports()))
    assert failure.value.kind == ErrorKind.BAD_REQUEST


def test_what_is_missing_is_told_without_a_job(engine: ComfyUI) -> None:
    assert engine.missing_requirements(job()) == ()
    assert [
        (each.what, each.name) for each in engine.missing_requirements(job("missing_model"))
    ] == [("model", "gone.safetensors")]
    assert [
        (each.what, each.name) for each in engine.missing_requirements(job("missing_node"))
    ] == [("node", "NoSuchNode")]


def test_the_server_says_how_it_is(engine: ComfyUI) -> None:
    health = engine.health()
    assert (health.ready, health.version) == (True, "0.3.75")


def test_a_picture_that_is_brought_along_is_what_the_graph_works_on(
    engine: ComfyUI, tmp_path: Path
) -> None:
    path = tmp_path / "red.png"
    Image.new("RGB", (64, 48), (200, 30, 30)).save(path)
    uploaded = Picture(path.read_bytes(), "image/png", 64, 48)
    picture = made(engine, job("invert", pictures={"input_image": uploaded}))
    with Image.open(io.BytesIO(picture.data)) as image:
        assert image.size == (64, 48)
        pixel = image.convert("RGB").getpixel((5, 5))
    assert isinstance(pixel, tuple)
    assert pixel == pytest.approx((55, 225, 225), abs=1)


def test_warming_up_leaves_nothing_waiting(engine: ComfyUI, comfyui_url: str) -> None:
    engine.warm_up(job())
    assert requests.get(f"{comfyui_url}/queue", timeout=10).json()["queue_running"] == []


def test_a_job_is_taken_up_by_another_worker_while_it_is_drawn(
    engine: ComfyUI, comfyui_url: str, workflows: dict[str, Workflow]
) -> None:
    order = job("sleep", parameters={"seconds": 3.0})
    reports = Reports()
    # The first worker dies as soon as the machine is at work: it does not stop the job.
    with pytest.raises(RuntimeError):
        for _output in engine.generate(order, _dying(reports)):
            pass
    taken_up = ComfyUI(comfyui_url, workflows=workflows)
    outputs = taken_up.recover(order, Reports())
    assert outputs is not None
    assert len(pictures(outputs)) == 1
    assert _times_run(comfyui_url, order) == 1


def test_a_job_that_has_ended_meanwhile_is_fetched(engine: ComfyUI, comfyui_url: str) -> None:
    order = job(seed=61)
    expected = made(engine, order)
    outputs = engine.recover(order, Reports())
    assert outputs is not None
    assert [picture.data for picture in pictures(outputs)] == [expected.data]


def test_a_job_that_never_got_there_is_to_be_sent(engine: ComfyUI) -> None:
    assert engine.recover(job(), Reports()) is None


def test_pictures_outlive_a_power_cut_of_the_server(engine: ComfyUI, comfyui: LabServer) -> None:
    order = job(seed=71)
    expected = made(engine, order)
    comfyui.kill()
    comfyui.start()
    outputs = engine.recover(order, Reports())
    assert outputs is not None
    assert [picture.data for picture in pictures(outputs)] == [expected.data]


def test_a_job_that_a_power_cut_ended_is_lost_and_said_to_be(
    engine: ComfyUI, comfyui: LabServer
) -> None:
    order = job("sleep", parameters={"seconds": 60.0})

    def cut_power() -> None:
        comfyui.kill()
        comfyui.start()

    error = failure_after(cut_power, engine, order)
    assert (error.kind, error.permanent) == (ErrorKind.LOST, False)
    assert engine.recover(order, Reports()) is None


def failure_after(act: Callable[[], None], engine: ComfyUI, order: MediaJob) -> EngineError:
    """Have `order` made, do `act` once it is at work, and return how it failed."""
    reports = Reports()
    failures: list[EngineError] = []

    def generate() -> None:
        try:
            list(engine.generate(order, reports))
        except EngineError as error:
            failures.append(error)

    thread = threading.Thread(target=generate)
    thread.start()
    assert reports.seen.wait(30)
    act()
    thread.join(90)
    (failure,) = failures
    return failure


def _dying(reports: Reports) -> Any:
    def report(share: float, note: str, preview: bytes | None = None) -> None:
        reports(share, note, preview)
        if share > 0:
            raise RuntimeError("the worker died")

    return report


def _times_run(url: str, order: MediaJob) -> int:
    history = requests.get(f"{url}/history", timeout=10).json()
    return len([job_id for job_id in history if job_id == order.job_id])
