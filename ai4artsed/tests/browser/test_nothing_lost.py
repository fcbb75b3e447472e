"""What goes wrong around the page in a real room, and that nothing of a text is lost by it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, expect

from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.tablet import (
    IDEA,
    LANDSCAPE,
    LONG_IDEA,
    RULE,
    SCENE,
    Tablet,
    break_time,
    busy_machines,
)
from ai4artsed.tests.workshop_process import WorkshopProcess, running_workshop, wait_for

OWN_RULE = "Tausche groß und klein."


def kept(tablet: Tablet) -> str:
    """Return what the server has of the tablet's draft, as text."""
    rows = tablet.workshop.query(
        "SELECT content FROM devices_draft WHERE device_id = ?", tablet.device_id()
    )
    return str(rows[0][0]) if rows else ""


def wait_until_kept(tablet: Tablet, words: str) -> None:
    wait_for(lambda: words in kept(tablet), 15)


def forget_what_failed(tablet: Tablet) -> None:
    """For tests in which the server is away: the browser complains of that rightly."""
    tablet.failed_answers.clear()
    tablet.complaints.clear()


def test_what_a_browser_deletes_comes_back_from_the_server(tablet: Tablet) -> None:
    tablet.begin()
    tablet.at("#rule-open").tap()
    tablet.at("#rule-text").fill(OWN_RULE)
    tablet.act.tap()
    tablet.expect_text()
    tablet.result.fill("Von mir geaendert.")
    tablet.output(SCENE).tap()
    wait_until_kept(tablet, SCENE)
    tablet.page.evaluate("localStorage.clear()")
    tablet.reload()
    tablet.expect_open("text")
    expect(tablet.result).to_have_value("Von mir geaendert.")
    expect(tablet.output(SCENE)).to_have_attribute("aria-pressed", "true")
    tablet.at('[data-go="idea"]').tap()
    expect(tablet.idea).to_have_value(IDEA)
    tablet.at("#rule-open").tap()
    expect(tablet.at("#rule-text")).to_have_value(OWN_RULE)


def test_what_is_written_without_a_connection_is_kept_as_soon_as_there_is_one(
    tablet: Tablet,
) -> None:
    tablet.idea.fill("Noch mit Netz.")
    wait_until_kept(tablet, "Noch mit Netz.")
    tablet.context.set_offline(True)
    tablet.idea.fill("Ganz ohne Netz.")
    tablet.context.set_offline(False)
    wait_until_kept(tablet, "Ganz ohne Netz.")
    expect(tablet.idea).to_have_value("Ganz ohne Netz.")


def test_a_draft_of_yesterday_is_nobodys(tablet: Tablet) -> None:
    tablet.idea.fill("Das war gestern.")
    wait_until_kept(tablet, "Das war gestern.")
    with closing(sqlite3.connect(tablet.workshop.database, timeout=5)) as connection:
        connection.execute("UPDATE devices_draft SET changed_at = '2026-01-01 08:00:00'")
        connection.commit()
    tablet.page.evaluate(
        "localStorage.ai4artsed_draft = JSON.stringify("
        "{...JSON.parse(localStorage.ai4artsed_draft), at: Date.now() - 13 * 3600e3})"
    )
    tablet.reload()
    expect(tablet.idea).to_have_value("")


def second_window(tablet: Tablet) -> Page:
    page = tablet.context.new_page()
    page.goto(tablet.workshop.url)
    expect(page.locator("#rules")).to_have_attribute("aria-busy", "false")
    return page


def test_two_windows_of_a_tablet_show_the_same(tablet: Tablet) -> None:
    tablet.idea.fill("Im ersten Fenster.")
    wait_until_kept(tablet, "Im ersten Fenster.")
    second = second_window(tablet)
    expect(second.locator("#idea")).to_have_value("Im ersten Fenster.")
    second.locator("#idea").fill("Im zweiten Fenster weiter.")
    expect(tablet.idea).to_have_value("Im zweiten Fenster weiter.")
    wait_until_kept(tablet, "Im zweiten Fenster weiter.")
    second.locator(f'[data-rule="{RULE}"]').tap()
    second.locator("#act").tap()
    expect(second.locator(".page-text")).to_have_attribute("aria-busy", "false")
    expect(second.locator("#result")).to_have_value(re.compile("."))
    expect(tablet.result).to_have_value(second.locator("#result").input_value())
    assert len(tablet.runs("interception")) == 1


def test_of_two_texts_that_cross_one_goes_on_and_the_other_is_offered(
    new_tablet: TabletMaker,
) -> None:
    tablet, twin = new_tablet(), new_tablet()
    twin.context.add_cookies(tablet.context.cookies())  # type: ignore[arg-type]
    twin.page.evaluate("localStorage.clear()")
    twin.reload()
    assert twin.device_id() == tablet.device_id()
    twin.context.set_offline(True)
    twin.idea.fill("Das habe ich hier geschrieben.")
    tablet.idea.fill("Und ich das dort.")
    wait_until_kept(tablet, "Und ich das dort.")
    twin.context.set_offline(False)
    expect(twin.at("#drafts-text")).to_have_text("Und ich das dort.")
    expect(twin.idea).to_have_value("Das habe ich hier geschrieben.")
    twin.at("#drafts-take").tap()
    expect(twin.idea).to_have_value("Und ich das dort.")
    expect(twin.at("#drafts-text")).to_have_text("Das habe ich hier geschrieben.")
    wait_until_kept(tablet, "Das habe ich hier geschrieben.")
    twin.at("#drafts-leave").tap()
    expect(twin.at("#drafts")).to_be_hidden()
    expect(twin.idea).to_have_value("Und ich das dort.")


def test_too_many_pictures_at_once_are_said_calmly_and_the_text_stays(tablet: Tablet) -> None:
    text = tablet.rewrite()
    with busy_machines(tablet.workshop):
        while True:
            answer = tablet.context.request.post(
                f"{tablet.workshop.url}/api/schema/pipeline/generation",
                data={"prompt": "Ein Haus.", "output_config": SCENE},
                headers={"Prefer": "respond-async"},
            )
            if answer.status == 429:
                break
            assert answer.status == 202, answer.text()
        tablet.make()
        expect(tablet.note).to_contain_text("noch")
        expect(tablet.result).to_have_value(text)
        assert {line[:3] for line in tablet.failed_answers} == {"429"}
        tablet.failed_answers.clear()
    # As soon as there is room the same press does it.
    wait_for(lambda: {status for _run, status in tablet.runs()} == {"complete"}, 30)
    tablet.act.tap()
    tablet.expect_picture()


def test_a_break_in_the_middle_of_writing_keeps_the_text_on_the_server_too(
    tablet: Tablet,
) -> None:
    tablet.idea.fill("Halb fertig und weiter")
    with break_time(tablet.workshop, "Wir essen einen Apfel."):
        expect(tablet.at("#pause")).to_be_visible()
        wait_until_kept(tablet, "Halb fertig und weiter")
        tablet.page.evaluate("localStorage.clear()")
        tablet.reload()
        expect(tablet.idea).to_have_value("Halb fertig und weiter")


# A server that dies: a workshop of its own, that the others go on.
@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkshopProcess]:
    with running_workshop(tmp_path_factory.mktemp("mortal"), WORDS_PER_SECOND="60") as workshop:
        # It comes back at the same address, as a real one does.
        workshop.environment["PORT"] = workshop.url.rsplit(":", 1)[1]
        yield workshop


@pytest.fixture
def witness(mortal: WorkshopProcess, chromium: Browser) -> Iterator[Tablet]:
    if mortal.process.poll() is not None:
        mortal.start()
    tablet = Tablet(chromium, mortal, LANDSCAPE)
    yield tablet
    tablet.context.close()
    assert tablet.foreign_requests == []


def test_a_server_killed_while_the_rule_machine_writes_begins_once_more_by_itself(
    witness: Tablet,
) -> None:
    witness.begin(LONG_IDEA)
    witness.act.tap()
    expect(witness.result).to_have_value(re.compile("."))
    expect(witness.at(".page-text")).to_have_attribute("aria-busy", "true")
    witness.workshop.kill()
    expect(witness.at(".action-bar")).to_have_attribute("data-who", "offline")
    witness.workshop.start()
    witness.expect_text()
    whole = witness.result.input_value()
    assert len(whole) > len(LONG_IDEA) / 2
    statuses = [status for _run, status in witness.runs("interception")]
    assert sorted(statuses) == ["complete", "interrupted"]
    # Both are on disk, whole.
    device, folders = witness.device_id(), witness.workshop.folders().values()
    recorded = [meta["status"] for meta in folders if meta["device_id"] == device]
    assert sorted(recorded) == ["complete", "interrupted"]
    witness.at('[data-go="idea"]').tap()
    expect(witness.idea).to_have_value(LONG_IDEA)


def test_a_server_killed_while_a_picture_is_waited_for_still_makes_it(witness: Tablet) -> None:
    text = witness.rewrite()
    with witness.workshop.worker_held_still():
        witness.make()
        expect(witness.at("#result-view-place")).to_have_text("1")
        witness.workshop.kill()
    expect(witness.at(".action-bar")).to_have_attribute("data-who", "offline")
    witness.workshop.start()
    witness.expect_picture()
    expect(witness.result).to_have_value(text)
    assert [status for _run, status in witness.runs()] == ["complete"]


def test_a_page_opened_while_the_server_was_away_has_its_text(witness: Tablet) -> None:
    witness.idea.fill("Kurz vor dem Ende")
    wait_until_kept(witness, "Kurz vor dem Ende")
    witness.idea.fill("Kurz vor dem Ende und danach")
    witness.workshop.kill()
    witness.page.evaluate("dispatchEvent(new PageTransitionEvent('pagehide'))")
    witness.workshop.start()
    witness.reload()
    expect(witness.idea).to_have_value("Kurz vor dem Ende und danach")
    wait_until_kept(witness, "Kurz vor dem Ende und danach")
