"""The system's Chromium, without a window that anybody would see."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

# The list takes the place of Playwright's own, from which the last line is.
FEATURES_OFF = (
    # For the address bar of each new window two pages would be made: a second for every test.
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "HttpsUpgrades", "MediaRouter", "PaintHolding"),
)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    """The Chromium that CHROMIUM names, else that of the system."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", f"--disable-features={','.join(FEATURES_OFF)}"],
        )
        yield browser
        browser.close()
