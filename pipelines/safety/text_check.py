"""Stages 1 and 3: whether a text may become a picture at a workshop's safety level.

Fails closed: a level whose lists cannot be trusted lets nothing through.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from pipelines.safety.errors import Blocked
from pipelines.safety.messages import closed_message, message_for
from pipelines.safety.wordlist import Entry, ListError, Search, parse_list

LEVELS = ("kids", "youth", "adult", "research")  # from strict to loose
OLD_NAMES = {"open": "adult", "off": "research"}
LANGUAGES = ("de", "en")
CLOSED = "safety_closed"

Level = Literal["kids", "youth", "adult", "research"]
Part = Literal["idea", "rule", "prompt", "written"]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _ListFile(_Strict):
    file: str
    at_least: int


class _List(_Strict):
    category: str
    up_to: Level
    files: dict[str, _ListFile]


class _Manifest(_Strict):
    description: list[str]
    categories: list[str]
    lists: dict[str, _List]
    exceptions: dict[str, _ListFile]
    probes: str


class _Probe(_Strict):
    level: Level
    text: str
    category: str = ""


class _Probes(_Strict):
    description: str
    block: list[_Probe]
    pass_: list[_Probe]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a text was blocked for: for the record, never for the screen or a log."""

    category: str
    list_id: str
    term: str


class SafetyBlocked(Blocked):
    """The text holds something that its level does not allow; `reason` is the category."""

    def __init__(self, *, stage: int, message: str, finding: Finding) -> None:
        super().__init__(stage=stage, reason=finding.category, message=message)
        self.finding = finding


class SafetyClosed(Blocked):
    """The level cannot be checked, so nothing passes; `reason` is `safety_closed`."""

    def __init__(self, *, stage: int, message: str = "") -> None:
        super().__init__(stage=stage, reason=CLOSED, message=message or closed_message())


@dataclass(frozen=True, slots=True)
class SafetyLists:
    """The lists, read once. `needs` names those of each level, `closed` what is wrong with it."""

    categories: tuple[str, ...]
    search: Search
    needs: Mapping[str, frozenset[str]]
    probes: tuple[_Probe, ...]
    harmless: tuple[_Probe, ...]
    closed: Mapping[str, tuple[str, ...]]

    def closed_levels(self) -> dict[str, tuple[str, ...]]:
        """Level → reasons, for health and the system check. Empty when all is well."""
        return dict(self.closed)


def effective_level(requested: str, workshop: str) -> str:
    """The stricter of the two levels: a client never raises its own rights."""
    return min(known_level(requested), known_level(workshop), key=LEVELS.index)


def known_level(name: str) -> str:
    """Return the level that `name` means, the strictest for one that nobody knows."""
    name = OLD_NAMES.get(name, name)
    return name if name in LEVELS else LEVELS[0]


def load_lists(folder: Path) -> SafetyLists:
    """Read the lists in `folder` and prove each level. Never raises for what the files hold."""
    try:
        manifest = _Manifest.model_validate_json((folder / "manifest.json").read_bytes())
        probes = _read_probes(folder / manifest.probes)
    except (OSError, ValueError) as error:
        return _all_closed(f"manifest or probes: {_what_is_wrong(error)}")

    entries: list[Entry] = []
    needs: dict[str, set[str]] = {level: set() for level in LEVELS}
    wrong: dict[str, list[str]] = {level: [] for level in LEVELS}
    for list_id, about in manifest.lists.items():
        levels = LEVELS[: LEVELS.index(about.up_to) + 1]
        found, problems = _read_list(folder, list_id, about.category, about.files)
        if about.category not in manifest.categories:
            problems.append(f"{list_id}: unknown category {about.category}")
        entries += found
        for level in levels:
            needs[level].add(list_id)
            wrong[level] += problems
    exceptions, problems = _read_list(folder, "exceptions", "", manifest.exceptions)
    for level in LEVELS:
        wrong[level] += problems
        if not needs[level]:
            wrong[level].append("no list names this level")

    lists = SafetyLists(
        categories=tuple(manifest.categories),
        search=Search(entries, exceptions),
        needs={level: frozenset(names) for level, names in needs.items()},
        probes=tuple(probes.block),
        harmless=tuple(probes.pass_),
        closed={level: tuple(reasons) for level, reasons in wrong.items() if reasons},
    )
    failed = {
        level: tuple(run_probes(lists, level)) for level in LEVELS if level not in lists.closed
    }
    return replace(
        lists, closed={**lists.closed, **{level: why for level, why in failed.items() if why}}
    )


def _read_probes(path: Path) -> _Probes:
    probes = _Probes.model_validate_json(path.read_bytes().replace(b'"pass":', b'"pass_":'))
    for level in LEVELS:
        if not any(level == probe.level for probe in probes.block):
            raise ValueError(f"no probe must be blocked at {level}")
    return probes


def _read_list(
    folder: Path, list_id: str, category: str, files: Mapping[str, _ListFile]
) -> tuple[list[Entry], list[str]]:
    entries: list[Entry] = []
    problems = [f"{list_id}: no file for {lang}" for lang in LANGUAGES if lang not in files]
    for language, about in files.items():
        try:
            text = (folder / about.file).read_text(encoding="utf-8")
            parsed = parse_list(text, list_id=list_id, category=category, language=language)
            if len(parsed) < about.at_least:
                raise ListError(f"has {len(parsed)} entries, should have {about.at_least}")
            entries += parsed
        except (OSError, ValueError, KeyError, ListError) as error:
            problems.append(f"{about.file}: {_what_is_wrong(error)}")
    return entries, problems


def _what_is_wrong(error: Exception) -> str:
    """A reason without the content of the file, which may be a word of a list."""
    if isinstance(error, ListError):
        return str(error)
    if isinstance(error, OSError):
        return error.strerror or "cannot be read"
    if isinstance(error, ValidationError):
        return "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()
        )
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8"
    return "cannot be read"


def _all_closed(reason: str) -> SafetyLists:
    return SafetyLists(
        categories=(),
        search=Search((), ()),
        needs={},
        probes=(),
        harmless=(),
        closed=dict.fromkeys(LEVELS, (reason,)),
    )


def find_all(lists: SafetyLists, text: str, level: str) -> list[Finding]:
    """What the lists of an open `level` find in `text`, by weight."""
    needed = lists.needs[level]
    found = [entry for entry in lists.search.findings(text) if entry.list_id in needed]
    found.sort(key=lambda each: (lists.categories.index(each.category), each.term))
    return [Finding(entry.category, entry.list_id, entry.term) for entry in found]


def find(lists: SafetyLists, text: str, level: str) -> Finding | None:
    """What weighs most in `text` at an open `level`, or None."""
    return next(iter(find_all(lists, text, level)), None)


def check_text(lists: SafetyLists, *, text: str, level: str, stage: int, part: Part) -> None:
    """Raise `SafetyBlocked` where `text` may not pass, `SafetyClosed` where nothing may."""
    level = known_level(level)
    if level in lists.closed:
        raise SafetyClosed(stage=stage)
    finding = find(lists, text, level)
    if finding is not None:
        message = message_for(finding.category, part)
        raise SafetyBlocked(stage=stage, message=message, finding=finding)


def run_probes(lists: SafetyLists, level: str) -> list[str]:
    """Check the probes at `level`; a line for each that came out wrong, without its text."""
    if level not in lists.needs:
        return ["nothing to prove: the lists are not loaded"]
    problems = []
    for number, probe in enumerate(lists.probes, 1):
        finding = find(lists, probe.text, level)
        expected = LEVELS.index(level) <= LEVELS.index(probe.level)
        if expected and finding is None:
            problems.append(f"probe {number} ({probe.category}) passes and must not")
    for number, probe in enumerate(lists.harmless, 1):
        expected = LEVELS.index(level) >= LEVELS.index(probe.level)
        if expected and find(lists, probe.text, level) is not None:
            problems.append(f"harmless probe {number} is blocked")
    return problems


def safety_problems(lists: SafetyLists) -> list[str]:
    """One sentence per reason why a level is closed, for a system check and the health page."""
    return [
        f"Safety level {level} is closed: {reason}"
        for level, reasons in lists.closed.items()
        for reason in reasons
    ]
