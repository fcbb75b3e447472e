"""From an idea to pictures, by touch and by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Route, expect

from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.tablet import (
    GEOMETRY,
    IDEA,
    OTHER_RULE,
    RULE,
    SCENE,
    Tablet,
    busy_machines,
    choice_of,
)


def test_the_whole_way_by_touch(tablet: Tablet) -> None:
    text = tablet.rewrite()
    assert text != IDEA
    tablet.result.fill(text + " Und es schneit.")

    tablet.make(SCENE)
    tablet.expect_picture()
    tablet.expect_works(1)

    # Once more with another machine: the same texts.
    tablet.at("#other-output").tap()
    expect(tablet.result).to_have_value(text + " Und es schneit.")
    tablet.make(GEOMETRY)
    tablet.expect_picture()
    tablet.expect_works(2)

    # A variation: everything but the seed.
    tablet.at("#variation").tap()
    tablet.expect_works(3)
    tablet.expect_picture()
    _interception, scene, geometry, variation = tablet.orders
    texts = ("prompt", "input_text", "interception_result", "interception_config")
    assert {order[key] for key in texts[:1] for order in (scene, geometry, variation)} == {
        text + " Und es schneit."
    }
    assert all(scene[key] == geometry[key] == variation[key] for key in texts)
    # Another machine goes on from the picture; what is thrown anew stands beside it.
    runs = sorted(run_id for run_id, _status in tablet.runs())
    assert geometry["parent_run_id"] == variation["parent_run_id"] == runs[0]
    assert scene["input_text"] == IDEA
    assert scene["interception_config"] == RULE
    seeds = tablet.workshop.query(
        "SELECT seed FROM runs_run WHERE device_id = ? AND output_config = ?",
        tablet.device_id(),
        GEOMETRY,
    )
    assert len(set(seeds)) == 2

    tablet.at("#new-idea").tap()
    tablet.expect_open("idea")
    expect(tablet.idea).to_have_value("")


def test_the_whole_way_by_keyboard_with_a_changed_rule(tablet: Tablet) -> None:
    press = tablet.page.keyboard.press
    tablet.tab_to("#idea")
    tablet.page.keyboard.type(IDEA)
    tablet.tab_to(f'[data-rule="{OTHER_RULE}"]')
    press("Enter")
    expect(tablet.at("#rule-name")).to_be_focused()
    tablet.tab_to("#rule-open")
    press("Enter")
    expect(tablet.at("#rule-text")).to_be_visible()
    tablet.tab_to("#rule-text")
    press("Control+End")
    tablet.page.keyboard.type(" Erwähne eine Möwe.")
    tablet.tab_to("#act")
    press("Enter")
    tablet.expect_text()
    assert tablet.orders[0]["context_prompt"].endswith(" Erwähne eine Möwe.")

    tablet.tab_to(f'[data-output="{SCENE}"]')
    press("Space")
    tablet.tab_to("#act")
    # The button rests for a moment after its meaning has changed.
    expect(tablet.act).not_to_have_attribute("aria-disabled", "true")
    press("Enter")
    tablet.expect_picture()
    tablet.expect_works(1)
    tablet.tab_to("#strip button")
    press("Enter")
    expect(tablet.at("#work")).to_be_visible()
    press("Escape")
    expect(tablet.at("#work")).to_be_hidden()


def test_a_changed_rule_can_be_reset_and_stays_this_participants_own(
    new_tablet: TabletMaker,
) -> None:
    tablet, other = new_tablet(), new_tablet()
    tablet.rule(RULE).tap()
    tablet.at("#rule-open").tap()
    expect(tablet.at("#rule-text")).to_have_value(re.compile("."))
    original = tablet.at("#rule-text").input_value()
    tablet.at("#rule-text").fill("Alles wird blau.")
    other.rule(RULE).tap()
    other.at("#rule-open").tap()
    expect(other.at("#rule-text")).to_have_value(original)
    tablet.at("#rule-reset").tap()
    expect(tablet.at("#rule-text")).to_have_value(original)
    expect(tablet.at("#rule-reset")).to_be_hidden()


def test_a_rule_is_opened_with_its_wording_so_that_no_typed_word_is_swallowed(
    tablet: Tablet,
) -> None:
    held: list[Route] = []
    tablet.page.route("**/api/config/*/context", lambda route: held.append(route))
    tablet.rule(RULE).tap()
    tablet.at("#rule-open").tap()
    expect(tablet.at("#rule-open")).to_have_attribute("aria-busy", "true")
    expect(tablet.at("#rule-text")).to_be_hidden()
    held[0].continue_()
    expect(tablet.at("#rule-text")).to_be_visible()
    assert tablet.at("#rule-text").input_value()

    # One's own rule has no wording to wait for.
    tablet.at("#rule-other").tap()
    tablet.rule("user_defined").tap()
    tablet.at("#rule-text").fill("Erzähle es rückwärts.")
    held[1].abort()
    expect(tablet.at("#rule-text")).to_have_value("Erzähle es rückwärts.")


def test_an_own_rule_must_be_written_before_it_can_be_used(tablet: Tablet) -> None:
    tablet.begin(rule="user_defined")
    tablet.act.tap()
    expect(tablet.at("#rule-text")).to_be_focused()
    assert tablet.orders == []
    tablet.at("#rule-text").fill("Erzähle es rückwärts.")
    tablet.act.tap()
    tablet.expect_text()
    assert tablet.orders[0]["context_prompt"] == "Erzähle es rückwärts."


def test_a_double_tap_orders_once(tablet: Tablet) -> None:
    tablet.begin()
    tablet.act.dblclick()
    tablet.expect_text()
    tablet.output(SCENE).tap()
    tablet.act.dblclick()
    tablet.expect_picture()
    tablet.at("#variation").evaluate("button => { button.click(); button.click(); }")
    tablet.expect_works(2)
    assert len(tablet.runs("interception")) == 1
    assert len(tablet.runs("generation")) == 2


def test_one_who_waits_sees_the_place_and_may_stop(tablet: Tablet) -> None:
    text = tablet.rewrite()
    with busy_machines(tablet.workshop):
        tablet.make()
        expect(tablet.at("#result-view-place")).to_have_text("1")
        expect(tablet.at("#result-view-note")).not_to_be_empty()
        tablet.at("#cancel").tap()
        tablet.expect_open("text")
        expect(tablet.note).to_be_focused()
        expect(tablet.result).to_have_value(text)
    assert [status for _run_id, status in tablet.runs()] == ["cancelled"]


def test_looking_at_an_earlier_work_leaves_the_draft_alone(tablet: Tablet) -> None:
    tablet.rewrite()
    tablet.make()
    tablet.expect_works(1)
    tablet.at("#new-idea").tap()
    tablet.idea.fill("Etwas ganz Neues")
    kept = "localStorage.getItem('ai4artsed_draft')"
    before = tablet.page.evaluate(f"JSON.parse({kept}).draft")
    tablet.at("#strip button").tap()
    expect(tablet.at("#work-title")).to_have_text(IDEA)
    expect(tablet.at("#work-pictures img")).to_be_visible()
    tablet.at("#work .close").tap()
    expect(tablet.idea).to_have_value("Etwas ganz Neues")
    assert tablet.page.evaluate(f"JSON.parse({kept}).draft") == before


def test_only_what_the_workshop_allows_is_offered(new_tablet: TabletMaker) -> None:
    probe = new_tablet()
    with choice_of(probe.workshop, rules=[RULE, OTHER_RULE], outputs=[SCENE]):
        tablet = new_tablet()
        expect(tablet.at("#rules .card")).to_have_count(2)
        expect(tablet.at("#outputs .card, #outputs-off .card")).to_have_count(1)
        expect(tablet.output(SCENE)).to_have_count(1)


def test_a_machine_that_is_not_set_up_is_grey_and_says_why(tablet: Tablet) -> None:
    tablet.rewrite()
    tablet.at("#outputs-missing summary").tap()
    card = tablet.output("flux2")
    expect(card).to_have_attribute("aria-disabled", "true")
    outputs = tablet.context.request.get(f"{tablet.workshop.url}/api/outputs/").json()
    (flux2,) = (output for output in outputs if output["id"] == "flux2")
    expect(card).to_contain_text(flux2["reason"]["de"])
    card.tap(force=True)
    tablet.act.tap()
    tablet.expect_open("text")
    assert tablet.runs() == []
