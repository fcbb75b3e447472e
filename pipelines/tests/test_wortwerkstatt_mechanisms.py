"""What each mechanism of the Wortwerkstatt promises, and what a child's own rule can ask for."""

from __future__ import annotations

import random

import pytest

from pipelines.engines.embedded.wortwerkstatt import letters
from pipelines.engines.embedded.wortwerkstatt.geometry import listed
from pipelines.engines.embedded.wortwerkstatt.language_games import (
    b_language,
    pig_latin,
    spoon_language,
)
from pipelines.engines.embedded.wortwerkstatt.lexicon import lexicon
from pipelines.engines.embedded.wortwerkstatt.own_rule import recognised
from pipelines.engines.embedded.wortwerkstatt.parsed_text import ParsedText, decorated
from pipelines.engines.embedded.wortwerkstatt.reversal import reversed_meaning
from pipelines.engines.embedded.wortwerkstatt.shift import noun_after, shifted
from pipelines.engines.embedded.wortwerkstatt.telephone_game import misheard
from pipelines.engines.embedded.wortwerkstatt.words import pieces, tidy
from pipelines.tests.test_wortwerkstatt import MESSAGES, payload


def parsed(text: str, language: str = "de", rule: str = "", seed: int = 1) -> ParsedText:
    return ParsedText(text, language, random.Random(seed), rule=rule)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ein Drache schläft.", "Ein sanfter Drache schläft."),
        ("Der Drache trifft den Drachen.", "Der sanfte Drache trifft den sanften Drachen."),
        ("Ich sitze in der Schule.", "Ich sitze in der sanften Schule."),
        ("Ich sehe ein altes Haus.", "Ich sehe ein altes, sanftes Haus."),
        ("Drei Katzen im Garten.", "Drei sanfte Katzen im sanften Garten."),
        ("Die Hunde und die Katze.", "Die sanften Hunde und die sanfte Katze."),
        ("Meine Katze frisst.", "Meine sanfte Katze frisst."),
        ("Er hat Hunger.", "Er hat Hunger."),
    ],
)
def test_german_adjectives_agree(text: str, expected: str) -> None:
    assert decorated(parsed(text), lambda phrase: "sanft") == expected


def test_english_articles_follow_the_sound() -> None:
    given = "A old cat and an big dog, a unicorn and an hour."
    assert tidy(given, "en") == "An old cat and a big dog, a unicorn and an hour."


@pytest.mark.parametrize("language", ["de", "en"])
def test_opposite_twice_leads_back(language: str) -> None:
    texts = {
        "de": "Ein kleiner roter Drache schläft nachts auf dem hohen Berg.",
        "en": "The small red cat sleeps on the hot roof at night.",
    }
    once = reversed_meaning(parsed(texts[language], language))
    assert once != texts[language]
    if language == "en":
        assert once == "The big green cat rampages under the icy roof by day."
        assert reversed_meaning(parsed(once, language)) == texts[language]
    else:
        assert once.startswith("Ein großer grüner Drache tobt tagsüber unter dem niedrigen")


def test_opposite_negates_where_nothing_has_an_opposite() -> None:
    assert reversed_meaning(parsed("Ein Roboter.")) == "Kein Roboter."


@pytest.mark.parametrize(
    ("word", "expected"),
    [("apple", "appleway"), ("Street", "Eetstray"), ("queen", "eenquay"), ("yellow", "ellowyay"),
     ("my", "ymay"), ("rhythm", "ythmrhay"), ("42", "42")],
)  # fmt: skip
def test_pig_latin(word: str, expected: str) -> None:
    assert pig_latin(word) == expected


def test_german_language_games() -> None:
    assert b_language("Haus") == "Haubaus"
    assert b_language("Drache") == "Drabachebe"
    assert spoon_language("Hut") == "Hulewut"


@pytest.mark.parametrize(("language", "word"), [("de", "Drache"), ("de", "Schule"), ("en", "cat")])
def test_n_plus_seven_takes_the_seventh_noun_after(language: str, word: str) -> None:
    words = lexicon(language)
    noun = words.noun(word)
    assert noun
    shelf = [n for n in words.nouns if n.gender[:1] == noun[0].gender[:1]]
    seventh = shelf[(shelf.index(noun[0]) + 7) % len(shelf)]
    assert noun_after(words, noun[0]) == seventh
    assert shifted(parsed(f"{word}.", language)).lower() == f"{seventh.lemma}.".lower()


def test_each_station_mishears_what_the_last_one_said() -> None:
    heard = [MESSAGES["de"][0]]
    for step in range(4):
        heard.append(payload(heard[-1], "stillepost", "de", 3, step=step))
    assert len(set(heard)) == 5
    assert all(len(text.split()) == len(heard[0].split()) for text in heard)
    assert misheard(parsed("Rhabarber")) != "Rhabarber"


def test_the_list_of_shapes_counts_and_colours() -> None:
    lines = listed(parsed("Drei grüne Katzen auf einem Haus.")).split("\n")
    assert lines[1].startswith("3 × Dreieck (Katze)") and "blau" in lines[1]
    assert lines[2].startswith("1 × Quadrat (Haus)")


def test_wear_loses_more_with_every_copy() -> None:
    first, later, last, _ = payload(MESSAGES["de"][0], "analogue_copy").split("\n")
    assert sum(map(first.count, "·.°")) < sum(map(later.count, "·.°"))
    assert "Drache" in last


def test_no_piece_is_lost() -> None:
    for text in ("", " ", "a", " a  b\n\nc ", "a\t"):
        assert "".join(pieces(text)) == text


@pytest.mark.parametrize(
    ("rule", "letter"),
    [("Schreib alles ohne e", "e"), ("ohne den Buchstaben A", "a"), ("without the letter s", "s"),
     ("Benutze kein „o“.", "o"), ("no letter t please", "t")],
)  # fmt: skip
def test_a_lipogram_has_no_such_letter(rule: str, letter: str) -> None:
    result = payload(MESSAGES["de"][0], "user_defined", rule=rule, rule_is_own=True)
    assert letter not in result.lower() and "chl" in result


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ("Alles rückwärts", "Ein Hund bellt.", "Bellt Hund ein."),
        ("backwards please", "My dog sings.", "Sings dog my."),
        ("Mach es kürzer", "Der Hund ist im Haus", "Hund ist Haus."),
        ("Verdopple alles", "Der Hund bellt", "Der Hund Hund bellt bellt"),
        ("das Gegenteil", "Der kleine Hund", "Der große Hund"),
    ],
)
def test_a_childs_rule_is_understood(rule: str, text: str, expected: str) -> None:
    language = "en" if "dog" in text else "de"
    assert payload(text, "user_defined", language, rule=rule, rule_is_own=True) == expected


@pytest.mark.parametrize(
    "rule",
    ["wie ein Roboter", "in Jugendsprache", "übertreib", "es reimt sich", "N+7", "andere Farben",
     "als Frage", "opposite", "a rhyme", "in new colours", "like a robot", "exaggerate"],
)  # fmt: skip
def test_key_words_are_recognised(rule: str) -> None:
    assert recognised(rule)


def test_a_rule_that_nobody_knows_is_cut_up_with_the_idea() -> None:
    rule = "Überall wachsen Gurken aus dem Boden"
    result = payload(MESSAGES["de"][0], "user_defined", rule=rule, rule_is_own=True)
    assert "Gurken" in result and "Drache" in result
    assert payload(MESSAGES["de"][0], "operator_s_own", rule=rule).split("/")[1:]


def test_an_edited_rule_works_on_top_of_the_recipe() -> None:
    plain = payload(MESSAGES["de"][0], "renaissance")
    edited = payload(MESSAGES["de"][0], "renaissance", rule="Wie Malerei, ohne x", rule_is_own=True)
    assert edited == letters.without(plain, "x")


def test_the_job_is_not_changed_by_what_was_done_before() -> None:
    first = payload(MESSAGES["en"][0], "overdrive", "en")
    payload(MESSAGES["en"][0], "overdrive", "en", rule="ohne e", rule_is_own=True)
    assert payload(MESSAGES["en"][0], "overdrive", "en") == first
