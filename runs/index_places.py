"""Which folder is a run's own, where several bear its name, and which are gone."""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.utils import timezone

from runs import archive
from runs.archive import ArchiveError
from runs.layouts import is_unique
from runs.models import Run
from runs.places import place_of
from runs.reading import Reading


def meet_by_chance(reading: Reading, holder: dict[str, Any]) -> bool:
    """Tell whether two folders bear one name that was given by hand, and are two runs.

    The same name on the same day in two archives, made at the same time, is one run.
    """
    values = reading.values
    if is_unique(values["run_id"]) or reading.run_id == values["run_id"]:
        return False
    return values["root"] == holder["root"] or any(
        values[name] != holder[name] for name in ("folder", "created_at")
    )


def find_absent() -> Iterator[tuple[str, int]]:
    """Yield the archives that are not there, each with the number of its rows."""
    known = Run.objects.exclude(root="").order_by("root").values_list("root")
    for root, count in known.annotate(Count("pk")):
        try:
            archive.root_folder(root)
        except ArchiveError:
            yield root, count


def find_vanished(absent: Container[str]) -> Iterator[str]:
    """Yield the places of rows whose folders are gone from an archive that is there."""
    rows = Run.objects.values_list("root", "folder")
    for root, folder in rows.iterator(chunk_size=2_000):
        if root not in absent and not is_there(root, folder):
            yield place_of(root, folder)


def is_there(root: str, folder: str) -> bool:
    try:
        return _exists(archive.root_folder(root) / folder)
    except ArchiveError:
        return False


def _exists(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        # Nobody can tell, so nothing shall come of it.
        return True
    return True


def has_better_claim(values: dict[str, Any], holder: dict[str, Any]) -> bool:
    """Tell whether a folder rather than the one that has a run's id is where that was made."""
    may_differ = is_unique(values["run_id"]) or values["root"] != holder["root"]
    return may_differ and _regularity(values) > _regularity(holder)


def _regularity(values: dict[str, Any]) -> tuple[bool, bool, bool]:
    """Return how much a folder's place is the one in which its run was made."""
    is_of_day = values["day"] == timezone.localdate(values["created_at"])
    return not values["root"], is_of_day, values["layout"] == "L2"


def find_lone(copies: dict[str, str]) -> Iterator[str]:
    """Yield the copies of which there is no original, neither in the index nor beside them."""
    for place, run_id in copies.items():
        # The place of a folder in another archive is its path.
        beside = archive.archive_root() / place.rpartition("/")[0] / run_id
        if "/" not in run_id and _exists(beside):
            continue
        original = Run.objects.filter(run_id=run_id).first()
        if original is None or not is_there(original.root, original.folder):
            yield place
