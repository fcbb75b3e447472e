"""Works that their device likes best: kept in the row, and in metadata.json for the archive."""

from __future__ import annotations

from runs import recorder
from runs.models import Run
from runs.reading import may_be_written


class NotKeepable(Exception):
    """The run lies in a foreign archive, whose folders are not written."""


def set_favourite(*, run: Run, favourite: bool) -> None:
    """Mark `run`, or unmark it; may be repeated. Raises `NotKeepable` and `ArchiveError`.

    First metadata.json, then the row; `index_runs` completes what a crash leaves between them.
    """
    if not may_be_written(run):
        raise NotKeepable(run.run_id)
    recorder.update_metadata(run, favourite=favourite)
    Run.objects.filter(pk=run.pk).update(is_favourite=favourite)
    run.is_favourite = favourite
