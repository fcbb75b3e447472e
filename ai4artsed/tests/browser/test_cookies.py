"""A browser that does not send our cookie back: told so, and told nothing that is not true."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from ai4artsed.tests.browser.chromium import FEATURES_OFF
from ai4artsed.tests.browser.tablet import IDEA, RULE, SCENE, Tablet
from ai4artsed.tests.workshop_process import WorkshopProcess, wait_for

BLOCKED, ALLOWED = 2, 1
SENTENCE = "Dieser Browser schickt unser Cookie nicht zurück"


def browser_with_cookies(chromium: Browser, place: Path, setting: int) -> BrowserContext:
    """A Chromium whose own settings allow cookies or not; what it keeps lies in `place`."""
    preferences = place / "Default" / "Preferences"
    preferences.parent.mkdir(parents=True, exist_ok=True)
    values = {"profile": {"default_content_setting_values": {"cookies": setting}}}
    preferences.write_text(json.dumps(values))
    return chromium.browser_type.launch_persistent_context(
        place,
        executable_path="/usr/bin/chromium",
        args=["--no-sandbox", f"--disable-features={','.join(FEATURES_OFF)}"],
        viewport={"width": 1180, "height": 820},
        has_touch=True,
        locale="de-DE",
    )


@pytest.fixture
def page(chromium: Browser, workshop: WorkshopProcess, tmp_path: Path) -> Iterator[Page]:
    context = browser_with_cookies(chromium, tmp_path / "profile", BLOCKED)
    page = context.pages[0]
    page.set_default_timeout(15_000)
    page.goto(workshop.url)
    expect(page.locator("#rules .card").first).to_be_visible()
    yield page
    context.close()


def devices(workshop: WorkshopProcess) -> int:
    ((count,),) = workshop.query("SELECT COUNT(*) FROM devices_device")
    return int(count)


def test_a_browser_without_cookies_is_told_so_and_begins_nothing(
    page: Page, workshop: WorkshopProcess
) -> None:
    before = devices(workshop)
    expect(page.locator("#cookies")).to_contain_text(SENTENCE)
    page.locator("#idea").fill(IDEA)
    page.locator(f'[data-rule="{RULE}"]').tap()
    for _press in range(3):
        page.locator("#act").tap()
        expect(page.locator(".note")).to_contain_text(SENTENCE)
    page.reload()
    expect(page.locator("#cookies")).to_contain_text(SENTENCE)
    assert "unterbrochen" not in page.locator("body").inner_text()
    assert devices(workshop) == before


def test_a_browser_with_cookies_hears_nothing_of_them(tablet: Tablet) -> None:
    tablet.rewrite()
    expect(tablet.at("#cookies")).to_be_hidden()


def test_a_page_whose_cookies_were_deleted_goes_on_with_the_next_press(tablet: Tablet) -> None:
    tablet.context.clear_cookies()
    tablet.begin()
    tablet.act.tap()
    tablet.expect_text()


def test_a_tablet_is_in_the_list_as_soon_as_its_page_is_open(tablet: Tablet) -> None:
    known = "SELECT has_returned FROM devices_device WHERE id = ?"
    wait_for(lambda: tablet.workshop.query(known, tablet.device_id()) == [(1,)])


def test_a_picture_whose_answer_was_lost_is_made_once(tablet: Tablet) -> None:
    tablet.rewrite()
    tablet.output(SCENE).tap()
    path = "**/api/schema/pipeline/generation"

    def lose_the_answer(route: object) -> None:
        route.fetch()  # type: ignore[attr-defined]
        route.abort()  # type: ignore[attr-defined]

    tablet.page.route(path, lose_the_answer, times=1)
    tablet.act.tap()
    expect(tablet.note).to_be_visible()
    tablet.note.get_by_role("button").tap()
    tablet.expect_picture()
    assert len(tablet.runs()) == 1
