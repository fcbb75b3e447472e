"""Where everything lies on a card: A6, upright, at 300 dpi. All numbers are pixels."""

from __future__ import annotations

from dataclasses import dataclass

from ai4artsed.cards.content import Card
from ai4artsed.cards.fonts import VOICE_BLACK, Style, is_complete
from ai4artsed.cards.typesetting import (
    INK,
    Setting,
    Writing,
    idea_style,
    set_idea,
    set_text,
    style_in,
)

WIDTH, HEIGHT = 1240, 1748
DPI = 300
MARGIN = 68
INNER = WIDTH - 2 * MARGIN
# The picture, and beside it the column that says who, when and by what.
PLATE = 852
GUTTER = 26
COLUMN = INNER - PLATE - GUTTER
# The column needs this much, however flat the picture is.
LEAST_PLATE = 800
AFTER_TOP = 40
AFTER_IDEA = 20
LEAD_HEIGHT = 50
LEGEND_HEIGHT = 72
NOTE_HEIGHT = 40
WORKSHOP = Style(VOICE_BLACK, 34, INK)


@dataclass(frozen=True, slots=True)
class Layout:
    """`text` is None where the text is the idea itself. `plate` is how high the plate is on which
    the picture lies in the middle. `is_complete`: no letter or emoji has to be left out."""

    plate: int
    picture_size: tuple[int, int]
    idea: Setting
    text: Setting | None
    is_complete: bool


def lay_out(card: Card, picture_size: tuple[int, int] | None) -> Layout:
    """Give each part its place; `picture_size` is the picture's own, None where there is none."""
    width, height = picture_size or (1, 1)
    scale = min(PLATE / width, PLATE / height)
    shown = (max(1, round(width * scale)), max(1, round(height * scale)))
    plate = max(shown[1], LEAST_PLATE)
    idea = set_idea(card.idea, width=INNER)
    words = MARGIN + plate + AFTER_TOP + idea.height + AFTER_IDEA + LEAD_HEIGHT
    left = HEIGHT - MARGIN - LEGEND_HEIGHT - words
    text = set_text(card.text, width=INNER, height=left) if card.is_changed else None
    complete = (
        is_complete(card.workshop, WORKSHOP)
        and _is_complete(idea, idea_style(idea.size))
        and (text is None or _is_complete(text, text.size))
    )
    if text is not None and not complete:
        text = set_text(card.text, width=INNER, height=left - NOTE_HEIGHT)
    return Layout(plate, shown, idea, text, complete)


def _is_complete(setting: Setting, writing: Writing) -> bool:
    pieces = (piece for line in setting.lines for word in line for piece in word)
    return all(is_complete(piece.text, style_in(writing, piece.author)) for piece in pieces)
