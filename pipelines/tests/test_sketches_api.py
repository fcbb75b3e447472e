"""Sketches over HTTP: asked for, fetched, changed by hand and kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from devices.models import Workshop
from pipelines.engines.embedded.p5 import check
from pipelines.worker import Worker
from runs import archive
from runs.models import Run, Status
from runs.tests.making import browser_of, made, staff_browser

pytestmark = pytest.mark.django_db(transaction=True)

PROMPT = "Drei blaue Fische schwimmen im Meer."
EDITED = "function setup() {\n  createCanvas(400, 400); // kleiner\n}\n"


@pytest.fixture
def client() -> Client:
    return browser_of("device-mine")[0]


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    worker.start()
    yield worker
    worker.stop()


def ask(client: Client, **fields: Any) -> dict[str, Any]:
    body = {"prompt": PROMPT, "output_config": "p5js_templates", "seed": 5, **fields}
    answer = client.post(
        "/api/schema/pipeline/generation", data=json.dumps(body), content_type="application/json"
    )
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def save(client: Client, run_id: str, code: str) -> Any:
    return client.post(
        f"/api/runs/{run_id}/sketch/",
        data=json.dumps({"code": code}),
        content_type="application/json",
    )


def test_a_sketch_is_answered_as_the_contract_says(client: Client, worker: Worker) -> None:
    body = ask(client)
    run = Run.objects.get()
    media = body["media_output"]
    code = media.pop("code")
    assert media == {
        "media_type": "code",
        "url": f"/api/media/p5/{run.run_id}",
        "run_id": run.run_id,
        "seed": 5,
    }
    check(code)
    file = client.get(media["url"])
    assert file.content.decode() == code
    # Read in a page of ours, never run as one.
    assert file.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "sandbox" in file.headers["Content-Security-Policy"]
    assert archive.read_text(run, "03_output_code.js") == code
    metadata = archive.read_metadata(archive.run_folder(run))
    assert metadata["expected_outputs"] == ["input", "optimized_prompt", "output_code"]
    assert metadata["entities"][-1]["metadata"]["composition"] == "meer"


def test_a_changed_sketch_becomes_a_run_with_its_whole_context(
    client: Client, worker: Worker
) -> None:
    first = ask(client, input_text="Fische", interception_result=PROMPT)["run_id"]
    answer = save(client, first, EDITED)
    assert answer.status_code == 201, answer.content
    state = answer.json()
    assert state["status"] == "complete"
    run = Run.objects.get(run_id=state["run_id"])
    assert (run.parent_run_id, run.engine, run.seed) == (first, "hand", 5)
    assert (run.output_config, run.idea, run.queue) == ("p5js_templates", "Fische", "")
    assert state["media"][0]["url"] == f"/api/media/p5/{run.run_id}/0"
    assert client.get(f"/api/media/p5/{run.run_id}").content.decode() == EDITED
    assert [entity.filename for entity in run.entities.order_by("sequence")] == [
        "01_input.txt",
        "02_interception.txt",
        "03_optimized_prompt.txt",
        "04_output_code.js",
    ]
    # What was made first is still there, and what was changed can be changed again.
    check(client.get(f"/api/media/p5/{first}").content.decode())
    assert save(client, run.run_id, EDITED + "// noch einmal\n").status_code == 201


def test_what_a_machine_wrote_can_be_kept_as_it_is(client: Client, worker: Worker) -> None:
    for prompt in (PROMPT, "Ein roter Drache auf dem Dach der Schule", "Freiheit"):
        body = ask(client, prompt=prompt)
        saved = save(client, body["run_id"], body["media_output"]["code"])
        assert saved.status_code == 201, saved.content


@pytest.mark.parametrize(
    ("code", "reason", "line"),
    [
        ("function setup() {\n  fetch('/');\n}", "forbidden", 2),
        ("function setup() {\n  circle(1;\n}", "broken", 3),
        ("", "empty", 0),
        ("function setup() {}\n" + "//" * 30_000, "long", 0),
    ],
)
def test_what_is_no_sketch_is_not_kept_and_told(
    client: Client, worker: Worker, code: str, reason: str, line: int
) -> None:
    first = ask(client)["run_id"]
    answer = save(client, first, code)
    assert answer.status_code == 400
    problem = answer.json()
    assert problem["type"] == "/problems/not-a-sketch"
    assert (problem["reason"], problem["line"]) == (reason, line)
    assert problem["detail"]
    assert Run.objects.count() == 1


def test_what_is_written_into_a_sketch_is_checked_like_any_text(
    client: Client, worker: Worker
) -> None:
    first = ask(client)["run_id"]
    answer = save(client, first, "function setup() { text('Porno mit nackten Leuten', 1, 1); }")
    assert answer.status_code == 403
    assert answer.json()["status"] == "blocked"
    run = Run.objects.newest_first()[0]
    assert run.status == Status.BLOCKED
    assert client.get(f"/api/media/p5/{run.run_id}").status_code == 404


def test_only_ones_own_sketches_can_be_changed(client: Client, worker: Worker) -> None:
    first = ask(client)["run_id"]
    other, _device = browser_of("device-other")
    assert save(other, first, EDITED).status_code == 404
    # Who may look at all runs makes none in a child's name.
    assert save(staff_browser("view_run"), first, EDITED).status_code == 404
    assert Run.objects.count() == 1


def test_a_picture_is_no_sketch(client: Client) -> None:
    _browser, device = browser_of("device-painter")
    run = made(device)
    assert save(_browser, run.run_id, EDITED).status_code == 404


def test_a_break_holds_for_saving_too(client: Client, worker: Worker) -> None:
    workshop = Workshop.objects.create(name="5b", takes_new_devices=True)
    browser, _device = browser_of("device-in-5b", workshop=workshop)
    first = ask(browser)["run_id"]
    Workshop.objects.update(paused=True)
    assert save(browser, first, EDITED).status_code == 503
