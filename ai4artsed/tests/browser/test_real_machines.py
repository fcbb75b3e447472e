"""The page before real machines: a text in their words, then a picture, or several at once.

The machines are fakes that speak as the real ones do; with these the same way is gone in the engine
lab.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from ai4artsed.tests.browser.tablet import IDEA, LANDSCAPE, Tablet
from ai4artsed.tests.workshop_process import WorkshopProcess, running_workshop
from pipelines.tests.lab.operators import write_operators_folder
from pipelines.tests.servers.comfyui import FakeComfyUI
from pipelines.tests.servers.faulty import html_page, silence, silence_after
from pipelines.tests.servers.openai_chat import FakeChat, streamed

FITTED = "Ein Hund über Bord 🐕."


@pytest.fixture(scope="module")
def chat() -> Iterator[FakeChat]:
    with FakeChat() as server:
        yield server


@pytest.fixture(autouse=True)
def chat_as_ever(chat: FakeChat) -> Iterator[None]:
    """Whatever a test has had it do, the next one finds it telling its answer."""
    yield
    chat.on("POST", chat.CHAT, chat.stream_answer)


@pytest.fixture(scope="module")
def comfyui() -> Iterator[FakeComfyUI]:
    with FakeComfyUI(looks=3) as server:
        yield server


@pytest.fixture(scope="module")
def real_workshop(
    tmp_path_factory: pytest.TempPathFactory, chat: FakeChat, comfyui: FakeComfyUI
) -> Iterator[WorkshopProcess]:
    place = tmp_path_factory.mktemp("real")
    write_operators_folder(place / "own")
    _have_fitted(place / "own" / "chunks" / "lab_two.json")
    with running_workshop(
        place,
        SCHEMA_DIRS=str(place / "own"),
        COMFYUI_URL=comfyui.url,
        OPENAI_BASE_URL=chat.url,
        OPENAI_API_KEY=chat.KEY,
    ) as running:
        yield running


def _have_fitted(path: Path) -> None:
    chunk = json.loads(path.read_text())
    chunk["meta"] = {"optimization_instruction": "Say it in English."}
    path.write_text(json.dumps(chunk))


@pytest.fixture
def tablet(real_workshop: WorkshopProcess, chromium: Browser) -> Iterator[Tablet]:
    tablet = Tablet(chromium, real_workshop, LANDSCAPE)
    tablet.rewrite()
    yield tablet
    tablet.context.close()
    assert tablet.complaints == []
    assert tablet.foreign_requests == []


def choose_and_fit(tablet: Tablet) -> None:
    tablet.output("lab_two").tap()
    expect(tablet.at("#optimization-hint")).to_be_visible()
    tablet.act.tap()
    expect(tablet.at("#optimized")).to_have_value(FITTED)
    expect(tablet.at("#optimization")).to_have_attribute("aria-busy", "false")


def test_a_text_is_put_into_a_machines_words_and_both_are_kept(tablet: Tablet) -> None:
    own = tablet.result.input_value()
    choose_and_fit(tablet)
    tablet.at("#optimized").fill(f"{FITTED} Sehr groß.")
    assert tablet.result.input_value() == own
    tablet.act.tap()
    tablet.expect_works(1)
    expect(tablet.at("#pictures figure")).to_have_count(2)
    expect(tablet.at("#pictures figcaption").first).to_have_text("Mischung")
    ((run_id, status),) = tablet.runs()
    folder = tablet.workshop.folder(run_id)
    assert status == "complete"
    assert (folder / "02_interception.txt").read_text() == own
    assert (folder / "03_optimized_prompt.txt").read_text() == f"{FITTED} Sehr groß."


def test_the_words_of_the_fitting_are_marked_and_what_was_changed_in_them(tablet: Tablet) -> None:
    tablet.result.fill("Eine Katze schläft.")
    choose_and_fit(tablet)
    tablet.at("#optimized").fill(f"{FITTED} Sehr groß.")
    tablet.at('.page-text [data-see="difference"]').tap()
    marked = tablet.at("#optimized-marked")
    expect(marked.locator(".by-edit")).to_contain_text("Sehr groß")
    expect(marked.locator(".by-fitting").first).to_be_visible()
    expect(tablet.at("#optimized-authors .shares")).to_contain_text("Text-KI für die Maschine")
    marked.tap()
    expect(tablet.at("#optimized")).to_be_focused()
    expect(tablet.at("#optimized")).to_have_value(f"{FITTED} Sehr groß.")


def test_a_changed_text_wants_to_be_fitted_anew(tablet: Tablet) -> None:
    choose_and_fit(tablet)
    tablet.result.fill("Etwas ganz anderes.")
    expect(tablet.at("#optimized")).to_be_hidden()
    expect(tablet.at("#optimization-hint")).to_be_visible()


def test_whoever_likes_their_words_leaves_them(tablet: Tablet) -> None:
    own = tablet.result.input_value()
    tablet.output("lab_two").tap()
    tablet.at("#optimization-leave").tap()
    expect(tablet.at("#optimization")).to_be_hidden()
    tablet.act.tap()
    tablet.expect_works(1)
    assert [order["prompt"] for order in tablet.orders if "output_config" in order] == [own]


def test_the_fitted_text_is_there_after_a_reload(tablet: Tablet) -> None:
    choose_and_fit(tablet)
    tablet.reload()
    expect(tablet.at("#optimized")).to_have_value(FITTED)


def test_a_text_ai_that_has_not_begun_to_write_is_said_to_be_reading(
    tablet: Tablet, chat: FakeChat
) -> None:
    chat.on("POST", chat.CHAT, silence)
    tablet.at("#rewrite-again").tap()
    expect(tablet.at("#sentence")).to_contain_text("liest deine Idee")
    tablet.at("#rewrite-stop").tap()
    tablet.expect_open("idea")
    expect(tablet.at("#sentence")).to_contain_text("Gib deine Idee")


def test_nobody_has_to_wait_for_a_text_ai_that_is_stuck(tablet: Tablet, chat: FakeChat) -> None:
    chat.on("POST", chat.CHAT, silence_after(*streamed(*chat.ANSWER, reason=None, done=False)))
    own = tablet.result.input_value()
    tablet.at("#rewrite-again").tap()
    expect(tablet.result).to_have_value("".join(chat.ANSWER))
    tablet.at("#rewrite-stop").tap()
    tablet.expect_open("idea")
    expect(tablet.note).to_contain_text("Angehalten")
    expect(tablet.idea).to_have_value(IDEA)
    # The text from before is as it was, and nothing stands in the way of what comes next.
    tablet.at('[data-go="text"]').tap()
    expect(tablet.result).to_have_value(own)
    expect(tablet.at("#rewrite-stop")).to_be_hidden()

    tablet.output("lab_two").tap()
    tablet.act.tap()
    expect(tablet.at("#optimization")).to_have_attribute("aria-busy", "true")
    tablet.at("#optimization-leave").tap()
    expect(tablet.at("#optimization")).to_be_hidden()
    tablet.act.tap()
    tablet.expect_works(1)
    assert tablet.orders[-1]["prompt"] == own


def test_a_machine_that_fails_to_fit_leaves_the_text_and_says_so(
    tablet: Tablet, chat: FakeChat
) -> None:
    own = tablet.result.input_value()
    chat.on("POST", chat.CHAT, html_page(500))
    tablet.output("lab_two").tap()
    tablet.act.tap()
    expect(tablet.note).to_be_visible()
    chat.on("POST", chat.CHAT, chat.stream_answer)
    assert tablet.result.input_value() == own
    tablet.note.get_by_role("button").first.tap()
    expect(tablet.at("#optimized")).to_have_value(FITTED)


def test_machines_tell_that_an_ai_is_at_work(tablet: Tablet) -> None:
    expect(tablet.at("#text-byline")).to_have_text(re.compile("KI"))
    expect(tablet.output("lab_two").locator(".card-kind")).to_be_empty()
