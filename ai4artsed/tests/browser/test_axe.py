"""axe finds nothing on any page, in light and dark."""

from __future__ import annotations

from collections.abc import Collection
from typing import Literal

from playwright.sync_api import Browser, expect

from ai4artsed.tests.browser.axe import findings
from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.stories import the_way
from ai4artsed.tests.browser.tablet import LANDSCAPE, Tablet
from ai4artsed.tests.browser.test_projector import open_room, sign_in
from ai4artsed.tests.workshop_process import WorkshopProcess

Scheme = Literal["light", "dark"]

# A sketch is drawn in a frame of the studio, which has heading and landmarks.
ONLY_IN_A_FRAME = ("landmark-one-main", "page-has-heading-one")
# Of Django's own admin: the label beside the field of search is a picture, with its word as `alt`.
DJANGOS_OWN = {"label-title-only": 'id="searchbar"'}


class Look:
    """Collects what axe finds from page to page."""

    def __init__(self, tablet: Tablet, *schemes: Scheme) -> None:
        self.tablet = tablet
        self.schemes = schemes
        self.found: list[str] = []

    def at(self, state: str, *, without: Collection[str] = ()) -> None:
        for scheme in self.schemes:
            self.tablet.page.emulate_media(color_scheme=scheme)
            lines = findings(self.tablet.page, without=without)
            self.found += [f"{state}, {scheme}: {line}" for line in lines]

    def at_address(self, address: str, *, without: Collection[str] = ()) -> None:
        self.tablet.page.goto(self.tablet.workshop.url + address)
        self.at(address, without=without)


def test_nothing_is_found_on_the_way_to_a_picture_in_english(
    chromium: Browser, workshop: WorkshopProcess
) -> None:
    """In German every state is looked at for its form, see test_form.py."""
    tablet = Tablet(chromium, workshop, LANDSCAPE, language="en")
    look = Look(tablet, "light")
    for state in the_way(tablet):
        look.at(state)
    tablet.context.close()
    assert look.found == []


def test_nothing_is_found_on_the_pages_around_it(new_tablet: TabletMaker, code: str) -> None:
    tablet = new_tablet()
    look = Look(tablet, "light", "dark")
    tablet.rewrite()
    tablet.make()
    tablet.expect_picture()
    look.at_address(str(tablet.at("#card").get_attribute("href")))
    shared = str(tablet.at(".take-home-link").get_attribute("href"))
    look.at_address(shared[shared.index("/shared/") :])
    look.at_address("/join/")
    look.at_address(f"/join/{code}/")
    look.at_address("/sketch/", without=ONLY_IN_A_FRAME)
    look.at_address("/nowhere/")
    tablet.failed_answers.clear()
    assert look.found == []


def test_nothing_is_found_on_the_wall(new_tablet: TabletMaker, code: str) -> None:
    tablet = new_tablet(empty=True)
    look = Look(tablet, "light", "dark")
    open_room(tablet, code)
    for mode in ("wall", "matrix", "reveal", "guess"):
        tablet.at(f'[data-go="{mode}"]').tap()
        expect(tablet.at(f'[data-view="{mode}"]')).to_be_visible()
        look.at(mode)
    assert look.found == []


def test_nothing_of_ours_is_found_on_the_facilitators_side(
    new_tablet: TabletMaker, code: str
) -> None:
    tablet = new_tablet()
    look = Look(tablet, "light", "dark")
    tablet.rewrite()
    tablet.make()
    tablet.expect_picture()
    device, query = tablet.device_id(), tablet.workshop.query
    ((run,),) = query("SELECT id FROM runs_run WHERE device_id = ? AND kind = 'generation'", device)
    ((workshop,),) = query("SELECT id FROM devices_workshop WHERE join_code = ?", code)
    look.at_address("/admin/login/")
    sign_in(tablet, "/admin/")
    expect(tablet.at(".tile").first).to_be_visible()
    look.at("/admin/")
    look.at_address("/admin/administration/")
    look.at_address("/admin/runs/run/")
    look.at_address(f"/admin/runs/run/{run}/change/")
    look.at_address("/admin/devices/device/")
    look.at_address("/admin/devices/workshop/")
    look.at_address(f"/admin/devices/workshop/{workshop}/change/")
    look.at_address(f"/admin/workshop/{workshop}/sheet/")
    look.at_address("/admin/health/")
    assert [line for line in look.found if not is_djangos_own(line)] == []


def is_djangos_own(line: str) -> bool:
    return any(f": {rule}: " in line and mark in line for rule, mark in DJANGOS_OWN.items())
