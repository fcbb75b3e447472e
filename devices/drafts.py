"""Drafts: what is being written on a device, kept so that a reload or a lost browser loses nothing.

A draft belongs to the device, whatever workshop that joins: the same child writes on.
"""

from __future__ import annotations

import math
import re
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from devices.models import DRAFT_KEPT, Device, Draft, DraftPutAside

MOST_BYTES = 64 * 1024
MOST_REVISION = 2**31 - 2
# More than any page of ours has; what is bigger or deeper than that is none of ours.
MOST_FIELDS = 200
DEEPEST = 8
LONGEST_NAME = 80

# What not every database can hold: NUL, and halves of characters.
_UNFIT = re.compile("[\x00\ud800-\udfff]")
# The texts that a person writes are texts, always.
_TEXTS = ("idea", "result")


class DraftMoved(Exception):
    """The draft has been changed since the revision that a change was based on."""

    def __init__(self, present: Draft) -> None:
        super().__init__(str(present))
        self.present = present


def is_draft(content: Any) -> bool:
    """Tell whether `content` has the shape of a draft: named fields of plain, shallow values."""
    return (
        isinstance(content, dict)
        and all(isinstance(content.get(name, ""), str) for name in _TEXTS)
        and _is_plain(content, DEEPEST)
    )


def _is_plain(value: Any, depth: int) -> bool:
    if isinstance(value, str):
        return not _UNFIT.search(value)
    if isinstance(value, dict | list):
        if not depth or len(value) > MOST_FIELDS:
            return False
        if isinstance(value, list):
            return all(_is_plain(each, depth - 1) for each in value)
        return all(
            len(name) <= LONGEST_NAME and _is_plain(name, depth) and _is_plain(each, depth - 1)
            for name, each in value.items()
        )
    return not isinstance(value, float) or math.isfinite(value)


def draft_of(device: Device) -> Draft | None:
    """Return the draft of `device`; one that was left behind is deleted instead."""
    draft = Draft.objects.filter(device=device).first()
    if draft is None or draft.changed_at >= timezone.now() - DRAFT_KEPT:
        return draft
    Draft.objects.left_behind().filter(device=device).delete()
    return None


def keep_draft(*, device: Device, based_on: int, content: dict[str, Any]) -> Draft:
    """Store `content` as what follows revision `based_on`. Raises `DraftMoved`.

    Where no draft is there any more, a browser that still has one may go on with it.
    """
    now = timezone.now()
    changed = Draft(device=device, revision=based_on + 1, changed_at=now, content=content)
    present = Draft.objects.filter(device=device, revision=based_on)
    if present.update(revision=changed.revision, changed_at=now, content=content):
        return changed
    if (other := draft_of(device)) is not None:
        raise DraftMoved(other)
    try:
        with transaction.atomic():
            changed.save(force_insert=True)
    except IntegrityError as error:
        raise DraftMoved(Draft.objects.get(device=device)) from error
    return changed


def forget_left_drafts() -> None:
    """Delete every draft that was left behind."""
    # Looking costs nothing; deleting keeps other writers out.
    for drafts in (Draft.objects, DraftPutAside.objects):
        if drafts.left_behind().exists():
            drafts.left_behind().delete()
