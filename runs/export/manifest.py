"""One row per run for spreadsheets and statistics: what was made, by whom, from what.

UTF-8 with a byte order mark, since Excel takes a CSV without for the machine's old code page and
spoils every umlaut; pandas, readr and LibreOffice skip the mark. Commas and CRLF as in RFC 4180.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime
from typing import IO

from django.utils import timezone

from runs.acts import Verb
from runs.alignment import AUTHORS
from runs.export.folders import ExportedRun
from runs.models import Run
from runs.texts import device_name_of

ENCODING = "utf-8-sig"

COLUMNS = (
    "run_id",
    "folder",
    "kind",
    "status",
    "created_at",
    "started_at",
    "finished_at",
    "released_at",
    "released_by",
    "is_favourite",
    "duration_seconds",
    "device",
    "device_name",
    "workshop",
    "group",
    "interception_config",
    "output_config",
    "engine",
    "safety_level",
    "language",
    "seed",
    "parent_run_id",
    "software_version",
    "idea",
    "context_prompt",
    "interception",
    "prompt",
    "share_mine",
    "share_rule",
    "share_edit",
    "share_fitting",
    "error_kind",
    "error_message",
    "files",
    "sizes",
    "sha256",
    "problems",
)

SEPARATOR = "; "

# A spreadsheet would calculate what begins so, and send it anywhere: `=WEBSERVICE(…)`.
_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'")


def as_cell(text: str) -> str:
    """Return `text` so that no spreadsheet takes it for a formula.

    An apostrophe in front does it; who reads the cell takes one away where there is one.
    """
    return f"'{text}" if text.startswith(_RISKY) else text


class Manifest:
    """Writes the rows into a text file that was opened with newline=""."""

    def __init__(self, file: IO[str]) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(COLUMNS)

    def add(self, exported: ExportedRun) -> None:
        self._writer.writerow([as_cell(cell) for cell in _cells(exported)])


def _cells(exported: ExportedRun) -> list[str]:
    run, files = exported.run, exported.files
    cells = {
        "run_id": run.run_id,
        "folder": exported.folder,
        "kind": run.kind,
        "status": run.status,
        "created_at": _time(run.created_at),
        "started_at": _time(run.started_at),
        "finished_at": _time(run.finished_at),
        "released_at": _time(run.released_at),
        "released_by": _released_by(run),
        "is_favourite": str(run.is_favourite),
        "duration_seconds": _number(run.duration_seconds),
        "device": run.device_id or "",
        "device_name": device_name_of(run),
        "workshop": run.workshop.name if run.workshop else "",
        "group": str(run.group) if run.workshop else "",
        "interception_config": run.interception_config,
        "output_config": run.output_config,
        "engine": run.engine,
        "safety_level": run.safety_level,
        "language": run.language,
        "seed": _number(run.seed),
        "parent_run_id": run.parent_run_id,
        "idea": run.idea,
        "software_version": _recorded(exported, "software_version"),
        "context_prompt": _recorded(exported, "context_prompt"),
        "interception": exported.text_of("interception"),
        "prompt": exported.text_of("optimized_prompt"),
        **{f"share_{author}": _share(run, author) for author in AUTHORS},
        "error_kind": run.error_kind,
        "error_message": run.error_message,
        "files": _joined(file.name for file in files),
        "sizes": _joined(str(file.size) for file in files),
        "sha256": _joined(file.sha256 for file in files),
        "problems": _joined(exported.problems),
    }
    return [cells[column] for column in COLUMNS]


def _recorded(exported: ExportedRun, key: str) -> str:
    """Return what metadata.json says under `key`, "" where it says no text."""
    text = exported.record.get(key)
    return text if isinstance(text, str) else ""


def _released_by(run: Run) -> str:
    """Return the account that released it; "" where it is not released, or nobody knows."""
    if run.released_at is None:
        return ""
    standing = (act for act in run.acts.all() if act.undone_by_id is None)
    return next((act.actor_name for act in standing if act.verb == Verb.RELEASE), "")


def _joined(items: Iterable[str]) -> str:
    return SEPARATOR.join(items)


def _number(value: float | int | None) -> str:
    return "" if value is None else str(value)


def _share(run: Run, author: str) -> str:
    """Return the author's share (0…1), "" where nobody has counted the words."""
    return str(run.shares.get(author, 0)) if run.shares else ""


def _time(at: datetime | None) -> str:
    return timezone.localtime(at).isoformat() if at else ""
