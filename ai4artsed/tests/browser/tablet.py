"""A participant's browser, and what one does with the page."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Locator, Request, Response, expect

from ai4artsed.tests.workshop_process import WorkshopProcess

LANDSCAPE, PORTRAIT, PHONE = (1180, 820), (820, 1180), (390, 844)
SIZES = (LANDSCAPE, PORTRAIT, PHONE)

IDEA = "Ein kleiner roter Drache schläft nachts auf dem Dach der Schule."
LONG_IDEA = " ".join(f"Der Drache Nummer {number} schläft auf dem Dach." for number in range(40))
RULE = "theopposite"
OTHER_RULE = "overdrive"
SCENE, GEOMETRY = "formwerkstatt_szene", "formwerkstatt_geometrie"


class Tablet:
    """A window with cookies and storage of its own, which keeps what the browser complains of."""

    def __init__(
        self,
        browser: Browser,
        workshop: WorkshopProcess,
        size: tuple[int, int],
        *,
        before_load: str = "",
        language: str = "de",
        empty: bool = False,
    ) -> None:
        """Open the studio in it, or nothing yet."""
        self.workshop = workshop
        self.complaints: list[str] = []
        self.foreign_requests: list[str] = []
        self.failed_answers: list[str] = []
        self.orders: list[dict[str, Any]] = []
        width, height = size
        self.context = browser.new_context(
            viewport={"width": width, "height": height},
            has_touch=True,
            locale={"de": "de-DE", "en": "en-GB"}[language],
            reduced_motion="reduce",
        )
        if before_load:
            self.context.add_init_script(before_load)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", self._on_request)
        self.page.on("response", self._on_response)
        if not empty:
            self.page.goto(workshop.url)
            expect(self.page.locator("#rules .card").first).to_be_visible()

    def _on_console(self, message: ConsoleMessage) -> None:
        # Answers that say no are looked at by their status, see below.
        network = message.text.startswith("Failed to load resource")
        if message.type in {"error", "warning"} and not network:
            self.complaints.append(message.text)

    def _on_request(self, request: Request) -> None:
        if not request.url.startswith((self.workshop.url, "data:", "blob:")):
            self.foreign_requests.append(request.url)
        if request.method == "POST" and "/api/schema/pipeline/" in request.url:
            self.orders.append(dict(request.post_data_json or {}))

    def _on_response(self, response: Response) -> None:
        # A draft that another window or the page before has overtaken: both are brought together.
        overtaken = response.status == 409 and response.url.endswith("/api/draft/")
        if response.status >= 400 and not overtaken:
            self.failed_answers.append(f"{response.status} {response.url}")

    # What is on the page
    def at(self, selector: str) -> Locator:
        return self.page.locator(selector)

    @property
    def idea(self) -> Locator:
        return self.at("#idea")

    @property
    def result(self) -> Locator:
        return self.at("#result")

    @property
    def act(self) -> Locator:
        return self.at("#act")

    @property
    def note(self) -> Locator:
        return self.at(".note")

    def rule(self, rule_id: str) -> Locator:
        return self.at(f'[data-rule="{rule_id}"]')

    def output(self, output_id: str) -> Locator:
        return self.at(f'[data-output="{output_id}"]')

    def device_id(self) -> str:
        return str(self.at("body").get_attribute("data-device"))

    # What one does
    def begin(self, idea: str = IDEA, rule: str = RULE) -> None:
        self.idea.fill(idea)
        self.rule(rule).tap()

    def rewrite(self, idea: str = IDEA, rule: str = RULE) -> str:
        self.begin(idea, rule)
        self.act.tap()
        self.expect_text()
        return self.result.input_value()

    def make(self, output: str = SCENE) -> None:
        self.output(output).tap()
        self.act.tap()

    def hang(self, idea: str, *, rule: str = RULE, machine: str = GEOMETRY) -> str:
        """Have a picture made as at an earlier visit; return its run."""
        answer = self.context.request.post(
            f"{self.workshop.url}/api/schema/pipeline/generation",
            data={
                "prompt": idea,
                "input_text": idea,
                "interception_result": idea,
                "interception_config": rule,
                "output_config": machine,
                "device_id": self.device_id(),
            },
        )
        assert answer.ok, answer.text()
        return str(answer.json()["run_id"])

    def expect_text(self) -> None:
        expect(self.at(".page-text")).to_have_attribute("aria-busy", "false")
        expect(self.result).to_have_value(re.compile("."))

    def expect_picture(self) -> None:
        expect(self.at("#after")).to_be_visible()
        expect(self.at("#pictures img")).to_be_visible()

    def expect_works(self, count: int) -> None:
        expect(self.at("#strip .thumb img")).to_have_count(count)

    def expect_open(self, view: str) -> None:
        expect(self.at(f'[data-spread="{view}"]')).to_be_visible()

    def reload(self) -> None:
        self.page.reload()
        expect(self.at("#rules")).to_have_attribute("aria-busy", "false")

    def runs(self, kind: str = "generation") -> list[tuple[Any, ...]]:
        return self.workshop.query(
            "SELECT run_id, status FROM runs_run WHERE device_id = ? AND kind = ?",
            self.device_id(),
            kind,
        )

    def tab_to(self, selector: str, presses: int = 80) -> None:
        """Press Tab until the focus is on `selector`."""
        for _press in range(presses):
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{selector} cannot be reached by keyboard")


@contextmanager
def break_time(workshop: WorkshopProcess, message: str, until: str | None = None) -> Iterator[None]:
    """A break of the whole workshop, until a moment (UTC, as the database writes it)."""
    begin = "UPDATE devices_workshop SET paused = 1, pause_message = ?, pause_until = ?"
    write(workshop, begin, message, until)
    try:
        yield
    finally:
        end = "UPDATE devices_workshop SET paused = 0, pause_message = '', pause_until = NULL"
        write(workshop, end)


@contextmanager
def choice_of(workshop: WorkshopProcess, *, rules: list[str], outputs: list[str]) -> Iterator[None]:
    """A workshop in which only these rules and machines may be used."""
    sql = "UPDATE devices_workshop SET allowed_rules = ?, allowed_outputs = ?"
    write(workshop, sql, json.dumps(rules), json.dumps(outputs))
    try:
        yield
    finally:
        write(workshop, sql, "[]", "[]")


@contextmanager
def busy_machines(workshop: WorkshopProcess) -> Iterator[None]:
    """No picture is begun meanwhile: the worker is held still."""
    with workshop.worker_held_still():
        yield


def write(workshop: WorkshopProcess, sql: str, *values: Any) -> None:
    """Change the database as another process does, of which the server hears nothing by itself."""
    with closing(sqlite3.connect(workshop.database, timeout=5)) as connection:
        connection.execute(sql, values)
        connection.commit()
