"""Who wrote which word: what a reader would say is what is recorded."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runs.alignment import Authorship, trace

IDEA = "Ein roter Drache schläft auf dem Dach."
MACHINE = "Ein riesiger roter Drache schläft mitten auf dem goldenen Dach."
EDITED = "Ein riesiger roter Drache schnarcht mitten auf dem goldenen Dach!"
FITTED = "A photo: Ein riesiger roter Drache schnarcht mitten auf dem goldenen Dach, sharp light."


def words_of(traced: Authorship, author: str) -> list[str]:
    parts = [traced.text[span.start : span.end] for span in traced.spans if span.author == author]
    return " ".join(parts).split()


def test_words_of_the_idea_stay_the_childs_and_new_ones_are_the_rules() -> None:
    traced = trace(idea=IDEA, machine=MACHINE, edited=MACHINE)
    assert words_of(traced, "rule") == ["riesiger", "mitten", "goldenen"]
    assert words_of(traced, "mine") == ["Ein", "roter", "Drache", "schläft", "auf", "dem", "Dach"]
    assert words_of(traced, "edit") == []


def test_what_the_child_changed_afterwards_is_an_edit() -> None:
    traced = trace(idea=IDEA, machine=MACHINE, edited=EDITED)
    assert words_of(traced, "edit") == ["schnarcht"]
    assert words_of(traced, "rule") == ["riesiger", "mitten", "goldenen"]


def test_what_was_added_for_the_engine_is_the_fittings() -> None:
    traced = trace(idea=IDEA, machine=MACHINE, edited=EDITED, optimized=FITTED)
    assert words_of(traced, "fitting") == ["A", "photo", "sharp", "light"]
    assert words_of(traced, "edit") == ["schnarcht"]


def test_a_word_that_the_child_puts_back_is_the_childs_edit() -> None:
    traced = trace(idea=IDEA, machine="Ein Haus.", edited="Ein Drache.")
    assert words_of(traced, "edit") == ["Drache"]


def test_case_and_punctuation_change_no_author() -> None:
    traced = trace(idea="drache, haus", machine="Drache! HAUS?", edited="Drache! HAUS?")
    assert traced.shares == {"mine": 1.0}


def test_without_a_rule_all_that_differs_from_the_idea_is_an_edit() -> None:
    traced = trace(idea="Ein Drache.", machine="", edited="Ein müder Drache.")
    assert words_of(traced, "edit") == ["müder"]
    assert words_of(traced, "rule") == []


def test_shares_are_shares_of_the_words() -> None:
    traced = trace(idea="eins zwei drei", machine="eins zwei drei vier", edited="")
    assert traced.shares == {"mine": 0.75, "rule": 0.25}


def test_a_text_without_words_has_no_shares() -> None:
    assert trace(idea="", machine="", edited="… !").shares == {}


def test_joined_words_are_one_word() -> None:
    traced = trace(idea="Das Baum-Haus", machine="Das Baum-Haus geht's gut", edited="")
    assert words_of(traced, "rule") == ["geht's", "gut"]


TEXTS = st.lists(st.sampled_from(["rot", "Haus", "ein", "Dach", "🐉", ",", "\n", "ß"])).map(
    " ".join
)


@given(idea=TEXTS, machine=TEXTS, edited=TEXTS, optimized=TEXTS)
def test_every_word_has_exactly_one_author(
    idea: str, machine: str, edited: str, optimized: str
) -> None:
    traced = trace(idea=idea, machine=machine, edited=edited, optimized=optimized)
    ends = [0, *(span.end for span in traced.spans)]
    assert all(end <= span.start for end, span in zip(ends, traced.spans, strict=False))
    covered = [traced.text[span.start : span.end] for span in traced.spans]
    for word in ("rot", "Haus", "ein", "Dach", "ß"):
        assert sum(part.split().count(word) for part in covered) == traced.text.split().count(word)
    assert sum(traced.shares.values()) == pytest.approx(1 if covered else 0, abs=0.001)


ANYTHING = st.text(max_size=60)


@given(idea=ANYTHING, machine=ANYTHING, edited=ANYTHING, optimized=ANYTHING, sent=ANYTHING)
def test_the_pieces_are_the_whole_text_and_what_is_stored_comes_back(
    idea: str, machine: str, edited: str, optimized: str, sent: str
) -> None:
    texts = (idea, machine, edited, optimized, sent)
    traced = trace(idea=idea, machine=machine, edited=edited, optimized=optimized, sent=sent)
    assert traced.text == next((text for text in reversed(texts) if text.strip()), idea)
    assert "".join(words for words, _author in traced.pieces()) == traced.text
    assert all(author for words, author in traced.pieces() if re.search(r"\w", words))
    assert sum(traced.shares.values()) == pytest.approx(1 if traced.spans else 0, abs=0.001)
    assert Authorship.from_data(json.loads(json.dumps(traced.as_data()))) == traced


@given(text=ANYTHING, machine=ANYTHING)
def test_whoever_takes_a_text_over_as_it_is_writes_nothing(text: str, machine: str) -> None:
    once = trace(idea=text, machine=machine, edited="")
    again = trace(idea=text, machine=machine, edited=once.text, optimized=once.text, sent=once.text)
    assert once.spans == again.spans


def test_what_is_changed_after_the_fitting_is_an_edit() -> None:
    traced = trace(
        idea=IDEA, machine=MACHINE, edited=EDITED, optimized=FITTED, sent=FITTED + " Müde."
    )
    assert words_of(traced, "edit") == ["schnarcht", "Müde"]
    assert words_of(traced, "fitting") == ["A", "photo", "sharp", "light"]


def test_texts_full_of_repeated_words_still_have_their_beginning_and_end_compared() -> None:
    # Comparing each word with each would be eight million pairs, again and again.
    idea, machine = "Ein Hund " + "ja nein " * 2000, "Ein Hund " + "nein ja " * 2000
    found = trace(idea=f"{idea} bellt laut", machine=f"{machine} bellt laut", edited="")
    assert found.text[found.spans[0].start :].startswith("Ein Hund")
    assert (found.spans[0].author, found.spans[-1].author) == ("mine", "mine")
    assert found.text[found.spans[-1].start :].endswith("bellt laut")
