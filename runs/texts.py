"""What a run says, for those who read it: its texts and the name of its device."""

from __future__ import annotations

from runs import archive
from runs.archive import ArchiveError
from runs.models import Run

# The texts of a run, as types of entities.
TEXT_TYPES = ("input", "interception", "optimized_prompt")


def text_of(run: Run, type_: str) -> str | None:
    """Return the run's first text of a type, None where there is none to be read."""
    for entity in run.entities.all():
        if entity.type == type_:
            try:
                return archive.read_text(run, entity.filename)
            except ArchiveError:
                return None
    return None


def notice_of(run: Run) -> dict[str, str] | None:
    """Return what its reader is told of the text that a model wrote, as kind and message."""
    for entity in run.entities.all():
        notice = entity.metadata.get("notice")
        if isinstance(notice, dict):
            return {key: str(notice.get(key, "")) for key in ("kind", "message")}
    return None


def device_name_of(run: Run) -> str:
    """Return the name under which the run was made, else the device's of today."""
    return run.device_name or (run.device.name if run.device else "")


def shown_name_of(run: Run) -> str:
    """Return the name that a released run bears for others: none but where the workshop wants."""
    return device_name_of(run) if run.workshop and run.workshop.shows_names else ""


def is_own(run: Run) -> bool:
    """Tell whether `run`, of `RunQuerySet.visible_to`, belongs to the one who asked."""
    return bool(getattr(run, "is_own", False))
