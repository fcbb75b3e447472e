"""What the Formwerkstatt reads in German and English words, and what it must not read."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engines.embedded.formwerkstatt.canvas import Canvas, Pen
from pipelines.engines.embedded.formwerkstatt.palette import choose
from pipelines.engines.embedded.formwerkstatt.reading import Reading, read
from pipelines.engines.embedded.formwerkstatt.things import draw
from pipelines.engines.embedded.formwerkstatt.vocabulary import look_up, vocabulary


def things(reading: Reading) -> dict[str, int]:
    return {mention.thing: mention.count for mention in reading.things}


def test_a_sentence_gives_its_things_colour_size_time_and_place() -> None:
    reading = read("Ein kleiner roter Drache schläft nachts auf dem Dach der Schule")
    dragon = next(m for m in reading.things if m.thing == "dragon")
    assert (dragon.colours, dragon.size, dragon.sleeping) == (["red"], "small", True)
    assert dragon.above == "school"
    assert (reading.time, reading.place) == ("night", "school")


@pytest.mark.parametrize(
    ("word", "concept"),
    [
        ("häusern", "house"), ("bäumen", "tree"), ("katzen", "cat"), ("blumen", "flower"),
        ("sonnenblume", "flower"), ("kirschbaum", "tree"), ("dragons", "dragon"),
        ("butterflies", "butterfly"), ("grandmother's", "grandmother"), ("dunkelrotes", "red"),
        ("blaue", "blue"), ("trauriger", "sad"), ("nightingale", "bird"),
    ],
)  # fmt: skip
def test_inflected_and_compound_words_are_understood(word: str, concept: str) -> None:
    assert concept in {found for _, found in look_up(word)[1]}


@pytest.mark.parametrize(
    ("word", "not_concept"),
    [
        ("nachtigall", "night"), ("brot", "red"), ("terrain", "rain"), ("train", "rain"),
        ("parrot", "red"), ("carpet", "car"), ("hundred", "red"), ("herzlich", "heart"),
        ("regenbogen", "rain"), ("meerschweinchen", "sea"), ("achtung", "8"), ("einsam", "1"),
        ("understand", "sea"), ("tired", "red"), ("catalogue", "cat"),
        ("menschenleeren", "person"), ("papagei", "man"), ("restaurant", "city"),
    ],
)  # fmt: skip
def test_false_friends_are_not_understood(word: str, not_concept: str) -> None:
    assert not_concept not in {found for _, found in look_up(word)[1]}


@pytest.mark.parametrize(
    ("text", "thing", "count"),
    [
        ("drei blaue Fische", "fish", 3), ("three cats", "cat", 3), ("7 Häuser", "house", 7),
        ("viele Vögel", "bird", 14), ("ein Hund", "dog", 1),
        ("das Licht eines Fahrrads", "bicycle", 1), ("mit einem Drachen", "dragon", 1),
        ("Ein Drache. Wer sieht den Drachen?", "dragon", 1),
        ("er zählt bis zwölf: der Drache", "dragon", 1),
    ],
)  # fmt: skip
def test_numbers_belong_to_the_thing_they_stand_before(text: str, thing: str, count: int) -> None:
    assert things(read(text))[thing] == count


@pytest.mark.parametrize(
    "text",
    [
        "Ein Haus und keine Katze", "ein Haus ohne eine Katze", "a house and no cat",
        "a house without the cat", "ein Haus ohne schwarze Katze",
    ],
)  # fmt: skip
def test_what_is_denied_is_not_drawn(text: str) -> None:
    assert set(things(read(text))) == {"house"}


def test_a_denial_reaches_only_the_next_thing() -> None:
    assert set(things(read("kein Hund, aber eine Katze"))) == {"cat"}


def test_woman_man_and_child_are_three_figures() -> None:
    assert set(things(read("Eine Frau, ein Mann und ein Kind"))) == {"woman", "man", "child"}


def test_the_german_pronoun_man_is_nobody() -> None:
    assert set(things(read("Das ist ein Haus, in dem man wohnt"))) == {"house"}
    assert set(things(read("an old man and his house"))) == {"man", "house"}


def test_first_and_repeated_words_weigh_most() -> None:
    text = "Eine Katze sitzt da. " + "Dann geschah etwas mit einem Hund und einem Haus. " * 1
    assert read(text).things[0].thing == "cat"
    assert read(text + "Haus, Haus, Haus!").things[0].thing == "house"


def test_every_thing_of_the_vocabulary_can_be_drawn() -> None:
    from random import Random

    reading = read("")
    rng = Random("x")
    canvas = Canvas(64, 64, choose(reading, rng), rng)
    grey = (90, 90, 90)
    names = {c for found in vocabulary().words.values() for kind, c in found if kind == "things"}
    assert len(names) >= 60
    for name in names:
        draw(name, Pen(canvas, 32, 60, 50, dict.fromkeys(("a", "b", "c", "l", "d", "skin"), grey)))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    read(text).as_metadata()
