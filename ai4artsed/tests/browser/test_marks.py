"""Who wrote which words is seen: beside the new text, while one waits, and of every work."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from ai4artsed.tests.browser.axe import findings
from ai4artsed.tests.browser.conftest import TabletMaker
from ai4artsed.tests.browser.layout import OVERHANG, measured
from ai4artsed.tests.browser.tablet import (
    LONG_IDEA,
    OTHER_RULE,
    PHONE,
    SCENE,
    Tablet,
    busy_machines,
)

IDEA = "Der Drache 🐉 schläft müde auf dem Dach."
SENTENCE = " Und der Mond lacht dazu."


def see(tablet: Tablet, way: str) -> None:
    tablet.at(f'.page-text [data-see="{way}"]').tap()


def words_by(box: Locator, author: str) -> list[str]:
    """The words of an author as they stand on the page, without what is said to ears."""
    return [
        str(words)
        for words in box.locator(f".by-{author}").evaluate_all(
            "all => all.map(one => one.lastChild.textContent)"
        )
    ]


def seen_text(box: Locator) -> str:
    return str(
        box.evaluate(
            "box => [...box.childNodes].map(one => (one.lastChild ?? one).textContent).join('')"
        )
    )


def percents(shares: Locator) -> dict[str, int]:
    lines = shares.locator("li").all_text_contents()
    found = [re.fullmatch(r"(.+) (\d+) %", line.replace("\xa0", " ")) for line in lines]
    assert all(found), lines
    return {match[1]: int(match[2]) for match in found if match}


def test_each_word_is_marked_by_its_author_and_the_shares_are_those_of_a_hundred(
    tablet: Tablet,
) -> None:
    text = tablet.rewrite(IDEA, OTHER_RULE) + SENTENCE
    tablet.result.fill(text)
    see(tablet, "difference")
    marked = tablet.at("#result-marked")
    expect(marked).to_be_visible()
    expect(tablet.result).to_be_hidden()
    assert seen_text(marked) == text
    mine = " ".join(words_by(marked, "mine"))
    assert all(word in mine for word in ("Drache", "auf dem", "Dach"))
    assert words_by(marked, "edit") == [SENTENCE.strip(" .")]
    assert words_by(marked, "rule")
    shares = percents(tablet.at("#authors .shares"))
    assert set(shares) == {"von dir", "von der Regel", "von dir geändert"}
    assert sum(shares.values()) == 100


def test_touching_the_marked_text_is_to_change_it_and_nothing_of_it_is_lost(
    tablet: Tablet,
) -> None:
    text = tablet.rewrite(IDEA, OTHER_RULE)
    see(tablet, "difference")
    tablet.at("#result-marked").tap()
    expect(tablet.result).to_be_focused()
    expect(tablet.result).to_have_value(text)
    tablet.page.keyboard.press("End")
    tablet.result.press_sequentially("Ach!")
    see(tablet, "difference")
    # Only the marks of this wording, not those of the one before.
    expect(tablet.at("#result-marked .by-edit")).to_contain_text("Ach")
    see(tablet, "read")
    expect(tablet.result).to_have_value(re.compile("Ach!"))


def test_the_switch_stays_as_it_was_over_a_reload_and_a_new_text(tablet: Tablet) -> None:
    tablet.rewrite(LONG_IDEA, OTHER_RULE)
    see(tablet, "difference")
    expect(tablet.at("#result-marked")).to_be_visible()
    tablet.reload()
    expect(tablet.at("#result-marked")).to_be_visible()
    tablet.at("#rewrite-again").tap()
    # While the rule's machine writes there is a text to be read.
    expect(tablet.at(".page-text")).to_have_attribute("aria-busy", "true")
    expect(tablet.at("#result-marked")).to_be_hidden()
    expect(tablet.at(".page-text")).to_have_attribute("aria-busy", "false")
    expect(tablet.at("#result-marked .by-rule").first).to_be_visible()


def test_without_a_connection_the_text_stays_to_be_read_and_the_marks_come_later(
    tablet: Tablet,
) -> None:
    text = tablet.rewrite(IDEA, OTHER_RULE)
    see(tablet, "difference")
    see(tablet, "read")
    tablet.context.set_offline(True)
    tablet.result.fill(text + SENTENCE)
    see(tablet, "difference")
    expect(tablet.at("#authors .authors-said")).to_contain_text("keine Verbindung")
    expect(tablet.result).to_have_value(text + SENTENCE)
    expect(tablet.result).to_be_visible()
    tablet.context.set_offline(False)
    expect(tablet.at("#result-marked .by-edit")).to_be_visible()
    expect(tablet.at("#authors .authors-said")).to_be_empty()


def test_while_one_waits_there_are_the_own_text_with_its_marks_and_the_rule(
    tablet: Tablet,
) -> None:
    text = tablet.rewrite(IDEA, OTHER_RULE) + SENTENCE
    tablet.result.fill(text)
    with busy_machines(tablet.workshop):
        tablet.make(SCENE)
        words = tablet.at("#label-text [data-words]")
        expect(words.locator(".by-edit")).to_be_visible()
        assert seen_text(words) == text
        expect(tablet.at("#result-view-rule")).to_contain_text("Übertreibung")
    tablet.expect_picture()
    # The rule had its turn; the text stays.
    expect(tablet.at("#result-view-rule")).to_be_hidden()
    expect(words.locator(".by-edit")).to_be_visible()


def test_a_work_shows_who_wrote_it_and_can_be_read_without_marks(tablet: Tablet) -> None:
    text = tablet.rewrite(IDEA, OTHER_RULE)
    tablet.make(SCENE)
    tablet.expect_works(1)
    tablet.at("#strip button").tap()
    words = tablet.at("#work-text [data-words]")
    expect(words.locator(".by-rule").first).to_be_visible()
    assert sum(percents(tablet.at("#work-text .shares")).values()) == 100
    tablet.at('#work [data-see="read"]').tap()
    expect(words).to_have_text(text)
    expect(words.locator("span")).to_have_count(0)
    expect(tablet.at("#work-text .shares")).to_be_hidden()


def test_marks_by_keyboard_on_a_telephone_and_for_those_who_listen(
    new_tablet: TabletMaker,
) -> None:
    tablet = new_tablet(PHONE)
    tablet.rewrite(IDEA, OTHER_RULE)
    tablet.tab_to('.page-text [data-see="difference"]')
    tablet.page.keyboard.press("Enter")
    marked = tablet.at("#result-marked")
    expect(marked).to_be_visible()
    expect(marked.locator(".by-rule .visually-hidden").first).to_have_text("von der Regel: ")
    assert measured(tablet.page, OVERHANG) == 0
    assert findings(tablet.page) == []
    tablet.tab_to('.page-text [data-see="read"]')
    tablet.page.keyboard.press("Enter")
    expect(tablet.result).to_be_visible()
