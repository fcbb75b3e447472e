"""Several outputs in one run: in order, each once whatever is interrupted, and on one sheet."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from django.test import Client
from PIL import Image

from pipelines import queue, registry
from pipelines.engines.base import MediaEngine
from pipelines.engines.jobs import Cancelled, EngineError, MediaJob, Output
from pipelines.generation import outputs
from pipelines.generation.composite import PANEL_PIXELS, Panel, compose
from pipelines.generation.execution import execute
from pipelines.generation.lease import Lease
from pipelines.generation.outputs import add_composite, missing, record_outputs
from pipelines.stages.generation import generate
from pipelines.tests.own_catalog import own_catalog
from pipelines.tests.test_legacy_api import ask, check_folder, record_of
from runs import archive, index, recorder
from runs.healing import reconcile
from runs.models import Entity, Run, Status
from runs.tests.crashing import killed_before_naming
from runs.verify import find_faults

COLORS = {"reference": "red", "first_half_removed": "green", "second_half_removed": "blue"}
ROLES = tuple(COLORS)


def png(color: str, size: tuple[int, int] = (96, 96)) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", size, color).save(stream, "PNG")
    return stream.getvalue()


def output(role: str) -> Output:
    return Output(png(COLORS[role]), "image/png", "png", role=role, metadata={"steps": 4})


GRAPH = Output(b'{"1": {}}', "application/json", "json", media_type="workflow")
ALL = (GRAPH, *map(output, ROLES))
JOB = MediaJob(job_id="x", prompt="x", seed=7, width=96, height=96, roles=ROLES)


class CountedLease(Lease):
    """A lease on a run that is stopped after `steps` looks."""

    def __init__(self, run: Run, steps: int = 1000) -> None:
        super().__init__(run, "worker")
        self.steps = steps

    def check(self) -> None:
        self.steps -= 1
        if self.steps < 0:
            raise Cancelled


@pytest.fixture(autouse=True)
def own(tmp_path: Path, settings: Any) -> Iterator[None]:
    with own_catalog(tmp_path / "own", settings):
        yield


@pytest.fixture
def run(transactional_db: None, client: Client) -> Run:
    """A run of three outputs of the device of `client`, taken up by a worker."""
    fields: dict[str, Any] = {
        "prompt": "Drei Fische.",
        "output_config": "own_comparison",
        "seed": 7,
    }
    answer = ask(client, later=True, **fields, alpha_factor=-20)
    assert answer.status_code == 202
    return claim()


def claim() -> Run:
    run = queue.claim_next({"formwerkstatt": "formwerkstatt"}, owner="worker", capacity=1)
    assert run is not None
    return run


def record(run: Run, some: Iterable[Output], *, steps: int = 1000) -> None:
    record_outputs(run, some, job=JOB, lease=CountedLease(run, steps), inspect=lambda output: {})


def finish(run: Run) -> None:
    chunk = registry.get_catalog().chunk_of(run.output_config)
    assert not missing(run, chunk)
    add_composite(run, chunk, facts=["own", "seed: 7"], lease=CountedLease(run))
    recorder.finish(run, owner="worker")


WHOLE = [
    "01_input.txt",
    "02_optimized_prompt.txt",
    "03_workflow.json",
    "04_output_image.png",
    "05_output_image.png",
    "06_output_image.png",
    "07_output_image_composite.png",
]


def test_a_run_of_three_outputs_is_one_folder_in_order(run: Run) -> None:
    record(run, ALL)
    finish(run)
    assert check_folder(run) == WHOLE
    assert archive.read_bytes(run, "03_workflow.json") == GRAPH.data
    for number, (role, name) in enumerate(zip(ROLES, WHOLE[3:6], strict=True)):
        assert archive.read_bytes(run, name) == png(COLORS[role])
        assert run.entities.get(filename=name).metadata == {
            "config": "own_comparison",
            "seed": 7,
            "format": "png",
            "role": role,
            "order": number,
            "steps": 4,
        }
    written = record_of(run)
    assert written["expected_outputs"] == [
        "input",
        "optimized_prompt",
        *["output_image"] * 3,
        "output_image_composite",
    ]
    assert written["current_state"]["progress"] == "6/6"
    assert written["inputs"] == {"alpha_factor": -20}


def test_the_endpoints_of_media_and_state_tell_all_of_it(run: Run, client: Client) -> None:
    record(run, ALL[:3])
    state = client.get(f"/api/pipeline/{run.run_id}/status").json()
    assert state["next_expected"] == "output_image"
    assert state["current_state"]["progress"] == "4/6"
    record(run, ALL)
    finish(run)
    state = client.get(f"/api/pipeline/{run.run_id}/status").json()
    assert state["next_expected"] is None
    assert state["completed_outputs"] == [
        "input",
        "optimized_prompt",
        "workflow",
        "output_image",
        "output_image_composite",
    ]
    images = client.get(f"/api/media/images/{run.run_id}").json()
    assert images["total_images"] == 3
    assert [image["metadata"]["role"] for image in images["images"]] == list(ROLES)
    assert [image["index"] for image in images["images"]] == [0, 1, 2]
    for image, name in zip(images["images"], WHOLE[3:6], strict=True):
        assert client.get(image["url"]).content == archive.read_bytes(run, name)
    first = client.get(f"/api/media/image/{run.run_id}")
    assert first.content == png("red")
    info = client.get(f"/api/media/info/{run.run_id}").json()
    assert (info["type"], info["count"]) == ("image", 3)
    graph = client.get(f"/api/pipeline/{run.run_id}/entity/workflow")
    assert graph.content == GRAPH.data


def test_the_rows_can_be_made_again_from_the_folder(run: Run) -> None:
    record(run, ALL)
    finish(run)

    def rows() -> list[Any]:
        fields = ("sequence", "type", "filename", "content_type", "size", "sha256", "metadata")
        return list(Entity.objects.values_list(*fields))

    before = rows()
    Run.objects.all().delete()
    index.rebuild()
    assert rows() == before
    assert list(find_faults()) == []


@pytest.mark.parametrize("steps", range(len(ALL)))
def test_what_an_interrupted_attempt_has_recorded_is_not_recorded_again(
    run: Run, steps: int
) -> None:
    with pytest.raises(Cancelled):
        record(run, ALL, steps=steps)
    assert run.entities.count() == 2 + steps
    record(run, ALL)
    finish(run)
    assert check_folder(run) == WHOLE


def test_outputs_are_told_apart_by_their_roles_whatever_their_order(run: Run) -> None:
    record(run, [output("second_half_removed")])
    record(run, [output("second_half_removed"), output("reference")])
    record(run, reversed(ALL))
    assert [entity.metadata["role"] for entity in run.entities.filter(type="output_image")] == [
        "second_half_removed",
        "reference",
        "first_half_removed",
    ]
    finish(run)
    sheet = run.entities.get(type="output_image_composite")
    named = [run.entities.get(filename=name).metadata["role"] for name in sheet.metadata["of"]]
    assert tuple(named) == ROLES


def test_an_engine_that_names_no_roles_gives_them_in_their_order(run: Run) -> None:
    record(run, [Output(png(color), "image/png", "png") for color in COLORS.values()])
    entities = run.entities.filter(type="output_image")
    assert [entity.metadata["role"] for entity in entities] == list(ROLES)


def test_a_picture_that_a_crash_left_unlisted_is_not_made_again(run: Run) -> None:
    record(run, ALL[:2])
    with killed_before_naming():
        record(run, ALL[:3])
    reconcile(run)
    assert len(record_of(run)["entities"]) == 5
    record(run, ALL)
    finish(run)
    assert check_folder(run) == WHOLE


def test_a_run_that_has_everything_is_finished_without_asking_the_engine_again(run: Run) -> None:
    queue.name_job(run, str(uuid.uuid4()))
    record(run, ALL)
    queue.release(run)
    run = claim()
    with Lease(run, "worker") as lease:
        execute(run, lease)
    # The Formwerkstatt, asked, would have given one picture of its own.
    assert Run.objects.get().status == Status.COMPLETE
    assert check_folder(run) == WHOLE


def test_a_workflow_without_a_picture_is_no_success() -> None:
    class Silent:
        """An engine that tells what it sent and then gives nothing."""

        def generate(self, job: MediaJob, on_progress: Any) -> list[Output]:
            return [GRAPH]

        recover = generate

    for interrupted in (False, True):
        engine = cast(MediaEngine, Silent())
        made = generate(engine, JOB, on_progress=lambda *_: None, interrupted=interrupted)
        with pytest.raises(EngineError) as caught:
            list(made)
        assert caught.value.kind == "bad_response"


def test_a_sheet_that_cannot_be_drawn_does_not_cost_the_pictures(run: Run) -> None:
    record(run, ALL)
    path = archive.entity_path(run, "05_output_image.png")
    path.write_bytes(b"spoiled")
    chunk = registry.get_catalog().chunk_of(run.output_config)
    add_composite(run, chunk, facts=[], lease=CountedLease(run))
    assert recorder.finish(run, owner="worker")
    assert not run.entities.filter(type="output_image_composite").exists()


def test_a_single_picture_needs_no_sheet() -> None:
    catalog = registry.get_catalog()
    assert outputs.expected_types(catalog.chunk_of("formwerkstatt_szene")) == ("output_image",)
    assert outputs.expected_types(catalog.chunk_of("surrealization_legacy")) == ("output_image",)
    split = outputs.expected_types(catalog.chunk_of("split_and_combine_legacy"))
    assert split == (*["output_image"] * 4, "output_image_composite")
    assert outputs.expected_types(catalog.chunk_of("p5js_code")) == ("output_code",)


@pytest.mark.parametrize(("count", "columns", "rows"), [(2, 2, 1), (3, 3, 1), (4, 2, 2), (5, 3, 2)])
def test_the_sheet_shows_each_picture_in_reading_order(count: int, columns: int, rows: int) -> None:
    colors = ["red", "green", "blue", "orange", "purple"][:count]
    sheet = compose([Panel(png(color, (400, 400)), color) for color in colors], caption="seed: 7")
    with Image.open(io.BytesIO(sheet.data)) as image:
        image.load()
    assert image.size == (sheet.width, sheet.height)
    found: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for y in range(0, image.height, 8):
        for x in range(0, image.width, 8):
            point: Any = image.getpixel((x, y))
            found.setdefault(point, []).append((x, y))
    places = []
    for color in colors:
        points = found[Image.new("RGB", (1, 1), color).getpixel((0, 0))]  # type: ignore[index]
        left, top = min(x for x, _y in points), min(y for _x, y in points)
        assert max(x for x, _y in points) - left >= 384
        places.append((top, left))
    assert places == sorted(places)
    assert len({left for _top, left in places}) == columns
    assert len({top for top, _left in places}) == rows


def test_what_is_transparent_shows_the_sheet() -> None:
    unseen = io.BytesIO()
    Image.new("RGBA", (400, 400)).save(unseen, "PNG")
    sheet = compose([Panel(unseen.getvalue(), ""), Panel(png("red"), "")], caption="")
    with Image.open(io.BytesIO(sheet.data)) as image:
        assert image.getpixel((200, 200)) == image.getpixel((2, 2))


def ink(sheet: Any) -> int:
    with Image.open(io.BytesIO(sheet.data)) as image:
        return sum(image.convert("L").histogram()[:100])


def test_names_and_facts_are_really_written_and_long_ones_stay_on_the_sheet() -> None:
    white = [png("white", (96, 96)), png("white", (96, 300))]
    bare = compose([Panel(data, "") for data in white], caption="x")
    named = compose([Panel(data, "die erste Hälfte gelöscht") for data in white], caption="x")
    long = compose([Panel(data, "sehr lang " * 40) for data in white], caption="auch lang " * 90)
    assert ink(bare) < min(ink(named), ink(long))
    assert long.width == named.width


def test_large_pictures_are_made_smaller_for_the_sheet() -> None:
    sheet = compose([Panel(png("red", (1328, 1328)), "a")] * 4, caption="x")
    assert 2 * PANEL_PIXELS < sheet.width < 2 * PANEL_PIXELS + 200
