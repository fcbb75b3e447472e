"""Draws a card: A6 at 300 dpi, as a picture to keep and as a quarter of a printed page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from typing import BinaryIO

from PIL import Image, ImageDraw, PngImagePlugin

from ai4artsed.cards import labels
from ai4artsed.cards.content import Card, Machine
from ai4artsed.cards.fonts import PLAIN, VOICE, VOICE_BLACK, Style, width_of, write
from ai4artsed.cards.layout import (
    AFTER_IDEA,
    AFTER_TOP,
    COLUMN,
    DPI,
    GUTTER,
    HEIGHT,
    LEAD_HEIGHT,
    LEGEND_HEIGHT,
    MARGIN,
    NOTE_HEIGHT,
    PLATE,
    WIDTH,
    WORKSHOP,
    Layout,
    lay_out,
)
from ai4artsed.cards.qr import qr_image
from ai4artsed.cards.signs import draw_sign
from ai4artsed.cards.typesetting import (
    INK,
    INKS,
    LINE,
    MARKER,
    SOFT,
    Setting,
    Word,
    drawn_line,
    idea_style,
    in_visual_order,
    piece_width,
    set_lines,
    space_width,
    style_of,
    word_width,
)
from runs.alignment import EDIT, OPTIMIZATION, RULE
from runs.viewing import NotViewable, open_viewable

PAPER = "#ffffff"
_TINT = "#f5efe2"
_SOURCES = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about=""'
    ' xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">'
    '<Iptc4xmpExt:DigitalSourceType rdf:resource="{}"/>'
    '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
)

Draw = ImageDraw.ImageDraw
_SMALLEST = 22
_LABEL = Style(PLAIN, 24, SOFT)
_FACT = Style(PLAIN, 26, INK, 600)


def png_of(card: Card, *, picture: BinaryIO | None, address: str) -> bytes:
    """Return the card as a PNG that says in its metadata whether an AI made it."""
    source = _SOURCES + ("trainedAlgorithmicMedia" if card.is_by_ai else "algorithmicMedia")
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", _XMP.format(source))
    target = io.BytesIO()
    image = draw_card(card, picture=picture, address=address)
    image.save(target, "PNG", compress_level=4, dpi=(DPI, DPI), pnginfo=info)
    return target.getvalue()


def draw_card(card: Card, *, picture: BinaryIO | None, address: str) -> Image.Image:
    """Draw the card; with an `address` it bears the QR code that leads there.

    `picture` is None where there is none to show; one that cannot be read is left out.
    """
    shown = _opened(picture) if picture else None
    layout = lay_out(card, shown.size if shown else None)
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(sheet)
    edge = (MARGIN + PLATE - 1, MARGIN + layout.plate - 1)
    draw.rectangle((MARGIN, MARGIN, *edge), fill=_TINT)
    if shown is not None:
        width, height = layout.picture_size
        place = (MARGIN + (PLATE - width) // 2, MARGIN + (layout.plate - height) // 2)
        sheet.paste(shown.resize(layout.picture_size, Image.Resampling.LANCZOS), place)
    elif card.picture is None:
        _draw_sign_plate(draw, card)
    _draw_column(sheet, draw, card, bottom=MARGIN + layout.plate, address=address)
    _draw_words(draw, card, layout)
    return sheet


def _opened(picture: BinaryIO) -> Image.Image | None:
    try:
        return open_viewable(picture, ground=PAPER, long_side=PLATE)
    except NotViewable:
        return None


def _draw_sign_plate(draw: Draw, card: Card) -> None:
    title, message = labels.unshown_sentences(card)
    left, width = MARGIN + 72, PLATE - 144
    draw_sign(draw, card.kind, (left, MARGIN + 72), width)
    y = _paragraph(draw, title, (left, MARGIN + 470), width, Style(VOICE_BLACK, 72, INK))
    _paragraph(draw, message, (left, y + 20), width, Style(PLAIN, 40, SOFT))


# The column --------------------------------------------------------------------------------


def _draw_column(sheet: Image.Image, draw: Draw, card: Card, *, bottom: int, address: str) -> None:
    x, y = MARGIN + PLATE + GUTTER, MARGIN
    if card.workshop:
        y = _paragraph(draw, card.workshop, (x, y), COLUMN, WORKSHOP, most=3)
    y = _paragraph(draw, card.day, (x, y + 2), COLUMN, Style(PLAIN, 26, SOFT)) + 30
    y = _fact(draw, (x, y), labels.work_label(card), card.maker)
    if card.writer is not None:
        _fact(draw, (x, y), labels.writer_label(), card.writer)
    if address:
        code = qr_image(address, side=COLUMN)
        sheet.paste(code, (x, bottom - code.height))


def _fact(draw: Draw, at: tuple[int, int], label: str, machine: Machine) -> int:
    """Write who did something, and in a box that cannot be overlooked whether it was an AI."""
    x, y = at
    y = _paragraph(draw, label, (x, y), COLUMN, _LABEL)
    y = _paragraph(draw, machine.name, (x, y), COLUMN, _FACT, most=2) + 6
    name = labels.ai_name(machine.is_ai)
    style = Style(PLAIN, 28, PAPER if machine.is_ai else INK, 800)
    box = (x, y, x + round(width_of(name, style)) + 28, y + 42)
    draw.rounded_rectangle(box, radius=6, fill=INK if machine.is_ai else None, outline=INK, width=3)
    write(draw, (x + 14, y + 31), name, style)
    return y + 42 + 30


# The words ---------------------------------------------------------------------------------


def _draw_words(draw: Draw, card: Card, layout: Layout) -> None:
    y = MARGIN + layout.plate + AFTER_TOP
    for line in layout.idea.lines:
        style = idea_style(layout.idea.size)
        write(draw, (MARGIN, y + round(style.size * 0.95)), drawn_line(line, style), style)
        y += layout.idea.line_height
    if not layout.is_complete:
        _draw_note(draw, above=HEIGHT - MARGIN - (LEGEND_HEIGHT if layout.text else 0))
    if layout.text is None:
        return
    y += AFTER_IDEA
    lead = Style(VOICE, 34, SOFT)
    write(draw, (MARGIN, y + 32), labels.lead_of(card), lead)
    _draw_marked(draw, layout.text, y + LEAD_HEIGHT)
    _draw_legend(draw, card)


def _draw_note(draw: Draw, *, above: int) -> None:
    """Say that something is missing, as large as one line allows."""
    note, style = labels.incomplete_note(), _LABEL
    while style.size > _SMALLEST and width_of(note, style) > WIDTH - 2 * MARGIN:
        style = replace(style, size=style.size - 1)
    write(draw, (MARGIN, above - NOTE_HEIGHT // 4), note, style)


def _draw_marked(draw: Draw, text: Setting, y: int) -> None:
    space = space_width(text.size)
    for words in text.lines:
        line = [word for word in in_visual_order(words) if word_width(word, text.size)]
        baseline = y + round(text.size * 1.02)
        for start, end, author in _stretches(line, text.size, space):
            _mark(draw, (MARGIN + start, baseline), MARGIN + end, author, text.size)
        x: float = MARGIN
        for word in line:
            for piece in word:
                x = write(draw, (x, baseline), piece.text, style_of(piece.author, text.size))
            x += space
        y += text.line_height


def _stretches(line: Sequence[Word], size: int, space: float) -> list[tuple[float, float, str]]:
    """Return from where to where each author's mark goes in a line; it spans spaces and commas."""
    found: list[tuple[float, float, str, int]] = []
    x = 0.0
    for word in line:
        for piece in word:
            end = x + piece_width(piece, size)
            if piece.author:
                if found and found[-1][3] == piece.span:
                    found[-1] = (found[-1][0], end, piece.author, piece.span)
                else:
                    found.append((x, end, piece.author, piece.span))
            x = end
        x += space
    return [(start, end, author) for start, end, author, _span in found]


def _mark(draw: Draw, at: tuple[float, float], end: float, author: str, size: int) -> None:
    """Draw an author's mark: a line for the rule, a text marker for an edit, dots for a machine."""
    start, baseline = at
    below = baseline + round(size * 0.2)
    thick = max(2, size // 14)
    if author == RULE:
        draw.line((start, below, end, below), fill=INKS[RULE], width=thick)
    elif author == OPTIMIZATION:
        step = thick * 2.6
        for number in range(max(1, int((end - start) / step))):
            x = start + number * step
            draw.ellipse(
                (x, below - thick / 2, x + thick, below + thick / 2), fill=INKS[OPTIMIZATION]
            )
    elif author == EDIT:
        box = (start - size * 0.1, baseline - size * 0.82, end + size * 0.1, baseline + size * 0.3)
        draw.rounded_rectangle(box, radius=size // 12, fill=MARKER)


def _draw_legend(draw: Draw, card: Card) -> None:
    baseline = HEIGHT - MARGIN - 6
    draw.line((MARGIN, baseline - 50, WIDTH - MARGIN, baseline - 50), fill=LINE, width=2)
    x: float = MARGIN
    size = 28
    for author, name, share in labels.legend_of(card):
        style = style_of(author, size)
        left = x + 4
        end = left + width_of(name, style)
        _mark(draw, (left, baseline), end, author, size)
        write(draw, (left, baseline), name, style)
        x = write(draw, (end + 14, baseline), f"{share} %", Style(PLAIN, size, SOFT)) + 44


# Paragraphs --------------------------------------------------------------------------------


def _paragraph(
    draw: Draw, text: str, at: tuple[int, int], width: int, style: Style, *, most: int = 6
) -> int:
    """Write `text` in at most `most` lines below `at`; return where it ends.

    Rather than break a word it is written smaller.
    """
    x, y = at
    while style.size > _SMALLEST and any(width_of(word, style) > width for word in text.split()):
        style = replace(style, size=style.size - 1)
    height = round(style.size * 1.2)
    for line in set_lines(text, width=width, style=style, most=most):
        write(draw, (x, y + round(style.size * 0.92)), line, style)
        y += height
    return y
