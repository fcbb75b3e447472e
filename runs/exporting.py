"""Handing out the folders of selected runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet

from runs.acts import Actor, Verb, new_act, record, require
from runs.export.zipped import zip_chunks
from runs.models import Run
from web.streaming import Chunks

EXPORT = ("runs.view_run", "runs.export_run")


def export_runs(
    runs: QuerySet[Run],
    *,
    by: Actor,
    selection: Mapping[str, Any],
    report: Callable[[str], None] | None = None,
) -> Chunks:
    """Return a zip of `runs`, which `selection` describes for the record (see `zip_chunks`).

    Recorded before the first byte leaves: what has left is told also where the rest did not.
    """
    require(by, *EXPORT)
    details = {"selection": dict(selection), "runs": runs.count()}
    record(new_act(Verb.EXPORT, by=by, details=details))
    return zip_chunks(runs, report=report)
