"""Pictures of every state of the participants' pages, for whoever has to judge how they look.

    make pictures        (python -m ai4artsed.tests.browser.states OUT [STATE …])

A workshop of its own is started. Each state is taken in three sizes, German and English, light
and dark: `OUT/<state>/<language>-<scheme>-<width>.png`, and all on one sheet, `OUT/<state>.png`.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser

from ai4artsed.tests.browser.chromium import running_chromium
from ai4artsed.tests.browser.stories import STORIES
from ai4artsed.tests.browser.tablet import PORTRAIT, SIZES, Tablet
from ai4artsed.tests.workshop_process import WorkshopProcess, running_workshop

GAP = 24


def take(browser: Browser, workshop: WorkshopProcess, out: Path, wanted: set[str]) -> None:
    """Take the pictures of all stories, or of the states that are wanted.

    Each size goes its way itself: where the page stands then is where it leads people to.
    """
    names: list[str] = []
    for language, size, story in itertools.product(("de", "en"), SIZES, STORIES):
        tablet = Tablet(browser, workshop, size, language=language)
        for name in story(tablet):
            if wanted and name not in wanted:
                continue
            names.append(name)
            (out / name).mkdir(parents=True, exist_ok=True)
            for scheme in ("dark", "light"):
                tablet.page.emulate_media(color_scheme=scheme)
                tablet.page.screenshot(path=out / name / f"{language}-{scheme}-{size[0]}.png")
        tablet.context.close()
    for name in dict.fromkeys(names):
        _sheet(out / name)


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
        running_chromium() as browser,
    ):
        take(browser, workshop, options.out, set(options.states))


if __name__ == "__main__":
    main()
