"""Whether the texts of a run may be shown to its whole workshop: what the lists say of them."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from pipelines import registry
from pipelines.safety.errors import Blocked
from pipelines.safety.personal_data import check_personal_data
from pipelines.safety.text_check import check_text
from runs.models import Run
from runs.texts import TEXT_TYPES, text_of


@dataclass(frozen=True, slots=True)
class Issue:
    """A reason to think twice: `text_type` of `runs.texts.TEXT_TYPES`, its text, and a sentence."""

    text_type: str
    text: str
    message: str


def issues_of(run: Run) -> list[Issue]:
    """Return what speaks against showing each of the run's texts, at its workshop's level.

    One who typed may have been let through at another level, and what others read is more than
    what an engine got: the idea of a picture is recorded as it was sent.
    """
    recorded = {entity.type for entity in run.entities.all()}
    found = []
    for type_ in TEXT_TYPES:
        text = text_of(run, type_)
        if text is None:
            if type_ in recorded:
                found.append(Issue(type_, "", _("This text cannot be read.")))
            continue
        message = _sentence_against(run, text)
        if message:
            found.append(Issue(type_, text, message))
    return found


def _sentence_against(run: Run, text: str) -> str:
    level = run.workshop.safety_level if run.workshop else run.safety_level
    try:
        check_text(registry.get_safety_lists(), text=text, level=level, stage=1, part="idea")
        check_personal_data(text, stage=1, part="idea")
    except Blocked as block:
        return _REASONS.get(block.reason, _held_back)() % {"reason": block.reason}
    return ""


def _held_back() -> str:
    return _("The word lists of this workshop hold this back (%(reason)s).")


def _private() -> str:
    return _("Somebody may be recognised or reached by this.")


def _unchecked() -> str:
    return _("This cannot be checked right now: the word lists of this level are not in order.")


_REASONS = {"personal_data": _private, "safety_closed": _unchecked}
