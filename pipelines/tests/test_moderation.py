"""From a child's order to a picture that was looked at, with a judge that answers over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from devices.models import Device
from pipelines import moderation, queue
from pipelines.generation.execution import execute
from pipelines.generation.lease import Lease
from pipelines.health import get_health
from pipelines.models import ServerState
from pipelines.safety.messages import closed_message, picture_message
from pipelines.submission.generation import GenerationRequest, submit_generation
from pipelines.submission.interception import InterceptionRequest, submit_interception
from pipelines.submission.recording import BlockedProblem
from pipelines.tests.servers.faulty import (
    Exchange,
    FaultyServer,
    Handler,
    chunked,
    closed_port_url,
    html_page,
    reset_after_headers,
    reset_before_headers,
)
from runs import archive
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)

CHAT = "/v1/chat/completions"
LANE = "formwerkstatt"
YES = {"category": "none", "allowed": True}
NO = {"category": "sexual", "allowed": False}


def saying(text: str) -> Handler:
    """An answer of the chat wire, in two pieces."""
    half = len(text) // 2
    deltas = [{"role": "assistant", "content": ""}, {"content": text[:half]}]
    choices = [{"index": 0, "delta": delta} for delta in (*deltas, {"content": text[half:]})]
    choices.append({"index": 0, "delta": {}, "finish_reason": "stop"})
    lines = [f"data: {json.dumps({'id': 'c', 'choices': [one]})}\n\n" for one in choices]
    return chunked([*(line.encode() for line in lines), b"data: [DONE]\n\n"])


def judging(*, texts: Any = YES, pictures: Any = YES) -> Handler:
    """Answers what it reads and what it sees; a string is said as it is."""

    def handle(exchange: Exchange) -> None:
        answer = pictures if b"image_url" in exchange.received.body else texts
        saying(answer if isinstance(answer, str) else json.dumps(answer))(exchange)

    return handle


@pytest.fixture
def judge(settings: Any) -> Iterator[FaultyServer]:
    """A server whose models judge texts and pictures; the rules are worked by our own engine."""
    with FaultyServer() as server:
        server.on("POST", CHAT, judging())
        settings.OPENAI_BASE_URL = f"{server.url}/v1"
        settings.TEXT_MODEL = "wortwerkstatt:"
        settings.SAFETY_MODEL = "openai_chat:judge-1"
        settings.VISION_MODEL = "openai_chat:eyes-1"
        yield server


@pytest.fixture
def device() -> Device:
    return Device.objects.create(pk="device-at-work")


def submit(device: Device, prompt: str = "Drei Fische.", **fields: Any) -> Run:
    request = GenerationRequest(prompt=prompt, output_config="formwerkstatt_szene", **fields)
    return submit_generation(device=device, request=request)


def work() -> Run:
    run = queue.claim_next({LANE: LANE}, owner="worker", capacity=1)
    assert run is not None
    with Lease(run, "worker") as lease:
        execute(run, lease)
    return Run.objects.get(pk=run.pk)


def types(run: Run) -> list[str]:
    return list(run.entities.values_list("type", flat=True))


def test_prompt_and_picture_are_judged_and_the_verdicts_recorded(
    device: Device, judge: FaultyServer
) -> None:
    submit(device)
    run = work()
    assert run.status == Status.COMPLETE
    asked = [request.json() for request in judge.requests if request.path == CHAT]
    assert [one["model"] for one in asked] == ["judge-1", "eyes-1"]
    assert all("response_format" in one for one in asked)
    record = archive.read_metadata(archive.run_folder(run))
    assert record["safety"]["check"] == "prompt"
    picture = run.entities.get(type="output_image").metadata["safety"]
    assert (picture["allowed"], picture["model"]) == (True, "eyes-1")


def test_a_prompt_that_the_judge_forbids_reaches_no_engine(
    device: Device, judge: FaultyServer
) -> None:
    judge.on("POST", CHAT, judging(texts=NO))
    submit(device)
    run = work()
    assert (run.status, run.error_kind) == (Status.BLOCKED, "sexual")
    assert "output_image" not in types(run)
    verdict = json.loads(archive.read_text(run, run.entities.get(type="safety").filename))
    assert (verdict["check"], verdict["category"]) == ("prompt", "sexual")


def test_a_picture_that_must_not_be_shown_is_not_kept_but_its_verdict_is(
    device: Device, judge: FaultyServer
) -> None:
    judge.on("POST", CHAT, judging(pictures=NO))
    submit(device)
    run = work()
    assert (run.status, run.error_kind) == (Status.BLOCKED, "sexual")
    assert run.error_message == picture_message()
    assert types(run) == ["input", "optimized_prompt", "safety"]
    assert not [name for name in archive.file_names(archive.run_folder(run)) if "output" in name]
    record = archive.read_metadata(archive.run_folder(run))
    assert record["error"]["stage"] == 4
    verdict = json.loads(archive.read_text(run, run.entities.get(type="safety").filename))
    assert (verdict["check"], verdict["allowed"]) == ("picture", False)


@pytest.mark.parametrize(
    "fault",
    [
        html_page(200),
        html_page(502),
        reset_before_headers,
        reset_after_headers,
        saying('{"category": "none", "allo'),
        saying('{"category": "none"}'),
        saying('Sure! {"category": "none", "allowed": true}'),
        saying(""),
        chunked([]),
    ],
)
def test_a_judge_that_gives_no_judgement_lets_nothing_pass(
    device: Device, judge: FaultyServer, fault: Handler
) -> None:
    judge.on("POST", CHAT, fault)
    submit(device)
    run = work()
    assert (run.status, run.error_kind) == (Status.BLOCKED, "safety_closed")
    assert run.error_message == closed_message()
    assert types(run) == ["input", "optimized_prompt", "safety"]


def test_a_judge_that_is_gone_lets_nothing_pass(
    device: Device, judge: FaultyServer, settings: Any
) -> None:
    settings.OPENAI_BASE_URL = f"{closed_port_url()}/v1"
    submit(device)
    assert work().error_kind == "safety_closed"


def test_eyes_that_fail_after_the_prompt_was_allowed_keep_the_picture_back(
    device: Device, judge: FaultyServer
) -> None:
    judge.on("POST", CHAT, judging(pictures="I see a nice cat."))
    submit(device)
    run = work()
    assert (run.status, run.error_kind) == (Status.BLOCKED, "safety_closed")
    assert "output_image" not in types(run)


def test_a_word_in_context_passes_at_once_and_one_that_is_meant_is_told_at_once(
    device: Device, judge: FaultyServer
) -> None:
    submit(device, "Ein Drache wird getötet, im Puppentheater")
    judge.on("POST", CHAT, judging(texts={"category": "violence", "allowed": False}))
    with pytest.raises(BlockedProblem):
        submit(device, "Ein Drache wird getötet")
    blocked = Run.objects.get(status=Status.BLOCKED)
    assert (blocked.error_kind, "safety" in types(blocked)) == ("violence", True)


@pytest.mark.parametrize("setting", ["SAFETY_MODEL", "VISION_MODEL"])
def test_a_model_that_is_asked_for_and_not_there_closes_the_levels_of_children(
    device: Device, settings: Any, setting: str
) -> None:
    setattr(settings, setting, "ollama:guard")
    assert set(moderation.closed_levels()) == {"kids", "youth"}
    assert not get_health().is_well
    with pytest.raises(BlockedProblem):
        submit(device)


def test_a_silent_judge_is_red_on_the_health_page(client: Client, judge: FaultyServer) -> None:
    assert client.get("/healthz").json()["closed_safety_levels"] == []
    ServerState.objects.mark_unavailable("openai_chat", "connection refused")
    assert client.get("/healthz").json()["closed_safety_levels"] == ["kids", "youth"]
    report = get_health()
    assert set(report.closed_levels) == {"kids", "youth"}
    assert not report.is_well


def test_personal_data_goes_to_our_own_engine_and_to_no_cloud(
    device: Device, settings: Any
) -> None:
    idea = "Ich heiße Lena und male einen Fuchs"
    request = InterceptionRequest(schema="stillepost", input_text=idea)
    assert submit_interception(device=device, request=request).status == Status.RUNNING
    settings.OPENAI_BASE_URL = "https://llm.example.org/v1"
    settings.TEXT_MODEL = "openai_chat:big"
    Run.objects.all().delete()
    with pytest.raises(BlockedProblem):
        submit_interception(device=device, request=request)
    assert Run.objects.get(status=Status.BLOCKED).error_kind == "personal_data"
