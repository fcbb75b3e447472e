"""Read aloud and spoken: by voices and ears of the device only, and it can always be stopped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.speech import (
    ENGLISH,
    GERMAN,
    LISTENING_ELSEWHERE,
    REMOTE,
    ROBOT,
    expect_listening,
    expect_speaking,
    goes_on,
    hears,
    is_speaking,
    listening,
    speaking,
    spoken,
)
from ai4artsed.tests.browser.tablet import IDEA, RULE, Tablet

TWO_SENTENCES = "Der Drache schläft. Er träumt von Kuchen!"
HIDE = "Object.defineProperty(document, 'hidden', { value: true, configurable: true })"
HIDDEN = f"() => {{ {HIDE}; document.dispatchEvent(new Event('visibilitychange')); }}"


def reader(tablet: Tablet, of: str = "idea") -> Locator:
    return tablet.at(f'[data-read^="#{of}"]')


def dictation(tablet: Tablet, into: str = "idea") -> Locator:
    return tablet.at(f'[data-dictate="{into}"]')


@pytest.fixture
def talking(new_tablet: TabletMaker) -> Tablet:
    return new_tablet(before_load=speaking(REMOTE, ROBOT, ENGLISH, GERMAN))


@pytest.fixture
def attentive(new_tablet: TabletMaker) -> Tablet:
    return new_tablet(before_load=listening())


def test_the_idea_is_read_sentence_by_sentence_by_a_voice_of_the_device(talking: Tablet) -> None:
    expect(reader(talking)).to_be_hidden()
    talking.idea.fill(TWO_SENTENCES)
    reader(talking).tap()
    expect(reader(talking)).to_have_text("Nicht mehr vorlesen")
    goes_on(talking.page)
    goes_on(talking.page)
    expect(reader(talking)).to_have_text("Vorlesen")
    expect_speaking(talking.page, False)
    assert spoken(talking.page) == [
        {"text": "Der Drache schläft.", "voice": "Anna", "lang": "de-DE"},
        {"text": "Er träumt von Kuchen!", "voice": "Anna", "lang": "de-DE"},
    ]


def test_nothing_is_said_in_one_breath_that_a_browser_would_break_off(talking: Tablet) -> None:
    long = " ".join(f"Drache{number}," for number in range(60))
    talking.idea.fill(f"{long}\n{'x' * 300}")
    reader(talking).tap()
    while is_speaking(talking.page):
        goes_on(talking.page)
    said = [one["text"] for one in spoken(talking.page)]
    assert max(map(len, said)) <= 160
    assert " ".join(said[:-2]) == long
    assert "".join(said[-2:]) == "x" * 300


def test_a_voice_that_would_send_the_text_away_is_never_used(new_tablet: TabletMaker) -> None:
    tablet = new_tablet(before_load=speaking(REMOTE))
    tablet.begin()
    expect(reader(tablet)).to_be_hidden()
    # Browsers bring their voices late.
    tablet.page.evaluate("voices => speaking.voicesCome(voices)", [REMOTE, GERMAN])
    reader(tablet).tap()
    assert [one["voice"] for one in spoken(tablet.page)] == ["Anna"]
    tablet.page.evaluate("voices => speaking.voicesCome(voices)", [REMOTE])
    expect(reader(tablet)).to_be_hidden()


def test_where_a_browser_has_no_voice_there_is_no_button(tablet: Tablet) -> None:
    tablet.rewrite()
    expect(tablet.result).to_be_visible()
    for button in tablet.at("[data-read], [data-dictate]").all():
        expect(button).to_be_hidden()


def test_an_english_text_is_read_by_an_english_voice(talking: Tablet) -> None:
    talking.idea.fill("The dragon sleeps on the roof of the school with a friend.")
    reader(talking).tap()
    assert [one["voice"] for one in spoken(talking.page)] == ["Kate"]


def test_it_stops_whenever_one_may_expect_it(talking: Tablet) -> None:
    talking.rewrite()
    button, page = reader(talking, "result"), talking.page
    ways: dict[str, Callable[[], object]] = {
        "pressed again": button.tap,
        "Escape": lambda: page.keyboard.press("Escape"),
        "another step": talking.at('[data-go="idea"]').tap,
        "another text": talking.at("#rewrite-again").tap,
        "the page out of sight": lambda: page.evaluate(HIDDEN),
    }
    for stop in ways.values():
        talking.at('[data-go="text"]').tap()
        talking.expect_text()
        button.tap()
        expect_speaking(page)
        stop()
        expect(button.filter(has_text="Nicht mehr")).to_be_hidden()
        expect_speaking(page, False)
    assert len(spoken(page)) == len(ways)


def test_the_rule_is_read_as_what_it_does_and_as_what_it_says(talking: Tablet) -> None:
    talking.begin()
    name, short, about = (talking.at(f"#rule-{part}") for part in ("name", "short", "about"))
    expect(reader(talking, "rule-text")).to_be_hidden()
    reader(talking, "rule-name, #rule-short, #rule-about").tap()
    while is_speaking(talking.page):
        goes_on(talking.page)
    said = " ".join(one["text"] for one in spoken(talking.page))
    expect(name).to_have_text(spoken(talking.page)[0]["text"])
    assert (short.text_content() or "-") in said
    assert (about.text_content() or "-") in said
    talking.at("#rule-open").tap()
    talking.at("#rule-text").fill("Nimm alles weg.")
    reader(talking, "rule-text").tap()
    assert spoken(talking.page)[-1]["text"] == "Nimm alles weg."
    talking.at("#rule-open").tap()
    expect_speaking(talking.page, False)


def test_what_is_said_is_written_at_the_caret_and_can_be_undone(attentive: Tablet) -> None:
    page = attentive.page
    attentive.idea.fill("Ein Drache auf dem Dach.")
    attentive.idea.evaluate("field => field.setSelectionRange(10, 10)")
    dictation(attentive).tap()
    expect(attentive.at('[data-speech-status="idea"]')).to_contain_text("Das Gerät hört zu")
    hears(page, "schlä", sure=False)
    expect(attentive.at('[data-speech-status="idea"] q')).to_have_text("schlä")
    hears(page, "schläft")
    expect(attentive.idea).to_have_value("Ein Drache schläft auf dem Dach.")
    expect(attentive.at('[data-speech-status="idea"] q')).to_be_empty()
    page.keyboard.press("Control+z")
    expect(attentive.idea).to_have_value("Ein Drache auf dem Dach.")
    assert page.evaluate("() => listening.wishes()") == [{"lang": "de-DE", "processLocally": True}]
    dictation(attentive).tap()
    expect_listening(page, False)
    expect(attentive.at('[data-speech-status="idea"]')).not_to_contain_text("Das Gerät hört zu")


def test_a_spoken_idea_is_an_idea(attentive: Tablet) -> None:
    dictation(attentive).tap()
    hears(attentive.page, "ein kleiner roter drache")
    attentive.rule(RULE).tap()
    expect_listening(attentive.page, False)
    attentive.act.tap()
    attentive.expect_text()
    assert attentive.orders[0]["input_text"] == "Ein kleiner roter drache"
    dictation(attentive, "result").tap()
    hears(attentive.page, "und Schnee", sure=False)
    # What was seen as heard stays, whoever goes on at once.
    attentive.at('[data-go="idea"]').tap()
    expect_listening(attentive.page, False)
    attentive.at('[data-go="text"]').tap()
    assert attentive.result.input_value().lower().endswith(" und schnee")


def test_an_own_rule_can_be_spoken(attentive: Tablet) -> None:
    attentive.begin(rule="user_defined")
    dictation(attentive, "rule-text").tap()
    hears(attentive.page, "alles wird rund")
    expect(attentive.at("#rule-text")).to_have_value("Alles wird rund")
    attentive.page.evaluate(HIDDEN)
    expect_listening(attentive.page, False)


def test_no_more_is_taken_than_the_field_holds(attentive: Tablet) -> None:
    most = int(attentive.idea.get_attribute("maxlength") or 0)
    attentive.idea.fill("x" * (most - 8))
    dictation(attentive).tap()
    hears(attentive.page, "zu viele Worte")
    expect(attentive.idea).to_have_value("x" * (most - 8) + " zu viel")


def test_what_goes_wrong_is_a_calm_sentence(attentive: Tablet) -> None:
    sentences = {
        "no-speech": "Es war nichts zu hören. Versuch es noch einmal oder tippe.",
        "not-allowed": "Das Mikrofon ist hier nicht erlaubt. Du kannst tippen.",
        "network": "Das Zuhören hat diesmal nicht geklappt. Du kannst tippen.",
    }
    attentive.idea.fill(IDEA)
    for error, sentence in sentences.items():
        dictation(attentive).tap()
        expect_listening(attentive.page)
        attentive.page.evaluate("error => listening.fails(error)", error)
        expect(attentive.at('[data-speech-status="idea"]')).to_have_text(sentence)
        expect(dictation(attentive)).to_have_text("Sprechen")
    expect(attentive.idea).to_have_value(IDEA)


# What would have to be loaded from a server first is not there.
@pytest.mark.parametrize("answer", ["unavailable", "downloadable"])
def test_without_ears_on_the_device_there_is_no_dictation(
    new_tablet: TabletMaker, answer: str
) -> None:
    tablet = new_tablet(before_load=listening(answer))
    tablet.begin()
    assert tablet.page.evaluate("() => listening.asked") == [
        {"langs": ["de-DE"], "processLocally": True}
    ]
    expect(dictation(tablet)).to_be_hidden()


def test_a_browser_that_listens_elsewhere_is_not_asked_to(new_tablet: TabletMaker) -> None:
    tablet = new_tablet(before_load=LISTENING_ELSEWHERE)
    tablet.begin()
    expect(dictation(tablet)).to_be_hidden()


def test_reading_ends_where_listening_begins(new_tablet: TabletMaker) -> None:
    tablet = new_tablet(before_load=speaking(GERMAN) + listening())
    tablet.idea.fill(IDEA)
    reader(tablet).tap()
    dictation(tablet).tap()
    expect_speaking(tablet.page, False)
    expect_listening(tablet.page)
    reader(tablet).tap()
    expect_speaking(tablet.page)
    expect_listening(tablet.page, False)


def test_a_work_is_read_in_its_window_and_no_longer_than_that_is_open(talking: Tablet) -> None:
    text = talking.rewrite()
    talking.make()
    talking.expect_works(1)
    talking.at("#strip button").tap()
    talking.at("#work [data-read]").tap()
    goes_on(talking.page)
    assert [one["text"] for one in spoken(talking.page)] == [IDEA, text]
    expect_speaking(talking.page)
    talking.at("#work .close").tap()
    expect(talking.at("#work")).to_be_hidden()
    expect_speaking(talking.page, False)
