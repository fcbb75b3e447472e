"""What says how to find or reach a child is found, and ordinary ideas pass."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from django.utils.translation import override

from pipelines.safety.personal_data import (
    KINDS,
    PERSONAL_DATA,
    PersonalData,
    check_personal_data,
    personal_data_in,
)

DATA = json.loads((Path(__file__).parent / "data" / "personal_data.json").read_text("utf-8"))
FOUND = [(kind, text) for kind, texts in DATA["found"].items() for text in texts]


def test_there_is_enough_to_measure_with() -> None:
    assert len(DATA["harmless"]) >= 150
    assert len(FOUND) >= 80
    assert set(DATA["found"]) == set(KINDS)


@pytest.mark.parametrize("text", DATA["harmless"])
def test_an_ordinary_idea_passes(text: str) -> None:
    assert personal_data_in(text) == ()


@pytest.mark.parametrize(("kind", "text"), FOUND)
def test_personal_data_is_found_by_its_kind(kind: str, text: str) -> None:
    assert kind in personal_data_in(text)


@pytest.mark.parametrize(("kind", "text"), FOUND)
def test_it_is_found_inside_a_longer_idea_too(kind: str, text: str) -> None:
    assert kind in personal_data_in(f"Ein Drache fliegt über das Meer.\n{text}\nEs ist Nacht.")


def test_invisible_signs_and_wide_letters_hide_nothing() -> None:
    assert personal_data_in("lena\u200b@\u200bgmx.de") == ("email",)
    assert personal_data_in("ｌｅｎａ＠ｇｍｘ．ｄｅ") == ("email",)
    assert personal_data_in("Tel\u00adefonnummer:\u00a00176 555\u202f12345") == ("phone",)


def test_whoever_is_stopped_hears_what_it_was_and_never_the_text_itself() -> None:
    with override("en"), pytest.raises(PersonalData) as stop:
        check_personal_data("Ich heiße Lena, mail: lena@gmx.de", stage=3, part="prompt")
    assert stop.value.reason == PERSONAL_DATA
    assert stop.value.stage == 3
    assert stop.value.kinds == ("name", "email")
    assert "your name, an e-mail address" in stop.value.message
    assert "Lena" not in f"{stop.value} {stop.value.message} {stop.value.args}"


def test_each_kind_and_part_has_its_words() -> None:
    for part in ("idea", "rule", "prompt"):
        messages = {PersonalData((kind,), stage=1, part=part).message for kind in KINDS}
        assert len(messages) == len(KINDS)


def test_a_text_without_personal_data_passes() -> None:
    check_personal_data("3 Katzen und 12 Hunde", stage=1, part="idea")


@pytest.mark.parametrize(
    "piece",
    ["Ein Drache fliegt über die Stadt. ", "1 ", "01 ", "ich heiße nicht ", "aastraße 5 b ", "@ ",
     "a at b ", "a.b.", " ", "de12 ", "12 Aa Bb ", "a", "insta: ", "0", "geb. ", "a@", "+4"],
)  # fmt: skip
def test_no_text_can_make_the_search_slow(piece: str) -> None:
    """Time grows with the length only; the figures of a quiet machine are far below."""
    text = (piece * 20000)[:20000]
    begin = time.process_time()
    personal_data_in(text)
    assert time.process_time() - begin < 1
