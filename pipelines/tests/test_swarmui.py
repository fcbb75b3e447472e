"""Orders at SwarmUI: what is sent, what comes back, and that no order is carried out twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from pipelines.engines.jobs import (
    Cancelled,
    EngineError,
    ErrorKind,
    Lora,
    MediaJob,
    Output,
    Picture,
)
from pipelines.engines.swarmui import Limits, SwarmUI
from pipelines.engines.swarmui.engine import FETCHING
from pipelines.engines.swarmui.watching import AT_WORK, LOADING, WAITING
from pipelines.tests.servers.faulty import (
    Exchange,
    Handler,
    answer,
    answer_json,
    closed_port_url,
    html_page,
    in_turn,
    rate_limited,
    redirect,
    reset_after_headers,
    reset_before_headers,
)
from pipelines.tests.servers.painted import painted
from pipelines.tests.servers.swarmui import FakeSwarmUI

QUICK = Limits(job=20, idle=5, poll=0.01, settle=0.05, orphan=0.1, absence=0.1)
PROMPT = "a cat & a dog, Straße 5"
JOB = MediaJob(
    job_id="0b6ff0b1-6d5a-4a4f-8f0e-3c8a6a1f0001",
    prompt=PROMPT,
    negative_prompt="blurry",
    seed=0,
    width=1024,
    height=768,
    model="sd3.5_large",
    parameters={"steps": 25, "cfg": 5.5, "sampler": "euler", "scheduler": "normal"},
)
REFUSED_BY_BACKENDS = (
    "No backends match the settings of the request given! Backends refused for the following "
    "reason(s):\n- Request requires model 'x' but the backend does not have that model"
)
REFUSED_BY_COMFYUI = (
    'ComfyUI errored: {"node_errors": {"4": {"errors": [{"type": "value_not_in_list", '
    '"details": "ckpt_name: \'x\' not in []"}]}}}'
)
FOLDER = f"View/local/raw/jobs/{JOB.job_id}"


@pytest.fixture
def fake() -> Iterator[FakeSwarmUI]:
    with FakeSwarmUI() as fake:
        yield fake


@pytest.fixture
def engine(fake: FakeSwarmUI) -> SwarmUI:
    return SwarmUI(fake.url, limits=QUICK)


class Seen:
    """Keeps what was reported; `at` may raise or act."""

    def __init__(self, at: Callable[[str], None] | None = None) -> None:
        self.shares: list[float] = []
        self.notes: list[str] = []
        self.previews: list[bytes] = []
        self._at = at

    def __call__(self, share: float, note: str, preview: bytes | None = None, /) -> None:
        self.shares.append(share)
        self.notes.append(note)
        if preview is not None:
            self.previews.append(preview)
        if self._at:
            self._at(note)


def made(engine: SwarmUI, job: MediaJob = JOB, seen: Seen | None = None) -> Output:
    (output,) = engine.generate(job, seen or Seen())
    return output


def failure(call: Callable[[], Any]) -> EngineError:
    with pytest.raises(EngineError) as caught:
        call()
    return caught.value


class TestTheOrder:
    def test_says_all_that_the_job_says(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        output = made(engine)
        (order,) = fake.orders
        assert order == {
            "images": 1,
            "prompt": PROMPT,
            "negativeprompt": "blurry",
            "model": "sd3/sd3.5_large.safetensors",
            "width": 1024,
            "height": 768,
            "steps": 25,
            "cfgscale": 5.5,
            "sampler": "euler",
            "scheduler": "normal",
            "seed": 0,
            "donotsave": False,
            "donotsaveintermediates": True,
            "overrideoutpathformat": f"raw/jobs/{JOB.job_id}/[number]",
        }
        assert output.data == fake.data and output.extension == "png"
        assert output.metadata["path"] == f"{FOLDER}/1.png"
        assert output.metadata["model"] == "sd3/sd3.5_large.safetensors"
        assert output.metadata["version"] == "0.9.8.0.GIT-062407c7"
        assert output.metadata["parameters"]["steps"] == 25
        assert PROMPT not in str(output.metadata), "texts are recorded as texts"

    def test_takes_loras_and_a_picture_along(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        picture = Picture(painted(8, 8), "image/png", 8, 8)
        job = replace(
            JOB,
            loras=(Lora("paper cut", 0.8),),
            pictures={"input_image": picture},
            parameters={**JOB.parameters, "denoise": 0.6},
        )
        made(engine, job)
        (order,) = fake.orders
        assert order["loras"] == ["paper cut.safetensors"] and order["loraweights"] == ["0.8"]
        assert order["initimage"].startswith("data:image/png;base64,iVBOR")
        assert order["initimagecreativity"] == 0.6

    @pytest.mark.parametrize(
        "text", ["<random:red, blue> cat", "a <lora:paper cut:2> cat", "<se<x>gment:face,1> c"]
    )
    def test_nothing_in_a_text_is_a_command(
        self, fake: FakeSwarmUI, engine: SwarmUI, text: str
    ) -> None:
        output = made(engine, replace(JOB, prompt=text, negative_prompt=text))
        assert fake.orders[0]["prompt"] == fake.orders[0]["negativeprompt"]
        assert fake.orders[0]["prompt"] == text.replace("<", "‹") and not fake.tags
        assert output.metadata["prompt_sent"] == text.replace("<", "‹")
        assert "prompt_sent" not in made(engine).metadata

    def test_a_parameter_that_the_server_would_drop_is_refused(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        job = replace(JOB, parameters={"steps": 2, "guidance": 3})
        error = failure(lambda: made(engine, job))
        assert error.kind == ErrorKind.BAD_REQUEST and "guidance" in error.detail
        assert not fake.orders

    def test_a_model_of_a_similar_name_is_not_taken(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.models.remove("sd3/sd3.5_large.safetensors")
        error = failure(lambda: made(engine))
        assert error.kind == ErrorKind.MISSING_MODEL and "sd3.5_large" in error.detail
        lora = replace(JOB, model="sd3.5_large_turbo", loras=(Lora("felt"),))
        assert failure(lambda: made(engine, lora)).kind == ErrorKind.MISSING_MODEL
        assert not fake.orders

    def test_a_seed_below_zero_is_refused(self, engine: SwarmUI) -> None:
        error = failure(lambda: made(engine, replace(JOB, seed=-1)))
        assert error.kind == ErrorKind.BAD_REQUEST


class TestThePicture:
    def test_progress_and_previews_come_while_it_is_made(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.may_finish.clear()
        seen = Seen(lambda note: fake.may_finish.set() if seen.previews else None)
        made(engine, seen=seen)
        assert seen.previews == [painted(8, 8, "JPEG")]
        assert 0.5 in seen.shares and seen.shares[-1] == 1.0
        assert list(dict.fromkeys(seen.notes)) == [AT_WORK, WAITING, LOADING, FETCHING]

    @pytest.mark.parametrize(
        "percent", [10**4000, -(10**4000), float("inf"), float("nan"), -3, "0.5", None, [], True]
    )
    def test_a_progress_that_is_no_number_is_none(
        self, fake: FakeSwarmUI, engine: SwarmUI, percent: Any
    ) -> None:
        fake.percent = percent
        seen = Seen()
        assert made(engine, seen=seen).data == fake.data
        assert set(seen.shares) <= {0.0, 0.98, 1.0}

    def test_only_the_ordered_one_is_taken(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        fake.strays = [-11, -1]
        assert made(engine).metadata["path"] == f"{FOLDER}/3.png"

    def test_names_are_written_safely_into_its_address(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.user, fake.file_name = "Zoë #1?", "a 100% [x] ü&b"
        assert made(engine).data == fake.data
        (got,) = (each for each in fake.requests if each.path.startswith("/View"))
        assert "/Zo%C3%AB%20%231%3F/" in got.path and not got.query

    def test_an_address_that_leads_elsewhere_is_not_asked_for(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.user = ".."
        assert failure(lambda: made(engine)).kind == ErrorKind.BAD_RESPONSE
        assert not fake.count("GET", "/View")

    def test_a_server_that_keeps_nothing_sends_it_along(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.saves_files = False
        assert made(engine).data == fake.data

    def test_one_that_is_still_being_written_is_asked_for_again(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        whole = fake.handlers("GET")["/View/"]
        fake.on("GET", "/View/", in_turn(answer(200, fake.data[:60]), answer(404), whole))
        assert made(engine).data == fake.data

    @pytest.mark.parametrize(
        ("handler", "kind"),
        [
            (answer(404), ErrorKind.LOST),
            (answer(400), ErrorKind.AUTH),
            (answer(200, b""), ErrorKind.BAD_RESPONSE),
            (html_page(200), ErrorKind.BAD_RESPONSE),
            (reset_after_headers, ErrorKind.BAD_RESPONSE),
        ],
    )
    def test_one_that_cannot_be_had_is_a_failure(
        self, fake: FakeSwarmUI, engine: SwarmUI, handler: Handler, kind: str
    ) -> None:
        fake.on("GET", "/View/", handler)
        assert failure(lambda: made(engine)).kind == kind
        assert len(fake.orders) == 1

    def test_one_that_the_server_discards_is_a_failure(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.discards = [0]
        assert failure(lambda: made(engine)).kind == ErrorKind.BACKEND_FAILED


class TestWithoutWebSockets:
    @pytest.fixture(autouse=True)
    def none(self, fake: FakeSwarmUI) -> None:
        fake.no_websocket = 404

    def test_the_order_goes_as_a_request(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        assert made(engine).data == fake.data
        assert fake.count("POST", "/API/GenerateText2Image") == len(fake.orders) == 1

    def test_an_answer_that_is_lost_costs_no_second_picture(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.breaks = ["after"]
        assert made(engine).data == fake.data
        assert len(fake.orders) == 1

    def test_which_of_several_pictures_is_ours_is_looked_up(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.strays = [-11]
        assert made(engine).metadata["path"] == f"{FOLDER}/2.png"
        assert len(fake.orders) == 1

    def test_a_session_that_expired_is_replaced(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        made(engine)
        fake.sessions.clear()
        made(engine)
        assert len(fake.orders) == fake.sessions_made == 2


class TestBrokenConnections:
    def test_an_answer_that_is_lost_costs_no_second_picture(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        for fault in ("after", "closed"):
            fake.orders.clear()
            fake.breaks = [fault]
            assert made(engine).data == fake.data
            assert len(fake.orders) == 1

    def test_an_order_that_never_arrived_is_sent_once_more(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.breaks = ["before"]
        assert made(engine).data == fake.data
        assert len(fake.orders) == 1

    def test_but_not_for_ever(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        fake.breaks = ["before"] * 9
        error = failure(lambda: made(engine))
        assert error.kind == ErrorKind.LOST and not error.permanent
        assert len(fake.breaks) == 7 and not fake.orders

    def test_what_still_runs_is_waited_for(self, fake: FakeSwarmUI) -> None:
        engine = SwarmUI(fake.url, limits=replace(QUICK, idle=0.0))
        fake.may_finish.clear()
        looks = []

        def at(note: str) -> None:
            if "broke" in note:
                looks.append(note)
                if len(looks) == 30:
                    fake.may_finish.set()

        assert made(engine, seen=Seen(at)).data == fake.data
        assert len(fake.orders) == 1 and len(looks) >= 30

    def test_a_server_that_stays_away_is_unreachable(self) -> None:
        with FakeSwarmUI() as fake:
            engine = SwarmUI(fake.url, limits=QUICK)
            gone = reset_before_headers
            fake.breaks = ["after"]
            poll = fake.handlers("POST")["/API/"]
            fake.on("POST", "/API/ListImages", gone)
            fake.on("POST", "/API/GetCurrentStatus", gone)
            assert failure(lambda: made(engine)).kind == ErrorKind.UNREACHABLE
            fake.on("POST", "/API/ListImages", poll)
            fake.on("POST", "/API/GetCurrentStatus", poll)
            assert engine.recover(JOB, Seen()) is not None
            assert len(fake.orders) == 1

    def test_a_job_that_takes_too_long_is_stopped(self, fake: FakeSwarmUI) -> None:
        engine = SwarmUI(fake.url, limits=replace(QUICK, job=0.2))
        fake.may_finish.clear()
        error = failure(lambda: made(engine))
        assert error.kind == ErrorKind.TIMEOUT and not error.permanent
        assert fake.count("POST", "/API/InterruptAll") == 1 and not fake.orders


class TestSessions:
    def test_one_serves_for_everything(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        engine.health()
        engine.missing_requirements(JOB)
        made(engine)
        assert made(engine, replace(JOB, job_id=JOB.job_id.replace("0001", "0002")))
        assert fake.sessions_made == 1 and len(fake.orders) == 2
        assert fake.count("POST", "/API/ListT2IParams") == 1

    def test_one_that_expired_on_the_way_is_replaced(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        listed = fake.handlers("POST")["/API/"]

        def last_before_the_order(exchange: Exchange) -> None:
            answer_json = exchange.answer_json

            def forget_and_answer(*payload: Any, **more: Any) -> None:
                # Before the answer is out: the order follows it at once.
                fake.sessions.clear()
                answer_json(*payload, **more)

            vars(exchange)["answer_json"] = forget_and_answer
            listed(exchange)

        fake.on("POST", "/API/ListT2IParams", in_turn(last_before_the_order, listed))
        assert made(engine).data == fake.data
        assert fake.sessions_made == 2 and len(fake.orders) == 1

    def test_a_server_that_forgets_every_session_is_asked_twice(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        expired = {"error_id": "invalid_session_id", "error": "Invalid session ID."}
        fake.on("POST", "/API/ListModels", answer_json(expired, 401))
        assert failure(lambda: made(engine)).kind == ErrorKind.AUTH
        assert fake.count("POST", "/API/ListModels") == 2
        fake.on("POST", "/API/ListModels", answer_json(expired, 200))
        assert failure(lambda: made(engine)).kind == ErrorKind.AUTH

    def test_a_token_is_sent_as_a_cookie(self, fake: FakeSwarmUI) -> None:
        fake.token = "6c.abc.def"
        error = failure(lambda: made(SwarmUI(fake.url, limits=QUICK)))
        assert error.kind == ErrorKind.AUTH and error.permanent
        assert made(SwarmUI(fake.url, token="6c.abc.def", limits=QUICK)).data == fake.data
        assert "cookie" in fake.requests[-2].headers, "the WebSocket's too"

    def test_no_permission_is_no_way_in(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        fake.permissions.clear()
        assert failure(lambda: made(engine)).kind == ErrorKind.AUTH


class TestRefusals:
    @pytest.mark.parametrize(
        ("message", "kind"),
        [
            ("No backends available!", ErrorKind.UNREACHABLE),
            ("Backend handler is shutting down.", ErrorKind.UNREACHABLE),
            ("Timeout! All backends are occupied with other tasks.", ErrorKind.BUSY),
            ("Generation session interrupted.", ErrorKind.CANCELLED),
            ("All available backends failed to load the model '/m/a.st'.", ErrorKind.MISSING_MODEL),
            (REFUSED_BY_BACKENDS, ErrorKind.MISSING_MODEL),
            ("No backends match the settings of the request given!", ErrorKind.BAD_REQUEST),
            ("Invalid value for parameter Steps: Invalid integer value", ErrorKind.BAD_REQUEST),
            ("Invalid value for parameter LoRAs: option does not exist", ErrorKind.MISSING_MODEL),
            ("You do not have permission to use parameter Model.", ErrorKind.AUTH),
            (REFUSED_BY_COMFYUI, ErrorKind.MISSING_MODEL),
            ('ComfyUI errored: {"error": {"type": "no_prompt"}}', ErrorKind.BAD_REQUEST),
            ("ComfyUI execution error: Allocation on device 0 would …", ErrorKind.OUT_OF_MEMORY),
            ("ComfyUI execution error: CUDA out of memory.", ErrorKind.OUT_OF_MEMORY),
            ("ComfyUI execution error: CUDA error: unknown", ErrorKind.BACKEND_FAILED),
            ("No images were generated (all refused, or failed …)", ErrorKind.BACKEND_FAILED),
            ("Something went wrong while generating images.", ErrorKind.BACKEND_FAILED),
        ],
    )
    def test_each_has_its_kind(
        self, fake: FakeSwarmUI, engine: SwarmUI, message: str, kind: str
    ) -> None:
        fake.error = message
        for fake.no_websocket in (0, 404):
            error = failure(lambda: made(engine))
            assert error.kind == kind and error.message == ""
            assert error.detail[:20] == message[:20]
            lasting = {ErrorKind.AUTH, ErrorKind.BAD_REQUEST, ErrorKind.MISSING_MODEL}
            assert error.permanent == (kind in lasting)

    def test_the_detail_holds_no_text_of_a_child_and_no_foreign_path(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.error = f'ComfyUI errored: /home/anna/m/x.st "{PROMPT}" C:\\Users\\anna\\x.st'
        detail = failure(lambda: made(engine)).detail
        assert PROMPT not in detail and "anna" not in detail and "x.st" in detail

    @pytest.mark.parametrize(
        ("handler", "kind"),
        [
            (answer(401, b"Unauthorized"), ErrorKind.AUTH),
            (html_page(502), ErrorKind.UNREACHABLE),
            (html_page(200), ErrorKind.BAD_RESPONSE),
            (redirect("/Error/NoGetAPI"), ErrorKind.BAD_RESPONSE),
            (rate_limited(7, status=503), ErrorKind.BUSY),
            (answer(503), ErrorKind.BUSY),
            (answer(500, b"boom"), ErrorKind.BACKEND_FAILED),
            (answer_json({}), ErrorKind.BAD_RESPONSE),
            (answer_json([]), ErrorKind.BAD_RESPONSE),
            (reset_before_headers, ErrorKind.UNREACHABLE),
            (answer_json({"error_id": "internal_error"}, 400), ErrorKind.BACKEND_FAILED),
            (answer_json({"error_id": "bad_route"}, 400), ErrorKind.BAD_RESPONSE),
        ],
    )
    def test_what_stands_in_the_way_has_its_kind(
        self, fake: FakeSwarmUI, engine: SwarmUI, handler: Handler, kind: str
    ) -> None:
        fake.on("POST", "/API/GetNewSession", handler)
        assert failure(lambda: made(engine)).kind == kind
        health = engine.health()
        assert not health.ready and health.detail.startswith(kind)
        (each,) = engine.missing_requirements(JOB)
        assert each.what == "server" and kind in each.detail

    def test_nobody_there_is_unreachable(self) -> None:
        engine = SwarmUI(closed_port_url(), limits=QUICK)
        assert failure(lambda: made(engine)).kind == ErrorKind.UNREACHABLE
        engine.cancel(JOB)


class TestCancelling:
    def test_stops_the_order_at_the_server(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        fake.may_finish.clear()

        def stop(note: str) -> None:
            if fake.begun.is_set():
                raise Cancelled

        for fake.no_websocket in (0, 404):
            fake.begun.clear()
            with pytest.raises(Cancelled):
                made(engine, seen=Seen(stop))
            engine.cancel(JOB)
            assert all(held.interrupted.is_set() for held in fake.sessions.values())
        assert not fake.orders

    def test_stops_no_other_job(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        fake.may_finish.clear()
        other = replace(JOB, job_id=JOB.job_id.replace("0001", "0002"))
        result: list[Output] = []
        worker = threading.Thread(target=lambda: result.append(made(engine)))
        worker.start()
        assert fake.begun.wait(5)
        engine.cancel(other)
        fake.may_finish.set()
        worker.join(5)
        assert len(result) == 1 and not fake.count("POST", "/API/InterruptAll")

    def test_from_the_server_s_own_pages_is_no_defect(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.may_finish.clear()

        def interrupt(note: str) -> None:
            if fake.begun.is_set():
                for held in fake.sessions.values():
                    held.interrupted.set()

        error = failure(lambda: made(engine, seen=Seen(interrupt)))
        assert error.kind == ErrorKind.CANCELLED


class TestRecovering:
    def test_takes_what_is_there(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        made(engine)
        outputs = SwarmUI(fake.url, limits=QUICK).recover(JOB, Seen())
        assert outputs is not None
        (output,) = outputs
        assert output.data == fake.data and len(fake.orders) == 1
        assert output.metadata["parameters"]["steps"] == 25

    def test_finds_it_where_addresses_name_no_user(self, fake: FakeSwarmUI) -> None:
        fake.append_user = False
        made(SwarmUI(fake.url, limits=QUICK))
        outputs = SwarmUI(fake.url, limits=QUICK).recover(JOB, Seen())
        assert outputs and fake.count("GET", "/Output/raw/jobs") == 2

    def test_does_not_take_another_job_s(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        made(engine, replace(JOB, job_id=JOB.job_id.replace("0001", "0002")))
        assert engine.recover(JOB, Seen()) is None
        fake.pictures[f"{FOLDER}/1.png"] = (fake.data, '{"sui_extra_data": {"job": "other"}}')
        assert engine.recover(JOB, Seen()) is None

    def test_nothing_there_and_nothing_at_work_is_a_new_start(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        seen = Seen()
        assert engine.recover(JOB, seen) is None
        assert seen.notes and not fake.orders
        fake.on("POST", "/API/ListImages", answer_json({"error": "404, path not found."}))
        assert engine.recover(JOB, Seen()) is None

    def test_waits_for_what_is_at_work(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        fake.may_finish.clear()

        def leave(note: str) -> None:
            if fake.begun.is_set():
                raise ConnectionError

        with suppress(ConnectionError):
            made(engine, seen=Seen(leave))
        looks: list[str] = []

        def poll(note: str) -> None:
            looks.append(note)
            if len(looks) == 30:
                fake.may_finish.set()

        outputs = engine.recover(JOB, Seen(poll))
        assert outputs and len(fake.orders) == 1


class TestTheServer:
    def test_says_whether_it_can_work(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        health = engine.health()
        assert health.ready and health.version.startswith("0.9.8") and len(health.models) == 2
        fake.backends = {"status": "empty", "message": "No backends present."}
        health = engine.health()
        assert not health.ready and health.detail == "empty: No backends present."

    def test_says_what_it_lacks(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        assert engine.missing_requirements(JOB) == ()
        job = replace(JOB, model="flux", loras=(Lora("felt"),), parameters={"guidance": 1})
        fake.parameters.discard("seed")
        missing = {(each.what, each.name) for each in engine.missing_requirements(job)}
        assert missing == {
            ("model", "flux"),
            ("model", "felt"),
            ("input", "guidance"),
            ("input", "seed"),
        }

    def test_loads_the_model(self, fake: FakeSwarmUI, engine: SwarmUI) -> None:
        engine.warm_up(JOB)
        assert fake.selected == ["sd3/sd3.5_large.safetensors"] and not fake.orders

    def test_loads_it_by_a_tiny_picture_where_it_must(
        self, fake: FakeSwarmUI, engine: SwarmUI
    ) -> None:
        fake.permissions.discard("load_models_now")
        engine.warm_up(JOB)
        (order,) = fake.orders
        assert order["width"] == 64 and order["donotsave"] is True and not fake.pictures
        fake.error = "No backends available!"
        assert failure(lambda: engine.warm_up(JOB)).kind == ErrorKind.UNREACHABLE
