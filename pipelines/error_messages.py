"""What a person is told when something did not work: by kind of failure, and what to do next."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext, gettext_noop

from pipelines.engines.jobs import EngineError, ErrorKind
from runs.archive import READ_ONLY, STORAGE_FULL
from runs.models import Kind

MESSAGES: Mapping[ErrorKind, str] = {
    ErrorKind.UNREACHABLE: gettext_noop(
        "The machine does not answer right now. Your text is kept. Try another machine."
    ),
    ErrorKind.TIMEOUT: gettext_noop("That took too long. Your text is kept. Please try again."),
    ErrorKind.BUSY: gettext_noop(
        "The machine is very busy. Your text is kept. Try again in a moment."
    ),
    ErrorKind.AUTH: gettext_noop(
        "The machine does not let us in. Tell the workshop leader, and try another machine."
    ),
    ErrorKind.QUOTA: gettext_noop(
        "The machine's budget is used up. Tell the workshop leader, and try another machine."
    ),
    ErrorKind.BAD_REQUEST: gettext_noop(
        "The machine did not understand the order. Your text is kept. Try another machine."
    ),
    ErrorKind.MISSING_MODEL: gettext_noop(
        "The machine lacks a part. Tell the workshop leader, and try another machine."
    ),
    ErrorKind.CONTENT_BLOCKED: gettext_noop(
        "The machine does not want to make this picture. Try it in other words."
    ),
    ErrorKind.OUT_OF_MEMORY: gettext_noop(
        "The picture was too big for the machine. Your text is kept. Please try again."
    ),
    ErrorKind.BACKEND_FAILED: gettext_noop(
        "Something broke inside the machine. Your text is kept. Try again, or try another machine."
    ),
    ErrorKind.BAD_RESPONSE: gettext_noop(
        "The machine answered with something that nobody can use. Your text is kept. "
        "Please try again."
    ),
    ErrorKind.CANCELLED: gettext_noop("The machine was stopped from outside. Your text is kept."),
    ErrorKind.LOST: gettext_noop(
        "The picture got lost on its way. Your text is kept. Please try again."
    ),
}
OTHERWISE = gettext_noop("Something went wrong in the machine. Your text is kept. Try again.")
# Runs fail by the archive, too.
_BY_VALUE = {
    **{kind.value: message for kind, message in MESSAGES.items()},
    STORAGE_FULL: gettext_noop(
        "There is no room left to keep pictures. Please tell the workshop leader. "
        "Your text stays on the page."
    ),
    READ_ONLY: gettext_noop(
        "The archive is write-protected, so no pictures can be kept. "
        "Please tell the workshop leader. Your text stays on the page."
    ),
}


# What the pages say where they find it out by themselves.
_INTERRUPTED_PICTURE = gettext_noop(
    "The picture was interrupted. Your text is kept. Please try again."
)
_INTERRUPTED_TEXT = gettext_noop(
    "The rule machine was interrupted. Your idea is kept. Please try again."
)


def interrupted_message(run_kind: str) -> str:
    """Return the sentence for a run whose worker is gone, in the language in force."""
    is_picture = run_kind == Kind.GENERATION
    return gettext(_INTERRUPTED_PICTURE if is_picture else _INTERRUPTED_TEXT)


def message_for(kind: str) -> str:
    """Return the sentence for a kind of failure, in the language in force."""
    return gettext(_BY_VALUE.get(kind, OTHERWISE))


def message_of(error: EngineError) -> str:
    """Return the engine's own sentence, or the one for its kind."""
    return error.message or message_for(error.kind)
