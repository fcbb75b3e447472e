"""A facilitator at a tablet leads a room of real pages: what is pressed there arrives here."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.tablet import PORTRAIT, SCENE, Tablet, write
from ai4artsed.tests.browser.test_projector import sign_in
from ai4artsed.tests.workshop_process import wait_for


@pytest.fixture
def leader(new_tablet: TabletMaker) -> Tablet:
    tablet = new_tablet(empty=True)
    sign_in(tablet, "/admin/")
    expect(tablet.at("#bar")).to_be_visible()
    return tablet


def tile_of(leader: Tablet, child: Tablet) -> Locator:
    return leader.at(f'[data-device="{child.device_id()}"]')


def test_all_eyes_go_up_and_down_again_on_every_page(
    leader: Tablet, new_tablet: TabletMaker
) -> None:
    children = [new_tablet(), new_tablet(PORTRAIT)]
    other_leader = new_tablet(empty=True)
    sign_in(other_leader, "/admin/")
    leader.at("#pause-open").tap()
    leader.at("#pause-message").fill("Mira zeigt ihr Bild.")
    leader.at("#pause-dialog .act").tap()
    for child in children:
        expect(child.at("#pause-words")).to_have_text("Mira zeigt ihr Bild.")
    expect(other_leader.at("#break-words")).to_have_text("Mira zeigt ihr Bild.")
    # Whoever is nearer ends it.
    other_leader.at("#go-on").tap()
    for child in children:
        expect(child.at("#pause")).to_be_hidden()
    expect(leader.at("#pause-open")).to_be_visible()


def test_the_leader_sees_who_does_what_and_names_a_tablet_where_it_stands(
    leader: Tablet, tablet: Tablet
) -> None:
    tile = tile_of(leader, tablet)
    tablet.idea.press_sequentially("Ein Drache")
    expect(tile.locator(".tile-state")).to_contain_text("schreibt")
    tile.get_by_role("button").tap()
    leader.at("#tile-name").fill("Tisch 7")
    leader.at("#tile-name").press("Enter")
    expect(tile.locator(".tile-name")).to_have_text("Tisch 7")
    expect(tablet.at("#device-name")).to_have_text("Tisch 7")


def test_a_hand_is_seen_and_answered(leader: Tablet, tablet: Tablet) -> None:
    tablet.at("#hand").tap()
    tile = tile_of(leader, tablet)
    expect(tile.locator(".tile-hand")).to_be_visible()
    expect(leader.at("#counts")).to_contain_text("Hilfe")
    tile.get_by_role("button").tap()
    leader.at("[data-do=message]").tap()
    leader.at("#message-text").fill("Ich komme gleich.")
    leader.at("#message-dialog .act").tap()
    expect(tablet.at("#messages")).to_contain_text("Ich komme gleich.")
    leader.at("[data-do=lower-hand]").tap()
    expect(tablet.at("#hand")).to_have_attribute("aria-pressed", "false")
    leader.at("#tile-dialog .act").tap()


def test_a_picture_stands_on_its_tile_and_is_released_from_there(
    leader: Tablet, tablet: Tablet
) -> None:
    tablet.rewrite()
    tablet.make(SCENE)
    tablet.expect_picture()
    tile = tile_of(leader, tablet)
    expect(tile.locator("img")).to_be_visible()
    tile.get_by_role("button").tap()
    leader.at("[data-do=release]").tap()
    expect(leader.at("#tile-said")).not_to_be_empty()
    leader.at("#tile-dialog .act").tap()
    expect(tile.locator(".tile-released")).to_be_visible()
    # Others of these tests begin with an empty wall.
    write(leader.workshop, "UPDATE runs_run SET released_at = NULL")


def test_the_next_group_finds_empty_pages_and_the_one_before_comes_back(
    leader: Tablet, new_tablet: TabletMaker
) -> None:
    child, sleeper = new_tablet(), new_tablet(PORTRAIT)
    child.rewrite()
    child.make(SCENE)
    child.expect_picture()
    child.at('[data-go="idea"]').tap()
    child.idea.fill("Mein Geheimnis")
    sleeper.idea.fill("Halb")
    sleeper.context.set_offline(True)
    sleeper.idea.fill("Halb fertig")
    leader.at("#next-group").tap()
    leader.at("#group-dialog .act").tap()
    expect(child.idea).to_have_value("")
    expect(child.at("#strip .thumb")).to_have_count(0)
    expect(leader.at("#group")).to_have_text("Gruppe 2")
    # Out of reach at that moment, and back later.
    sleeper.context.set_offline(False)
    expect(sleeper.idea).to_have_value("")
    child.idea.fill("Von den Nächsten")
    wait_for(lambda: child.page.evaluate("Boolean(localStorage.ai4artsed_draft)"))
    leader.at("#former-group").tap()
    expect(child.idea).to_have_value("Mein Geheimnis")
    expect(child.at("#strip .thumb img")).to_have_count(1)
    expect(sleeper.idea).to_have_value("Halb fertig")
    expect(leader.at("#group")).to_have_text("Gruppe 1")


def test_a_page_that_lost_its_server_says_since_when(leader: Tablet) -> None:
    expect(leader.at("#lost")).to_be_hidden()
    leader.context.set_offline(True)
    expect(leader.at("#lost")).to_contain_text(re.compile(r"\d\d:\d\d:\d\d"))
    leader.context.set_offline(False)
    expect(leader.at("#lost")).to_be_hidden()
