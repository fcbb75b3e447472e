"""A browser that comes back while a text is being written sees it as far as it is."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from devices.models import Device
from pipelines import registry
from pipelines.engines.embedded.wortwerkstatt import Wortwerkstatt
from pipelines.servers.routing import text_engine
from pipelines.submission.interception import InterceptionRequest, submit_interception
from pipelines.texts import partial_text
from pipelines.texts.interception import perform
from pipelines.texts.rewriting import RewritingFailed
from runs.acts import COMMAND_LINE
from runs.cancelling import request_cancel
from runs.models import Run, Status

pytestmark = pytest.mark.django_db(transaction=True)

IDEA = "Die große Katze schläft am Tag."


@pytest.fixture
def tablet() -> Client:
    client = Client()
    client.get("/api/devices/me/", {"device_id": "tablet-of-table-3"})
    return client


def begin(rule: str) -> Run:
    return submit_interception(
        device=Device.objects.get(), request=InterceptionRequest(schema=rule, input_text=IDEA)
    )


def state(client: Client, run: Run) -> Any:
    return client.get(f"/api/runs/{run.run_id}/events", headers={"accept": "application/json"})


def test_the_text_so_far_is_told_to_its_device_as_it_grows(tablet: Client) -> None:
    run = begin("theopposite")
    assert state(tablet, run).json()["text_so_far"] == ""
    seen = []

    def on_event(name: str, data: dict[str, Any]) -> None:
        if name == "chunk":
            assert state(tablet, run).json()["text_so_far"] == data["accumulated"]
            assert state(Client(), run).status_code == 404
            seen.append(data["accumulated"])

    text = perform(run, text=IDEA, rule="", emit=on_event, engine=text_engine())
    assert len(seen) > 3
    assert seen[-1] == text
    ended = state(tablet, run).json()
    assert "text_so_far" not in ended
    assert ended["texts"]["interception"] == text
    assert partial_text.partial_text(run.run_id).text == ""


def test_the_stations_of_a_chain_are_told_as_well(tablet: Client) -> None:
    run = begin("stillepost")
    steps: list[Any] = []
    seen: list[Any] = []

    def on_event(name: str, data: dict[str, Any]) -> None:
        if name == "step":
            steps.append(data)
            seen.append(state(tablet, run).json()["stations"])

    rule = registry.get_catalog().interception("stillepost").context.in_language("de")
    perform(run, text=IDEA, rule=rule, emit=on_event)
    assert len(steps) >= 2
    assert seen == [steps[: count + 1] for count in range(len(steps))]


def test_nothing_stays_of_a_text_that_was_stopped(tablet: Client) -> None:
    run = begin("overdrive")
    partial_text.append(run.run_id, "chunk", {"accumulated": "Der Anfang"})
    assert request_cancel(run, by=COMMAND_LINE)
    slow = Wortwerkstatt(words_per_second=5)
    with pytest.raises(RewritingFailed):
        perform(run, text=IDEA, rule="", emit=lambda name, data: None, engine=slow)
    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert partial_text.partial_text(run.run_id).text == ""


def test_a_text_without_end_is_shown_up_to_a_bound() -> None:
    partial_text.append("run_1_a", "chunk", {"accumulated": "x" * 100_000})
    assert len(partial_text.partial_text("run_1_a").text) == partial_text.MOST_CHARACTERS
    partial_text.discard("run_1_a")
    assert partial_text.partial_text("run_1_a").text == ""
