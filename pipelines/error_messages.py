"""What a person is told when something did not work: by kind of failure, and what to do next."""

from __future__ import annotations

from django.utils.translation import gettext, gettext_noop

from pipelines.engines.jobs import EngineError
from runs.archive import STORAGE_FULL

MESSAGES = {
    "unreachable": gettext_noop(
        "The machine does not answer right now. Your text is kept. Try another machine."
    ),
    "timeout": gettext_noop("That took too long. Your text is kept. Please try again."),
    "busy": gettext_noop("The machine is very busy. Your text is kept. Try again in a moment."),
    "auth": gettext_noop(
        "The machine does not let us in. Tell the workshop leader, and try another machine."
    ),
    "quota": gettext_noop(
        "The machine's budget is used up. Tell the workshop leader, and try another machine."
    ),
    "bad_request": gettext_noop(
        "The machine did not understand the order. Your text is kept. Try another machine."
    ),
    "missing_model": gettext_noop(
        "The machine lacks a part. Tell the workshop leader, and try another machine."
    ),
    "content_blocked": gettext_noop(
        "The machine does not want to make this picture. Try it in other words."
    ),
    "out_of_memory": gettext_noop(
        "The picture was too big for the machine. Your text is kept. Please try again."
    ),
    "backend_failed": gettext_noop(
        "Something broke inside the machine. Your text is kept. Try again, or try another machine."
    ),
    "bad_response": gettext_noop(
        "The machine answered with something that nobody can use. Your text is kept. "
        "Please try again."
    ),
    "cancelled": gettext_noop("The machine was stopped from outside. Your text is kept."),
    "lost": gettext_noop("The picture got lost on its way. Your text is kept. Please try again."),
    STORAGE_FULL: gettext_noop(
        "There is no room left to keep pictures. Please tell the workshop leader. "
        "Your text stays on the page."
    ),
}
OTHERWISE = gettext_noop("Something went wrong in the machine. Your text is kept. Try again.")


def message_for(kind: str) -> str:
    """Return the sentence for a kind of failure, in the language in force."""
    return gettext(MESSAGES.get(kind, OTHERWISE))


def message_of(error: EngineError) -> str:
    """Return the engine's own sentence, or the one for its kind."""
    return error.message or message_for(error.kind)
