"""Who wrote the words of a run's text: traced through the runs it came from, and kept beside it.

`authorship.json` lies in the run's folder without a number, as it is no step of the making. A
key of metadata.json names it with its size, its SHA-256 and the shares, which a rebuild of the
rows takes from there. Older runs have neither; theirs is traced when it is asked for.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from runs import archive
from runs.alignment import AUTHORS, Authorship, trace
from runs.archive import ArchiveError
from runs.metadata import local_text
from runs.models import Kind, Run
from runs.texts import TEXT_TYPES, text_of

FILENAME = "authorship.json"
# In metadata.json.
KEY = "authorship"

# The text with which a rewriting is done; a picture begins with all its texts.
FINAL_TEXT: dict[str, str] = {
    Kind.INTERCEPTION: "interception",
    Kind.OPTIMIZATION: "optimized_prompt",
}

# So many runs back a picture's text may have come from its rule.
_MOST_STEPS = 8
# So many fittings of one text are looked through for the one that was sent.
_MOST_OPTIMIZATIONS = 8


def authorship_of(run: Run) -> Authorship | None:
    """Return who wrote the last text of `run`, as it is kept, else traced.

    None where no text of it can be read. `run` has its `entities` at hand.
    """
    return _kept(run) or traced(run, {type_: text_of(run, type_) or "" for type_ in TEXT_TYPES})


def traced(run: Run, texts: Mapping[str, str]) -> Authorship | None:
    """Return who wrote the last of `texts` (by type), None where there is none.

    `run` may be one that is just being recorded.
    """
    idea = texts.get("input") or ("" if run.kind == Kind.OPTIMIZATION else run.idea)
    sent = texts.get("interception", "")
    final = texts.get("optimized_prompt", "")
    if not (idea or sent or final).strip():
        return None
    if run.kind == Kind.INTERCEPTION:
        return trace(idea=idea, machine=sent, edited="")
    rewritten = rewriting_of(run)
    if rewritten and not idea:
        idea = text_of(rewritten, "input") or rewritten.idea
    machine = (text_of(rewritten, "interception") if rewritten else None) or sent
    if run.kind == Kind.OPTIMIZATION:
        return trace(idea=idea, machine=machine, edited=sent, optimized=final)
    optimized = _optimized(run, sent) if sent and final != sent else ""
    if optimized:
        return trace(idea=idea, machine=machine, edited=sent, optimized=optimized, sent=final)
    # Clients that fit no texts send the participant's changes as the final prompt.
    return trace(idea=idea, machine=machine, edited=final or sent)


def rewriting_of(run: Run) -> Run | None:
    """Return the run in which the rule made this run's text."""
    earlier: Run | None = run
    for _step in range(_MOST_STEPS):
        if earlier is None or not earlier.parent_run_id:
            return None
        parents = Run.objects.filter(run_id=earlier.parent_run_id)
        earlier = parents.prefetch_related("entities").first()
        if earlier is not None and earlier.kind == Kind.INTERCEPTION:
            return earlier if earlier.interception_config == run.interception_config else None
    return None


def _optimized(run: Run, sent: str) -> str:
    """Return what a language model made of the text `sent` for this run's engine, "" if nothing."""
    if not run.parent_run_id:
        return ""
    optimizations = Run.objects.filter(
        parent_run_id=run.parent_run_id, kind=Kind.OPTIMIZATION, output_config=run.output_config
    )
    for optimization in optimizations.newest_first().prefetch_related("entities")[
        :_MOST_OPTIMIZATIONS
    ]:
        if text_of(optimization, "interception") == sent:
            return text_of(optimization, "optimized_prompt") or ""
    return ""


# Kept in the folder -------------------------------------------------------------------------


def content_of(authorship: Authorship) -> bytes:
    """Return what authorship.json holds."""
    text = json.dumps(authorship.as_data(), ensure_ascii=False, indent=2)
    return text.encode("utf-8", "replace")


def new_record(authorship: Authorship, content: bytes, *, now: datetime) -> dict[str, Any]:
    """Return what metadata.json says of authorship.json."""
    return {
        "filename": FILENAME,
        "timestamp": local_text(now),
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "shares": authorship.shares,
    }


def record_in(metadata: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the name, size and SHA-256 of authorship.json, None where there should be none."""
    record = metadata.get(KEY)
    if not isinstance(record, dict):
        return None
    size, digest = record.get("size"), record.get("sha256")
    return {
        "filename": FILENAME,
        "size": size if isinstance(size, int) else None,
        "sha256": digest if isinstance(digest, str) else "",
    }


def shares_in(data: Mapping[str, Any]) -> dict[str, float]:
    """Return the shares (0…1) that metadata.json tells, none where it tells none."""
    record = data.get(KEY)
    shares = record.get("shares") if isinstance(record, dict) else None
    if not isinstance(shares, dict):
        return {}
    return {
        author: share
        for author in AUTHORS
        if isinstance(share := shares.get(author), int | float) and 0 <= share <= 1
    }


def texts_in(run: Run, items: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return the first text of each type among files of `run`; one that is lost is left out."""
    texts: dict[str, str] = {}
    for item in items:
        if item["type"] in TEXT_TYPES and item["type"] not in texts:
            with suppress(ArchiveError):
                texts[item["type"]] = archive.read_text(run, item["filename"])
    return texts


def _kept(run: Run) -> Authorship | None:
    """Return what authorship.json says; None where it is not there or not to be understood."""
    if not run.shares:
        return None
    try:
        return Authorship.from_data(
            json.loads(archive.read_bytes(run, FILENAME, archive.MOST_TEXT))
        )
    except (ArchiveError, ValueError, RecursionError):
        return None
