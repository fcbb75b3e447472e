"""ComfyUI's faults: nothing is made twice, taken for another's, or called done when it is not."""

from __future__ import annotations

import json
import struct
import uuid
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from pipelines.engines.comfyui import ComfyUI, Limits, Workflow, load_workflows
from pipelines.engines.http import NotSent
from pipelines.engines.jobs import Cancelled, EngineError, ErrorKind, MediaJob, Output, Picture
from pipelines.generation.details import noting_details
from pipelines.tests.lab.graphs import write_workflows
from pipelines.tests.servers.comfyui import FakeComfyUI
from pipelines.tests.servers.faulty import (
    Exchange,
    Handler,
    answer,
    answer_json,
    closed_port_url,
    cut_short,
    html_page,
    in_turn,
    reset_before_headers,
    silence,
)
from pipelines.tests.servers.websocket import ServerSocket

QUICK = Limits(poll=0.02, no_answer=0.3, unknown=0.1, work=20)


@pytest.fixture(scope="module")
def workflows(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Workflow]:
    folder = tmp_path_factory.mktemp("workflows")
    write_workflows(folder)
    two = json.loads((folder / "tiny.json").read_text())
    two["graph"]["10"] = two["graph"]["9"]
    two["outputs"] = [{"node": "10", "role": "first"}, {"node": "9", "role": "second"}]
    (folder / "two.json").write_text(json.dumps(two))
    return load_workflows([folder])


@pytest.fixture
def server() -> Iterator[FakeComfyUI]:
    with FakeComfyUI() as server:
        yield server


@pytest.fixture
def engine(server: FakeComfyUI, workflows: Mapping[str, Workflow]) -> ComfyUI:
    return ComfyUI(server.url, workflows=workflows, limits=QUICK)


def job(workflow: str = "tiny", **values: Any) -> MediaJob:
    return MediaJob(str(uuid.uuid4()), "a red house", 7, 64, 64, workflow=workflow, **values)


def report(share: float, note: str, preview: bytes | None = None) -> None:
    """Nobody listens."""


def pictures(engine: ComfyUI, order: MediaJob) -> list[Output]:
    return [output for output in engine.generate(order, report) if output.media_type == "image"]


def failure(engine: ComfyUI, order: MediaJob | None = None) -> EngineError:
    with pytest.raises(EngineError) as raised:
        pictures(engine, order or job())
    return raised.value


def arrives_but_breaks(server: FakeComfyUI) -> Handler:
    """The graph is taken, its answer never comes."""

    def handle(exchange: Exchange) -> None:
        class Mute:
            received = exchange.received

            def answer_json(self, *_: Any) -> None:
                exchange.reset()

        server.take(Mute())  # type: ignore[arg-type]  # all that `take` needs

    return handle


def test_outputs_come_in_the_order_of_their_roles_whatever_their_nodes(engine: ComfyUI) -> None:
    first, second = pictures(engine, job("two"))
    assert (first.role, second.role) == ("first", "second")
    assert (first.metadata["node"], second.metadata["node"]) == ("10", "9")
    assert first.data != second.data


def test_the_graph_is_told_as_it_was_sent(engine: ComfyUI, server: FakeComfyUI) -> None:
    order = job()
    workflow = next(iter(engine.generate(order, report)))
    assert json.loads(workflow.data) == server.jobs[order.job_id].nodes


def test_a_job_that_ends_between_two_looks_is_not_lost(
    engine: ComfyUI, server: FakeComfyUI
) -> None:
    history = server.handlers("GET")["/history/"]
    # Not yet in the history, no more in the queue, then in the history.
    server.on("GET", "/history/", in_turn(answer_json({}), history, history, history))
    server.looks = 0
    assert len(pictures(engine, job())) == 1


def test_an_order_whose_answer_got_lost_is_not_sent_again(
    engine: ComfyUI, server: FakeComfyUI
) -> None:
    server.on("POST", "/prompt", arrives_but_breaks(server))
    assert len(pictures(engine, job())) == 1
    assert server.count("POST", "/prompt") == 1


def test_an_order_that_never_arrived_is_sent_once_more(
    engine: ComfyUI, server: FakeComfyUI
) -> None:
    taken = server.handlers("POST")["/prompt"]
    server.on("POST", "/prompt", in_turn(reset_before_headers, taken))
    assert len(pictures(engine, job())) == 1
    assert server.count("POST", "/prompt") == 2


def test_a_graph_of_which_only_a_part_would_run_fails_and_is_stopped(
    engine: ComfyUI, server: FakeComfyUI
) -> None:
    order = job()
    errors = {"20": {"class_type": "LoadImage", "errors": [{"type": "x", "message": "no"}]}}
    payload = {"prompt_id": order.job_id, "number": 1, "node_errors": errors}
    server.on("POST", "/prompt", answer_json(payload))
    assert failure(engine, order).kind == ErrorKind.BAD_REQUEST
    assert server.count("POST", "/interrupt") == 1


@pytest.mark.parametrize(
    ("handler", "kind"),
    [
        (html_page(502), ErrorKind.UNREACHABLE),
        (html_page(400), ErrorKind.BACKEND_FAILED),
        (answer(500, b"500 Internal Server Error"), ErrorKind.BACKEND_FAILED),
        (answer(413, b"Maximum request body size exceeded"), ErrorKind.BAD_REQUEST),
        (answer(403), ErrorKind.AUTH),
        (answer(401, b"<html>"), ErrorKind.AUTH),
        (answer_json({"prompt_id": "another", "node_errors": {}}), ErrorKind.BAD_RESPONSE),
        (answer(200, b"<html>"), ErrorKind.BAD_RESPONSE),
        (
            answer_json({"error": {"type": "prompt_no_outputs"}, "node_errors": {}}, 400),
            ErrorKind.BAD_REQUEST,
        ),
        (
            answer_json({"error": {"type": "missing_node_type", "message": "X"}}, 400),
            ErrorKind.MISSING_MODEL,
        ),
    ],
)
def test_each_way_of_refusing_a_graph_has_its_kind(
    engine: ComfyUI, server: FakeComfyUI, handler: Handler, kind: str
) -> None:
    server.on("POST", "/prompt", handler)
    assert failure(engine).kind == kind


@pytest.mark.parametrize(
    ("message", "kind", "permanent"),
    [
        (["execution_interrupted", {"node_id": "5"}], ErrorKind.CANCELLED, True),
        (
            ["execution_error", {"exception_type": "torch.OutOfMemoryError"}],
            ErrorKind.OUT_OF_MEMORY,
            False,
        ),
        (["execution_error", {"exception_type": "RuntimeError"}], ErrorKind.BACKEND_FAILED, True),
    ],
)
def test_an_error_in_the_history_is_no_success(
    engine: ComfyUI, server: FakeComfyUI, message: list[Any], kind: str, permanent: bool
) -> None:
    server.error = message
    error = failure(engine)
    assert (error.kind, error.permanent) == (kind, permanent)


def test_tracebacks_with_paths_stay_at_the_server(engine: ComfyUI, server: FakeComfyUI) -> None:
    payload = {
        "exception_type": "RuntimeError",
        "exception_message": "boom",
        "traceback": ["/srv/secret"],
    }
    server.error = ["execution_error", payload]
    assert "/srv" not in failure(engine).detail


def test_a_picture_that_is_cut_off_is_fetched_again(engine: ComfyUI, server: FakeComfyUI) -> None:
    view = server.handlers("GET")["/view"]
    server.on("GET", "/view", in_turn(cut_short(b"PNG"), view))
    assert len(pictures(engine, job())) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"\x89PNG\r\n\x1a\n"])
def test_bytes_that_are_no_picture_are_a_failure(
    engine: ComfyUI, server: FakeComfyUI, body: bytes
) -> None:
    server.on("GET", "/view", answer(200, body))
    assert failure(engine).kind == ErrorKind.BAD_RESPONSE


def test_a_success_without_a_picture_is_a_failure(engine: ComfyUI, server: FakeComfyUI) -> None:
    take = server.handlers("POST")["/prompt"]

    def take_and_forget(exchange: Exchange) -> None:
        take(exchange)
        for taken in server.jobs.values():
            taken.outputs = {"9": {"images": [{"filename": "x.png", "type": "temp"}]}}

    server.on("POST", "/prompt", take_and_forget)
    assert failure(engine).kind == ErrorKind.BAD_RESPONSE


def test_without_a_socket_polling_is_enough(engine: ComfyUI, server: FakeComfyUI) -> None:
    server.on("GET", "/ws", html_page(404))
    assert len(pictures(engine, job())) == 1


def test_a_page_instead_of_an_answer_does_not_end_a_running_job(
    engine: ComfyUI, server: FakeComfyUI
) -> None:
    queue = server.handlers("GET")["/queue"]
    server.on("GET", "/queue", in_turn(html_page(500), answer(200, b"<html>"), queue))
    server.looks = 3
    assert len(pictures(engine, job())) == 1


def test_shares_never_go_back_while_the_server_is_searched_for(
    engine: ComfyUI, server: FakeComfyUI
) -> None:
    server.looks = 8
    queue = server.handlers("GET")["/queue"]
    server.on("GET", "/queue", in_turn(queue, queue, queue, queue, html_page(502), queue))
    shares: list[float] = []
    list(engine.generate(job(), lambda share, note, preview=None: shares.append(share)))
    assert shares == sorted(shares)


def test_whoever_takes_a_job_up_has_the_very_graph_that_was_sent(
    engine: ComfyUI, server: FakeComfyUI, workflows: Mapping[str, Workflow]
) -> None:
    names: list[bytes] = []

    def upload(exchange: Exchange) -> None:
        name = exchange.received.body.partition(b'filename="')[2].partition(b'"')[0]
        names.append(name)
        exchange.answer_json({"name": name.decode(), "subfolder": "", "type": "input"})

    server.on("POST", "/upload/image", upload)
    order = job("invert", pictures={"input_image": Picture(b"PNG", "image/png", 1, 1)})
    sent = next(iter(engine.generate(order, report)))
    outputs = ComfyUI(server.url, workflows=workflows, limits=QUICK).recover(order, report)
    assert outputs is not None
    assert next(iter(outputs)).data == sent.data
    assert len(names) == 2


def test_a_pictures_record_names_the_servers_version_and_the_models_of_its_graph(
    engine: ComfyUI,
) -> None:
    (picture,) = pictures(engine, job())
    assert picture.metadata["comfyui_version"] == "0.3.75"
    assert picture.metadata["model"] == "tiny.safetensors"
    assert picture.metadata["models"] == ["tiny.safetensors"]
    told: dict[str, str] = {}
    assert list(noting_details([picture], told)) == [picture]
    assert told == {"model": "tiny.safetensors", "engine_version": "0.3.75"}


def test_a_stop_is_heard_while_the_server_is_silent(engine: ComfyUI, server: FakeComfyUI) -> None:
    server.on("POST", "/prompt", silence)
    reports: list[str] = []

    def stop(share: float, note: str, preview: bytes | None = None) -> None:
        reports.append(note)
        if len(reports) > 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        list(engine.generate(job(), stop))


def test_progress_is_heard_by_the_socket(engine: ComfyUI, server: FakeComfyUI) -> None:
    server.looks = 8
    shares: list[float] = []
    list(engine.generate(job(), lambda share, note, preview=None: shares.append(share)))
    assert any(0 < share < 0.98 for share in shares)


# As they stand in the JSON: value and max.
ODD_NUMBERS = (
    *(("1e400", "20"), ("5", "1e400"), (f"1{'0' * 4000}", "20"), (f"1{'0' * 6000}", "20")),
    *(("5", f"1{'0' * 4000}"), ("-5", "20"), ("5", "-20"), ("5", "0"), ("NaN", "20")),
    *(("5", "NaN"), ("null", "null"), ('"5"', '"20"'), ("[5]", "{}"), ("true", "true")),
)


def test_numbers_that_are_none_break_neither_a_job_nor_its_progress(
    engine: ComfyUI, server: FakeComfyUI
) -> None:
    order = job()

    def listen(exchange: Exchange) -> None:
        socket = ServerSocket(exchange)

        def tell(value: str, most: str) -> None:
            head = f'"prompt_id": "{order.job_id}"'
            data = f'{{{head}, "value": {value}, "max": {most}}}'
            socket.send(f'{{"type": "progress", "data": {data}}}')
            nodes = f'{{"3": {{"state": "running", "value": {value}, "max": {most}}}}}'
            socket.send(f'{{"type": "progress_state", "data": {{{head}, "nodes": {nodes}}}}}')

        with suppress(OSError):
            for value, most in ODD_NUMBERS:
                tell(value, most)
                socket.send_bytes(struct.pack(">II", 4, 2**32 - 1) + b"{}")
                socket.send_bytes(b"\0\0\0\1")
            tell("5", "20")
            exchange.be_silent(1)

    server.on("GET", "/ws", listen)
    server.looks = 8
    shares: list[float] = []
    list(engine.generate(order, lambda share, note, preview=None: shares.append(share)))
    # What comes after them is still heard.
    assert 0.25 in shares
    assert all(0 <= share <= 1 for share in shares)
    assert not {0.97, float("nan")} & set(shares)


def test_previews_of_others_are_not_shown(engine: ComfyUI, server: FakeComfyUI) -> None:
    order = job()

    def preview(job_id: str, data: bytes) -> bytes:
        about = json.dumps({"prompt_id": job_id}).encode()
        return struct.pack(">II", 4, len(about)) + about + data

    def listen(exchange: Exchange) -> None:
        socket = ServerSocket(exchange)
        with suppress(OSError):
            while True:
                socket.send_bytes(preview(order.job_id, b"ours"))
                socket.send_bytes(struct.pack(">II", 1, 1) + b"nobody's")
                socket.send_bytes(preview("another", b"another's"))
                exchange.be_silent(0.01)

    server.on("GET", "/ws", listen)
    server.looks = 8
    seen: set[bytes | None] = set()
    list(engine.generate(order, lambda share, note, preview=None: seen.add(preview)))
    assert seen == {None, b"ours"}


def test_headers_go_with_requests_and_socket(
    server: FakeComfyUI, workflows: Mapping[str, Workflow]
) -> None:
    engine = ComfyUI(
        server.url, headers={"X-Swarm-Backend-ID": "3"}, workflows=workflows, limits=QUICK
    )
    pictures(engine, job())
    assert {request.headers.get("x-swarm-backend-id") for request in server.requests} == {"3"}


def test_a_job_that_the_server_forgot_is_lost(engine: ComfyUI, server: FakeComfyUI) -> None:
    take = server.handlers("POST")["/prompt"]

    def restart(exchange: Exchange) -> None:
        take(exchange)
        server.jobs.clear()
        server.files.clear()

    server.on("POST", "/prompt", restart)
    error = failure(engine)
    assert (error.kind, error.permanent) == (ErrorKind.LOST, False)


def test_files_of_a_forgotten_job_are_fetched_by_name(engine: ComfyUI, server: FakeComfyUI) -> None:
    take = server.handlers("POST")["/prompt"]

    def restart(exchange: Exchange) -> None:
        take(exchange)
        server.jobs.clear()

    server.on("POST", "/prompt", restart)
    assert [picture.role for picture in pictures(engine, job("two"))] == ["first", "second"]


def test_a_server_that_falls_silent_is_given_up(engine: ComfyUI, server: FakeComfyUI) -> None:
    server.on("GET", "/history/", reset_before_headers)
    error = failure(engine)
    assert (error.kind, error.permanent) == (ErrorKind.UNREACHABLE, False)


def test_where_nobody_listens_nothing_was_sent(workflows: Mapping[str, Workflow]) -> None:
    engine = ComfyUI(closed_port_url(), workflows=workflows, limits=QUICK)
    with pytest.raises(NotSent):
        pictures(engine, job())
    assert engine.health().ready is False
    assert [each.what for each in engine.missing_requirements(job())] == ["server"]
    engine.cancel(job())


def test_a_job_that_takes_too_long_is_stopped(
    server: FakeComfyUI, workflows: Mapping[str, Workflow]
) -> None:
    server.looks = 10_000
    engine = ComfyUI(server.url, workflows=workflows, limits=Limits(poll=0.02, work=0.1))
    order = job()
    assert failure(engine, order).kind == ErrorKind.TIMEOUT
    asked = [json.loads(r.body) for r in server.requests if r.path == "/interrupt"]
    assert asked
    assert all(each == {"prompt_id": order.job_id} for each in asked)


def test_newer_servers_are_stopped_by_one_request(engine: ComfyUI, server: FakeComfyUI) -> None:
    server.on("POST", "/api/jobs/", answer_json({"cancelled": True}))
    engine.cancel(job())
    assert server.count("POST", "/interrupt") == 0


def test_a_picture_is_known_by_the_name_that_the_server_gave_it(
    engine: ComfyUI, server: FakeComfyUI, tmp_path: Path
) -> None:
    uploaded = Picture(b"\x89PNG", "image/png", 1, 1)
    order = job("invert", pictures={"input_image": uploaded})
    pictures(engine, order)
    assert server.jobs[order.job_id].nodes["4"]["inputs"]["image"] == "ai4artsed/kept.png"


@pytest.mark.parametrize(
    "definition",
    [[["other.safetensors"], {}], ["COMBO", {"options": ["other.safetensors"]}]],
)
def test_a_missing_model_file_is_found_in_both_ways_of_listing(
    server: FakeComfyUI, engine: ComfyUI, definition: list[Any]
) -> None:
    names = {
        "CLIPTextEncode": ("clip", "text"),
        "EmptyLatentImage": ("width", "height", "batch_size"),
        "KSampler": (
            *("model", "positive", "negative", "latent_image", "seed", "steps", "cfg"),
            *("sampler_name", "scheduler", "denoise"),
        ),
        "VAEDecode": ("samples", "vae"),
        "SaveImage": ("images", "filename_prefix"),
    }
    server.classes = {
        kind: {"input": {"required": {name: ["ANY"] for name in inputs}}}
        for kind, inputs in names.items()
    }
    server.classes["CheckpointLoaderSimple"] = {"input": {"required": {"ckpt_name": definition}}}
    missing = engine.missing_requirements(job())
    assert [(each.what, each.name) for each in missing] == [("model", "tiny.safetensors")]


def test_how_the_server_is_tells_version_memory_and_queue(
    engine: ComfyUI, server: FakeComfyUI
) -> None:
    health = engine.health()
    assert (health.version, health.waiting) == ("0.3.75", 0)
    assert "8.0 of 16.0 GB" in health.detail


def test_a_silent_server_is_not_ready(
    server: FakeComfyUI, workflows: Mapping[str, Workflow]
) -> None:
    server.on("GET", "/system_stats", html_page())
    assert ComfyUI(server.url, workflows=workflows).health().ready is False
