"""The sentences of a card, the same on paper and on the page."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ai4artsed.cards.content import Card
from runs.alignment import AUTHORS, EDIT, MINE, OPTIMIZATION, RULE


def lead_of(card: Card) -> str:
    """Return what leads over from the idea to the text."""
    if card.rule:
        return _("The rule “%(rule)s” turned it into:") % {"rule": card.rule}
    return _("It became:")


def author_name(author: str) -> str:
    return {
        MINE: pgettext("card", "my words"),
        RULE: pgettext("card", "the rule"),
        EDIT: pgettext("card", "my change"),
        OPTIMIZATION: pgettext("card", "the machine"),
    }[author]


def legend_of(card: Card) -> list[tuple[str, str, int]]:
    """Return who wrote in the text: author, name, per cent. These add up to about 100."""
    shares = card.text.shares
    return [
        (author, author_name(author), max(1, round(shares[author] * 100)))
        for author in AUTHORS
        if author in shares
    ]


def ai_name(is_ai: bool) -> str:
    return pgettext("card", "AI") if is_ai else pgettext("card", "no AI")


def maker_label() -> str:
    return pgettext("card", "Picture")


def code_label() -> str:
    return pgettext("card", "Sketch")


def writer_label() -> str:
    return pgettext("card", "Text")


def incomplete_note() -> str:
    return _("Some characters cannot be drawn here. The card's page shows them.")


def code_sentences() -> tuple[str, str]:
    """Return what stands in the place of a picture where the work is a program."""
    return (
        _("This work moves."),
        _("It is a program (p5.js) that draws. Paper cannot show it; the workshop's page can."),
    )
