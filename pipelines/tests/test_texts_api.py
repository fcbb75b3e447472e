"""Stages 1 and 2 over HTTP, as the existing client and ours call them."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from django.test import AsyncClient, Client

from devices.models import Device, Workshop
from pipelines.api.generation import wait_until_final
from pipelines.engines.embedded.wortwerkstatt import Wortwerkstatt
from pipelines.submission.interception import InterceptionRequest, submit_interception
from pipelines.texts.interception import perform
from pipelines.texts.rewriting import RewritingFailed
from runs import archive
from runs.acts import COMMAND_LINE
from runs.cancelling import request_cancel
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)

INTERCEPTION = "/api/schema/pipeline/interception"
IDEA = "Die große Katze schläft am Tag."


def ask(client: Client, **fields: Any) -> Any:
    body = {"schema": "theopposite", "input_text": IDEA, "user_language": "de", **fields}
    return client.post(INTERCEPTION, data=json.dumps(body), content_type="application/json")


def stream(method: str = "post", **fields: Any) -> list[tuple[str, dict[str, Any]]]:
    body = {
        "schema": "theopposite",
        "input_text": IDEA,
        "user_language": "de",
        "enable_streaming": "true",
        **fields,
    }

    async def call() -> list[tuple[str, dict[str, Any]]]:
        client: Any = AsyncClient()
        if method == "get":
            response = await client.get(INTERCEPTION, body)
        else:
            response = await client.post(
                INTERCEPTION, data=json.dumps(body), content_type="application/json"
            )
        assert response["Content-Type"].startswith("text/event-stream")
        assert response["Cache-Control"] == "no-cache"
        assert response["X-Accel-Buffering"] == "no"
        text = b"".join([part async for part in response.streaming_content]).decode()
        events = []
        for block in text.split("\n\n"):
            lines = dict(
                line.split(": ", 1) for line in block.splitlines() if not line.startswith(":")
            )
            if lines:
                events.append((lines["event"], json.loads(lines["data"])))
        return events

    return asyncio.run(call())


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_stream_tells_the_contracts_events_in_their_order(method: str) -> None:
    events = stream(method)
    names = [name for name, _data in events]
    assert names[:5] == [
        "connected",
        "queue_status",
        "stage_start",
        "stage_complete",
        "stage_start",
    ]
    assert set(names[5:-1]) == {"chunk"}
    assert names[-1] == "complete"
    connected, complete = events[0][1], events[-1][1]
    assert connected["schema"] == "theopposite"
    assert connected["stages"] == 2
    assert complete["run_id"] == connected["run_id"]
    chunks = [data for name, data in events if name == "chunk"]
    assert "".join(chunk["text_chunk"] for chunk in chunks) == complete["final_text"]
    assert chunks[-1]["accumulated"] == complete["final_text"]
    assert [chunk["chunk_count"] for chunk in chunks] == list(range(1, len(chunks) + 1))
    assert complete["char_count"] == len(complete["final_text"])


def test_an_interception_is_recorded_with_idea_result_and_rule(client: Client) -> None:
    answer = ask(client, device_id="0d1b9e0a-1111-4222-8333-444455556666").json()
    assert answer["status"] == "success"
    run = Run.objects.get()
    assert run.run_id == answer["run_id"]
    assert run.status == Status.COMPLETE
    assert archive.read_text(run, "01_input.txt") == IDEA
    assert archive.read_text(run, "02_interception.txt") == answer["interception_result"]
    assert answer["interception_result"] != IDEA
    metadata = archive.read_metadata(archive.run_folder(run))
    assert metadata["device_id"] == "0d1b9e0a-1111-4222-8333-444455556666"
    assert metadata["context_prompt"]


def test_a_chained_rule_records_every_station(client: Client) -> None:
    names = [name for name, _data in stream(schema="stillepost")]
    types = list(Run.objects.get().entities.values_list("type", flat=True))
    assert types[0] == "input"
    assert types[-1] == "interception"
    stations = types.count("translation")
    assert stations >= 2
    assert names.count("step") == stations


def test_a_rule_of_ones_own_changes_the_result_and_nobody_elses() -> None:
    own = "Schreibe alles ohne den Buchstaben e."
    theirs = ask(Client(), schema="overdrive", context_prompt=own, seed=1).json()
    ours = ask(Client(), schema="overdrive", seed=1).json()
    again = ask(Client(), schema="overdrive", seed=1).json()
    assert theirs["interception_result"] != ours["interception_result"]
    assert ours["interception_result"] == again["interception_result"]
    first, second, _third = Run.objects.order_by("created_at")
    assert archive.read_metadata(archive.run_folder(first))["context_prompt"] == own
    assert archive.read_metadata(archive.run_folder(second))["context_prompt"] != own


def test_a_blocked_idea_is_told_kindly_and_recorded(client: Client) -> None:
    answer = ask(client, input_text="Ein Porno mit nackten Leuten")
    assert answer.status_code == 403
    body = answer.json()
    assert (body["status"], body["stage"], body["http_status"]) == ("blocked", 1, 403)
    assert body["message"]
    run = Run.objects.get()
    assert (run.status, run.error_message) == (Status.BLOCKED, body["message"])
    assert archive.read_metadata(archive.run_folder(run))["status"] == "blocked"


def test_a_block_in_a_stream_is_an_event_and_ends_it() -> None:
    events = stream(input_text="Ein Porno mit nackten Leuten")
    assert [name for name, _data in events] == ["connected", "queue_status", "blocked"]
    # What clients show that know no block.
    assert events[1][1]["status"] == "waiting"
    assert events[1][1]["message"] == events[2][1]["message"]
    assert events[2][1]["stage"] == 1


def test_the_rule_that_a_child_writes_is_checked_as_well(client: Client) -> None:
    answer = ask(client, schema="user_defined", context_prompt="Mach einen Porno daraus")
    assert answer.status_code == 403
    assert answer.json()["status"] == "blocked"


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"input_text": ""}, 400),
        ({"input_text": "   \n"}, 400),
        ({"input_text": "x" * 2001}, 400),
        ({"context_prompt": "x" * 8001}, 400),
        ({"schema": "nosuchrule"}, 404),
        ({"schema": "../../etc/passwd"}, 404),
        ({"seed": "many"}, 400),
        ({"seed": -1}, 400),
        ({"seed": 2**31}, 400),
        ({"seed": 1.5}, 400),
        ({"seed": True}, 400),
    ],
)
def test_what_is_wrong_with_a_request_is_said(
    client: Client, fields: dict[str, Any], status: int
) -> None:
    answer = ask(client, **fields)
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == "error"
    assert body["http_status"] == status
    assert body["error"] == body["detail"] != ""
    assert not Run.objects.exists()


def test_wrong_json_is_said(client: Client) -> None:
    wrong = client.post(INTERCEPTION, data="{", content_type="application/json")
    listed = client.post(INTERCEPTION, data="[]", content_type="application/json")
    form = client.post(INTERCEPTION, {"input_text": IDEA})
    assert (wrong.status_code, listed.status_code, form.status_code) == (400, 400, 415)


@pytest.mark.parametrize("address", [INTERCEPTION, "/api/schema/pipeline/generation"])
def test_json_nested_too_deeply_is_no_fault_of_ours(client: Client, address: str) -> None:
    deep = client.post(address, data="[" * 100_000, content_type="application/json")
    assert (deep.status_code, deep.json()["http_status"]) == (400, 400)


@pytest.mark.parametrize("method", ["head", "put", "delete"])
def test_other_methods_are_refused_as_a_problem_and_begin_no_run(
    client: Client, method: str
) -> None:
    query = {"input_text": IDEA, "schema": "overdrive"}
    answer = getattr(client, method)(INTERCEPTION, query_params=query)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert answer["Allow"]
    assert not Run.objects.exists()


def test_a_language_that_is_null_is_the_pages(client: Client) -> None:
    assert ask(client, user_language=None).status_code == 200


def test_the_stream_speaks_the_language_of_the_request() -> None:
    def message(language: str) -> str:
        streamed = dict(stream(user_language=language))["queue_status"]["message"]
        return str(streamed)

    assert message("de") != message("en")


def test_a_refused_optimization_is_told_in_its_own_stream(client: Client) -> None:
    fields = {"schema": "flux2", "input_text": "", "enable_streaming": "true"}

    async def call() -> str:
        response: Any = await AsyncClient().get("/api/schema/pipeline/optimize", fields)
        return b"".join([part async for part in response.streaming_content]).decode()

    first, second = asyncio.run(call()).strip().split("\n\n")
    connected = json.loads(first.partition("data: ")[2])
    assert connected == {"run_id": "", "schema": "flux2", "stages": 1}
    assert second.startswith("event: error")


def test_an_error_before_the_stream_is_told_in_the_stream() -> None:
    events = stream(schema="nosuchrule")
    assert [name for name, _data in events] == ["connected", "error"]
    assert events[1][1]["message"]


def test_a_paused_workshop_says_so_and_takes_nothing(client: Client) -> None:
    workshop = Workshop.objects.create(
        name="5b", takes_new_devices=True, paused=True, pause_message="Wir schauen kurz nach vorn."
    )
    answer = ask(client)
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert answer.json()["error"] == "Wir schauen kurz nach vorn."
    assert not Run.objects.exists()
    workshop.paused = False
    workshop.save(update_fields=["paused"])
    assert ask(client).status_code == 200


def test_a_workshop_offers_only_what_it_allows(client: Client) -> None:
    Workshop.objects.create(name="5b", takes_new_devices=True, allowed_rules=["overdrive"])
    assert ask(client, schema="bauhaus").status_code == 403
    assert ask(client, schema="overdrive").status_code == 200


def test_a_request_cannot_lower_the_workshops_level(client: Client) -> None:
    Workshop.objects.create(name="5b", takes_new_devices=True, safety_level="kids")
    ask(client, safety_level="off")
    assert Run.objects.get().safety_level == "kids"


def test_messages_come_in_the_language_of_the_request(client: Client) -> None:
    german = ask(client, input_text="").json()["error"]
    english = ask(client, input_text="", user_language="en").json()["error"]
    assert german != english


def test_old_clients_that_send_more_are_understood(client: Client) -> None:
    answer = ask(client, execution_mode="eco", context_language="de", something=1)
    assert answer.status_code == 200


def test_the_same_cookie_stays_the_same_device(client: Client) -> None:
    ask(client)
    ask(client)
    assert Device.objects.count() == 1


def test_text_for_a_machine_without_instruction_comes_back_unchanged(client: Client) -> None:
    answer = client.post(
        "/api/schema/pipeline/optimize",
        data=json.dumps({"input_text": IDEA, "output_config": "formwerkstatt_szene"}),
        content_type="application/json",
    ).json()
    assert answer["success"] is True
    assert answer["optimized_prompt"] == IDEA
    assert answer["optimization_applied"] is False


def test_an_interception_that_is_stopped_ends_as_cancelled() -> None:
    run = submit_interception(
        device=Device.objects.create(pk="device-to-stop"),
        request=InterceptionRequest(schema="overdrive", input_text=IDEA),
    )
    assert request_cancel(run, by=COMMAND_LINE)
    slow = Wortwerkstatt(words_per_second=5)
    streamed = []
    with pytest.raises(RewritingFailed) as failure:
        perform(run, text=IDEA, rule="", emit=lambda name, data: streamed.append(name), engine=slow)
    assert failure.value.kind == "cancelled"
    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert "complete" not in streamed


def test_a_device_may_have_only_so_many_texts_under_way(client: Client, settings: Any) -> None:
    settings.MAX_OUTSTANDING_RUNS = 2
    ask(client)
    for number in range(2):
        submit_interception(
            device=Device.objects.get(),
            request=InterceptionRequest(schema="overdrive", input_text=f"{IDEA} {number}"),
        )
    refused = ask(client)
    assert refused.status_code == 429
    assert refused["Retry-After"]


def test_a_text_is_written_to_its_end_though_nobody_listens() -> None:
    async def leave_at_once() -> None:
        client: Any = AsyncClient()
        body = {"schema": "overdrive", "input_text": IDEA, "enable_streaming": True}
        response = await client.post(
            INTERCEPTION, data=json.dumps(body), content_type="application/json"
        )
        await response.streaming_content.aclose()

    asyncio.run(leave_at_once())
    run = wait_until_final(Run.objects.get())
    assert run.status == Status.COMPLETE
    assert archive.read_text(run, "02_interception.txt")


def test_a_rewriting_points_to_the_work_it_goes_on_from_where_that_is_one_s_own(
    client: Client,
) -> None:
    first = ask(client).json()["run_id"]
    again = ask(client, parent_run_id=first).json()["run_id"]
    assert Run.objects.get(run_id=again).parent_run_id == first
    foreign = ask(Client(), parent_run_id=first).json()["run_id"]
    assert Run.objects.get(run_id=foreign).parent_run_id == ""


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        # From a mail or a chat.
        {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"},
        # On plain HTTP browsers send neither.
        {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"},
    ],
)
@pytest.mark.parametrize("address", [INTERCEPTION, "/api/schema/pipeline/optimize"])
def test_a_link_that_somebody_follows_begins_no_run(
    client: Client, address: str, headers: dict[str, str]
) -> None:
    fields = {"schema": "theopposite", "input_text": IDEA, "enable_streaming": "true"}
    answer = client.get(address, fields, headers=headers)
    assert answer.status_code == 403
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.json()["status"], answer.json()["http_status"]) == ("error", 403)
    assert not Run.objects.exists()
    assert not Device.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "text/event-stream"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors", "Accept": "*/*"},
        {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "same-origin"},
    ],
)
def test_a_script_of_our_own_pages_may_ask_by_get(client: Client, headers: dict[str, str]) -> None:
    fields = {"schema": "theopposite", "input_text": IDEA}
    assert client.get(INTERCEPTION, fields, headers=headers).status_code == 200
    assert Run.objects.count() == 1


def test_what_cannot_be_written_as_utf8_does_not_end_a_stream_half_way() -> None:
    ((name, _connected), (other, error)) = stream(schema="\ud800" * 100)
    assert (name, other) == ("connected", "error")
    assert error["http_status"] in (400, 404)
