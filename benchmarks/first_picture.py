"""Seconds from the join code to the first picture, at the pace of a nine-year-old.

Usage: python -m benchmarks.first_picture [--headed] (from the checkout's root)

A real workshop with the embedded machines and a real browser in an iPad's size. Before each tap
the sentences that say what to do are read at `WORDS_PER_MINUTE`, finding the place takes
`REACH_SECONDS`, and typing goes at `CHARACTERS_PER_MINUTE`. What says the same twice is read once.
What no stopwatch of this kind shows is how long a child thinks of an idea. Target: 90 s.

The median of reading aloud is 94 words/min at the beginning of grade 4 and 112 at the end of
grade 3 (Hasbrouck and Tindal 2017). Typing: 12 words of five characters per minute; what is
recommended for grade 4 begins at 15.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django
from playwright.sync_api import Page, ViewportSize, expect, sync_playwright

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ai4artsed.settings")
django.setup()

from ai4artsed.tests.workshop_process import WorkshopProcess, running_workshop  # noqa: E402

WORDS_PER_MINUTE = 100
CHARACTERS_PER_MINUTE = 60
REACH_SECONDS = 1.5
IDEA = "Ein roter Drache schläft."
TARGET_SECONDS = 90
IPAD: ViewportSize = {"width": 1180, "height": 820}


class Child:
    """Reads, reaches and types at a child's pace, and notes what each leg took."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.begun = self.leg_begun = time.perf_counter()

    def read(self, *selectors: str) -> None:
        words = sum(len(self.page.locator(one).first.inner_text().split()) for one in selectors)
        self.page.wait_for_timeout(words / WORDS_PER_MINUTE * 60_000)

    def tap(self, selector: str) -> None:
        self.page.wait_for_timeout(REACH_SECONDS * 1000)
        self.page.locator(selector).first.tap()

    def type(self, selector: str, text: str) -> None:
        self.page.locator(selector).press_sequentially(text, delay=60_000 / CHARACTERS_PER_MINUTE)

    def arrived(self, leg: str) -> None:
        now = time.perf_counter()
        print(f"{leg:32}{now - self.leg_begun:6.1f} s{now - self.begun:9.1f} s")
        self.leg_begun = now


def join_by_code(child: Child, workshop: WorkshopProcess, code: str) -> None:
    child.page.goto(f"{workshop.url}/join/")
    child.read(".door-lead")
    child.tap("#code")
    child.type("#code", code)  # with the last character it goes ahead


def join_by_qr(child: Child, workshop: WorkshopProcess, code: str) -> None:
    """What the tablet's camera leads to; pointing it at the code is taken for one reach."""
    child.page.wait_for_timeout(REACH_SECONDS * 1000)
    child.page.goto(f"{workshop.url}/join/{code}/")
    child.read(".door-lead", ".door-name")
    child.tap(".door-act")


def go(page: Page, workshop: WorkshopProcess, join: Callable[..., None]) -> float:
    """Go the whole way once; return the seconds that it took."""
    ((code,),) = workshop.query("SELECT join_code FROM devices_workshop WHERE takes_new_devices")
    child = Child(page)
    join(child, workshop, code)
    expect(page.locator("#rules .card").first).to_be_visible()
    child.arrived(join.__name__.replace("_", " "))

    child.read('label[for="idea"]')
    child.tap("#idea")
    child.type("#idea", IDEA)
    child.arrived(f"idea of {len(IDEA)} characters")

    child.read("#rule-choice .hint")
    for card in range(3):
        child.read(f"#rules li:nth-child({card + 1}) .card-words")
    child.tap('[data-rule="theopposite"]')
    child.arrived("rule: three read, one chosen")

    child.read("#sentence")
    child.tap("#act")
    expect(page.locator(".page-text")).to_have_attribute("aria-busy", "false")
    child.arrived("rewritten")

    words = len(page.locator("#result").input_value().split())
    page.wait_for_timeout(words / WORDS_PER_MINUTE * 60_000)
    child.read("#sentence", "#outputs li:first-child .card-words")
    child.tap("#outputs .card")
    child.tap("#act")
    child.arrived("text read, machine chosen")

    expect(page.locator("#pictures img")).to_be_visible()
    child.arrived("picture")
    return time.perf_counter() - child.begun


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--headed", action="store_true", help="show the browser")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(dir=os.environ.get("BENCHMARK_DIR")) as place,
        running_workshop(Path(place), WORDS_PER_SECOND="14") as workshop,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            headless=not options.headed,
            args=["--no-sandbox"],
        )
        for join in (join_by_qr, join_by_code):
            context = browser.new_context(viewport=IPAD, has_touch=True, locale="de-DE")
            seconds = go(context.new_page(), workshop, join)
            print(f"join to first picture: {seconds:.0f} s, target {TARGET_SECONDS} s\n")
            context.close()
        browser.close()


if __name__ == "__main__":
    main()
