"""What a hand, a slow network and a strict browser ask of the page."""

from __future__ import annotations

from typing import Any, Literal

import pytest

from ai4artsed.tests.browser.axe import findings
from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.layout import SMALL_WINDOWS, faults, resize
from ai4artsed.tests.browser.speech import GERMAN, listening, speaking
from ai4artsed.tests.browser.stories import STORIES, Story
from ai4artsed.tests.browser.tablet import SIZES, Tablet

SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FIRST_LOAD_BYTES = 200_000


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.__name__)
def test_in_every_state_targets_fit_a_finger_nothing_hangs_over_and_axe_finds_nothing(
    new_tablet: TabletMaker, story: Story
) -> None:
    tablet = new_tablet(before_load=speaking(GERMAN) + listening())
    seen: dict[str, Any] = {}
    found: list[str] = []
    for state in story(tablet):
        for scheme in SCHEMES:
            tablet.page.emulate_media(color_scheme=scheme)
            found += [f"{state}, {scheme}: {line}" for line in findings(tablet.page)]
        for size in (*SIZES, *SMALL_WINDOWS):
            seen[f"{state}, {size}"] = faults(tablet.page, size)
    tablet.failed_answers.clear()
    assert seen == {state: ([], 0, []) for state in seen}
    assert found == []


def test_the_first_load_is_light(tablet: Tablet) -> None:
    sizes: dict[str, int] = {}
    tablet.page.on(
        "requestfinished",
        lambda request: sizes.update({request.url: request.sizes()["responseBodySize"]}),
    )
    session = tablet.context.new_cdp_session(tablet.page)
    session.send("Network.clearBrowserCache")
    tablet.reload()
    tablet.page.wait_for_load_state("networkidle")
    assert 50_000 < sum(sizes.values()) < FIRST_LOAD_BYTES


def test_the_policy_is_strict_and_in_force(tablet: Tablet) -> None:
    answer = tablet.context.request.get(tablet.workshop.url)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    # That it is in force here shows a violation, which every other test would fail by.
    tablet.page.evaluate("document.body.insertAdjacentHTML('beforeend', '<p style=\"color:red\">')")
    assert any("Content Security Policy" in complaint for complaint in tablet.complaints)
    tablet.complaints.clear()


def test_no_field_is_so_small_that_a_tablet_enlarges_the_page(empty_window: Tablet) -> None:
    """Safari on iPads and iPhones does so on touching fields with less than 16 pixels."""
    sizes = """() => [...document.querySelectorAll("textarea, select, input:not([type=file])")]
      .concat([...document.querySelectorAll("template")].flatMap(({ content }) =>
        [...content.querySelectorAll("textarea")].map((field) =>
          document.querySelector("main").appendChild(field.cloneNode()))))
      .filter((field) => parseFloat(getComputedStyle(field).fontSize) < 16)
      .filter((field) => !["hidden", "radio", "checkbox", "range"].includes(field.type))
      .map((field) => field.outerHTML)"""
    for address in ("/", "/join/"):
        empty_window.page.goto(empty_window.workshop.url + address)
        for size in SIZES:
            resize(empty_window.page, size)
            assert empty_window.page.evaluate(sizes) == []
