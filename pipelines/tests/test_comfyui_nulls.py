"""Nulls and other shapes in ComfyUI's answers: right or a bad answer, no exception of our own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from pipelines.engines.comfyui import ComfyUI, Limits, Workflow, load_workflows
from pipelines.engines.jobs import EngineError, ErrorKind, MediaJob, Output
from pipelines.tests.lab.graphs import write_workflows
from pipelines.tests.servers.comfyui import FakeComfyUI
from pipelines.tests.servers.faulty import Exchange, Handler, answer_json


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Workflow]:
    folder = tmp_path_factory.mktemp("workflows")
    write_workflows(folder)
    return load_workflows([folder])


@pytest.fixture
def server() -> Iterator[FakeComfyUI]:
    with FakeComfyUI() as server:
        yield server


@pytest.fixture
def engine(server: FakeComfyUI, workflows: Mapping[str, Workflow]) -> ComfyUI:
    limits = Limits(poll=0.02, no_answer=0.3, unknown=0.1, work=20)
    return ComfyUI(server.url, workflows=workflows, limits=limits)


def job() -> MediaJob:
    return MediaJob(str(uuid.uuid4()), "a red house", 7, 64, 64, workflow="tiny")


def pictures(engine: ComfyUI) -> list[Output]:
    made = engine.generate(job(), lambda share, note, preview=None: None)
    return [output for output in made if output.media_type == "image"]


def failure(engine: ComfyUI) -> EngineError:
    with pytest.raises(EngineError) as raised:
        pictures(engine)
    return raised.value


@pytest.mark.parametrize(
    "entry",
    [
        {"status": None, "outputs": None},
        {"outputs": {"9": None}},
        {"outputs": {"9": {"images": None}}},
        {"outputs": {"9": {"images": [None, 5, {"filename": None, "type": "output"}]}}},
        {"outputs": {"9": [1]}},
        {"outputs": [None]},
        {"status": {"status_str": "error", "messages": None}},
        {"status": {"status_str": "error", "messages": [None]}},
        {"status": {"status_str": "error", "messages": [["execution_error", None]]}},
        {"status": {"status_str": "error", "messages": [[None, {"exception_message": None}]]}},
        {"status": {"status_str": "error", "messages": {"a": 1}}},
        {"status": "error"},
    ],
)
def test_nulls_in_a_history_are_a_failure_of_the_server(
    engine: ComfyUI, server: FakeComfyUI, entry: dict[str, Any]
) -> None:
    server.on("GET", "/history/", history_of(entry))
    assert failure(engine).kind in {ErrorKind.BAD_RESPONSE, ErrorKind.BACKEND_FAILED}


def test_a_history_with_nulls_beside_its_picture_is_right(
    engine: ComfyUI, server: FakeComfyUI
) -> None:
    history = server.handlers("GET")["/history/"]

    def with_nulls(exchange: Exchange) -> None:
        done = server.jobs.get(exchange.received.path.rpartition("/")[2])
        if done is None or not done.is_done:
            history(exchange)
            return
        images = [None, *done.outputs["9"]["images"]]
        outputs = {"1": None, "2": {"images": None}, "9": {"images": images}}
        entry = {"status": None, "outputs": outputs, "prompt": [0, float("nan"), None]}
        history_of(entry)(exchange)

    server.on("GET", "/history/", with_nulls)
    assert len(pictures(engine)) == 1


def history_of(entry: dict[str, Any]) -> Handler:
    def handle(exchange: Exchange) -> None:
        exchange.answer_json({exchange.received.path.rpartition("/")[2]: entry})

    return handle


NO_VALUES: tuple[Any, ...] = (None, [], [None], {}, {"a": None}, "", 5, True)


@pytest.mark.parametrize("value", NO_VALUES)
def test_answers_of_another_shape_are_bad_answers(
    engine: ComfyUI, server: FakeComfyUI, value: Any
) -> None:
    """Each place that is read, with each value that it should not have."""
    server.on("GET", "/system_stats", answer_json({"system": value, "devices": value}))
    assert engine.health().ready
    server.on("GET", "/system_stats", answer_json({"devices": [value]}))
    assert engine.health().ready
    server.on("GET", "/system_stats", answer_json(value))
    engine.health()
    for info in (value, {"KSampler": value}, {"KSampler": {"input": value}}):
        server.on("GET", "/object_info/", answer_json(info))
        engine.missing_requirements(job())
    for group in ("required", "optional"):
        answers = {"input": {group: value}}, {"input": {group: {"seed": value}}}
        for info in answers:
            server.on("GET", "/object_info/", answer_json({"KSampler": info}))
            engine.missing_requirements(job())
    for refused in (
        {"error": value, "node_errors": value},
        {"node_errors": {"9": value}},
        {"node_errors": {"9": {"errors": value}}},
        {"node_errors": {"9": {"errors": [value]}}},
        {"error": {"type": value, "message": value}},
    ):
        server.on("POST", "/prompt", answer_json(refused, 400))
        assert failure(engine).kind in {ErrorKind.BAD_REQUEST, ErrorKind.MISSING_MODEL}
