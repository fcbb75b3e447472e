"""What a child sees where a language model writes something odd, or something that is blocked."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from ai4artsed.tests.browser.tablet import IDEA, LANDSCAPE, Tablet, choice_of
from ai4artsed.tests.browser.test_projector import open_room
from ai4artsed.tests.workshop_process import WorkshopProcess, running_workshop
from pipelines.tests.servers.faulty import Exchange, chunked
from pipelines.tests.servers.openai_chat import FakeChat, event, streamed

TEXT = "Ein Wal schwimmt unter dem Mond."


@pytest.fixture(scope="module")
def chat() -> Iterator[FakeChat]:
    with FakeChat() as server:
        yield server


@pytest.fixture(scope="module")
def workshop_with_model(
    tmp_path_factory: pytest.TempPathFactory, chat: FakeChat
) -> Iterator[WorkshopProcess]:
    place = tmp_path_factory.mktemp("answers")
    with running_workshop(place, OPENAI_BASE_URL=chat.url, OPENAI_API_KEY=chat.KEY) as running:
        yield running


@pytest.fixture
def tablet(workshop_with_model: WorkshopProcess, chromium: Browser) -> Iterator[Tablet]:
    tablet = Tablet(chromium, workshop_with_model, LANDSCAPE)
    yield tablet
    tablet.context.close()
    assert tablet.complaints == []
    assert tablet.failed_answers == []


def says(chat: FakeChat, *pieces: str) -> None:
    chat.on("POST", chat.CHAT, chunked(streamed(*pieces)))


def test_an_echo_is_told_stays_usable_and_is_asked_once_more(
    tablet: Tablet, chat: FakeChat
) -> None:
    says(chat, IDEA)
    tablet.rewrite()
    expect(tablet.note).to_contain_text("zurückgegeben")
    expect(tablet.result).to_have_value(IDEA)
    expect(tablet.result).to_be_editable()
    says(chat, TEXT)
    tablet.note.get_by_role("button").tap()
    expect(tablet.result).to_have_value(TEXT)
    expect(tablet.note).to_have_count(0)


def test_a_text_that_came_while_the_page_was_away_bears_its_notice_too(
    tablet: Tablet, chat: FakeChat
) -> None:
    may_end = threading.Event()

    def refuse(exchange: Exchange) -> None:
        exchange.start(200, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        exchange.send_chunk(event({"content": "Es tut mir leid, aber ich kann dir "}))
        assert may_end.wait(20)
        exchange.send_chunk(event({"content": "dabei nicht helfen."}))
        exchange.send_chunk(event(reason="stop"))
        exchange.send_chunk(b"")

    chat.on("POST", chat.CHAT, refuse)
    tablet.begin()
    tablet.act.tap()
    expect(tablet.result).to_have_value("Es tut mir leid, aber ich kann ")
    tablet.reload()
    may_end.set()
    expect(tablet.note).to_contain_text("herausgeredet")
    expect(tablet.result).to_have_value("Es tut mir leid, aber ich kann dir dabei nicht helfen.")


def test_on_the_wall_only_the_cell_of_the_rule_is_without_a_text(
    tablet: Tablet, chat: FakeChat
) -> None:
    workshop = tablet.workshop

    def answer(exchange: Exchange) -> None:
        is_forbidden = "gegenteil" in exchange.received.json()["messages"][0]["content"].lower()
        chunked(streamed("Ein Porno im Meer." if is_forbidden else TEXT))(exchange)

    chat.on("POST", chat.CHAT, answer)
    ((code,),) = workshop.query("SELECT join_code FROM devices_workshop WHERE takes_new_devices")
    with choice_of(workshop, rules=["theopposite", "overdrive"], outputs=[]):
        open_room(tablet, code)
        tablet.page.keyboard.press("2")
        tablet.at("#matrix-idea").fill(IDEA)
        tablet.at(".matrix-start").click()
        expect(tablet.at('.cell[data-state="done"]')).to_contain_text(TEXT)
        expect(tablet.at('.cell[data-state="failed"]')).to_contain_text("nicht deine Schuld")


def test_what_is_blocked_is_taken_back_and_asked_once_more(tablet: Tablet, chat: FakeChat) -> None:
    says(chat, "Ein Wal schwimmt. ", "Er sieht ", "einen Porno ", "im Meer. ", "Ende.")
    tablet.begin()
    tablet.act.tap()
    expect(tablet.note).to_contain_text("Das ist nicht deine Schuld.")
    tablet.expect_open("idea")
    expect(tablet.idea).to_have_value(IDEA)
    assert "Porno" not in tablet.page.content()
    says(chat, TEXT)
    tablet.note.get_by_role("button").tap()
    expect(tablet.result).to_have_value(TEXT)
