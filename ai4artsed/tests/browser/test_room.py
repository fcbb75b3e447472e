"""The page as a part of the room: what the leader says reaches it while it is open."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.tablet import (
    IDEA,
    OTHER_RULE,
    RULE,
    SCENE,
    Tablet,
    break_time,
    choice_of,
    write,
)
from ai4artsed.tests.workshop_process import wait_for

# As if the page were put away, or looked at again.
TURN = """hidden => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""
WORDS = "Alle Augen nach vorn."


def database_time(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def test_a_break_lies_over_an_idle_page_and_is_taken_away_by_itself(tablet: Tablet) -> None:
    tablet.idea.fill("Ein halber Satz")
    tablet.idea.press("End")
    with break_time(tablet.workshop, WORDS):
        expect(tablet.at("#pause")).to_be_visible()
        expect(tablet.at("#pause-words")).to_have_text(WORDS)
        expect(tablet.at("#pause-clock")).to_be_hidden()
    expect(tablet.at("#pause")).to_be_hidden()
    tablet.page.keyboard.type(" und weiter")
    expect(tablet.idea).to_have_value("Ein halber Satz und weiter")


def test_who_comes_late_and_who_comes_back_sees_the_break_too(new_tablet: TabletMaker) -> None:
    idle = new_tablet()
    with break_time(idle.workshop, WORDS):
        late = new_tablet()
        expect(late.at("#pause")).to_be_visible()
        expect(idle.at("#pause")).to_be_visible()
        idle.page.reload()
        expect(idle.at("#pause")).to_be_visible()
        late.page.goto(f"{late.workshop.url}/works/")
        expect(late.at("#pause")).to_be_visible()
    expect(late.at("#pause")).to_be_hidden()
    expect(idle.at("#pause")).to_be_hidden()


def test_a_page_that_wakes_sees_what_began_in_its_sleep(tablet: Tablet) -> None:
    tablet.page.evaluate(TURN, True)
    with break_time(tablet.workshop, WORDS):
        tablet.page.evaluate(TURN, False)
        expect(tablet.at("#pause")).to_be_visible()
        tablet.page.evaluate(TURN, True)
    expect(tablet.at("#pause")).to_be_visible()
    tablet.page.evaluate(TURN, False)
    expect(tablet.at("#pause")).to_be_hidden()


def test_a_break_with_an_end_counts_down_and_ends(tablet: Tablet) -> None:
    soon = database_time(datetime.now(UTC) + timedelta(seconds=5))
    with break_time(tablet.workshop, WORDS, until=soon):
        expect(tablet.at("#pause-clock")).to_have_text(re.compile(r"0:0\d"))
        expect(tablet.at("#pause")).to_be_hidden()
        tablet.rewrite()


def test_a_message_stands_on_the_page_until_it_is_read(tablet: Tablet) -> None:
    later = database_time(datetime.now(UTC) + timedelta(minutes=5))
    write(
        tablet.workshop,
        "INSERT INTO devices_message (device_id, text, sent_at, ends_at) VALUES (?, ?, ?, ?)",
        tablet.device_id(),
        "Komm bitte kurz zu mir.",
        database_time(datetime.now(UTC)),
        later,
    )
    message = tablet.at("#messages .message")
    expect(message).to_contain_text("Komm bitte kurz zu mir.")
    tablet.reload()
    expect(message).to_have_count(1)
    message.get_by_role("button").tap()
    expect(message).to_have_count(0)
    tablet.reload()
    expect(tablet.at("#hand")).to_be_visible()
    expect(message).to_have_count(0)


def test_a_rule_that_is_taken_out_is_unselected_with_a_sentence(tablet: Tablet) -> None:
    tablet.begin()
    with choice_of(tablet.workshop, rules=[OTHER_RULE], outputs=[SCENE]):
        expect(tablet.at('[data-note="rules"] .note')).to_contain_text("gehört gerade nicht mehr")
        expect(tablet.at("#rules .card")).to_have_count(1)
        expect(tablet.idea).to_have_value(IDEA)
        tablet.rule(OTHER_RULE).tap()
        tablet.act.tap()
        tablet.expect_text()
    expect(tablet.rule(RULE)).to_have_count(1)


def test_an_output_that_is_taken_out_is_unselected_with_a_sentence(tablet: Tablet) -> None:
    tablet.rewrite()
    tablet.output(SCENE).tap()
    with choice_of(tablet.workshop, rules=[], outputs=["formwerkstatt_geometrie"]):
        expect(tablet.at('[data-note="outputs"] .note')).to_contain_text("gehört gerade nicht mehr")
        expect(tablet.at("#outputs .card")).to_have_count(1)


def test_the_page_bears_the_name_that_the_leader_gives_the_device(tablet: Tablet) -> None:
    sql = "UPDATE devices_device SET name = ? WHERE id = ?"
    write(tablet.workshop, sql, "Tisch 3", tablet.device_id())
    expect(tablet.at("#device-name")).to_have_text("Tisch 3")


def test_a_hand_goes_up_and_is_taken_down_by_the_leader(tablet: Tablet) -> None:
    tablet.at("#hand").tap()
    expect(tablet.at("#hand")).to_have_attribute("aria-pressed", "true")
    asked = "SELECT help_asked_at FROM devices_device WHERE id = ?"
    wait_for(lambda: tablet.workshop.query(asked, tablet.device_id())[0][0])
    tablet.reload()
    expect(tablet.at("#hand")).to_have_attribute("aria-pressed", "true")
    sql = "UPDATE devices_device SET help_asked_at = NULL WHERE id = ?"
    write(tablet.workshop, sql, tablet.device_id())
    expect(tablet.at("#hand")).to_have_attribute("aria-pressed", "false")


def test_the_room_knows_what_is_done_on_a_page_and_nothing_of_what_is_written(
    tablet: Tablet,
) -> None:
    sent: list[str] = []
    tablet.page.on(
        "request",
        lambda request: sent.append(request.post_data or "") if "doing" in request.url else None,
    )

    def doing() -> str:
        sql = "SELECT doing FROM devices_device WHERE id = ?"
        return str(tablet.workshop.query(sql, tablet.device_id())[0][0])

    tablet.idea.press_sequentially("Ein Drache")
    wait_for(lambda: doing() == "writing")
    tablet.page.evaluate(TURN, True)
    wait_for(lambda: doing() == "hidden")
    assert all(set(json.loads(body)) == {"doing"} for body in sent)
