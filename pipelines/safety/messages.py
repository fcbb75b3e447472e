"""What a person reads when a text is stopped: why, and what to do next. Never the word itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _


def message_for(category: str, part: str) -> str:
    """The sentences for a category and a part ("idea", "rule", "prompt" or "written").

    What a machine has written nobody is to blame for who reads them, whatever it was.
    """
    if part == "written":
        return _written()
    if category == "self_harm":
        return _self_harm()
    why = _WHY.get(category, _other)()
    return f"{why} {_NEXT[part]()}"


def personal_data_message(kinds: Iterable[str], part: str) -> str:
    """The sentences for what is private; `kinds` as in `pipelines.safety.personal_data`."""
    if part == "written":
        return _written()
    what = ", ".join(_PRIVATE[kind]() for kind in kinds)
    return _TOO_PRIVATE[part]() % {"what": what}


def picture_message() -> str:
    """The sentences for a picture that came out and is not shown."""
    return _(
        "The machine made a picture that we don't show here. That is not your fault. "
        "Try it once more, or in other words."
    )


def picture_closed_message() -> str:
    """The sentences for a picture that cannot be checked."""
    return _(
        "Your picture is made, but I can't check it right now, so I can't show it. "
        "Your text is kept. Please tell your workshop leader."
    )


def closed_message() -> str:
    """The sentences for a level that cannot be checked."""
    return _(
        "Your text is fine where it is, but I can't check it right now. "
        "Please tell your workshop leader."
    )


def _written() -> str:
    return _(
        "The machine wrote something that does not belong here. That is not your fault. "
        "Your text is still there. Try it once more."
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
_TOO_PRIVATE: dict[str, Callable[[], str]] = {
    "idea": lambda: _(
        "There is something about you here that nobody else needs to know (%(what)s). "
        "Take it out, then you can go on."
    ),
    "rule": lambda: _(
        "In your rule there is something about you that nobody else needs to know (%(what)s). "
        "Take it out, then you can go on."
    ),
    "prompt": lambda: _(
        "In the text for the picture there is something about you that nobody else needs to know "
        "(%(what)s). Take it out, then you can go on."
    ),
}
_PRIVATE: dict[str, Callable[[], str]] = {
    "name": lambda: _("your name"),
    "email": lambda: _("an e-mail address"),
    "phone": lambda: _("a telephone number"),
    "address": lambda: _("an address"),
    "account": lambda: _("the name of an account"),
    "birth_date": lambda: _("a date of birth"),
    "bank_account": lambda: _("a bank account"),
}
