"""What a run's folder says of the run as a whole, told from its files where it is silent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from devices.identity import is_valid_id
from runs.entity_types import MEDIA
from runs.json_values import NAIVE_TIMES, as_seed, as_text, as_time
from runs.layouts import STEPS, Found, FoundFile, milliseconds_in
from runs.models import Kind, Status
from runs.reading_files import has_media

# Asked for each of perhaps a million folders; as a list of the choices it would be made anew.
_KINDS = frozenset(Kind.values)
# What made the runs of February 2026 that come from no rule.
# More than anybody will lead through one workshop, and less than any database's numbers hold.
_MOST_GROUPS = 100_000
_TOOLS = ("canvas_workflow", "latent_lab")


def created_at_of(found: Found, metadata: Mapping[str, Any]) -> datetime:
    at = as_time(metadata.get("timestamp"))
    if at is not None:
        return at
    milliseconds = milliseconds_in(found.run_id)
    if milliseconds is not None:
        return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
    if found.day is not None:
        return datetime.combine(found.day, time(12), tzinfo=NAIVE_TIMES).astimezone(UTC)
    # A file system may bear times that no calendar has.
    with suppress(OSError, ValueError, OverflowError):
        return datetime.fromtimestamp(Path(found.path).stat().st_mtime, tz=UTC)
    return datetime.combine(date(2000, 1, 1), time(12), tzinfo=UTC)


def kind_of(
    metadata: Mapping[str, Any], entities: Iterable[Mapping[str, Any]], files: Iterable[FoundFile]
) -> str:
    kind = as_text(metadata.get("kind"))
    if kind in _KINDS:
        return kind
    types = {entity["type"] for entity in entities}
    rule = as_text(metadata.get("interception_config"))
    names_both = bool(rule) and as_text(metadata.get("config_name")) not in ("", rule)
    if metadata.get("type") in _TOOLS or has_media(types) or has_media(f.type for f in files):
        return Kind.GENERATION
    if "interception" in types and "interception" not in _types_beside_steps(entities):
        return Kind.INTERCEPTION
    if names_both or "optimized_prompt" in types:
        return Kind.GENERATION
    return Kind.INTERCEPTION if types else Kind.GENERATION


def configs_of(
    metadata: Mapping[str, Any], entities: Iterable[Mapping[str, Any]], kind: str
) -> tuple[str, str]:
    """Return the rule's and the engine's config; old metadata has one name for either."""
    rule = as_text(metadata.get("interception_config"), 80)
    output = as_text(metadata.get("output_config"), 80)
    name = as_text(metadata.get("config_name"), 80)
    if not name:
        # The oldest runs say `schema` and mean the rule.
        return rule or as_text(metadata.get("schema"), 80), output
    if kind == Kind.INTERCEPTION:
        return rule or name, output
    if output:
        return rule, output
    made_by = [
        as_text(entity["metadata"].get("config"), 80)
        for entity in entities
        if entity["type"].startswith(MEDIA)
    ]
    if (rule and rule != name) or name in made_by or not any(made_by):
        return rule if rule != name else "", name
    # One run for text and picture, named for its rule.
    return name, next(filter(None, made_by))


def seed_of(
    metadata: Mapping[str, Any], entities: Iterable[Mapping[str, Any]], *, native: bool
) -> int | None:
    candidates = [metadata.get("seed")]
    if not native:
        # Old runs name it with the picture, if at all.
        candidates += [
            entity["metadata"].get("seed")
            for entity in entities
            if entity["type"].startswith(MEDIA)
        ]
    return next((seed for seed in map(as_seed, candidates) if seed is not None), None)


def derived_status(
    metadata: Mapping[str, Any],
    kind: str,
    files: Iterable[FoundFile],
    error: Mapping[str, Any],
) -> Status:
    """Return how an old run ended: what lies in its folder tells, not what its state says."""
    types = {file.type for file in files}
    made = {Kind.INTERCEPTION: "interception", Kind.OPTIMIZATION: "optimized_prompt"}
    is_completed = metadata.get("type") in _TOOLS and as_time(metadata.get("completed_at"))
    if is_completed or (made[Kind(kind)] in types if kind in made else has_media(types)):
        return Status.COMPLETE
    if error.get("kind") == "safety_blocked":
        return Status.BLOCKED
    return Status.FAILED if "error" in types or metadata.get("error") else Status.INTERRUPTED


def _types_beside_steps(entities: Iterable[Mapping[str, Any]]) -> set[str]:
    return {e["type"] for e in entities if not e["filename"].startswith(f"{STEPS}/")}


def group_of(metadata: Mapping[str, Any]) -> int:
    """Return the number of the group of its workshop that made a run; 1 where nothing is told."""
    group = metadata.get("group")
    if not isinstance(group, int) or isinstance(group, bool):
        return 1
    return group if 0 < group <= _MOST_GROUPS else 1


def device_id_of(found: Found, metadata: Mapping[str, Any]) -> str:
    for candidate in (metadata.get("device_id"), found.device):
        if isinstance(candidate, str) and is_valid_id(candidate):
            return candidate
    return ""
