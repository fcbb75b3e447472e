"""Pictures of every state of the participants' pages, for whoever has to judge how they look.

    make pictures        (python -m ai4artsed.tests.browser.states OUT [STATE …])

A workshop of its own is started. Each state is taken in three sizes, German and English, light
and dark: `OUT/<state>/<language>-<scheme>-<width>.png`, and all on one sheet, `OUT/<state>.png`.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from ai4artsed.tests.browser.tablet import (
    GEOMETRY,
    IDEA,
    LANDSCAPE,
    OTHER_RULE,
    PORTRAIT,
    RULE,
    SCENE,
    SIZES,
    Tablet,
    break_time,
    busy_machines,
)
from ai4artsed.tests.workshop_process import WorkshopProcess, running_workshop

GAP = 24

Story = Callable[[Tablet], Iterator[str]]


def the_way(tablet: Tablet) -> Iterator[str]:
    """From the empty page to the picture; each name is of the state that is there now."""
    yield "idea-empty"
    tablet.idea.fill(IDEA)
    yield "idea-written"
    tablet.rule(RULE).tap()
    yield "rule-chosen"
    tablet.at("#rule-open").tap()
    expect(tablet.at("#rule-text")).not_to_have_value("")
    yield "rule-open"
    tablet.act.tap()
    tablet.expect_text()
    yield "text"
    tablet.result.fill(f"{tablet.result.input_value()} Und der Mond lacht dazu.")
    tablet.at("#engines-missing summary").tap()
    yield "text-machines-missing"
    tablet.at("#engines-missing summary").tap()
    tablet.engine(SCENE).tap()
    yield "machine-chosen"
    with busy_machines(tablet.workshop):
        tablet.act.tap()
        expect(tablet.at("#plate-place")).not_to_be_empty()
        yield "picture-waiting"
    tablet.expect_picture()
    tablet.expect_works(1)
    yield "picture"
    tablet.at("#strip button").first.tap()
    expect(tablet.at("#work")).to_be_visible()
    yield "work"


def going_on(tablet: Tablet) -> Iterator[str]:
    """From one picture to others: its window, the question, the way on, the family."""
    tablet.rewrite()
    tablet.make(SCENE)
    tablet.expect_works(1)
    for machine in (GEOMETRY, SCENE):
        tablet.expect_picture()
        tablet.at("#other-engine").tap()
        tablet.make(machine)
    tablet.expect_works(3)
    tablet.expect_picture()
    tablet.at("#other-rule").tap()
    tablet.rule(OTHER_RULE).tap()
    yield "going-on-rule"
    tablet.act.tap()
    tablet.expect_text()
    tablet.make(SCENE)
    tablet.expect_works(4)
    tablet.at("#new-idea").tap()
    tablet.idea.fill("Ein Wal fliegt durch die Stadt.")
    tablet.at("#strip button").last.tap()
    expect(tablet.at("#family .member")).to_have_count(4)
    tablet.at("#going-on").scroll_into_view_if_needed()
    yield "work-going-on"
    tablet.at("#family").scroll_into_view_if_needed()
    yield "work-family"
    tablet.at('#work [data-form="seed"]').tap()
    yield "asking"
    tablet.at("#ask .act").tap()
    tablet.expect_open("text")
    yield "going-on-chance"


def the_own_rule(tablet: Tablet) -> Iterator[str]:
    tablet.begin(rule="user_defined")
    yield "own-rule"
    tablet.at("#rule-text").fill("Erzähle es so, als hätte eine Ameise es gesehen.")
    yield "own-rule-written"


def what_goes_wrong(tablet: Tablet) -> Iterator[str]:
    tablet.begin("Ich schlage dich tot mit dem Messer, du Hure.", OTHER_RULE)
    tablet.act.tap()
    expect(tablet.note).to_be_visible()
    yield "blocked"
    with break_time(tablet.workshop, "Wir treffen uns kurz im Kreis."):
        tablet.idea.fill(IDEA)
        tablet.act.tap()
        expect(tablet.note).to_be_visible()
        yield "paused"
        tablet.note.get_by_role("button").tap()
    tablet.context.set_offline(True)
    tablet.act.tap()
    expect(tablet.note).to_be_visible()
    yield "offline"
    tablet.context.set_offline(False)


STORIES: tuple[Story, ...] = (the_way, going_on, the_own_rule, what_goes_wrong)


def take(browser: Browser, workshop: WorkshopProcess, out: Path, wanted: set[str]) -> None:
    """Take the pictures of all stories, or of the states that are wanted."""
    names: list[str] = []
    for language in ("de", "en"):
        for scheme in ("light", "dark"):
            for story in STORIES:
                tablet = Tablet(browser, workshop, LANDSCAPE, language=language)
                tablet.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                for name in story(tablet):
                    if wanted and name not in wanted:
                        continue
                    names.append(name)
                    _take_sizes(tablet, out / name, f"{language}-{scheme}")
                tablet.context.close()
    for name in dict.fromkeys(names):
        _sheet(out / name)


def _take_sizes(tablet: Tablet, folder: Path, kind: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for width, height in SIZES:
        tablet.page.set_viewport_size({"width": width, "height": height})
        tablet.page.screenshot(path=folder / f"{kind}-{width}.png")
    width, height = LANDSCAPE
    tablet.page.set_viewport_size({"width": width, "height": height})


def _sheet(folder: Path) -> None:
    """Put all pictures of a state on one sheet: a row for each language and light."""
    rows: dict[str, list[Image.Image]] = {}
    for path in sorted(folder.glob("*.png"), key=lambda path: -int(path.stem.split("-")[2])):
        rows.setdefault(path.stem.rpartition("-")[0], []).append(Image.open(path))
    height = PORTRAIT[1] + GAP
    width = sum(width + GAP for width, _height in SIZES)
    sheet = Image.new("RGB", (width + GAP, height * len(rows) + GAP), "#777777")
    for row, kind in enumerate(sorted(rows)):
        left = GAP
        for picture in rows[kind]:
            sheet.paste(picture, (left, GAP + row * height))
            left += picture.width + GAP
    sheet.save(folder.with_suffix(".png"))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("states", nargs="*", help="names of states; none: all")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as place,
        running_workshop(Path(place), WORDS_PER_SECOND="200") as workshop,
        sync_playwright() as playwright,
    ):
        path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        take(browser, workshop, options.out, set(options.states))
        browser.close()


if __name__ == "__main__":
    main()
