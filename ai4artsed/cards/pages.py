"""What the page of a card shows: the same card as the drawn one, as text that can be read aloud."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ai4artsed.cards import labels
from ai4artsed.cards.content import Card
from ai4artsed.cards.layout import lay_out
from ai4artsed.cards.typesetting import Word, plain_line


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of one author on end; `author` is "" for what lies between."""

    text: str
    author: str


def card_context(card: Card, picture_size: tuple[int, int] | None) -> dict[str, Any]:
    """Return what the template of a card needs, without the addresses."""
    layout = lay_out(card, picture_size)
    code_title, code_sentence = labels.unshown_sentences(card)
    return {
        "card": card,
        "idea": card.idea,
        "idea_lines": [plain_line(line) for line in layout.idea.lines],
        "idea_step": layout.idea.step,
        "text_lines": [stretches(line) for line in layout.text.lines] if layout.text else [],
        "text_step": layout.text.step if layout.text else 0,
        "lead": labels.lead_of(card),
        "legend": [
            {"author": author, "name": name, "share": share}
            for author, name, share in labels.legend_of(card)
        ],
        "maker_label": labels.work_label(card),
        "maker_ai": labels.ai_name(card.maker.is_ai),
        "writer_label": labels.writer_label(),
        "writer_ai": labels.ai_name(card.writer.is_ai) if card.writer else "",
        "code_sign": labels.unshown_sign(card),
        "code_title": code_title,
        "code_sentence": code_sentence,
    }


def stretches(line: Sequence[Word]) -> list[Stretch]:
    """Return a line as stretches: what belongs to one span of the text stays together."""
    found: list[Stretch] = []
    last = -1
    for number, word in enumerate(line):
        gap = " " if number else ""
        for piece in word:
            if found and piece.span == last:
                found[-1] = Stretch(found[-1].text + gap + piece.text, found[-1].author)
            else:
                found += [Stretch(gap, "")] if gap else []
                found.append(Stretch(piece.text, piece.author))
            gap, last = "", piece.span
    return found
