"""A WebKit window on a real workshop: the engine that Safari on iPads has, in its Linux build."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest
from selenium.webdriver import WebKitGTK, WebKitGTKOptions
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait
from selenium.webdriver.webkitgtk.service import Service

from ai4artsed.tests.browser.tablet import LANDSCAPE
from ai4artsed.tests.workshop_process import WorkshopProcess, running_workshop

Found = TypeVar("Found")

PATIENCE_SECONDS = 20
MINI_BROWSERS = "/usr/lib/*/webkit2gtk-4.*/MiniBrowser"

# Complaints of the page are kept where the test can ask for them.
LISTEN = """
window.complaints = [];
addEventListener("error", (event) => complaints.push(String(event.message)));
addEventListener("unhandledrejection", (event) => complaints.push(String(event.reason)));
addEventListener("securitypolicyviolation", (event) => complaints.push(event.violatedDirective));
"""


class Window:
    """One page in WebKit, and what one does with it."""

    def __init__(self, driver: WebKitGTK, workshop: WorkshopProcess) -> None:
        self.driver = driver
        self.workshop = workshop

    def open(self, path: str = "/") -> None:
        self.driver.get(self.workshop.url + path)
        self.driver.execute_script(LISTEN)

    def until(self, condition: Callable[[], Found]) -> Found:
        """Return what `condition` returns as soon as that is true."""
        return WebDriverWait(self.driver, PATIENCE_SECONDS, poll_frequency=0.05).until(
            lambda _driver: condition()
        )

    def all(self, selector: str) -> list[WebElement]:
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def at(self, selector: str) -> WebElement:
        """Return the first of `selector` that can be seen, once there is one."""
        return self.until(
            lambda: next((one for one in self.all(selector) if one.is_displayed()), None)
        )  # type: ignore[return-value]  # until it is one

    def tap(self, selector: str) -> None:
        # What has just changed under the finger takes no tap for a moment.
        target = self.at(f"{selector}:not([aria-disabled='true'])")
        # Not under the band at the foot of the page.
        self.script("arguments[0].scrollIntoView({block: 'center'})", target)
        target.click()

    def write(self, selector: str, text: str) -> None:
        # As a person does it: the driver's own clearing is no input for the page.
        field = self.at(selector)
        self.script("arguments[0].scrollIntoView({block: 'center'})", field)
        keys = ActionChains(self.driver).click(field)
        keys.key_down(Keys.CONTROL).send_keys("a").key_up(Keys.CONTROL)
        keys.send_keys(text.replace("\n", Keys.ENTER)).perform()

    def value(self, selector: str) -> str:
        return str(self.script("return document.querySelector(arguments[0]).value", selector))

    def script(self, script: str, *arguments: object) -> object:
        return self.driver.execute_script(script, *arguments)

    def complaints(self) -> object:
        return self.script("return window.complaints")


@pytest.fixture(scope="package")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WorkshopProcess]:
    with running_workshop(tmp_path_factory.mktemp("webkit"), WORDS_PER_SECOND="200") as running:
        yield running


@pytest.fixture(scope="package")
def display() -> Iterator[str]:
    """A screen that nobody sees."""
    reader, writer = os.pipe()
    process = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writer), "-screen", "0", "1400x1400x24"],
        pass_fds=[writer],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writer)
    with os.fdopen(reader) as payload:
        number = payload.readline().strip()
    yield f":{number}"
    process.kill()
    process.wait()


@pytest.fixture
def window(workshop: WorkshopProcess, display: str) -> Iterator[Window]:
    """A device of its own; in the end the page must not have complained."""
    options = WebKitGTKOptions()
    options.binary_location = str(next(Path("/").glob(MINI_BROWSERS.lstrip("/"))))
    options.add_argument("--automation")
    service = Service(
        shutil.which("WebKitWebDriver") or "WebKitWebDriver",
        env={**os.environ, "DISPLAY": display, "LANGUAGE": "de", "LANG": "C.UTF-8"},
    )
    driver = WebKitGTK(options=options, service=service)
    driver.set_window_rect(0, 0, *LANDSCAPE)
    window = Window(driver, workshop)
    window.open()
    yield window
    try:
        assert window.complaints() == []
    finally:
        driver.quit()
