"""The story of one interception: stages 1 and 2, told in events while it is recorded."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from pipelines import configured, queue, servers
from pipelines.context import Cancelled, EngineError, ErrorKind, TextJob
from pipelines.engines.base import TextEngine
from pipelines.sentences import sentence_for, sentence_of
from pipelines.stages.interception import Station, intercept
from runs import recorder
from runs.archive import STORAGE_FULL, ArchiveError
from runs.models import Run

logger = logging.getLogger(__name__)

CANCEL_LOOK_SECONDS = 0.5

Emit = Callable[[str, dict[str, Any]], None]
"""Takes the name and the data of an event; may be called when nobody listens any more."""


class InterceptionFailed(Exception):
    """The run has ended as failed; `kind` and the sentence for the person."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


def perform(run: Run, *, text: str, rule: str, emit: Emit, engine: TextEngine | None = None) -> str:
    """Rewrite `text` by `rule` with `engine` (else the configured one), record and return it.

    The checks of stage 1 are done when a run gets here. Raises `InterceptionFailed`, after the
    failure has been recorded.
    """
    with translation.override(run.language or "de"):
        try:
            return _perform(run, text, rule, emit, engine or servers.text_engine())
        except Cancelled as stop:
            recorder.cancel(run)
            sentence = _("This was stopped. Your text is kept.")
            raise InterceptionFailed(ErrorKind.CANCELLED, sentence) from stop
        except EngineError as error:
            kind, sentence, detail = error.kind, sentence_of(error), error.detail
        except ArchiveError as error:
            kind = STORAGE_FULL if error.kind == STORAGE_FULL else ErrorKind.BACKEND_FAILED
            sentence, detail = sentence_for(kind), str(error)
        except Exception as error:
            logger.exception("interception %s failed", run.run_id)
            kind = ErrorKind.BACKEND_FAILED
            sentence, detail = sentence_for(kind), repr(error)
        try:
            recorder.fail(run, kind=kind, message=sentence, detail=detail)
        except Exception:
            logger.exception("the failure of interception %s cannot be recorded", run.run_id)
            queue.fail_unrecorded(run, kind=kind, message=sentence)
        raise InterceptionFailed(kind, sentence)


def _instruction(language: str) -> str:
    """Return what a language model is told besides the rule."""
    instruction = configured.get_catalog().chunks["manipulate"].instruction
    return instruction.in_language(language) if instruction else ""


def _perform(run: Run, text: str, rule: str, emit: Emit, engine: TextEngine) -> str:
    config = configured.get_catalog().interceptions[run.interception_config]
    emit(
        "stage_start",
        {"stage": 1, "name": _("Check"), "description": _("Your words are being checked.")},
    )
    emit("stage_complete", {"stage": 1, "text": text, "duration_ms": 0})
    emit(
        "stage_start",
        {"stage": 2, "name": _("Rewriting"), "description": _("The rule works on your words.")},
    )
    recorder.advance(run, stage=2, step="interception")

    rule_is_own = rule != config.context.in_language(run.language)
    job = TextJob(
        text=text,
        rule=rule,
        language=run.language,
        seed=run.seed or 0,
        recipe=config.parameters.wortwerkstatt,
        rule_is_own=rule_is_own,
        instruction=_instruction(run.language),
        model=servers.text_model().model,
        parameters=config.parameters.model_dump(),
    )
    stations = [
        Station(
            station.rule.in_language(run.language),
            run.language if station.language == "user" else station.language,
        )
        for station in (() if rule_is_own else config.chain)
    ]

    def record_station(number: int, passed: str) -> None:
        recorder.add(
            run,
            type="translation",
            data=passed,
            extension="txt",
            metadata={"station": number + 1, "of": len(stations)},
        )
        label = _("Station %(number)d") % {"number": number + 1}
        emit(
            "step",
            {"index": number + 1, "of": len(stations), "label": label, "text": passed},
        )

    accumulated = ""
    count = 0
    look_again_at = time.monotonic() + CANCEL_LOOK_SECONDS
    for piece in intercept(engine, job, stations=stations, on_passed=record_station):
        accumulated += piece
        count += 1
        if time.monotonic() > look_again_at:
            if Run.objects.filter(pk=run.pk, cancel_requested=True).exists():
                raise Cancelled
            look_again_at = time.monotonic() + CANCEL_LOOK_SECONDS
        emit(
            "chunk",
            {"stage": 2, "text_chunk": piece, "accumulated": accumulated, "chunk_count": count},
        )
    recorder.add(run, type="interception", data=accumulated, extension="txt")
    recorder.finish(run)
    emit(
        "complete",
        {
            "stage": 2,
            "final_text": accumulated,
            "char_count": len(accumulated),
            "chunk_count": count,
            "run_id": run.run_id,
        },
    )
    return accumulated
