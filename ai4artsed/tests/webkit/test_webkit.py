"""What is asked of every browser, asked of WebKit: the way, what is kept, the frame of sketches."""

from __future__ import annotations

import re

import pytest

from ai4artsed.tests.browser.layout import FINGER_PIXELS, OVERHANG, SMALL_TARGETS, UNNAMED
from ai4artsed.tests.browser.tablet import IDEA, RULE, SCENE, SIZES
from ai4artsed.tests.browser.test_sketch import GOOD, MISTAKES, SKETCHES, stranger, ways_out
from ai4artsed.tests.webkit.conftest import Window

pytestmark = pytest.mark.webkit

__all__ = ["stranger"]


def rewrite(window: Window) -> str:
    window.write("#idea", IDEA)
    window.tap(f'[data-rule="{RULE}"]')
    window.tap("#act")
    window.at('.page-text[aria-busy="false"]')
    window.until(lambda: window.value("#result"))
    return window.value("#result")


def make(window: Window, engine: str = SCENE) -> None:
    window.tap(f'[data-output="{engine}"]')
    window.tap("#act")
    window.at("#after")


def test_the_whole_way_and_a_reload_at_each_step(window: Window) -> None:
    window.write("#idea", IDEA)
    window.open()
    window.until(lambda: window.value("#idea") == IDEA)
    text = rewrite(window)
    window.write("#result", f"{text} Und der Mond lacht.")
    window.open()
    window.until(lambda: window.value("#result") == f"{text} Und der Mond lacht.")
    make(window)
    window.until(lambda: window.script("return document.querySelector('#pictures img').complete"))
    window.at("#strip .thumb img")
    window.open()
    window.at("#pictures img")
    window.tap("#strip button")
    assert window.at("#work-title").text == IDEA


def test_targets_fit_a_finger_and_nothing_hangs_over(window: Window) -> None:
    seen = {}

    def look(state: str) -> None:
        for width, height in SIZES:
            window.driver.set_window_rect(width=width, height=height)
            # A window may not become as narrow as asked for: the page's own width is what counts.
            seen[f"{state}, {window.script('return innerWidth')}"] = [
                window.script(f"return ({SMALL_TARGETS})(arguments[0])", FINGER_PIXELS),
                window.script(f"return {OVERHANG}"),
                window.script(f"return ({UNNAMED})()"),
            ]

    look("start")
    rewrite(window)
    look("text")
    make(window)
    look("picture")
    assert seen == {state: [[], 0, []] for state in seen}


def test_marks_a_heart_and_the_works_side_by_side(window: Window) -> None:
    rewrite(window)
    window.tap('.page-text [data-see="difference"]')
    window.at("#result-marked .by-rule")
    make(window)
    window.tap("#variation")
    window.until(lambda: len(window.all("#strip .thumb img")) == 2)
    window.open("/works/")
    window.until(lambda: len(window.all(".print")) == 2)
    window.tap(".print .heart")
    window.at('.print .heart[aria-pressed="true"]:not([aria-busy])')
    window.tap("#compare")
    for print_ in window.all(".print-open"):
        print_.click()
    window.tap("#choosing-done")
    assert window.at("#comparison[open] h3").text


def test_a_sketch_runs_and_a_loop_without_an_end_is_ended(window: Window) -> None:
    rewrite(window)
    make(window, SKETCHES)
    window.at('.sketch[data-state="running"]')
    window.tap(".sketch-show")
    # WebKit may run the frame in the page's own process: then only our question ends the loop.
    window.write(".sketch-text", "function setup() { while (true) {} }")
    window.tap(".sketch-run")
    window.at('.sketch[data-state="ended"]')
    assert "1:" in window.at(".sketch-said").text
    window.write(".sketch-text", GOOD)
    window.tap(".sketch-run")
    window.at('.sketch[data-state="running"]')


def test_what_goes_wrong_in_a_sketch_is_told_by_line(window: Window) -> None:
    rewrite(window)
    make(window, SKETCHES)
    window.at('.sketch[data-state="running"]')
    window.tap(".sketch-show")
    for code, words in MISTAKES.items():
        window.write(".sketch-text", code)
        assert window.value(".sketch-text") == code
        window.tap(".sketch-run")
        window.at('.sketch[data-state="ended"]')
        assert re.search(words, window.at(".sketch-said").text, re.DOTALL), code


def test_nothing_leaves_the_frame_of_a_sketch(
    window: Window, stranger: tuple[str, list[str]]
) -> None:
    address, asked = stranger
    rewrite(window)
    make(window, SKETCHES)
    window.at('.sketch[data-state="running"]')
    window.tap(".sketch-show")
    state = "return [location.href, document.title, localStorage.length, document.cookie]"
    before = window.script(state)
    for code in ways_out(address).values():
        window.write(".sketch-text", f"function setup() {{ createCanvas(9, 9); {code} }}")
        window.tap(".sketch-run")
        window.at('.sketch:is([data-state="running"], [data-state="ended"])')
    assert asked == []
    assert window.script(state) == before
    # The frame tried to go elsewhere, and our own policy too forbade it.
    window.script("window.complaints = []")
    assert len(window.driver.window_handles) == 1
