"""A work is looked at and gone on from, in five forms; each new run points to the one before."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import expect

from ai4artsed.tests.browser.tablet import GEOMETRY, IDEA, OTHER_RULE, RULE, SCENE, Tablet


def recorded(tablet: Tablet, kind: str = "generation") -> list[dict[str, Any]]:
    """The metadata of this device's runs, the latest last."""
    rows = tablet.workshop.query(
        "SELECT run_id FROM runs_run WHERE device_id = ? AND kind = ? ORDER BY id",
        tablet.device_id(),
        kind,
    )
    found = []
    for (run_id,) in rows:
        (folder,) = tablet.workshop.archive.glob(f"json/*/{run_id}")
        found.append(json.loads((folder / "metadata.json").read_text()))
    return found


def first_work(tablet: Tablet) -> str:
    """Make a picture and begin with an empty page; return the run."""
    tablet.rewrite()
    tablet.make(SCENE)
    tablet.expect_picture()
    tablet.expect_works(1)
    tablet.at("#new-idea").tap()
    tablet.expect_open("idea")
    ((run_id, _status),) = tablet.runs()
    return str(run_id)


def look(tablet: Tablet, at: int = 0) -> None:
    tablet.at("#strip button").nth(at).tap()
    expect(tablet.at("#work")).to_be_visible()


def read_words(tablet: Tablet) -> str:
    tablet.at('#work [data-see="read"]').tap()
    return tablet.at("#work-text [data-words]").inner_text()


def go_on(tablet: Tablet, form: str) -> None:
    tablet.at(f'#work [data-form="{form}"]').tap()
    expect(tablet.at("#work")).to_be_hidden()


def test_the_same_idea_with_another_rule(tablet: Tablet) -> None:
    run = first_work(tablet)
    look(tablet)
    go_on(tablet, "rule")
    expect(tablet.idea).to_have_value(IDEA)
    expect(tablet.at("#how-title")).to_be_focused()
    expect(tablet.at("#source-banner-idea")).to_have_text(IDEA)
    tablet.rule(OTHER_RULE).tap()
    tablet.act.tap()
    tablet.expect_text()
    tablet.make(SCENE)
    tablet.expect_works(2)
    _first, text = recorded(tablet, "interception")
    assert text["parent_run_id"] == run
    assert recorded(tablet)[-1]["parent_run_id"] == text["run_id"]


def test_its_text_as_a_new_idea(tablet: Tablet) -> None:
    run = first_work(tablet)
    look(tablet)
    words = read_words(tablet)
    go_on(tablet, "idea")
    expect(tablet.idea).to_have_value(words)
    tablet.rule(OTHER_RULE).tap()
    tablet.act.tap()
    tablet.expect_text()
    _first, text = recorded(tablet, "interception")
    assert text["parent_run_id"] == run


def test_the_same_text_with_another_machine(tablet: Tablet) -> None:
    run = first_work(tablet)
    look(tablet)
    words = read_words(tablet)
    go_on(tablet, "machine")
    expect(tablet.result).to_have_value(words)
    expect(tablet.at("#outputs-title")).to_be_focused()
    tablet.make(GEOMETRY)
    tablet.expect_works(2)
    first, second = recorded(tablet)
    assert second["parent_run_id"] == run
    assert second["interception_config"] == RULE
    assert second["seed"] != first["seed"]


def test_the_same_chance_with_changed_words(tablet: Tablet) -> None:
    run = first_work(tablet)
    look(tablet)
    go_on(tablet, "seed")
    expect(tablet.output(SCENE)).to_have_attribute("aria-pressed", "true")
    tablet.result.fill("Ein blauer Fisch.")
    tablet.act.tap()
    tablet.expect_works(2)
    first, second = recorded(tablet)
    assert (second["parent_run_id"], second["seed"]) == (run, first["seed"])
    # Once more is thrown anew.
    tablet.expect_picture()
    tablet.at("#variation").tap()
    tablet.expect_works(3)
    assert recorded(tablet)[-1]["seed"] != first["seed"]
