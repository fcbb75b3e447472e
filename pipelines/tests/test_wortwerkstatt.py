"""The Wortwerkstatt as an engine: every recipe, both languages, any text."""

from __future__ import annotations

import json
import re
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.engines.embedded.wortwerkstatt import RECIPES, Wortwerkstatt
from pipelines.engines.embedded.wortwerkstatt.lexicon import language_of, load
from pipelines.engines.jobs import TextJob
from pipelines.safety.text_check import find, load_lists

SCHEMAS = Path(__file__).parents[1] / "schemas"
MESSAGES = {
    "de": (
        "Ein kleiner roter Drache schläft nachts auf dem Dach der Schule.",
        "Drei dunkle Katzen tanzen mit meiner Oma im Garten, aber ein Roboter hat Hunger.",
        "Die Sonne lacht! Der alte König sucht seine goldene Krone.",
    ),
    "en": (
        "My grandmother's blue bicycle flies over the sea at night.",
        "Three small cats dance with a robot in the garden.",
        "The sun is hot! The old king looks for his golden crown.",
    ),
}
CASES = [
    (name, language, text) for name in RECIPES for language in MESSAGES
    for text in MESSAGES[language]
]  # fmt: skip
WITHOUT_DICE = {"theopposite"}
DISGUISED = {"piglatin", "theopposite", "stillepost"}
ODD = (
    "", " \n", "Drache", "x", "🐉🐉🐉", "!?!", "...", "EIN DRACHE FLIEGT ÜBER DAS MEER",
    "ein hund und eine katze", "Der dragon is on dem Dach", "{a} {0} %s {{", "1 2 3",
    "Ein Hund läuft. " * 125, "z" * 2000, "a\nb\n\nc", "'s", "-",
)  # fmt: skip


def payload(text: str, recipe: str, language: str = "de", seed: int = 1, **more: object) -> str:
    job = TextJob(text=text, language=language, seed=seed, recipe=recipe, **{"rule": "", **more})  # type: ignore[arg-type]
    return "".join(Wortwerkstatt().stream(job))


@pytest.mark.parametrize(("name", "language", "text"), CASES)
def test_each_recipe_changes_the_text_and_gives_the_same_again(
    name: str, language: str, text: str
) -> None:
    result = payload(text, name, language)
    assert result.strip() and result != text
    assert result == payload(text, name, language)
    assert "{" not in result and "  " not in result


@pytest.mark.parametrize("name", sorted(set(RECIPES) - WITHOUT_DICE))
@pytest.mark.parametrize("language", ["de", "en"])
def test_other_seeds_give_other_texts(name: str, language: str) -> None:
    if (name, language) == ("piglatin", "en"):
        return
    texts = {payload(MESSAGES[language][0], name, language, seed) for seed in range(12)}
    assert len(texts) > 1


@pytest.mark.parametrize(("name", "language", "text"), CASES)
def test_the_childs_own_things_can_be_recognised(name: str, language: str, text: str) -> None:
    if name in DISGUISED or (language == "en" and name == "analogue_copy"):
        return
    own = re.findall(r"Drache|Dach|Katze|Oma|Sonne|König" if language == "de" else
                     r"bicycle|sea|cat|robot|sun|king", text)  # fmt: skip
    kept = [word for word in own if word.lower() in payload(text, name, language).lower()]
    assert kept


def test_there_are_more_than_a_dozen_mechanisms() -> None:
    assert len(RECIPES) == 23
    assert len({recipe.mechanism for recipe in RECIPES.values()}) >= 18


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("language", ["de", "en", "fr"])
def test_odd_texts_are_coped_with(text: str, language: str) -> None:
    for name in RECIPES:
        result = payload(text, name, language)
        assert result.strip()
        assert len(result) <= 4 * len(text) + 610


@settings(max_examples=150, deadline=None)
@given(
    text=st.text(max_size=200), rule=st.text(max_size=80), language=st.sampled_from(["de", "en"]),
    name=st.sampled_from([*RECIPES, "someone's own"]), own=st.booleans(),
    seed=st.integers(0, 2**31 - 1),
)  # fmt: skip
def test_never_raises_and_never_is_empty(
    text: str, rule: str, language: str, name: str, own: bool, seed: int
) -> None:
    assert payload(text, name, language, seed, rule=rule, rule_is_own=own).strip()


def test_the_text_comes_word_by_word() -> None:
    job = TextJob(text=MESSAGES["de"][0], rule="", language="de", seed=1, recipe="renaissance")
    pieces = list(Wortwerkstatt().stream(job))
    assert len(pieces) > 20
    assert all(len(piece.split()) == 1 for piece in pieces)
    assert Wortwerkstatt().health().ready


def test_a_text_in_the_other_language_is_treated_in_its_own() -> None:
    assert language_of("The dog is on the roof", "de") == "en"
    assert language_of("Der Hund ist auf dem Dach", "en") == "de"
    assert language_of("Drache", "de") == "de"
    assert language_of("Der Hund ist auf dem Dach", "fr") == "de"


def _strings(data: object) -> list[str]:
    if isinstance(data, str):
        return [data]
    items = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [text for item in items for text in _strings(item)]


@pytest.mark.parametrize("language", ["de", "en"])
def test_the_vocabulary_is_fit_for_children(language: str) -> None:
    words: set[str] = set()
    for name in ("lexicon", "games", "lenses", "graph"):
        for text in _strings(load(name, language)):
            words |= set(re.findall(r"[^\W\d_]+", text.lower()))
    bad = {
        "krieg", "tot", "tote", "töten", "mord", "waffe", "gewehr", "pistole", "bombe", "blut",
        "bier", "wein", "schnaps", "sex", "nackt", "hölle", "scheiße", "dumm-kopf", "rache",
        "messer", "war-zone", "kill", "dead", "gun", "bomb", "blood", "beer", "wine", "naked",
        "hell", "corpse", "leiche", "sterben", "die-off", "murder", "weapon", "knife",
    }  # fmt: skip
    bad -= {"hell"} if language == "de" else set()
    assert sorted(words & bad) == []


def test_no_list_holds_a_noun_twice() -> None:
    for language in ("de", "en"):
        path = files("pipelines.engines.embedded.wortwerkstatt").joinpath(
            f"data/lexicon.{language}.json"
        )
        lemmas = [line.split("|")[0] for line in json.loads(path.read_text("utf-8"))["nouns"]]
        assert len(lemmas) == len(set(lemmas))


def test_what_it_writes_passes_the_check_for_kids() -> None:
    """Worn or misheard words may look like others: the workshop would block its own text."""
    lists = load_lists(SCHEMAS / "safety")
    blocked = {
        (name, language, seed)
        for name in RECIPES
        for language, texts in MESSAGES.items()
        for seed in range(8)
        if find(lists, payload(texts[0], name, language, seed), "kids")
    }
    assert blocked == set()
