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


def work_label(card: Card) -> str:
    """Return what the work is called in a word."""
    if card.picture is not None:
        return pgettext("card", "Picture")
    return {
        "music": pgettext("card", "Music"),
        "audio": pgettext("card", "Sound"),
        "video": pgettext("card", "Film"),
        "3d": pgettext("card", "Model"),
        "tonejs": pgettext("card", "Sound"),
    }.get(card.kind, pgettext("card", "Sketch"))


def writer_label() -> str:
    return pgettext("card", "Text")


def incomplete_note() -> str:
    return _("Some characters cannot be drawn here. The card's page shows them.")


def unshown_sign(card: Card) -> str:
    """Return what stands for the work on the card's page."""
    return {"music": "♪", "audio": "♪", "tonejs": "♪", "video": "▶", "3d": "◆"}.get(
        card.kind, "{ }"
    )


def unshown_sentences(card: Card) -> tuple[str, str]:
    """Return what stands in the place of a picture where the work is none."""
    if card.kind in ("music", "audio", "tonejs"):
        return (
            _("This work can be heard."),
            _("Paper cannot play it; the workshop's page can."),
        )
    if card.kind == "video":
        return _("This work is a film."), _("Paper cannot play it; the workshop's page can.")
    if card.kind == "3d":
        return (
            _("This work has three dimensions."),
            _("Paper has only two; the workshop's page has the file."),
        )
    return (
        _("This work moves."),
        _("It is a program (p5.js) that draws. Paper cannot show it; the workshop's page can."),
    )
