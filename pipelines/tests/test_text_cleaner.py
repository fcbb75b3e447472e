"""What is left of what models write, however it was cut into pieces."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engines.jobs import EngineError
from pipelines.engines.text_cleaner import (
    MOST_CHARACTERS,
    RESTART,
    Piece,
    clean_answer,
    clean_text,
    text_of,
)
from pipelines.engines.text_marks import CHAT_MARKS, THOUGHT_MARKS, Mark

OWN = "TEXT-0123abcd"
TEXT = "Ein froher Hund"
HARMONY = "<|start|>assistant<|channel|>final<|message|>"


def cuts(whole: str) -> Iterator[list[str]]:
    for size in range(1, len(whole) + 2):
        yield [whole[at : at + size] for at in range(0, len(whole), size)]


def text(pieces: list[str]) -> str:
    return text_of(clean_text(pieces, own_mark=OWN))


def answer(pieces: list[str]) -> str:
    return "".join(clean_answer(pieces))


@pytest.mark.parametrize(
    ("whole", "kept"),
    [
        ("Ein \ud83d\ude00 Hund", "Ein 😀 Hund"),
        ("Ein \ud83d Hund", "Ein \ufffd Hund"),
        ("Ein \ude00 Hund\ud83d", "Ein \ufffd Hund\ufffd"),
        ("\ude00\ud83d\ud83d\ude00", "\ufffd\ufffd😀"),
        ("Ein\x00 fro\x1bher\x7f\x85 Hund\ufeff", TEXT),
        ("Ein\r\nfroher\rHund\tda\r", "Ein\nfroher\nHund\tda"),
        ("👩‍👩‍👧 und 🇩🇪", "👩‍👩‍👧 und 🇩🇪"),
    ],
)
def test_characters_are_whole_and_can_be_seen(whole: str, kept: str) -> None:
    for pieces in cuts(whole):
        assert text(pieces) == kept
        assert answer(pieces).rstrip("\n") == kept


@pytest.mark.parametrize(
    "whole",
    [
        "<think>Das Kind möchte einen Hund.</think>\n\nEin froher Hund",
        "\n<Think>\nHm <b> </thin\n</tHINK>Ein froher Hund",
        "<thought>x</thought>Ein froher Hund",
        "<thinking></thinking> Ein froher Hund",
        "<reasoning>x</reasoning>Ein froher Hund",
        "[THINK]x[/THINK]Ein froher Hund",
        "◁think▷x◁/think▷Ein froher Hund",
        "&lt;think&gt;x&lt;/think&gt;Ein froher Hund",
        "<seed:think>x</seed:think>Ein froher Hund",
        f"<|channel|>analysis<|message|>x<|end|>{HARMONY}Ein froher Hund<|return|>",
        "<think>a<think>b</think>c</think>Ein froher Hund",
        "Das Kind will einen Hund.</think>Ein froher Hund",
        "a</think>b</think>\nEin froher Hund",
        "Ein <think>noch etwas</think>froher Hund",
        "Ein froher Hund<think>Oder doch",
        "<think>x</think><answer>Ein froher Hund</answer>",
        "Ein froher Hund<|im_end|>\n<|im_start|>user\nUnd jetzt?",
        "Ein froher Hund</s>",
        "<s>Ein froher Hund<|eot_id|>",
        "<|im_start|>assistant\nEin froher Hund<end_of_turn>",
        "Ein froher Hund<｜end▁of▁sentence｜>",
        "<|im_end|>Ein froher Hund",
        f"{OWN}\nEin froher Hund\n{OWN}",
        f"{OWN}\nEin froher Hund",
        f"Ein froher Hund\n{OWN.lower()}\n",
        "```\nEin froher Hund\n```",
        "```text\nEin froher Hund\n```\n",
        "~~~\nEin froher Hund\n~~~",
        "```Ein froher Hund```",
        "```\nEin froher Hund",
        "Here is the text:\n\nEin froher Hund",
        "Here is the text: Ein froher Hund",
        "Sure! Here's the rewritten text:\nEin froher Hund",
        "Hier ist der Text:\nEin froher Hund",
        "Gerne, hier ist der umgeschriebene Text:\n\n```\nEin froher Hund\n```",
        "**Here is your prompt:**\n\nEin froher Hund",
        "<think>Hm</think>\n```\nEin froher Hund\n```<|im_end|>",
        "\n  Ein froher Hund \n\n",
    ],
)
def test_only_the_text_is_left_however_it_was_cut(whole: str) -> None:
    for pieces in cuts(whole):
        assert text(pieces) == TEXT, pieces


@pytest.mark.parametrize(
    "clean",
    [
        TEXT,
        "Hier ist der Hund: er schläft. Hier ist die Katze.",
        "Hier ist es schön. Der Text: lang.",
        "Here is a dog.\n\nHere is a cat: asleep.",
        "Sure enough, it rained: the text was wet.",
        "Okay",
        "A <b>dog</b> <3 <thinker> [Hund] a < b > c `wau` ``` ~~ |x| ◁",
        "<thin ice>",
        "TEXT-0123abce",
        "Zeile eins\n\n  Zeile zwei\n- drei",
        "<",
    ],
)
def test_a_clean_text_passes_unchanged(clean: str) -> None:
    for pieces in cuts(clean):
        assert text(pieces) == clean
        assert answer(pieces) == clean


@pytest.mark.parametrize("whole", ["", " \n", "<think>Hm, und dann", "<|im_end|>", "```\n```"])
def test_where_there_is_no_text_nothing_is_left(whole: str) -> None:
    for pieces in cuts(whole):
        assert text(pieces) == ""


ALL_MARKS = THOUGHT_MARKS | CHAT_MARKS  # type: ignore[operator]
FRAGMENTS = [*ALL_MARKS, OWN, "```", "~~~", "\n", " ", ":", "a", "Ein Hund", "Here is the text:"]
FRAGMENTS += ["\ud83d", "\ude00", "\r", "\0", "**", "`", "<", "Hier ist", "Text"]
CUT_UP = st.lists(st.sampled_from(FRAGMENTS), max_size=10).map("".join)


@given(CUT_UP, st.randoms(use_true_random=False))
def test_how_a_text_was_cut_never_matters(whole: str, chance: random.Random) -> None:
    for mark in (whole, whole.swapcase()):
        pieces, at = [], 0
        while at < len(mark):
            size = chance.randint(1, 12)
            pieces.append(mark[at : at + size])
            at += size
        assert text(pieces) == text([mark])


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="<[◁&`~\ufeff:")))
def test_a_text_without_marks_passes_unchanged(whole: str) -> None:
    clean = whole.replace("\ufffe", "").replace("\uffff", "").strip()
    assert text([clean]) == clean


@given(CUT_UP)
def test_what_is_left_can_be_written_down_and_is_clean(whole: str) -> None:
    left = text([whole])
    assert left == left.strip() and "\0" not in left
    left.encode()


@pytest.mark.parametrize("mark", [each for each, kind in ALL_MARKS.items() if kind == Mark.OPEN])
def test_a_thought_that_never_ends_is_no_text(mark: str) -> None:
    assert text([mark.upper(), "Hm"]) == ""


def test_the_text_comes_as_soon_as_it_is_known_to_be_one() -> None:
    rest = iter(["<think>a", "</think> Ein", " Hund", "never asked for"])
    pieces = clean_text(rest)
    assert next(pieces) == "Ein"
    assert next(pieces) == " Hund"
    assert len(list(rest)) == 1


def test_thoughts_that_were_told_already_are_taken_back() -> None:
    pieces: list[Piece] = list(clean_text(["Das Kind will ", "das.</think>", "Ein Hund"]))
    assert pieces[-2:] == [RESTART, "Ein Hund"]
    assert RESTART not in list(clean_text(["</think>Ein Hund"]))


def test_a_text_without_end_is_a_bad_answer() -> None:
    def endless() -> Iterator[str]:
        while True:
            yield "la "

    size = 0
    with pytest.raises(EngineError, match=str(MOST_CHARACTERS)):
        for piece in clean_text(endless()):
            assert piece is not RESTART
            size += len(piece)
    assert size <= MOST_CHARACTERS


# An answer that is no text for people: code, JSON

SKETCH = "```js\nfunction draw() {\n\tif (a <think> b) { s = '</s>'; x[reason] }\n}\n```\n"


@pytest.mark.parametrize("whole", [SKETCH, '{"allowed": true, "said": "Here is the text: x"}\n'])
def test_an_answer_keeps_all_but_thoughts(whole: str) -> None:
    for pieces in cuts(f"<think>a\ud83d\ude00</think>\n{whole}"):
        assert answer(pieces) == whole


@pytest.mark.parametrize("whole", ["Hm, the child </think>Ein Hund.", "<think>a</think>b</think>c"])
def test_an_answer_whose_thoughts_end_without_a_begin_is_none(whole: str) -> None:
    for pieces in cuts(whole):
        with pytest.raises(EngineError, match="thinks aloud"):
            answer(pieces)
