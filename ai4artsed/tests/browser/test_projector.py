"""Coming in by code, and what the whole room sees: tablet, facilitator and projector together."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import expect

from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.layout import OVERHANG, faults, resize, settle
from ai4artsed.tests.browser.tablet import (
    IDEA,
    OTHER_RULE,
    RULE,
    SIZES,
    Tablet,
    choice_of,
)
from ai4artsed.tests.workshop_process import PASSWORD, WorkshopProcess

BEAMER = (1920, 1080)


@pytest.fixture
def other_code(workshop: WorkshopProcess) -> str:
    """The code of a second workshop."""
    make = "from devices.models import Workshop; w = Workshop.objects.create(name='Kastanie')"
    done = workshop.manage("shell", "-c", f"{make}; print('code', w.join_code)")
    found = re.search(r"code (\w{6})", done.stdout)
    assert found, done.stderr
    return found[1]


def sign_in(tablet: Tablet, next_page: str) -> None:
    tablet.page.goto(f"{tablet.workshop.url}/admin/login/?next={next_page}")
    tablet.at("#id_username").fill("leitung")
    tablet.at("#id_password").fill(PASSWORD)
    tablet.at("[type=submit]").click()


def open_room(tablet: Tablet, code: str) -> None:
    sign_in(tablet, f"/room/{code}/")
    # From here on the page listens to keys.
    expect(tablet.at("#sentence")).not_to_be_empty()


def test_a_child_joins_by_code_and_by_the_qr_s_address(tablet: Tablet, other_code: str) -> None:
    tablet.at(".foot a").tap()
    field = tablet.at("#code")
    field.fill("acdef")
    tablet.at(".door-act").tap()
    expect(tablet.at("#code-refused")).to_contain_text("sechs Zeichen")
    # The last character sends it; a wrong code stays to be compared and put right.
    field.press("End")
    field.press_sequentially("x")
    expect(tablet.at("#code-refused")).to_contain_text("Zeichen für Zeichen")
    expect(field).to_have_value("ACDEFX")
    assert [answer[:3] for answer in tablet.failed_answers] == ["404", "404"]
    tablet.failed_answers.clear()

    field.fill("")
    field.press_sequentially(f"{other_code[:3].lower()} {other_code[3:].lower()}")
    expect(tablet.at(".foot")).to_contain_text("Kastanie")

    # What a scanned code leads to: one press brings back the first workshop.
    ((first,),) = tablet.workshop.query(
        "SELECT join_code FROM devices_workshop WHERE takes_new_devices"
    )
    tablet.page.goto(f"{tablet.workshop.url}/join/{first}/")
    tablet.at(".door-act").tap()
    expect(tablet.at(".foot")).not_to_contain_text("Kastanie")
    expect(tablet.at("#rules .card").first).to_be_visible()


def test_the_pages_of_joining_fit_every_screen(empty_window: Tablet, code: str) -> None:
    for address in ("/join/", f"/join/{code}/"):
        empty_window.page.goto(empty_window.workshop.url + address)
        for size in SIZES:
            assert faults(empty_window.page, size) == ([], 0, [])


def test_a_work_comes_to_the_wall_when_it_is_released_and_leaves_when_it_is_taken_back(
    new_tablet: TabletMaker, code: str
) -> None:
    child, projector = new_tablet(), new_tablet(BEAMER, empty=True)
    leader = new_tablet(empty=True)
    text = child.rewrite()
    child.make()
    child.expect_picture()
    ((run,),) = child.workshop.query(
        "SELECT id FROM runs_run WHERE device_id = ? AND kind = 'generation'", child.device_id()
    )

    open_room(projector, code)
    works = projector.at("#wall .wall-work")
    expect(works).to_have_count(0)
    expect(projector.at(".invite-code")).to_have_text(code)

    sign_in(leader, f"/admin/runs/run/{run}/change/")
    leader.at('form[action$="/release/"] button').click()
    expect(works).to_have_count(1)
    picture = projector.at("#wall img")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth") > 0
    # One picture alone is as large as the wall lets it be.
    settle(projector.page)
    assert picture.bounding_box()["height"] > 700  # type: ignore[index]

    press = projector.page.keyboard.press
    press("3")
    expect(projector.at("#reveal-idea")).to_have_text(IDEA)
    expect(projector.at(".reveal-text")).to_be_hidden()
    press("ArrowRight")
    expect(projector.at("#reveal-text")).to_have_text(text)
    expect(projector.at("#reveal-picture")).to_be_hidden()
    press(" ")
    expect(projector.at("#reveal-picture")).to_be_visible()
    press("ArrowLeft")
    expect(projector.at("#reveal-picture")).to_be_hidden()
    press("ArrowRight")

    leader.at('form[action$="/take-back/"] button').click()
    expect(projector.at("#reveal")).to_be_hidden()
    press("1")
    expect(works).to_have_count(0)


def test_the_guessing_game_reveals_the_idea_by_a_press(
    new_tablet: TabletMaker, workshop: WorkshopProcess, code: str
) -> None:
    ideas = ("Ein Fisch im Wald.", "Ein Haus im Meer.", "Ein Baum auf dem Mond.")
    child = new_tablet()
    for idea in ideas:
        child.hang(idea)
    mark = (
        "from runs.models import Run; from runs.releasing import release, take_back; "
        "from runs.acts import COMMAND_LINE; "
        f"runs = list(Run.objects.filter(kind='generation', idea__in={ideas!r}))"
    )
    workshop.manage("shell", "-c", f"{mark}; [release(run=run, by=COMMAND_LINE) for run in runs]")
    projector = new_tablet(BEAMER, empty=True)
    open_room(projector, code)
    expect(projector.at("#wall .wall-work")).to_have_count(3)

    projector.at('[data-go="guess"]').click()
    choices = projector.at(".guess-idea")
    expect(choices).to_have_count(3)
    assert {choice.inner_text().split("\n")[-1] for choice in choices.all()} == set(ideas)
    expect(projector.at(".is-right")).to_have_count(0)
    shown = str(projector.at("#guess-picture").get_attribute("src"))
    projector.at("#act").click()
    right = projector.at(".is-right span").inner_text()
    run_id = shown.rpartition("/")[2]
    assert workshop.query("SELECT idea FROM runs_run WHERE run_id = ?", run_id) == [(right,)]
    projector.at("#act").click()
    expect(projector.at(".is-right")).to_have_count(0)
    assert projector.at("#guess-picture").get_attribute("src") != shown

    workshop.manage("shell", "-c", f"{mark}; [take_back(run=run, by=COMMAND_LINE) for run in runs]")
    expect(projector.at("#guess")).to_be_hidden()


def test_one_idea_goes_through_all_rules_and_each_text_can_be_read_large(
    new_tablet: TabletMaker, code: str
) -> None:
    projector = new_tablet(BEAMER, empty=True)
    with choice_of(projector.workshop, rules=[RULE, OTHER_RULE], outputs=[]):
        open_room(projector, code)
        projector.page.keyboard.press("2")
        expect(projector.at("#matrix-idea")).to_be_focused()
        projector.page.keyboard.type("Ein kleiner Hund fliegt nachts über die Stadt.")
        projector.page.keyboard.press("Enter")
        cells = projector.at('.cell[data-state="done"]')
        expect(cells).to_have_count(2)
    texts = projector.at(".cell-text").all_inner_texts()
    assert all(texts) and len(set(texts)) == 2
    assert faults(projector.page) == ([], 0, [])
    projector.at(".cell button").first.click()
    expect(projector.at("#large-text")).to_have_text(texts[0])
    runs = projector.workshop.query(
        "SELECT kind, status FROM runs_run WHERE device_id LIKE 'projector-%'"
    )
    assert runs == [("interception", "complete")] * 2


def test_an_idea_that_is_held_back_is_said_once(new_tablet: TabletMaker, code: str) -> None:
    projector = new_tablet(BEAMER, empty=True)
    open_room(projector, code)
    projector.page.keyboard.press("2")
    projector.at("#matrix-idea").fill("Ich schlage dich tot mit dem Messer, du Hure")
    projector.at(".matrix-start").click()
    expect(projector.at("#matrix-note")).to_be_visible()
    expect(projector.at(".cell")).to_have_count(0)


@pytest.fixture
def wide_code(workshop: WorkshopProcess, code: str) -> Iterator[str]:
    """The open workshop's code while it is one of wide letters: codes are drawn by lot.

    A test asks for it before it asks for tablets, which so are gone when the code is.
    """
    _change_code(workshop, code, "MWMWMW")
    yield "MWMWMW"
    _change_code(workshop, "MWMWMW", code)


def _change_code(workshop: WorkshopProcess, old: str, new: str) -> None:
    with closing(sqlite3.connect(workshop.database, timeout=5)) as rows:
        rows.execute("UPDATE devices_workshop SET join_code = ? WHERE join_code = ?", (new, old))
        rows.commit()


@pytest.mark.parametrize("size", SIZES)
def test_the_wall_can_be_led_from_a_tablet_too(
    wide_code: str, new_tablet: TabletMaker, size: tuple[int, int]
) -> None:
    tablet = new_tablet(size, empty=True)
    open_room(tablet, wide_code)
    for mode in ("wall", "matrix", "reveal", "guess"):
        tablet.at(f'[data-go="{mode}"]').tap()
        expect(tablet.at(f'[data-view="{mode}"]')).to_be_visible()
        assert faults(tablet.page) == ([], 0, [])


def test_nothing_hangs_over_before_our_letters_are_there(
    wide_code: str, empty_window: Tablet
) -> None:
    page = empty_window.page
    page.route("**/*.woff2", lambda route: route.abort())
    open_room(empty_window, wide_code)
    for address in (f"/room/{wide_code}/", "/join/", f"/join/{wide_code}/"):
        page.goto(empty_window.workshop.url + address)
        for size in (*SIZES, BEAMER):
            resize(page, size)
            assert page.evaluate(OVERHANG) == 0, (address, size)
