"""Acts on the disk → rows, and back where the disk could not take them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from devices.models import Device, Workshop
from devices.names import plain_name
from runs.act_files import FILENAME, Line, append_acts, day_of, ids_of, read_files
from runs.models import Act, Run

BATCH = 400


@dataclass(slots=True)
class ActReport:
    """What was made of the files; `faults` are (file, reason)."""

    indexed: int = 0
    unchanged: int = 0
    faults: list[tuple[str, str]] = field(default_factory=list)


def rebuild_acts(*, dry_run: bool = False) -> ActReport:
    """Make the rows of all acts that the files know and the database does not.

    After the runs, for acts lead to them; may be repeated.
    """
    report = ActReport()
    workshops = dict(Workshop.objects.values_list("name", "pk"))
    users = {user.get_username(): user.pk for user in User.objects.all()}
    for file in read_files():
        report.faults += [(file.name, fault) for fault in file.faults]
        for start in range(0, len(file.lines), BATCH):
            lines = file.lines[start : start + BATCH]
            ids = [line.act_id for line in lines]
            known = set(Act.objects.filter(act_id__in=ids).values_list("act_id", flat=True))
            new = [line for line in lines if line.act_id not in known]
            report.indexed += len(new)
            report.unchanged += len(known)
            if not dry_run:
                acts = _acts(new, workshops=workshops, users=users)
                with transaction.atomic():
                    # Whoever does something just now may be quicker.
                    Act.objects.bulk_create(acts, ignore_conflicts=True)
                    _mark_undone(lines)
    if not dry_run:
        _hide_what_was_taken_back()
    return report


def _hide_what_was_taken_back() -> None:
    """Keep hidden what was taken back: an archive that is only read goes on saying otherwise."""
    later = Act.objects.filter(run=OuterRef("pk"), verb="take_back", at__gt=OuterRef("released_at"))
    released = Run.objects.exclude(root="").filter(released_at__isnull=False)
    released.filter(Exists(later)).update(released_at=None, changed_at=timezone.now())


def _acts(lines: list[Line], *, workshops: dict[str, int], users: dict[str, int]) -> list[Act]:
    def keys(kind: str) -> set[str]:
        return {line.values["target_key"] for line in lines if line.values["target_kind"] == kind}

    runs = dict(Run.objects.filter(run_id__in=keys("run")).values_list("run_id", "pk"))
    devices = set(Device.objects.filter(pk__in=keys("device")).values_list("pk", flat=True))
    acts = []
    for line in lines:
        act = Act(**line.values)
        act.workshop_id = workshops.get(plain_name(act.workshop_name))
        if act.actor_kind == "user":
            act.user_id = users.get(act.actor_key)
        if act.target_kind == "run":
            act.run_id = runs.get(act.target_key)
        elif act.target_kind == "device" and act.target_key in devices:
            act.device_id = act.target_key
        acts.append(act)
    return acts


def _mark_undone(lines: list[Line]) -> None:
    by_undone = {line.undoes: line.act_id for line in lines if line.undoes}
    undone = list(Act.objects.standing().filter(act_id__in=by_undone))
    undoing = Act.objects.in_bulk([by_undone[act.act_id] for act in undone], field_name="act_id")
    for act in undone:
        act.undone_by = undoing[by_undone[act.act_id]]
    Act.objects.bulk_update(undone, ["undone_by"])


def find_unwritten() -> Iterator[tuple[str, str]]:
    """Yield (file, what is wrong) for the acts that have a row and no line."""
    for act in _unwritten():
        yield f"json/{day_of(act)}/{FILENAME}", f"{act.act_id} is missing"


def write_missing() -> int:
    """Append the acts that the disk could not take when they were done; return how many.

    One that is being appended just now may then stand there twice, and is read once.
    """
    acts = [(act, "".join(undone.act_id for undone in act.undoes.all())) for act in _unwritten()]
    append_acts(acts)
    return len(acts)


def _unwritten() -> Iterator[Act]:
    acts = Act.objects.order_by("at", "id").prefetch_related("undoes")
    for day, some in groupby(acts.iterator(BATCH), day_of):
        written = ids_of(day)
        yield from (act for act in some if act.act_id not in written)
