"""Nothing that was written gets lost: reloads, refusals, breaks, lost connections."""

from __future__ import annotations

import json

from playwright.sync_api import Request, Route, expect

from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.tablet import (
    IDEA,
    LONG_IDEA,
    PHONE,
    RULE,
    SCENE,
    Tablet,
    break_time,
    busy_machines,
)
from ai4artsed.tests.workshop_process import wait_for

# A sentence that the strictest word list does not let through.
REFUSED_IDEA = "Ich schlage dich tot mit dem Messer, du Hure"

TURN = """
(hidden) => {
  Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}
"""

NO_STORAGE = """
Object.defineProperty(window, "localStorage", { get() { throw new Error("forbidden"); } });
"""


def test_a_reload_keeps_everything_at_every_step(tablet: Tablet) -> None:
    tablet.idea.fill(IDEA)
    tablet.reload()
    expect(tablet.idea).to_have_value(IDEA)

    tablet.rule(RULE).tap()
    tablet.at("#rule-open").tap()
    tablet.at("#rule-text").fill("Tausche groß und klein.")
    tablet.reload()
    expect(tablet.at("#rule-chosen")).to_be_visible()
    tablet.at("#rule-open").tap()
    expect(tablet.at("#rule-text")).to_have_value("Tausche groß und klein.")

    tablet.act.tap()
    tablet.expect_text()
    tablet.result.fill("Von mir geändert.")
    tablet.output(SCENE).tap()
    tablet.reload()
    tablet.expect_open("text")
    expect(tablet.result).to_have_value("Von mir geändert.")
    expect(tablet.output(SCENE)).to_have_attribute("aria-pressed", "true")

    with busy_machines(tablet.workshop):
        tablet.act.tap()
        expect(tablet.at("#result-view-place")).to_have_text("1")
        tablet.reload()
        expect(tablet.at("#result-view-place")).to_have_text("1")
    tablet.expect_picture()
    tablet.reload()
    tablet.expect_picture()
    tablet.expect_works(1)
    assert len(tablet.runs()) == 1


def test_a_reload_while_the_rule_machine_writes_gets_its_text(tablet: Tablet) -> None:
    tablet.begin(LONG_IDEA)
    tablet.act.tap()
    expect(tablet.at(".page-text")).to_have_attribute("aria-busy", "true")
    tablet.reload()
    tablet.expect_open("text")
    tablet.expect_text()
    assert len(tablet.runs("interception")) == 1


def test_a_reload_before_the_page_knows_of_its_text_gets_it_too(tablet: Tablet) -> None:
    asked: list[Route] = []

    def keep_the_answer(route: Route) -> None:
        route.fetch()
        asked.append(route)

    tablet.page.route("**/api/schema/pipeline/interception", keep_the_answer)
    tablet.begin()
    tablet.act.tap()
    wait_for(lambda: tablet.page.evaluate("true") and asked)
    tablet.reload()
    tablet.expect_open("text")
    tablet.expect_text()
    assert len(tablet.runs("interception")) == 1


def test_a_line_lost_while_the_rule_machine_writes_gets_its_text(tablet: Tablet) -> None:
    whole: list[str] = []

    def cut(route: Route) -> None:
        answer = route.fetch()
        whole.append(answer.text())
        route.fulfill(response=answer, body=whole[0][: whole[0].index("event: chunk") + 200])

    tablet.page.route("**/api/schema/pipeline/interception", cut)
    text = tablet.rewrite()
    assert text in json.loads(whole[0].rpartition("data: ")[2])["final_text"]
    assert len(tablet.runs("interception")) == 1


def test_a_picture_arrives_though_no_event_stream_gets_through(tablet: Tablet) -> None:
    def refuse_streams(route: Route) -> None:
        if route.request.headers["accept"] == "text/event-stream":
            route.abort()
        else:
            route.continue_()

    tablet.page.route("**/api/events/", refuse_streams)
    tablet.reload()
    tablet.rewrite()
    tablet.make()
    tablet.expect_picture()


def is_stream(request: Request) -> bool:
    return "text/event-stream" in request.headers.get("accept", "") and request.method == "GET"


def test_a_hidden_page_lets_go_of_its_stream_and_comes_back_to_the_picture(tablet: Tablet) -> None:
    streams: list[str] = []
    tablet.page.on(
        "request",
        lambda request: streams.append(request.url) if is_stream(request) else None,
    )
    tablet.rewrite()
    with busy_machines(tablet.workshop):
        tablet.make()
        expect(tablet.at("#result-view-place")).to_have_text("1")
        tablet.page.evaluate(TURN, True)
        expect(tablet.at("#result-view-place")).to_have_text("1")
    assert streams == []
    tablet.page.evaluate(TURN, False)
    tablet.expect_picture()
    assert len(streams) == 1


def test_without_a_connection_the_idea_stays_and_can_be_sent_again(tablet: Tablet) -> None:
    tablet.begin()
    tablet.context.set_offline(True)
    tablet.act.tap()
    expect(tablet.note).to_be_focused()
    expect(tablet.idea).to_have_value(IDEA)
    tablet.context.set_offline(False)
    tablet.note.get_by_role("button").tap()
    tablet.expect_text()


def test_on_a_phone_a_refusal_is_seen_together_with_what_it_is_about(
    new_tablet: TabletMaker,
) -> None:
    phone = new_tablet(PHONE)
    phone.begin(REFUSED_IDEA)
    phone.act.tap()
    expect(phone.note).to_be_in_viewport(ratio=1)
    expect(phone.idea).to_be_in_viewport(ratio=0.5)


def test_a_refused_idea_stays_and_the_reason_stands_beside_it(tablet: Tablet) -> None:
    tablet.begin(REFUSED_IDEA)
    tablet.act.tap()
    expect(tablet.at('[data-note="idea"] .note')).to_be_focused()
    expect(tablet.note).not_to_be_empty()
    expect(tablet.idea).to_have_value(REFUSED_IDEA)
    assert [status for _run_id, status in tablet.runs("interception")] == ["blocked"]
    tablet.idea.fill(IDEA)
    tablet.act.tap()
    tablet.expect_text()


def test_a_refused_prompt_stays_and_the_reason_stands_beside_it(tablet: Tablet) -> None:
    tablet.rewrite()
    tablet.result.fill(REFUSED_IDEA)
    tablet.make()
    expect(tablet.at('[data-note="result"] .note')).to_be_focused()
    expect(tablet.result).to_have_value(REFUSED_IDEA)
    (answer,) = tablet.failed_answers
    assert answer.startswith("403 ")
    tablet.failed_answers.clear()


def test_a_break_keeps_the_text_and_it_goes_on_by_itself(tablet: Tablet) -> None:
    tablet.begin()
    with break_time(tablet.workshop, "Wir essen einen Apfel."):
        # Quicker than the word of the break.
        tablet.act.evaluate("button => button.click()")
        expect(tablet.at("#pause")).to_contain_text("Wir essen einen Apfel.")
        expect(tablet.note).to_contain_text("Wir essen einen Apfel.")
        expect(tablet.idea).to_have_value(IDEA)
    tablet.expect_text()
    assert len(tablet.runs("interception")) == 1


def test_a_break_before_the_picture_keeps_the_text_also_through_a_reload(tablet: Tablet) -> None:
    text = tablet.rewrite()
    tablet.output(SCENE).tap()
    with break_time(tablet.workshop, "Wir essen einen Apfel."):
        expect(tablet.at("#pause")).to_be_visible()
        tablet.reload()
        expect(tablet.at("#pause")).to_contain_text("Wir essen einen Apfel.")
        expect(tablet.result).to_have_value(text)
    expect(tablet.at("#pause")).to_be_hidden()
    tablet.act.tap()
    tablet.expect_picture()


def test_another_device_has_another_id_and_sees_nothing_of_mine(new_tablet: TabletMaker) -> None:
    tablet, other = new_tablet(), new_tablet()
    tablet.rewrite()
    tablet.make()
    tablet.expect_works(1)
    assert other.device_id() != tablet.device_id()
    expect(tablet.at(".foot code")).to_have_text(tablet.device_id())
    assert tablet.page.evaluate("localStorage.getItem('device_id')") == tablet.device_id()
    address = f"{tablet.workshop.url}{tablet.at('#pictures img').get_attribute('src')}"
    assert tablet.context.request.get(address).status == 200
    assert other.context.request.get(address).status == 404
    other.reload()
    expect(other.at("#today-empty")).to_be_visible()
    other.expect_works(0)


def test_the_language_changes_and_the_draft_stays(tablet: Tablet) -> None:
    rules = tablet.context.request.get(f"{tablet.workshop.url}/pipeline_configs_with_properties")
    (english,) = (rule["name"]["en"] for rule in rules.json()["configs"] if rule["id"] == RULE)
    tablet.rewrite()
    tablet.result.fill("Mein Text bleibt.")
    tablet.at('.languages [value="en"]').tap()
    expect(tablet.at("html")).to_have_attribute("lang", "en")
    expect(tablet.at("#source-rule")).to_have_text(english)
    expect(tablet.result).to_have_value("Mein Text bleibt.")
    tablet.at('[data-go="idea"]').tap()
    expect(tablet.idea).to_have_value(IDEA)


def test_the_page_works_where_nothing_can_be_stored(new_tablet: TabletMaker) -> None:
    new_tablet(before_load=NO_STORAGE).rewrite()
