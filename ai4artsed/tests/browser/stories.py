"""What one does on the participants' pages, told so that every state of them is passed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from playwright.sync_api import expect

from ai4artsed.tests.browser.tablet import (
    GEOMETRY,
    IDEA,
    OTHER_RULE,
    RULE,
    SCENE,
    Tablet,
    break_time,
    busy_machines,
)

Story = Callable[[Tablet], Iterator[str]]


def the_way(tablet: Tablet) -> Iterator[str]:
    """From the empty page to the picture; each name is of the state that is there now."""
    yield "idea-empty"
    tablet.idea.fill(IDEA)
    yield "idea-written"
    tablet.rule(RULE).tap()
    yield "rule-chosen"
    tablet.at("#rule-open").tap()
    expect(tablet.at("#rule-text")).not_to_have_value("")
    yield "rule-open"
    tablet.act.tap()
    tablet.expect_text()
    yield "text"
    tablet.result.fill(f"{tablet.result.input_value()} Und der Mond lacht dazu.")
    tablet.at('[data-see="difference"]').first.tap()
    expect(tablet.at("#result-marked .by-edit")).to_be_visible()
    yield "text-difference"
    tablet.at('[data-see="read"]').first.tap()
    tablet.at("#outputs-missing summary").tap()
    yield "text-machines-missing"
    tablet.at("#outputs-missing summary").tap()
    tablet.output(SCENE).tap()
    yield "machine-chosen"
    with busy_machines(tablet.workshop):
        tablet.act.tap()
        expect(tablet.at("#result-view-place")).not_to_be_empty()
        expect(tablet.at("#label-text [data-words] .by-edit")).to_be_visible()
        yield "picture-waiting"
    tablet.expect_picture()
    tablet.expect_works(1)
    yield "picture"
    tablet.at("#strip button").first.tap()
    expect(tablet.at("#work-text [data-words] .by-edit")).to_be_visible()
    yield "work"


def going_on(tablet: Tablet) -> Iterator[str]:
    """From one picture to others: its window, the question, the way on, the family."""
    tablet.rewrite()
    tablet.make(SCENE)
    tablet.expect_works(1)
    for machine in (GEOMETRY, SCENE):
        tablet.expect_picture()
        tablet.at("#other-output").tap()
        tablet.make(machine)
    tablet.expect_works(3)
    tablet.expect_picture()
    tablet.at("#other-rule").tap()
    tablet.rule(OTHER_RULE).tap()
    yield "going-on-rule"
    tablet.act.tap()
    tablet.expect_text()
    tablet.make(SCENE)
    tablet.expect_works(4)
    tablet.at("#new-idea").tap()
    tablet.idea.fill("Ein Wal fliegt durch die Stadt.")
    tablet.at("#strip button").last.tap()
    expect(tablet.at("#family .member")).to_have_count(4)
    tablet.at("#continue-from").scroll_into_view_if_needed()
    yield "work-going-on"
    tablet.at("#family").scroll_into_view_if_needed()
    yield "work-family"
    tablet.at('#work [data-form="seed"]').tap()
    yield "asking"
    tablet.at("#confirm .act").tap()
    tablet.expect_open("text")
    yield "going-on-chance"


def the_works(tablet: Tablet) -> Iterator[str]:
    """The page of works: empty, full, sifted, compared, and that of the group."""
    tablet.page.goto(f"{tablet.workshop.url}/works/")
    expect(tablet.at("#works-none")).to_be_visible()
    yield "works-none"
    for idea, rule, machine in (
        ("Ein Roboter gießt nachts die Blumen.", OTHER_RULE, SCENE),
        ("Drei Katzen tanzen im Regen auf der Brücke.", RULE, SCENE),
        ("Ein Haus aus Schokolade am Meer.", RULE, GEOMETRY),
        ("Ein blauer Fisch schwimmt durch den Wald.", RULE, SCENE),
    ):
        tablet.hang(idea, rule=rule, machine=machine)
    tablet.page.reload()
    expect(tablet.at(".print")).to_have_count(4)
    tablet.at(".print .heart").nth(1).tap()
    tablet.page.wait_for_load_state("networkidle")
    yield "works"
    tablet.at("#only-word").fill("Krokodil")
    expect(tablet.at("#works-none")).to_be_visible()
    yield "works-none-found"
    tablet.at("#works-all").tap()
    expect(tablet.at(".print")).to_have_count(4)
    tablet.at("#compare").tap()
    for number in (0, 2):
        tablet.at(".print-open").nth(number).tap()
    yield "works-choosing"
    tablet.at("#choosing-done").tap()
    expect(tablet.at("#comparison img")).to_have_count(2)
    for picture in tablet.at("#comparison img").all():
        picture.evaluate("image => image.decode()")
    yield "works-compared"
    tablet.page.go_back()
    tablet.at('[data-whose="group"]').tap()
    expect(tablet.at("#works-none")).to_be_visible()
    yield "works-group-none"


def the_own_rule(tablet: Tablet) -> Iterator[str]:
    tablet.begin(rule="user_defined")
    yield "own-rule"
    tablet.at("#rule-text").fill("Erzähle es so, als hätte eine Ameise es gesehen.")
    yield "own-rule-written"


def what_goes_wrong(tablet: Tablet) -> Iterator[str]:
    tablet.begin("Ich schlage dich tot mit dem Messer, du Hure.", OTHER_RULE)
    tablet.act.tap()
    expect(tablet.note).to_be_visible()
    yield "blocked"
    tablet.idea.fill(IDEA)
    with break_time(tablet.workshop, "Wir treffen uns kurz im Kreis."):
        expect(tablet.at("#pause")).to_be_visible()
        yield "paused"
    expect(tablet.at("#pause")).to_be_hidden()
    tablet.context.set_offline(True)
    tablet.act.tap()
    expect(tablet.note).to_be_visible()
    yield "offline"
    tablet.context.set_offline(False)


STORIES: tuple[Story, ...] = (the_way, going_on, the_works, the_own_rule, what_goes_wrong)
