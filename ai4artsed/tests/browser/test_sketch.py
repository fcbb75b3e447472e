"""Sketches in the studio: they run, reach nothing, are changed and kept."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
from playwright.sync_api import Locator, expect

from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.layout import OVERHANG, measured
from ai4artsed.tests.browser.tablet import IDEA, SIZES, Tablet
from ai4artsed.tests.workshop_process import WorkshopProcess

SKETCHES = "p5js_templates"
GOOD = """\
let ball = 100;
function setup() {
  createCanvas(400, 400);
}
function draw() {
  background(20, 40, 90);
  circle(ball, 200, 60);
}
"""


class Plate:
    """A tablet with a sketch on its plate."""

    def __init__(self, tablet: Tablet) -> None:
        self.tablet = tablet
        self.sketch = tablet.at("#pictures .sketch")
        self.said = self.sketch.locator(".sketch-said")
        self.text = self.sketch.locator(".sketch-text")

    def make(self) -> Plate:
        self.tablet.rewrite(IDEA)
        self.tablet.make(SKETCHES)
        self.expect("running")
        return self

    def button(self, name: str) -> Locator:
        return self.sketch.locator(f".sketch-{name}")

    def press(self, name: str) -> None:
        """Tap a button of the sketch, once the browser knows where it and the frame are now."""
        self.button(name).scroll_into_view_if_needed()
        self.tablet.page.evaluate(
            "() => new Promise((seen) => { let frames = 6; "
            "const next = () => (frames-- ? requestAnimationFrame(next) : seen()); next(); })"
        )
        self.button(name).tap()

    def expect(self, state: str) -> None:
        expect(self.sketch).to_have_attribute("data-state", state)

    def run(self, code: str) -> None:
        if not self.text.is_visible():
            self.press("show")
        self.text.fill(code)
        self.press("run")

    def in_frame(self, script: str) -> Any:
        frame = self.tablet.page.frames[-1]
        assert frame.url.endswith("/sketch/")
        return frame.evaluate(script)

    def forget_complaints(self) -> list[str]:
        """What the browser complains of where a sketch is meant to go wrong."""
        complaints, self.tablet.complaints = self.tablet.complaints, []
        return complaints


@pytest.fixture
def plate(tablet: Tablet) -> Plate:
    return Plate(tablet).make()


@pytest.fixture
def stranger() -> Iterator[tuple[str, list[str]]]:
    """Another machine in the net: its address, and what it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        do_POST = do_GET

        def log_message(self, *_parts: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


def test_a_sketch_runs_rests_and_starts_again(plate: Plate) -> None:
    # This tablet wants no motion: the first picture stands still until it is asked to move.
    expect(plate.button("move")).to_have_text(re.compile("move|beweg", re.I))
    assert not plate.in_frame("isLooping()")
    plate.press("move")
    expect(plate.button("move")).to_have_text(re.compile("Pause|Anhalten"))
    assert plate.in_frame("isLooping()")
    plate.press("move")
    expect(plate.button("move")).to_have_text(re.compile("move|beweg", re.I))
    plate.press("restart")
    plate.expect("running")
    expect(plate.tablet.at("iframe")).to_have_count(1)


def test_the_code_is_read_changed_run_and_kept(plate: Plate) -> None:
    plate.press("show")
    expect(plate.text).to_have_value(re.compile("function setup"))
    expect(plate.button("keep")).to_be_disabled()
    assert plate.text.evaluate("area => parseFloat(getComputedStyle(area).fontSize)") >= 16
    expect(plate.text).to_have_accessible_name(re.compile("."))
    plate.run(GOOD)
    plate.expect("running")
    assert plate.in_frame("[width, ball]") == [400, 100]
    plate.press("keep")
    expect(plate.said).to_be_visible()
    tablet = plate.tablet
    expect(tablet.at("#strip [data-run]")).to_have_count(2)
    first, second = sorted(run for run, _status in tablet.runs())
    assert tablet.workshop.query(
        "SELECT engine, parent_run_id, status FROM runs_run WHERE run_id = ?", second
    ) == [("hand", first, "complete")]
    (kept,) = tablet.workshop.folder(second).glob("*_output_code.js")
    assert kept.read_text(encoding="utf-8") == GOOD

    # It is looked at among the works of today, and ends with its window.
    tablet.at(f"#strip [data-run='{second}'] button").tap()
    work = tablet.at("#work-pictures .sketch")
    expect(work).to_have_attribute("data-state", "running")
    tablet.at("#work .close").tap()
    expect(tablet.at("iframe")).to_have_count(1)

    plate.text.fill("something else")
    plate.press("back")
    expect(plate.text).to_have_value(GOOD)
    plate.expect("running")


def test_a_sketch_sends_a_still_frame_of_itself_that_lists_show(
    plate: Plate, new_tablet: TabletMaker
) -> None:
    tablet = plate.tablet
    ((run, _status),) = tablet.runs()
    shown = tablet.at(f"#strip [data-run='{run}'] img")
    expect(shown).to_be_visible()
    colors = (
        "image => { const c = document.createElement('canvas'); c.width = c.height = 64; "
        "const x = c.getContext('2d'); x.drawImage(image, 0, 0, 64, 64); "
        "return new Set(x.getImageData(0, 0, 64, 64).data).size; }"
    )
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate(colors) > 10
    # What is tried out and not kept is another sketch: nothing is sent of it, and nothing twice.
    sent: list[str] = []
    tablet.page.on("request", lambda request: sent.append(request.url))
    plate.run(GOOD)
    plate.expect("running")
    plate.press("back")
    plate.expect("running")
    tablet.page.goto(f"{tablet.workshop.url}/works/")
    picture = tablet.at(f"[data-run='{run}'] .print-picture img")
    expect(picture).to_be_visible()
    assert not [url for url in sent if url.endswith("/frame/")]


MISTAKES = {
    "function setup() {\n  let a = ;\n}": "2:",
    "function setup() {\n  createCanvas(9, 9);\n  kreis(1);\n}": "3:.*kreis",
    "function setup() {}\nfunction draw() {\n  circle.fill(3);\n}": "3:.*circle.fill",
    "function setup() {\n\n\n  while (true) {}\n}": "4:",
    "function setup() {\n  for (;;) {}\n}": "2:",
    "function setup() {\n  color(undefined).setRed(1);\n}": "2:",
    "let setupp = 1;": "setup",
}


def test_what_goes_wrong_is_told_by_line(plate: Plate) -> None:
    for code, words in MISTAKES.items():
        plate.run(code)
        plate.expect("ended")
        expect(plate.said).to_have_text(re.compile(words, re.DOTALL))
    plate.forget_complaints()
    # The page lives, and so does the next sketch.
    plate.run(GOOD)
    plate.expect("running")
    expect(plate.said).to_be_hidden()


def test_a_sketch_that_answers_no_more_is_ended(plate: Plate) -> None:
    # A loop that our question does not reach: it calls itself without an end, asynchronously.
    plate.run(
        GOOD + "function mousePressed() {}\n"
        "const immer = { get weiter() { return Promise.resolve().then(() => this.weiter); } };\n"
        "function deviceShaken() {}\nsetTimeout(() => immer.weiter, 300);\n"
    )
    plate.expect("running")
    plate.tablet.page.wait_for_timeout(500)
    # The page answers meanwhile: the frame has a process of its own in this browser.
    assert plate.tablet.page.evaluate("1 + 1") == 2
    plate.press("move")
    plate.expect("ended")
    expect(plate.tablet.at("iframe")).to_have_count(0)
    expect(plate.said).to_be_visible()


def ways_out(address: str) -> dict[str, str]:
    """What a sketch may try, by its name."""
    return {
        "fetch": f"fetch('{address}/fetch', {{mode: 'no-cors'}});",
        "own server": "fetch('/api/devices/me/');",
        "request": f"const r = new XMLHttpRequest(); r.open('GET', '{address}/xhr'); r.send();",
        "socket": f"new WebSocket('{address.replace('http', 'ws')}/socket');",
        "beacon": f"navigator.sendBeacon('{address}/beacon', 'x');",
        "picture": f"new Image().src = '{address}/image';",
        "p5 picture": f"loadImage('{address}/p5image');",
        "script": f"const s = document.createElement('script'); s.src = '{address}/s'; "
        "document.body.append(s);",
        "inline": "const s = document.createElement('script'); s.textContent = "
        "'parent.postMessage({kind: \"moving\"}, \"*\")'; s.setAttribute('nonce', "
        "document.scripts[0].nonce || document.scripts[0].getAttribute('nonce')); "
        "document.body.append(s);",
        "style": f"const s = document.createElement('style'); s.textContent = "
        f"'body {{background: url({address}/style)}}'; document.head.append(s);",
        "frame": f"const f = document.createElement('iframe'); f.src = '{address}/frame'; "
        "document.body.append(f);",
        "form": f"const f = document.createElement('form'); f.action = '{address}/form'; "
        "document.body.append(f); f.submit();",
        "going away": f"location.href = '{address}/away';",
        "window": f"window.open('{address}/window');",
        "import": f"import('{address}/module');",
        "worker": f"new Worker('{address}/worker');",
        "eval": "eval('1');",
        "parent": "parent.document.title = 'x';",
        "top": "top.location = '/';",
        "storage": "localStorage.setItem('x', 'y');",
        "cookie": "document.cookie = 'x=y';",
        "call": "new RTCPeerConnection();",
    }


# These may put something else into the frame, so that others could not be tried beside them.
ALONE = ("frame", "form", "going away", "window", "top")


def setup_of(lines: str) -> str:
    return f"function setup() {{\n  createCanvas(9, 9);\n  {lines}\n}}"


def test_nothing_leaves_the_frame(plate: Plate, stranger: tuple[str, list[str]]) -> None:
    address, asked = stranger
    tablet = plate.tablet
    state = "[location.href, document.title, localStorage.length]"
    before = tablet.page.evaluate(state)
    ways = ways_out(address)
    # Straight into the frame, as if the check of patterns had let it pass.
    together = [code for way, code in ways.items() if way not in ALONE]
    tries = [f"try {{ {code} }} catch {{}} tried += 1;" for code in together]
    plate.run("let tried = 0;\n" + setup_of("\n".join(tries)))
    over = re.compile("running|ended")
    expect(plate.sketch).to_have_attribute("data-state", over)
    assert plate.in_frame("tried") == len(together)
    for way in ALONE:
        plate.run(setup_of(ways[way]))
        expect(plate.sketch).to_have_attribute("data-state", over)
    with tablet.page.expect_response(re.compile("/sketch/$")):
        plate.press("keep")
    expect(plate.said).to_have_text(re.compile("3:"))
    assert asked == []
    assert tablet.page.evaluate(state) == before
    assert "x" not in {cookie["name"] for cookie in tablet.context.cookies()}
    assert tablet.context.pages == [tablet.page]
    assert len(tablet.runs()) == 1
    assert {answer.split()[0] for answer in tablet.failed_answers} == {"400"}
    plate.forget_complaints()
    tablet.failed_answers.clear()
    # Playwright tells of requests that the browser then does not make; `asked` is the truth.
    tablet.foreign_requests.clear()


def test_no_way_out_of_the_frame_would_be_kept(plate: Plate) -> None:
    tablet = plate.tablet
    ((run, _status),) = tablet.runs()
    for way, code in ways_out("http://127.0.0.1:9").items():
        answer = tablet.context.request.post(
            f"{tablet.workshop.url}/api/runs/{run}/sketch/", data={"code": setup_of(code)}
        )
        assert (answer.status, "3:" in answer.json()["detail"]) == (400, True), way


def test_the_frame_bears_no_cookies_and_cannot_be_framed_elsewhere(
    workshop: WorkshopProcess,
) -> None:
    answer = requests.get(f"{workshop.url}/sketch/", timeout=10)
    policy = answer.headers["Content-Security-Policy"]
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    for part in ("default-src 'none'", f"frame-ancestors {workshop.url}", "sandbox allow-scripts"):
        assert part in policy
    # The second policy lets in what the first one lets in, and that only from here.
    first, second = policy.split(", ")
    assert "unsafe" not in first
    assert second == f"script-src {workshop.url} data: 'unsafe-inline'"
    assert requests.get(workshop.url, timeout=10).headers["X-Frame-Options"] == "DENY"
    other = requests.get(f"{workshop.url}/sketch/", timeout=10)
    assert other.headers["Content-Security-Policy"] != policy


def test_the_page_alone_runs_nothing(empty_window: Tablet, workshop: WorkshopProcess) -> None:
    empty_window.page.goto(f"{workshop.url}/sketch/")
    empty_window.page.evaluate(
        "window.postMessage({kind: 'run', code: 'function setup() {}'}, '*')"
    )
    empty_window.page.wait_for_timeout(200)
    assert empty_window.page.evaluate("typeof setup") == "undefined"
    assert empty_window.page.evaluate("self.origin") == "null"


def test_sketches_fit_every_tablet(new_tablet: TabletMaker) -> None:
    for size in SIZES:
        plate = Plate(new_tablet(size)).make()
        plate.press("show")
        assert measured(plate.tablet.page, OVERHANG) == 0
        for name in ("move", "restart", "show", "run", "keep"):
            box = plate.button(name).bounding_box()
            assert box
            assert box["height"] >= 44
        assert json.loads(plate.tablet.page.evaluate("localStorage.ai4artsed_draft"))
