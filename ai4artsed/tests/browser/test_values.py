"""What a machine wants to know besides the text: told by slider, choice, text and picture."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from ai4artsed.tests.browser.axe import findings
from ai4artsed.tests.browser.layout import SMALL_WINDOWS, faults
from ai4artsed.tests.browser.tablet import IDEA, PHONE, SCENE, SIZES, Tablet
from ai4artsed.tests.workshop_process import WorkshopProcess, running_workshop
from pipelines.tests.own_catalog import write_own_catalog

MACHINE = "own_workflow"


@pytest.fixture(scope="module")
def own_workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkshopProcess]:
    place = tmp_path_factory.mktemp("values")
    write_own_catalog(place / "own")
    with running_workshop(place, SCHEMA_DIRS=str(place / "own")) as running:
        yield running


@pytest.fixture
def tablet(own_workshop: WorkshopProcess, chromium: Browser) -> Iterator[Tablet]:
    tablet = Tablet(chromium, own_workshop, PHONE)
    tablet.rewrite()
    tablet.output(MACHINE).tap()
    yield tablet
    tablet.context.close()
    assert tablet.complaints == []
    assert tablet.foreign_requests == []


def metadata_of(tablet: Tablet) -> dict[str, Any]:
    ((run_id, _status),) = tablet.runs()
    (folder,) = tablet.workshop.archive.glob(f"json/*/{run_id}")
    metadata: dict[str, Any] = json.loads((folder / "metadata.json").read_text())
    return metadata


def photo(place: Path) -> Path:
    path = place / "foto.jpg"
    Image.new("RGB", (320, 200), "teal").save(path)
    return path


def test_what_is_set_on_the_page_is_what_the_run_was_made_with(
    tablet: Tablet, tmp_path: Path
) -> None:
    slider = tablet.at("#values-alpha_factor")
    expect(tablet.at("#values output")).to_have_text("20")
    slider.focus()
    tablet.page.keyboard.press("ArrowRight")
    expect(tablet.at("#values output")).to_have_text("21")
    tablet.page.get_by_text("auf einem Bogen").or_(tablet.page.get_by_text("along an arc")).tap()
    tablet.at("#values-prompt2").fill("Ein Fisch mit Hut.")
    tablet.at("#values-input_image").set_input_files(photo(tmp_path))
    expect(tablet.at("#values .value-picture img")).to_be_visible()
    tablet.act.tap()
    tablet.expect_picture()
    recorded = metadata_of(tablet)
    assert recorded["inputs"]["alpha_factor"] == 21
    assert recorded["inputs"]["combination_type"] == "spherical"
    assert recorded["inputs"]["prompt2"] == "Ein Fisch mit Hut."
    assert "input_image" in [entity["type"] for entity in recorded["entities"]]


def test_the_own_text_stands_in_the_first_field_until_it_is_changed(tablet: Tablet) -> None:
    first = tablet.at("#values-prompt1")
    expect(first).to_have_value(tablet.result.input_value())
    tablet.result.fill("Ganz anders.")
    expect(first).to_have_value("Ganz anders.")
    first.fill("Mein eigener erster Text.")
    tablet.result.fill("Noch einmal anders.")
    expect(first).to_have_value("Mein eigener erster Text.")


def test_values_and_picture_are_there_after_a_reload(tablet: Tablet, tmp_path: Path) -> None:
    tablet.at("#values-prompt2").fill("Ein Fisch.")
    tablet.at("#values-input_image").set_input_files(photo(tmp_path))
    expect(tablet.at("#values .value-picture img")).to_be_visible()
    tablet.reload()
    expect(tablet.at("#values-prompt2")).to_have_value("Ein Fisch.")
    expect(tablet.at("#values .value-picture img")).to_be_visible()


def test_a_file_that_is_no_picture_is_told_beside_its_field(tablet: Tablet, tmp_path: Path) -> None:
    path = tmp_path / "foto.jpg"
    path.write_text("no picture")
    tablet.at("#values-input_image").set_input_files(path)
    expect(tablet.at("#values .value-said")).not_to_be_empty()
    expect(tablet.at("#values .value-picture img")).to_be_hidden()


def test_a_picture_can_be_taken_away_again(tablet: Tablet, tmp_path: Path) -> None:
    tablet.at("#values-input_image").set_input_files(photo(tmp_path))
    tablet.at("#values .value-picture button").tap()
    expect(tablet.at("#values .value-picture img")).to_be_hidden()


def test_a_text_that_is_needed_is_asked_for_before_anything_is_sent(tablet: Tablet) -> None:
    tablet.at("#values-prompt1").fill("")
    tablet.act.tap()
    expect(tablet.at("#sentence")).to_contain_text("fehlt")
    assert tablet.runs() == []


def test_other_values_with_the_same_seed_make_the_next_run(tablet: Tablet) -> None:
    tablet.act.tap()
    tablet.expect_picture()
    slider = tablet.at("#again-alpha_factor")
    slider.focus()
    tablet.page.keyboard.press("ArrowLeft")
    tablet.at("#again-make").tap()
    tablet.expect_works(2)
    tablet.expect_picture()
    first, second = [order for order in tablet.orders if "output_config" in order]
    (seed,) = tablet.workshop.query(
        "SELECT DISTINCT seed FROM runs_run WHERE device_id = ? AND kind = 'generation'",
        tablet.device_id(),
    )
    assert second["seed"] == seed[0]
    assert (first["alpha_factor"], second["alpha_factor"]) == (20, 19)


def test_the_picture_of_a_work_goes_into_a_machine_that_takes_one(tablet: Tablet) -> None:
    tablet.make(SCENE)
    tablet.expect_works(1)
    ((work, _status),) = tablet.runs()
    tablet.at("#strip button").tap()
    tablet.at('#work [data-form="picture"]').tap()
    expect(tablet.at("#work")).to_be_hidden()
    expect(tablet.output(MACHINE)).to_have_attribute("aria-pressed", "true")
    expect(tablet.at("#values .value-picture img")).to_be_visible()
    expect(tablet.at("#source-banner-idea")).to_have_text(IDEA)
    tablet.act.tap()
    tablet.expect_works(2)
    (child,) = [run for run, _status in tablet.runs() if run != work]
    recorded = json.loads((tablet.workshop.folder(child) / "metadata.json").read_text())
    assert recorded["parent_run_id"] == work
    (uploaded,) = [one for one in recorded["entities"] if one["type"] == "input_image"]
    (made,) = tablet.workshop.folder(work).glob("*_output_image.png")
    assert small(tablet.workshop.folder(child) / uploaded["filename"]) == small(made)


def small(path: Path) -> bytes:
    """What a picture shows, whatever its format."""
    with Image.open(path) as picture:
        return picture.convert("RGB").resize((8, 8)).tobytes()


def test_values_fit_a_finger_and_axe_finds_nothing(tablet: Tablet, tmp_path: Path) -> None:
    tablet.at("#values input[type=file]").first.set_input_files(photo(tmp_path))
    expect(tablet.at("#values .value-picture img").first).to_be_visible()
    for size in (*SIZES, *SMALL_WINDOWS):
        assert faults(tablet.page, size) == ([], 0, [])
    assert findings(tablet.page) == []
    tablet.page.emulate_media(color_scheme="dark")
    assert findings(tablet.page) == []
