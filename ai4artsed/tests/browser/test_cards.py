"""From a picture to its card, and by its link into somebody else's hands."""

from __future__ import annotations

import io
import re

from PIL import Image
from playwright.sync_api import Browser, expect

from ai4artsed.tests.browser.layout import settle
from ai4artsed.tests.browser.tablet import IDEA, Tablet
from ai4artsed.tests.workshop_process import WorkshopProcess


def test_a_card_is_opened_saved_printed_and_seen_by_whoever_has_its_link(
    tablet: Tablet, chromium: Browser, workshop: WorkshopProcess
) -> None:
    text = tablet.rewrite()
    tablet.result.fill(text + " Und es schneit.")
    tablet.make()
    tablet.expect_picture()
    tablet.at("#card").tap()
    expect(tablet.at(".take-home-idea")).to_have_text(IDEA)
    expect(tablet.at(".take-home-text")).to_contain_text("Und es schneit")
    expect(tablet.at(".take-home-text .by-edit").first).to_be_visible()
    expect(tablet.at(".take-home-legend li")).to_have_count(3)
    assert tablet.at(".take-home-plate img").evaluate("image => image.decode().then(() => true)")
    # Lines are set by the drawn card's letters; on the page they must not run out of it.
    wide = "element => element.scrollWidth > element.clientWidth + 1"
    settle(tablet.page)
    assert not tablet.at(".take-home-text").evaluate(wide)

    printed = tablet.page.pdf(prefer_css_page_size=True)
    assert re.search(rb"/Count 1\b", printed), "one page"
    assert re.search(rb"/MediaBox \[0 0 29\d(\.\d+)? 4(19|20)(\.\d+)?\]", printed), "A6"

    with tablet.page.expect_download() as saved:
        tablet.at(".take-home-act").tap()
    with Image.open(io.BytesIO(saved.value.path().read_bytes())) as card:
        assert card.size == (1240, 1748)

    path = str(tablet.at(".take-home-link").get_attribute("href")).partition("/shared/")[2]
    visitor = chromium.new_context(java_script_enabled=False).new_page()
    visitor.goto(f"{workshop.url}/shared/{path}")
    expect(visitor.locator(".take-home-idea")).to_have_text(IDEA)
    assert visitor.request.get(f"{workshop.url}/shared/{path}picture").ok
    visitor.context.close()

    tablet.page.get_by_role("link", name="Zurück zur Werkstatt").tap()
    tablet.expect_works(1)
    tablet.at("#strip button").tap()
    expect(tablet.at("#work-card")).to_have_attribute("href", re.compile(r"^/card/run_\w+/$"))
