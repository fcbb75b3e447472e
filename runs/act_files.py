"""Acts on the disk: one JSON object per line of `json/YYYY-MM-DD/acts.jsonl`, by the local day.

    {"id": "act_1764000000123_0f3c…", "at": "2026-11-24T17:00:00.123456+01:00", "verb": "take_back",
     "by": {"kind": "user", "key": "leitung", "name": "leitung"},
     "on": {"kind": "run", "key": "run_1764000000000_a1b2…"}, "workshop": "Klasse 7b",
     "details": {}, "undoes": "act_1763999000456_77ab…"}

Several processes append to one file, which only grows. It may be torn where the machine crashed,
and bear an act twice; readers take the first. They read the files of all archives.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import groupby
from typing import Any

from django.db.models import CharField
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from runs import archive
from runs.bounded import read_start
from runs.layouts import day_folders
from runs.metadata import local_text, storable
from runs.models import Act

FILENAME = "acts.jsonl"
# Bytes of one day's file: a hundred thousand acts and more.
_MOST_OF_A_DAY = 64 * 1024 * 1024

_ID = re.compile(r"act_\d{13}_[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Line:
    """One act as a file has it: the values of its row but the keys, and what it undoes."""

    values: dict[str, Any]
    undoes: str

    @property
    def act_id(self) -> str:
        return str(self.values["act_id"])


@dataclass(slots=True)
class ActFile:
    """The acts of one day, each once; `faults` names the lines that are none."""

    # Its place, as people are told.
    name: str
    lines: list[Line] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def line_of(act: Act, undoes: str) -> str:
    """Return `act`, which undoes the act of that id, as it stands in a file."""
    by = {"kind": act.actor_kind, "key": act.actor_key, "name": act.actor_name}
    on = {"kind": act.target_kind, "key": act.target_key}
    line = {
        "id": act.act_id,
        "at": local_text(act.at),
        "verb": act.verb,
        "by": {key: value for key, value in by.items() if value},
        "on": on if act.target_kind else None,
        "workshop": act.workshop_name or None,
        "details": act.details,
        "undoes": undoes or None,
    }
    return json.dumps(line, ensure_ascii=False)


def day_of(act: Act) -> date:
    """Return the day in whose folder `act` is kept."""
    return timezone.localdate(act.at)


def append_acts(acts: Iterable[tuple[Act, str]]) -> None:
    """Append acts, each with the id of the one that it undoes; raises `ArchiveError`.

    All are on the disk when this returns.
    """
    for day, some in groupby(acts, lambda pair: day_of(pair[0])):
        lines = [line_of(act, undoes) for act, undoes in some]
        archive.append_lines(archive.runs_root() / day.isoformat() / FILENAME, lines)


def read_files() -> Iterator[ActFile]:
    """Yield what each day's file holds, the earliest first; nothing in it is ever fatal."""
    for name, path in day_folders():
        if (found := _read(path, name)) is not None:
            yield found


def ids_of(day: date) -> set[str]:
    """Return the ids of the acts that the files of a day hold, in whatever archive."""
    files = (_read(f"{archive.runs_root(root)}/{day}", "") for root in archive.roots())
    return {line.act_id for file in files if file for line in file.lines}


def _read(folder: str, name: str) -> ActFile | None:
    path = f"{folder}/{FILENAME}"
    # Nothing outside the archive is followed.
    if os.path.islink(path):  # noqa: PTH114  raises nothing where the folder cannot be read
        return None
    found = ActFile(f"{name}/{FILENAME}")
    try:
        content = read_start(path, _MOST_OF_A_DAY)
    except FileNotFoundError:
        return None
    except OSError as error:
        found.faults.append(f"cannot be read: {error.strerror}")
        return found
    known = set()
    for number, text in enumerate(content.split(b"\n"), start=1):
        line = _parsed(text)
        if line is not None and line.act_id not in known:
            known.add(line.act_id)
            found.lines.append(line)
        elif line is None and text.strip():
            found.faults.append(f"line {number} is no act")
    return found


def _parsed(text: bytes) -> Line | None:
    try:
        data = storable(json.loads(text))
        by, on = data["by"], data["on"] or {}
        values = {
            "act_id": data["id"],
            "at": parse_datetime(data["at"]),
            "verb": data["verb"],
            "actor_kind": by["kind"],
            "actor_key": by.get("key", ""),
            "actor_name": by.get("name", ""),
            "target_kind": on.get("kind", ""),
            "target_key": on.get("key", ""),
            "workshop_name": data["workshop"] or "",
            "details": data["details"],
        }
        undoes = data["undoes"] or ""
        # What JSON cannot say, such as an infinite number, the database does not take.
        json.dumps(data["details"], allow_nan=False)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return Line(values, str(undoes)) if _is_storable(values) else None


def _is_storable(values: dict[str, Any]) -> bool:
    """Tell whether the database takes these values: of their types, and not too long."""
    at = values["at"]
    if not isinstance(values["act_id"], str) or not _ID.fullmatch(values["act_id"]):
        return False
    if at is None or timezone.is_naive(at) or not isinstance(values["details"], dict):
        return False
    return all(
        isinstance(values[name], str) and len(values[name]) <= most
        for name, most in _limits().items()
    )


@cache
def _limits() -> dict[str, int]:
    """Return how long the texts of an act may be."""
    fields = Act._meta.concrete_fields
    return {field.name: field.max_length or 0 for field in fields if isinstance(field, CharField)}
