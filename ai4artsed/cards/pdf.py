"""A class's cards on pages of A4, four on each, to be cut."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Sequence

from PIL import Image, ImageDraw

from ai4artsed.cards.content import opened_picture, read_card
from ai4artsed.cards.drawing import PAPER, draw_card
from ai4artsed.cards.layout import DPI, HEIGHT, WIDTH
from ai4artsed.cards.typesetting import LINE
from runs.models import Run

# Each card takes a third of a second and a quarter of a page.
MOST_CARDS = 60
_A4 = (2480, 3508)
_PLACES = ((0, 0), (WIDTH, 0), (0, HEIGHT), (WIDTH, HEIGHT))
_MARK = 50


def pdf_of(runs: Sequence[Run], *, address_of: Callable[[Run], str], title: str) -> bytes:
    """Return a PDF of the cards of `runs`, which are one or more; `address_of` gives the address
    that a run's QR code leads to."""
    target = io.BytesIO()
    # Page by page: all of them at once would take 26 MB each.
    for number, page in enumerate(_pages(runs, address_of)):
        page.save(
            target,
            "PDF",
            append=number > 0,
            resolution=DPI,
            quality=90,
            title=title,
            producer="ai4artsed",
        )
    return target.getvalue()


def _pages(runs: Sequence[Run], address_of: Callable[[Run], str]) -> Iterator[Image.Image]:
    for start in range(0, len(runs), len(_PLACES)):
        page = Image.new("RGB", _A4, PAPER)
        for run, place in zip(runs[start : start + len(_PLACES)], _PLACES, strict=False):
            card = read_card(run)
            with opened_picture(card) as picture:
                page.paste(draw_card(card, picture=picture, address=address_of(run)), place)
        _draw_cuts(ImageDraw.Draw(page))
        yield page


def _draw_cuts(draw: ImageDraw.ImageDraw) -> None:
    """Mark where to cut: at the edges and in the middle."""
    width, height = 2 * WIDTH, 2 * HEIGHT
    for y in (0, HEIGHT - _MARK // 2, height - _MARK):
        draw.line((WIDTH, y, WIDTH, y + _MARK), fill=LINE, width=2)
    for x in (0, WIDTH - _MARK // 2, width - _MARK):
        draw.line((x, HEIGHT, x + _MARK, HEIGHT), fill=LINE, width=2)
