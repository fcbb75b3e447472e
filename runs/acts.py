"""Who did what: rights are checked and acts recorded here, for every service that changes something
in a facilitator's or a participant's name.

An act is a row, written in one transaction with the rows of its deed, and a line of
`json/YYYY-MM-DD/acts.jsonl` (`runs.act_files`), written as soon as that transaction is on the disk.
The row comes first: a break must begin and a work be taken back on a full disk, too, and what is
rolled back must not stand in a file that only grows. `runs.healing` writes the lines that are
missing.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from devices.models import Device, Workshop
from runs import act_files
from runs.archive import ArchiveError
from runs.models import Act, Run

logger = logging.getLogger(__name__)


class Verb(StrEnum):
    RELEASE = "release"
    TAKE_BACK = "take_back"
    STOP = "stop"
    END_LINKS = "end_links"
    PAUSE = "pause"
    RESUME = "resume"
    NAME = "name"
    MOVE = "move"
    CREATE_WORKSHOP = "create_workshop"
    CHANGE_WORKSHOP = "change_workshop"
    NEXT_GROUP = "next_group"
    FORMER_GROUP = "former_group"
    MESSAGE = "message"
    LOWER_HAND = "lower_hand"
    EXPORT = "export"
    PRINT = "print"


# Which act the former undoes, where both were done on the same.
UNDOES = {
    Verb.TAKE_BACK: Verb.RELEASE,
    Verb.RESUME: Verb.PAUSE,
    Verb.FORMER_GROUP: Verb.NEXT_GROUP,
}


@dataclass(frozen=True, slots=True)
class CommandLine:
    """Whoever has the shell of this machine: may do everything, and bears no name here."""


COMMAND_LINE = CommandLine()

Actor = User | AnonymousUser | Device | CommandLine
"""Who does something. A device stands for whoever holds it; an anonymous user may do nothing."""


def require(by: Actor, *permissions: str) -> None:
    """Raise Django's `PermissionDenied` where `by` lacks one of `permissions`."""
    if isinstance(by, CommandLine):
        return
    if isinstance(by, Device) or not by.has_perms(permissions):
        raise PermissionDenied


def new_act(
    verb: Verb,
    *,
    by: Actor,
    run: Run | None = None,
    device: Device | None = None,
    workshop: Workshop | None = None,
    details: Mapping[str, Any] | None = None,
) -> Act:
    """Return an act to be recorded, done on the first of `run`, `device` and `workshop` given.

    `details` hold nothing that JSON does not know.
    """
    now = timezone.now()
    if workshop is None:
        workshop = (run or device or Device()).workshop
    kind, key = _target(run, device, workshop)
    return Act(
        act_id=f"act_{int(now.timestamp() * 1000):013d}_{secrets.token_hex(8)}",
        at=now,
        verb=verb.value,
        target_kind=kind,
        target_key=key,
        workshop_name=workshop.name if workshop else "",
        run=run,
        device=device,
        workshop=workshop,
        details=dict(details or {}),
        **_actor(by),
    )


def record(*acts: Act) -> None:
    """Record acts whose deed is done, in the transaction of that deed where it has rows."""
    with transaction.atomic():
        Act.objects.bulk_create(acts)
        undone = {act.act_id: _undo(act) for act in acts}
    transaction.on_commit(partial(_write, acts, undone))


def _undo(act: Act) -> str:
    """Mark the act that `act` undoes, and return its id; "" where there is none."""
    verb = UNDOES.get(Verb(act.verb))
    if verb is None:
        return ""
    standing = Act.objects.standing().filter(verb=verb)
    same = standing.filter(run=act.run) if act.run else standing.filter(workshop=act.workshop)
    undone = same.newest_first().first()
    if undone is None:
        return ""
    Act.objects.filter(pk=undone.pk).update(undone_by=act)
    return undone.act_id


def _write(acts: Sequence[Act], undone: Mapping[str, str]) -> None:
    try:
        act_files.append_acts([(act, undone[act.act_id]) for act in acts])
    except ArchiveError as error:
        for act in acts:
            logger.error("act not written: act_id=%s kind=%s", act.act_id, error.kind)


def _actor(by: Actor) -> dict[str, Any]:
    match by:
        case User():
            name = by.get_username()
            return {
                "actor_kind": "user",
                "actor_key": name,
                "actor_name": name,
                "user_id": by.pk,
            }
        case Device():
            return {"actor_kind": "device", "actor_key": by.pk, "actor_name": by.name}
        case CommandLine():
            return {"actor_kind": "command"}
    raise PermissionDenied


def _target(run: Run | None, device: Device | None, workshop: Workshop | None) -> tuple[str, str]:
    if run is not None:
        return "run", run.run_id
    if device is not None:
        return "device", device.pk
    if workshop is not None:
        return "workshop", workshop.name
    return "", ""
