"""How much of a growing text may be read before it is whole."""

from __future__ import annotations

import pytest

from pipelines import registry
from pipelines.safety.screening import Screening
from pipelines.safety.text_check import SafetyBlocked, SafetyClosed, load_lists
from pipelines.safety.text_gate import LONG_CHARACTERS, TextGate


@pytest.fixture
def gate() -> TextGate:
    return TextGate(Screening(registry.get_safety_lists()), "kids", stage=2)


@pytest.mark.parametrize(
    ("pieces", "told"),
    [
        (("Ein", " Hu", "nd ", "lacht"), ["", "Ein ", "Hund ", ""]),
        (("Wert 3.", "14 ist ", "gut", "."), ["Wert 3.", "14 ist ", "", "gut."]),
        (("一只狗", "在笑。它", "很高兴，跑"), ["", "一只狗在笑。", "它很高兴，"]),
        (("كلب ", "يضحك؟", "نعم"), ["كلب ", "يضحك؟", ""]),
        (("Zeile", "\n", "zwei"), ["", "Zeile\n", ""]),
        (("ohne" * 200,), [""]),
    ],
)
def test_a_word_is_told_when_it_is_whole(
    gate: TextGate, pieces: tuple[str, ...], told: list[str]
) -> None:
    assert [gate.feed(piece) for piece in pieces] == told
    assert "".join(told) + gate.rest() == "".join(pieces)


def test_however_the_text_is_cut_nothing_is_lost_or_told_twice(gate: TextGate) -> None:
    text = "Ein Hund lacht. „Wohin?“, fragt er …\n\nDann: 一只狗在笑。كلب يضحك؟ Ende"
    told = "".join(gate.feed(letter) for letter in text)
    assert text.startswith(told)
    assert told + gate.rest() == text


@pytest.mark.parametrize("cut", [1, 3, 7, 500])
def test_a_forbidden_word_is_never_told_however_it_is_cut(gate: TextGate, cut: int) -> None:
    text = "Ein Hund lacht. Er sieht einen P o r n o im Garten. Dann schläft er."
    told = ""
    with pytest.raises(SafetyBlocked):
        for at in range(0, len(text), cut):
            told += gate.feed(text[at : at + cut])
    assert "P o r n o" not in told and "Garten" not in told


def test_a_word_that_the_rest_of_its_sentence_makes_harmless_is_told_with_it(
    gate: TextGate,
) -> None:
    told = [gate.feed(word) for word in ("Wir wollen ", "Zeit ", "totschlagen ", "im Zug. ")]
    assert "".join(told) == "Wir wollen Zeit totschlagen im Zug. "


def test_a_sentence_without_end_is_looked_at_all_the_same(gate: TextGate) -> None:
    told = ""
    with pytest.raises(SafetyBlocked):
        for word in ["Porno ", *["und "] * LONG_CHARACTERS]:
            told += gate.feed(word)
    assert told == ""


def test_a_level_without_lists_tells_nothing(tmp_path: object) -> None:
    from pathlib import Path

    gate = TextGate(Screening(load_lists(Path("/nowhere"))), "kids", stage=2)
    with pytest.raises(SafetyClosed):
        gate.feed("Ein Hund lacht. ")
