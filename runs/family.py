"""The family of a run: what it came from and what came from it, and what changed on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection

from runs.models import Run, RunQuerySet

MOST_MEMBERS = 200

# UNION, not UNION ALL: a circle, which only a broken archive could hold, comes to an end.
_ANCESTORS = """
WITH RECURSIVE line (id, run_id, parent_run_id) AS (
    SELECT id, run_id, parent_run_id FROM runs_run WHERE id = %s
    UNION
    SELECT up.id, up.run_id, up.parent_run_id FROM runs_run up
    JOIN line ON up.run_id = line.parent_run_id AND line.parent_run_id <> ''
)
SELECT id, run_id, parent_run_id FROM line LIMIT %s
"""
# The partial index of parents is used where the query says that there is one.
_DESCENDANTS = """
WITH RECURSIVE line (id, run_id) AS (
    SELECT id, run_id FROM runs_run WHERE id = %s
    UNION
    SELECT down.id, down.run_id FROM runs_run down
    JOIN line ON down.parent_run_id = line.run_id AND down.parent_run_id <> ''
)
SELECT id FROM line LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Member:
    """`changes` are of idea, rule, text, machine and seed those that differ from the parent."""

    run: Run
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Family:
    """Members from the oldest on; `is_whole` is False where there were more than may be told."""

    members: list[Member]
    is_whole: bool


def family_of(run: Run, visible: RunQuerySet) -> Family:
    """Return the family of `run` as far as it is in `visible`, in four queries."""
    with connection.cursor() as cursor:
        cursor.execute(_ANCESTORS, [run.pk, MOST_MEMBERS])
        line = cursor.fetchall()
        cursor.execute(_DESCENDANTS, [_oldest(run, line), MOST_MEMBERS + 1])
        below = [pk for (pk,) in cursor.fetchall()]
    keys = {run.pk, *(pk for pk, *_rest in line), *below[:MOST_MEMBERS]}
    runs = visible.filter(pk__in=keys).select_related("device", "workshop")
    found = list(runs.prefetch_related("entities").order_by("created_at", "id"))
    by_id = {one.run_id: one for one in found}
    members = [Member(one, _changes(one, by_id.get(one.parent_run_id))) for one in found]
    return Family(members, is_whole=len(below) <= MOST_MEMBERS)


def _oldest(run: Run, line: Sequence[tuple[int, str, str]]) -> int:
    by_id = {run_id: (pk, parent) for pk, run_id, parent in line}
    pk, parent, passed = run.pk, run.parent_run_id, {run.run_id}
    while parent in by_id and parent not in passed:
        passed.add(parent)
        pk, parent = by_id[parent]
    return pk


def _changes(run: Run, parent: Run | None) -> tuple[str, ...]:
    if parent is None:
        return ()
    pairs: dict[str, tuple[object, object]] = {
        "idea": (run.idea, parent.idea),
        "rule": (run.interception_config, parent.interception_config),
        "text": (_last_text(run), _last_text(parent)),
    }
    # A rewriting has no machine, and its seed is not the picture's.
    if run.kind == parent.kind:
        pairs |= {
            "machine": (run.output_config, parent.output_config),
            "seed": (run.seed, parent.seed),
        }
    return tuple(name for name, (mine, theirs) in pairs.items() if mine != theirs)


def _last_text(run: Run) -> str:
    """Return the digest of the text that `run` ended with: equal digests are equal texts."""
    digests = {entity.type: entity.sha256 for entity in run.entities.all()}
    texts = ("optimized_prompt", "interception", "input")
    return next((digests[type_] for type_ in texts if type_ in digests), "")
