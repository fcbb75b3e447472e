"""The page of works: a device's and its group's, sifted, liked, compared, gone on from."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing

import pytest
from playwright.sync_api import expect

from ai4artsed.tests.browser.axe import findings
from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.layout import OVERHANG, measured
from ai4artsed.tests.browser.tablet import (
    GEOMETRY,
    IDEA,
    OTHER_RULE,
    PHONE,
    SCENE,
    Tablet,
)
from ai4artsed.tests.workshop_process import WorkshopProcess

WHALE, FISH, HOUSE = (
    "Ein Wal fliegt durch die Stadt.",
    "Ein blauer Fisch im Wald.",
    "Ein Haus aus Schokolade.",
)
RELEASE = (
    "from runs.models import Run; from runs.releasing import release; "
    "from runs.acts import COMMAND_LINE; "
    "[release(run=run, by=COMMAND_LINE) for run in Run.objects.filter(run_id__in={runs!r})]"
)


def copy_rows(workshop: WorkshopProcess, run_id: str, count: int) -> None:
    """Have a device own `count` more works: rows and folders like those of `run_id`."""
    (folder,) = workshop.archive.glob(f"json/*/{run_id}")
    with closing(sqlite3.connect(workshop.database, timeout=5)) as rows:
        ((old,),) = rows.execute("SELECT id FROM runs_run WHERE run_id = ?", (run_id,))
        run = _columns(rows, "runs_run", but={"id", "run_id", "folder"})
        entity = _columns(rows, "runs_entity", but={"id", "run_id"})
        for number in range(count):
            shutil.copytree(folder, f"{folder}-{number}", copy_function=os.link)
            new = rows.execute(
                f"INSERT INTO runs_run (run_id, folder, {run}) "
                f"SELECT run_id || ?, folder || ?, {run} FROM runs_run WHERE id = ?",
                (f"-{number}", f"-{number}", old),
            ).lastrowid
            rows.execute(
                f"INSERT INTO runs_entity (run_id, {entity}) "
                f"SELECT ?, {entity} FROM runs_entity WHERE run_id = ?",
                (new, old),
            )
        rows.commit()


def _columns(rows: sqlite3.Connection, table: str, *, but: set[str]) -> str:
    names = (name for _id, name, *_rest in rows.execute(f"PRAGMA table_info({table})"))
    return ", ".join(f'"{name}"' for name in names if name not in but)


def open_works(tablet: Tablet, count: int) -> None:
    tablet.page.goto(f"{tablet.workshop.url}/works/")
    expect(tablet.at(".print")).to_have_count(count)


def ideas(tablet: Tablet) -> list[str]:
    return tablet.at(".print:visible .print-idea").all_inner_texts()


@pytest.fixture
def hung(tablet: Tablet) -> Tablet:
    """A tablet that looks at three works."""
    tablet.hang(WHALE, rule=OTHER_RULE, machine=SCENE)
    tablet.hang(FISH)
    tablet.hang(HOUSE)
    open_works(tablet, 3)
    return tablet


def test_the_works_hang_under_their_days_the_newest_first(tablet: Tablet) -> None:
    old = tablet.hang(WHALE)
    tablet.hang(FISH)
    with closing(sqlite3.connect(tablet.workshop.database, timeout=5)) as rows:
        rows.execute(
            "UPDATE runs_run SET created_at = datetime(created_at, '-40 days') WHERE run_id = ?",
            (old,),
        )
        rows.commit()
    open_works(tablet, 2)
    assert ideas(tablet) == [FISH, WHALE]
    today, earlier = tablet.at(".day h3").all_inner_texts()
    assert today == "Heute"
    assert re.fullmatch(r"\w+, \d+\. \w+( \d{4})?", earlier)
    expect(tablet.at("#works-count")).to_have_text("2 Werke")
    assert findings(tablet.page) == []


def test_from_the_strip_to_the_works_and_back_the_draft_is_as_it_was(tablet: Tablet) -> None:
    tablet.idea.fill(IDEA)
    tablet.hang(FISH)
    tablet.at(".today-head a").tap()
    expect(tablet.at(".print")).to_have_count(1)
    tablet.at(".print-open").tap()
    expect(tablet.at("#work-title")).to_have_text(FISH)
    # The way back leads out of the window first.
    tablet.page.go_back()
    expect(tablet.at("#work")).to_be_hidden()
    expect(tablet.at(".print")).to_have_count(1)
    tablet.at(".ways a").tap()
    expect(tablet.idea).to_have_value(IDEA)


def test_hundreds_of_works_come_page_by_page_and_none_twice(tablet: Tablet) -> None:
    run = tablet.hang(WHALE)
    copy_rows(tablet.workshop, run, 120)
    tablet.page.goto(f"{tablet.workshop.url}/works/")
    expect(tablet.at("#works-count")).to_have_text("121 Werke")
    first = tablet.at(".print").count()
    assert 0 < first < 121
    # Another is made meanwhile, and pushes one onto the next page.
    tablet.hang(FISH)
    while (there := tablet.at(".print").count()) < 121:
        tablet.at(".print").last.scroll_into_view_if_needed()
        expect(tablet.at(".print").nth(there)).to_be_attached()
    expect(tablet.at("#works-more")).to_be_hidden()
    shown = tablet.at(".print").evaluate_all("all => all.map(one => one.dataset.run)")
    assert len(shown) == len(set(shown)) == 121


def test_works_are_sifted_and_no_typed_word_goes_into_an_address(hung: Tablet) -> None:
    asked: list[str] = []
    hung.page.on("request", lambda request: asked.append(request.url))
    hung.at("#only-word").fill("fISCH")
    expect(hung.at(".print:visible")).to_have_count(1)
    assert ideas(hung) == [FISH]
    hung.at("#only-word").fill("Krokodil")
    expect(hung.at("#works-none-words")).to_have_text("So ein Werk gibt es nicht.")
    hung.at("#works-all").tap()
    expect(hung.at(".print:visible")).to_have_count(3)
    hung.at("#only-rule").select_option(OTHER_RULE)
    expect(hung.at(".print")).to_have_count(1)
    assert ideas(hung) == [WHALE]
    hung.at("#only-rule").select_option("")
    hung.at("#only-output").select_option(GEOMETRY)
    expect(hung.at(".print")).to_have_count(2)
    assert ideas(hung) == [HOUSE, FISH]
    assert not [one for one in asked if "isch" in one.lower() or "krokodil" in one.lower()]


def test_a_heart_is_kept_and_favourites_can_be_seen_alone(hung: Tablet) -> None:
    heart = hung.page.get_by_label(f"Lieblingswerk: {FISH}")
    heart.tap()
    expect(heart).to_have_attribute("aria-pressed", "true")
    expect(heart).not_to_have_attribute("aria-busy", "true")
    open_works(hung, 3)
    hung.at("#only-favourites").tap()
    expect(hung.at(".print")).to_have_count(1)
    assert ideas(hung) == [FISH]
    # In its window the same heart is taken away again, and it leaves the list.
    hung.at(".print-open").tap()
    hung.at("#work .heart").tap()
    hung.page.keyboard.press("Escape")
    expect(hung.at("#works-none")).to_be_visible()
    assert hung.workshop.query(
        "SELECT count(*) FROM runs_run WHERE is_favourite AND device_id = ?", hung.device_id()
    ) == [(0,)]


def test_a_heart_that_cannot_be_kept_is_not_shown_as_given(hung: Tablet) -> None:
    hung.context.set_offline(True)
    heart = hung.at(".print .heart").first
    heart.tap()
    expect(hung.note).to_contain_text("keine Verbindung")
    expect(heart).to_have_attribute("aria-pressed", "false")
    hung.context.set_offline(False)


def test_two_works_are_compared_by_what_differs_alone(hung: Tablet) -> None:
    hung.at("#compare").tap()
    for idea in (HOUSE, FISH):
        hung.page.locator(".print", has_text=idea).locator(".print-open").tap()
    expect(hung.at("[data-chosen]")).to_have_count(2)
    hung.at("#choosing-done").tap()
    expect(hung.at("#comparison")).to_be_visible()
    titles = hung.at("#comparison-works h3").all_inner_texts()
    assert titles == ["Idee", "Text", "Startzahl"]
    expect(hung.at("#comparison-same")).to_have_text("Bei allen gleich: Regel und Maschine.")
    # Of the words those that the other has not; "Ein" is in both.
    assert "Ein" not in hung.at("#comparison mark").all_inner_texts()
    assert {"Haus", "Schokolade", "blauer", "Fisch"} <= set(
        hung.at("#comparison mark").all_inner_texts()
    )
    expect(hung.at("#comparison img")).to_have_count(2)
    assert findings(hung.page) == []
    hung.page.go_back()
    expect(hung.at("#comparison")).to_be_hidden()
    expect(hung.at("[data-chosen]")).to_have_count(2)


def test_more_than_four_and_fewer_than_two_are_not_compared(
    tablet: Tablet,
) -> None:
    copy_rows(tablet.workshop, tablet.hang(WHALE), 5)
    open_works(tablet, 6)
    tablet.at("#compare").tap()
    works = tablet.at(".print-open")
    works.nth(0).tap()
    tablet.at("#choosing-done").tap()
    expect(tablet.at("#comparison")).to_be_hidden()
    for number in range(1, 5):
        works.nth(number).tap()
    expect(tablet.at("#choosing-words")).to_contain_text("Mehr als vier")
    expect(tablet.at("[data-chosen]")).to_have_count(4)
    # A tap takes one back; Escape ends it.
    works.nth(0).tap()
    expect(tablet.at("[data-chosen]")).to_have_count(3)
    tablet.page.keyboard.press("Escape")
    expect(tablet.at("#choosing")).to_be_hidden()
    works.nth(0).tap()
    expect(tablet.at("#work")).to_be_visible()


def test_of_the_group_only_released_works_are_seen_and_not_whose_they_are(
    new_tablet: TabletMaker, workshop: WorkshopProcess
) -> None:
    maker, other = new_tablet(), new_tablet(PHONE)
    released, kept = maker.hang(WHALE), maker.hang(HOUSE)
    own = other.hang(FISH)
    other.page.goto(f"{workshop.url}/works/#group")
    expect(other.at("#works-none-words")).to_contain_text("Noch hängt hier kein Werk")
    release(workshop, [released, own])
    other.page.reload()
    expect(other.at(".print")).to_have_count(2)
    assert ideas(other) == [FISH, WHALE]
    made = other.at(".print-made").all_inner_texts()
    assert made[0].startswith("von dir")
    assert not made[1].startswith("von dir")
    # What is not one's own has no heart.
    expect(other.at(".print .heart")).to_have_count(1)
    other.page.locator(".print", has_text=WHALE).locator(".print-open").tap()
    expect(other.at("#work-title")).to_have_text(WHALE)
    expect(other.at("#work .heart")).to_have_count(0)
    expect(other.at("#work-text .shares")).to_contain_text("eigene Wörter")
    assert kept not in other.page.content()
    assert measured(other.page, OVERHANG) == 0


def release(workshop: WorkshopProcess, runs: Sequence[str]) -> None:
    workshop.manage("shell", "-c", RELEASE.format(runs=list(runs)))


def test_going_on_from_the_wall_leads_to_the_studio_with_that_idea(hung: Tablet) -> None:
    hung.page.locator(".print", has_text=FISH).locator(".print-open").tap()
    hung.at('#work [data-form="rule"]').tap()
    expect(hung.idea).to_have_value(FISH)
    expect(hung.at("#source-banner-idea")).to_have_text(FISH)
    hung.rule(OTHER_RULE).tap()
    hung.act.tap()
    hung.expect_text()
    ((parent,),) = hung.workshop.query(
        "SELECT parent_run_id FROM runs_run WHERE device_id = ? AND kind = 'interception'",
        hung.device_id(),
    )
    assert hung.workshop.query("SELECT idea FROM runs_run WHERE run_id = ?", parent) == [(FISH,)]


def test_a_begun_text_is_put_aside_when_one_goes_on_from_the_wall(tablet: Tablet) -> None:
    tablet.idea.fill(IDEA)
    tablet.hang(FISH)
    tablet.at(".today-head a").tap()
    tablet.at(".print-open").tap()
    tablet.at('#work [data-form="rule"]').tap()
    expect(tablet.at("#confirm-text")).to_have_text(IDEA)
    tablet.at("#confirm .act").tap()
    expect(tablet.idea).to_have_value(FISH)
    expect(tablet.page.get_by_text(IDEA)).to_be_visible()


def test_without_a_connection_it_is_said_and_asked_again(tablet: Tablet) -> None:
    tablet.hang(FISH)
    tablet.page.route("**/api/runs/?*", lambda route: route.abort())
    tablet.page.goto(f"{tablet.workshop.url}/works/")
    expect(tablet.note).to_contain_text("keine Verbindung")
    tablet.page.unroute("**/api/runs/?*")
    tablet.note.get_by_role("button").tap()
    expect(tablet.at(".print")).to_have_count(1)


def test_the_wall_by_keyboard(hung: Tablet) -> None:
    hung.tab_to(".print-open")
    hung.page.keyboard.press("Enter")
    expect(hung.at("#work-title")).to_be_focused()
    hung.page.keyboard.press("Escape")
    expect(hung.at(".print-open").first).to_be_focused()
    hung.tab_to(".print .heart")
    hung.page.keyboard.press("Space")
    expect(hung.at(".print .heart").first).to_have_attribute("aria-pressed", "true")
