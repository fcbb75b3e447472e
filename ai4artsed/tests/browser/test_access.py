"""The page for those who use it by keyboard, by ear, with large letters or in few colours."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.layout import OVERHANG, SMALL_WINDOWS, measured, resize
from ai4artsed.tests.browser.speech import GERMAN, expect_speaking, listening, speaking
from ai4artsed.tests.browser.stories import the_way
from ai4artsed.tests.browser.tablet import (
    IDEA,
    LANDSCAPE,
    LONG_IDEA,
    PHONE,
    RULE,
    SCENE,
    SIZES,
    Tablet,
    break_time,
    busy_machines,
)

# WCAG 2.2, 1.4.12; put in by the page's own means, since the policy forbids another style.
TEXT_SPACING = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; }
    * { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }
    p { margin-bottom: 2em !important; }
  `);
  document.adoptedStyleSheets = [sheet];
}
"""
# What scrolls shows all it has.
CUT_OFF = """
() => [...document.querySelectorAll("body *")]
  .filter((one) => one.getClientRects().length && one.textContent.trim())
  .filter((one) => !one.closest(".visually-hidden"))
  .filter((one) => ["hidden", "clip"].includes(getComputedStyle(one).overflowY))
  .filter((one) => getComputedStyle(one).clipPath === "none")
  .filter((one) => one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
  .map((one) => one.outerHTML.slice(0, 80))
"""
MOVES = """
window.moves = [];
for (const kind of ["transitionrun", "animationstart"]) {
  addEventListener(kind, (event) => moves.push(`${kind} of ${event.target.className}`), true);
}
"""
ANIMATIONS = "() => document.getAnimations().map((one) => one.effect.target.outerHTML.slice(0, 80))"
# All that is announced.
ANNOUNCEMENTS = """
addEventListener("DOMContentLoaded", () => {
  window.announced = [];
  for (const region of document.querySelectorAll("[aria-live], [role=status], [role=alert]")) {
    const hear = () => region.textContent.trim() && announced.push(region.textContent.trim());
    const all = { childList: true, characterData: true, subtree: true };
    new MutationObserver(hear).observe(region, all);
  }
});
"""
# As if the place in the queue were another all the time.
FIGURES_MOVE = """
() => {
  const place = document.getElementById("result-view-place");
  let moves = 0;
  setInterval(() => { place.textContent = String((moves += 1)); }, 90);
}
"""
TARGETS = "a[href], button, input, select, textarea, summary, [tabindex='0']"
REACHABLE = """
(targets) => [...document.querySelectorAll(targets)]
  .filter((one) => one.checkVisibility() && !one.disabled && one.type !== "hidden")
  .map((one) => one.id || one.outerHTML.slice(0, 90))
"""
FOCUSED = """
() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const box = one.getBoundingClientRect();
  const shares = [0.02, 0.25, 0.5, 0.75, 0.98];
  const hit = (x, y) => one.contains(document.elementFromPoint(x, y));
  const isSeen = shares.some((x) =>
    shares.some((y) => hit(box.left + x * box.width, box.top + y * box.height)));
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const hasOutline = outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  const isMarked = hasOutline || one.matches(".writing");
  return { name: one.id || one.outerHTML.slice(0, 90), isSeen, isMarked };
}
"""


def walk(tablet: Tablet) -> list[dict[str, Any]]:
    """Go through the page with Tab, from its beginning until its end or its beginning again."""
    tablet.page.evaluate("() => scrollTo(0, 0)")
    tablet.at(".skip").focus()
    # Only who came by key sees where the focus is.
    tablet.page.keyboard.press("Tab")
    tablet.page.keyboard.press("Shift+Tab")
    visited: list[dict[str, Any]] = []
    for _press in range(120):
        focused = tablet.page.evaluate(FOCUSED)
        if focused is None or (visited and focused["name"] == visited[0]["name"]):
            return visited
        visited.append(focused)
        tablet.page.keyboard.press("Tab")
    raise AssertionError(f"The focus does not come back: {visited[-3:]}")


def look_at_the_walk(tablet: Tablet, *sizes: tuple[int, int]) -> None:
    for size in sizes:
        resize(tablet.page, size)
        visited = walk(tablet)
        names = [stop["name"] for stop in visited]
        assert names == tablet.page.evaluate(REACHABLE, TARGETS)
        assert [stop for stop in visited if not (stop["isSeen"] and stop["isMarked"])] == []


def test_the_focus_goes_everywhere_in_order_and_is_seen(new_tablet: TabletMaker) -> None:
    tablet = new_tablet(before_load=speaking(GERMAN) + listening())
    look_at_the_walk(tablet, LANDSCAPE)
    tablet.begin()
    tablet.at("#rule-open").tap()
    look_at_the_walk(tablet, LANDSCAPE, PHONE, *SMALL_WINDOWS)
    tablet.act.tap()
    tablet.expect_text()
    tablet.output(SCENE).tap()
    look_at_the_walk(tablet, LANDSCAPE, PHONE, *SMALL_WINDOWS)
    tablet.act.tap()
    tablet.expect_picture()
    tablet.expect_works(1)
    look_at_the_walk(tablet, LANDSCAPE, PHONE, *SMALL_WINDOWS)


def test_in_a_low_window_nothing_stands_before_what_is_read(tablet: Tablet) -> None:
    width, height = SMALL_WINDOWS[-1]
    resize(tablet.page, (width, height))
    tablet.idea.scroll_into_view_if_needed()
    at_the_foot = "([x, y]) => Boolean(document.elementFromPoint(x, y).closest('.action-bar'))"
    assert not measured(tablet.page, at_the_foot, [width / 2, height - 8])


def test_the_focus_in_a_field_is_seen(tablet: Tablet) -> None:
    lines = "field => getComputedStyle(field).backgroundImage"
    before = tablet.idea.evaluate(lines)
    tablet.idea.focus()
    assert tablet.idea.evaluate(lines) != before


def test_the_whole_way_without_a_hand_on_the_glass(new_tablet: TabletMaker) -> None:
    tablet = new_tablet(before_load=speaking(GERMAN))
    press, write = tablet.page.keyboard.press, tablet.page.keyboard.type
    tablet.tab_to(".skip")
    press("Enter")
    tablet.tab_to("#idea", presses=2)
    write(IDEA)
    tablet.tab_to('[data-read="#idea"]', presses=2)
    press("Enter")
    expect_speaking(tablet.page)
    press("Escape")
    expect_speaking(tablet.page, False)
    tablet.tab_to(f'[data-rule="{RULE}"]')
    press("Space")
    expect(tablet.at("#rule-name")).to_be_focused()
    tablet.tab_to("#act")
    press("Enter")
    expect(tablet.at("#text-title")).to_be_focused()
    tablet.expect_text()
    tablet.tab_to("#result")
    press("Control+End")
    write(" Und es schneit.")
    tablet.tab_to(f'[data-output="{SCENE}"]')
    press("Enter")
    tablet.tab_to("#act")
    expect(tablet.act).not_to_have_attribute("aria-disabled", "true")
    press("Enter")
    expect(tablet.at("#picture-title")).to_be_focused()
    tablet.expect_picture()
    tablet.expect_works(1)
    tablet.tab_to("#strip button")
    press("Enter")
    # The window begins with what it shows, keeps the focus, and gives it back.
    expect(tablet.at("#work-title")).to_be_focused()
    for _press in range(8):
        press("Tab")
        outside = "() => !document.activeElement.closest('main, header, .action-bar')"
        assert tablet.page.evaluate(outside)
    press("Escape")
    expect(tablet.at("#work")).to_be_hidden()
    expect(tablet.at("#strip button")).to_be_focused()
    assert tablet.orders[-1]["prompt"].endswith(" Und es schneit.")


def test_with_wide_set_text_nothing_is_cut_off_and_nothing_moves(new_tablet: TabletMaker) -> None:
    tablet = new_tablet(before_load=speaking(GERMAN) + listening() + MOVES)
    seen: dict[str, Any] = {}
    for state in the_way(tablet):
        tablet.page.evaluate(TEXT_SPACING)
        for size in (*SIZES, *SMALL_WINDOWS):
            resize(tablet.page, size)
            seen[f"{state}, {size}"] = (
                tablet.page.evaluate(OVERHANG),
                tablet.page.evaluate(CUT_OFF),
            )
        tablet.page.evaluate("() => { document.adoptedStyleSheets = []; }")
        assert tablet.page.evaluate(ANIMATIONS) == []
    assert seen == {state: (0, []) for state in seen}
    assert tablet.page.evaluate("() => moves") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_where_colours_are_forced_what_is_chosen_still_differs(tablet: Tablet, scheme: Any) -> None:
    look = "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color].join()"

    def differ(chosen: str, other: str) -> bool:
        return bool(tablet.at(chosen).first.evaluate(look) != tablet.at(other).first.evaluate(look))

    tablet.page.emulate_media(forced_colors="active", color_scheme=scheme)
    assert differ('.chip[aria-pressed="true"]', '.chip[aria-pressed="false"]')
    tablet.rewrite()
    tablet.output(SCENE).tap()
    assert differ('#outputs [aria-pressed="true"]', '#outputs [aria-pressed="false"]')
    assert differ(".steps [aria-current] b", ".steps :enabled:not([aria-current]) b")
    edge = "one => getComputedStyle(one).borderBottomStyle"
    assert tablet.act.evaluate(edge) == "solid"
    assert tablet.result.evaluate(edge) == "solid"


def test_a_growing_text_is_announced_when_it_begins_and_when_it_is_there(
    new_tablet: TabletMaker,
) -> None:
    tablet = new_tablet(before_load=ANNOUNCEMENTS)
    tablet.begin(LONG_IDEA)
    tablet.page.evaluate("() => announced.splice(0)")
    tablet.act.tap()
    tablet.expect_text()
    expect(tablet.at("#announcer")).to_have_text("Der neue Text ist da.")
    assert tablet.page.evaluate("() => announced") == [
        "Die Regelmaschine schreibt deine Idee um. Du kannst zusehen.",
        "Der neue Text ist da.",
        "Ändere, was du willst. Wähle dann eine Bildmaschine.",
    ]


def test_the_wait_is_told_now_and_then(new_tablet: TabletMaker) -> None:
    tablet = new_tablet(before_load=ANNOUNCEMENTS)
    tablet.rewrite()
    tablet.page.clock.install()
    tablet.reload()
    with busy_machines(tablet.workshop):
        tablet.make()
        expect(tablet.at("#result-view-place")).not_to_be_empty()
        assert tablet.at("#result-view-words").text_content() == "Du bist als Nächstes dran"
        tablet.page.evaluate(FIGURES_MOVE)
        tablet.page.evaluate("() => announced.splice(0)")
        tablet.page.clock.run_for(30_000)
        payload = tablet.page.evaluate("() => announced")
        assert 2 <= len(payload) <= 4
        assert "Du bist als Nächstes dran" in payload[-1]
    tablet.expect_picture()
    tablet.page.clock.run_for(10_000)
    expect(tablet.at("#announcer")).to_be_empty()


def test_the_focus_is_never_thrown_back_to_the_beginning(tablet: Tablet) -> None:
    tablet.begin()
    tablet.idea.focus()
    with break_time(tablet.workshop, "Wir essen einen Apfel."):
        expect(tablet.at("#pause-title")).to_be_focused()
        tablet.page.keyboard.press("Escape")
        tablet.page.keyboard.press("Escape")
        expect(tablet.at("#pause-title")).to_be_focused()
    # Back to where one was.
    expect(tablet.idea).to_be_focused()
    tablet.act.tap()
    tablet.expect_text()
    tablet.make()
    tablet.expect_works(1)
    tablet.at("#strip button").focus()
    tablet.at("#variation").evaluate("button => button.click()")
    tablet.expect_works(2)
    expect(tablet.at("#strip li:last-child button")).to_be_focused()
