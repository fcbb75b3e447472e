"""Lettering: letters with marks, emoji and writing that the house's fonts lack, really drawn."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from PIL import Image, ImageDraw

from ai4artsed.cards import fonts
from ai4artsed.cards.content import read_card
from ai4artsed.cards.drawing import draw_card
from ai4artsed.cards.fonts import PLAIN, VOICE_BLACK, Style, is_complete, room_of, width_of, write
from ai4artsed.cards.graphemes import clusters
from ai4artsed.cards.layout import lay_out
from ai4artsed.cards.pages import card_context
from ai4artsed.cards.typesetting import Piece, in_visual_order, plain_line
from runs.models import Run
from runs.tests.making import made

STYLES = [Style(VOICE_BLACK, 60, "#000000"), Style(PLAIN, 40, "#000000", 800)]
FAMILY = "👨\u200d👩\u200d👧"
# A letter of a script that no font for Latin letters has.
CHINESE = "龙"


@pytest.fixture
def no_other_fonts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """A machine without fonts of its own; those that are put into the folder it has."""
    for name in ("XDG_DATA_HOME", "XDG_DATA_DIRS"):
        monkeypatch.setenv(name, str(tmp_path))
    folder = tmp_path / "fonts"
    folder.mkdir()
    _forget()
    yield folder
    _forget()


def _forget() -> None:
    for cached in (fonts._font, fonts._has, fonts.width_of, fonts.room_of):
        cached.cache_clear()


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def drawn(text: str, style: Style) -> bytes:
    sheet = Image.new("L", (1600, 160), 255)
    write(ImageDraw.Draw(sheet), (20, 100), text, style)
    return sheet.tobytes()


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("text", ["Äpfel für Zoë", "Crème brûlée", "Ångström", "ñ"])
def test_a_letter_is_drawn_the_same_however_it_is_written(text: str, style: Style) -> None:
    assert nfd(text) != text
    assert drawn(nfd(text), style) == drawn(text, style)
    assert width_of(nfd(text), style) == width_of(text, style)


@pytest.mark.parametrize(
    "emoji",
    [
        FAMILY,
        "❤\ufe0f\u200d🔥",
        "👍🏽",
        "🇩🇪",
        "1\ufe0f\u20e3",
        "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    ],
)
@pytest.mark.parametrize("style", STYLES)
def test_of_an_emoji_of_several_parts_no_part_is_drawn(emoji: str, style: Style) -> None:
    assert clusters(emoji) == [emoji]
    assert drawn(f"Drache{emoji}!", style) == drawn("Drache!", style)
    assert not is_complete(emoji, style)
    assert room_of(emoji, style) > width_of(emoji, style) == 0


def test_what_chooses_the_form_of_a_sign_leaves_no_mark() -> None:
    for style in STYLES:
        assert drawn("© Zoë\ufe0f\u200b\u200d", style) == drawn("© Zoë", style)
        assert drawn("©\ufe0f Zoë", style) == drawn("© Zoë", style)
        assert is_complete("©\ufe0f Zoë\u200b", style)


def test_clusters_are_what_readers_take_for_one_character() -> None:
    text = nfd("Zoë ") + f"{FAMILY}🇩🇪🇫🇷👍🏽" + nfd("한")
    parts = ["Z", "o", nfd("ë"), " ", FAMILY, "🇩🇪", "🇫🇷", "👍🏽", nfd("한")]
    assert clusters(text) == parts


@pytest.mark.usefixtures("no_other_fonts")
def test_a_letter_that_no_font_has_is_a_box_as_wide_as_it() -> None:
    for style in STYLES:
        assert not is_complete(CHINESE, style)
        assert width_of(CHINESE, style) == style.size
        assert drawn(CHINESE, style) == drawn("鳥", style) != drawn("", style)
        # Of a letter with a mark that is nowhere the letter stays; ≠ without its line is a lie.
        assert drawn("x\u0332", style) == drawn("x", style)
        assert drawn("≠", style) != drawn("=", style)


def test_a_font_of_the_machine_is_taken_for_the_writing_that_it_has(no_other_fonts: Path) -> None:
    style = STYLES[0]
    assert not is_complete("Жар", style)
    face = next(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"), None)
    if face is None:
        pytest.skip("needs DejaVu Sans (Debian: fonts-dejavu-core)")
    (no_other_fonts / "NotoSansCyrillic-Regular.ttf").symlink_to(face)
    _forget()
    assert is_complete("Жар", style)
    assert not is_complete(CHINESE, style)


def words(*texts: str) -> tuple[Any, ...]:
    return tuple((Piece(text, "mine", 0),) for text in texts)


def test_words_that_are_read_from_right_to_left_stand_in_that_order() -> None:
    line = words("Hund", "مرحبا", "بالعالم", "Katze")
    assert plain_line(in_visual_order(line)) == "Hund بالعالم مرحبا Katze"


# On a card --------------------------------------------------------------------------------------


def card_with(idea: str, text: str) -> Any:
    texts = (("input", idea), ("interception", text), ("optimized_prompt", text))
    run = made(texts=texts)
    return read_card(
        Run.objects.select_related("workshop").prefetch_related("entities").get(pk=run.pk)
    )


@pytest.mark.django_db
def test_a_card_draws_its_texts_the_same_however_they_are_written() -> None:
    idea, text = "Äpfel für Zoë", "Große Äpfel für Zoë, süß"
    cards = [card_with(idea, text), card_with(nfd(idea), nfd(text))]
    first, second = (draw_card(card, picture=None, address="") for card in cards)
    bottom = (0, 900, first.width, 1500)
    assert first.crop(bottom).tobytes() == second.crop(bottom).tobytes()


@pytest.mark.django_db
@pytest.mark.usefixtures("no_other_fonts")
@pytest.mark.parametrize(
    ("idea", "text", "complete"),
    [
        ("Ein Drache", "Ein großer Drache", True),
        ("一条小龙睡觉了", "一条大龙睡觉了", False),
        ("Ein Drache 🐉", "Ein großer Drache", False),
        ("一条小龙", "一条小龙", False),
    ],
)
def test_a_card_says_that_letters_are_missing_and_its_page_shows_them(
    idea: str, text: str, complete: bool
) -> None:
    card = card_with(idea, text)
    assert lay_out(card, None).is_complete is complete
    with translation.override("en"):
        context = card_context(card, None)
    assert " ".join(context["idea_lines"]) == idea
    assert draw_card(card, picture=None, address="").size == (1240, 1748)
