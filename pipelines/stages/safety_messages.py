"""What a person reads when a text is stopped: why, and what to do next. Never the word itself."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _


def message_for(category: str, part: str) -> str:
    """The sentences for a category and a part ("idea", "rule" or "prompt")."""
    if category == "self_harm":
        return _self_harm()
    why = _WHY.get(category, _other)()
    return f"{why} {_NEXT[part]()}"


def closed_message() -> str:
    """The sentences for a level that cannot be checked."""
    return _(
        "Your text is fine where it is, but I can't check it right now. "
        "Please tell your workshop leader."
    )


def _self_harm() -> str:
    return _(
        "That sounds like it could be really hard for you. You matter, and you are not alone. "
        "Please talk to someone you trust, here or at home. "
        "You can also call a helpline for children and young people, free and without your name."
    )


def _other() -> str:
    return _("We don't make a picture of this here.")


_WHY: dict[str, Callable[[], str]] = {
    "minors": lambda: _("We protect children, so we never make pictures like this."),
    "sexual": lambda: _(
        "Bodies are private, so we don't make pictures like this here. "
        "How about showing a feeling or a friendship instead?"
    ),
    "hate": lambda: _(
        "These words put people down. How about showing what makes people different and strong?"
    ),
    "extremism": lambda: _(
        "We don't make pictures of this here, because it has hurt many people. "
        "If it is on your mind, talk to your workshop leader."
    ),
    "violence": lambda: _("Someone gets hurt badly here. How could the story go on without that?"),
    "weapons": lambda: _(
        "We leave out things that are made to hurt people. "
        "What else could your figure hold or use? Maybe something magic?"
    ),
    "drugs": lambda: _(
        "This can make people ill, so we leave it out. What else could happen in your picture?"
    ),
    "insult": lambda: _("That could hurt someone. Try to say it without the mean words."),
    "horror": lambda: _(
        "That is a bit too scary for this workshop. "
        "How about a creepy place, a funny ghost or a monster that is afraid itself?"
    ),
}
_NEXT: dict[str, Callable[[], str]] = {
    "idea": lambda: _("Change your idea a little and try again."),
    "rule": lambda: _("It is in your rule. Change the rule a little and try again."),
    "prompt": lambda: _("It is in the text for the picture. Change that text and try again."),
}
