"""The screening of this installation, made from the settings, and how a no is recorded."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings

from pipelines import registry
from pipelines.engines.table import RULE_BASED
from pipelines.models import ServerState
from pipelines.safety.errors import Blocked
from pipelines.safety.llm_judge import Judge
from pipelines.safety.screening import JudgedBlocked, NotJudged, Screening
from pipelines.servers import inventory, routing
from runs import recorder
from runs.archive import ArchiveError
from runs.entity_types import BLOCKED_TEXT
from runs.models import Run

logger = logging.getLogger(__name__)

VERDICT = "safety"  # the type of the file that holds why a model said no
BY_MODEL = "model"  # who wrote what was blocked; else it was a person


def get_screening() -> Screening:
    """Return the checks with the models that SAFETY_MODEL and VISION_MODEL name.

    A setting that names nothing here is no reason to go without: it closes the levels of children.
    """
    judges = {setting: _judge(setting) for setting in ("SAFETY_MODEL", "VISION_MODEL")}
    missing_models = tuple(
        f"{setting} names no language model that is set up here"
        for setting, judge in judges.items()
        if judge is None and getattr(settings, setting)
    )
    return Screening(
        lists=registry.get_safety_lists(),
        judge=judges["SAFETY_MODEL"],
        vision_judge=judges["VISION_MODEL"],
        missing_models=missing_models,
    )


def _judge(setting: str) -> Judge | None:
    chosen = routing.chosen_model(getattr(settings, setting))
    if chosen is None or chosen.server.engine in RULE_BASED:
        return None
    server = chosen.server
    model = routing.language_model(server)
    return Judge(model, chosen.model, server=server.name, is_local=server.is_local)


def closed_levels(*, database: bool = True) -> dict[str, tuple[str, ...]]:
    """Return which levels are closed and why, as the servers were when they were last asked.

    Without the `database` nothing is known of the servers.
    """
    unavailable = (
        ServerState.objects.unavailable().values_list("name", flat=True) if database else ()
    )
    return get_screening().closed_levels(set(unavailable))


def is_external(queue: str) -> bool:
    """Tell whether a text for `queue` may go to a server outside the local network."""
    return any(not server.is_local for server in inventory.servers_of(queue))


def end_as_blocked(
    run: Run,
    block: Blocked,
    *,
    owner: str | None = None,
    written: str | None = None,
    details: Mapping[str, Any] | None = None,
) -> None:
    """Record why a model said no, where one did, and end `run` as blocked.

    A picture that is not shown is not kept: what would hurt on the screen would hurt in the
    archive. Its verdict is. Texts are kept: what a model has `written` as a file that goes to
    no browser of a participant, with `details` of who wrote it. Raises `LeaseLost`.
    """
    if written is not None:
        try:
            recorder.add(
                run,
                type=BLOCKED_TEXT,
                data=written,
                extension="txt",
                owner=owner,
                details=details,
            )
        except ArchiveError:
            logger.exception("blocked text not recorded: run_id=%s", run.run_id)
    if isinstance(block, JudgedBlocked | NotJudged):
        verdict = json.dumps(block.verdict.as_record(), ensure_ascii=False, indent=2)
        try:
            recorder.add(run, type=VERDICT, data=verdict, extension="json", owner=owner)
        except ArchiveError:
            logger.exception("verdict not recorded: run_id=%s", run.run_id)
    recorder.block(
        run,
        stage=block.stage,
        reason=block.reason,
        message=block.message,
        owner=owner,
        by="" if written is None else BY_MODEL,
    )
