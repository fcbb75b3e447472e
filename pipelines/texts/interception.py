"""The story of one interception: stages 1 and 2, told in events while it is recorded."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext as _

from pipelines import registry
from pipelines.engines.base import TextEngine
from pipelines.engines.jobs import TextJob
from pipelines.engines.table import RULE_BASED
from pipelines.servers import routing
from pipelines.stages.interception import Station, intercept
from pipelines.texts.checked_texts import CheckedTexts
from pipelines.texts.reply_faults import Question
from pipelines.texts.rewriting import CancelLook, Emit, recorded, stream_text
from runs import recorder
from runs.models import Run


def perform(run: Run, *, text: str, rule: str, emit: Emit, engine: TextEngine | None = None) -> str:
    """Rewrite `text` by `rule` with `engine` (else the configured one), record and return it.

    The checks of stage 1 are done when a run gets here. Raises `RewritingFailed` or
    `WritingBlocked`, after that has been recorded.
    """

    def work(emit: Emit) -> str:
        return _perform(run, text, rule, emit, engine or routing.text_engine())

    return recorded(run, emit, work)


def _instruction(language: str) -> str:
    """Return what a language model is told besides the rule."""
    instruction = registry.get_catalog().chunks["manipulate"].instruction
    return instruction.in_language(language) if instruction else ""


def _perform(run: Run, text: str, rule: str, emit: Emit, engine: TextEngine) -> str:
    config = registry.get_catalog().interceptions[run.interception_config]
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
        model=routing.text_model().model,
        parameters=config.parameters.model_dump(),
    )
    stations = [
        Station(
            station.rule.in_language(run.language),
            run.language if station.language == "user" else station.language,
        )
        for station in (() if rule_is_own else config.chain)
    ]

    on_wait = CancelLook(run)
    texts = CheckedTexts(run, stage=2, on_wait=on_wait)

    def record_station(number: int, passed: str, instruction: str) -> None:
        recorder.add(
            run,
            type="translation",
            data=passed,
            extension="txt",
            metadata={
                "station": number + 1,
                "of": len(stations),
                **({"instruction": instruction} if instruction else {}),
            },
        )
        label = _("Station %(number)d") % {"number": number + 1}
        emit(
            "step",
            {"index": number + 1, "of": len(stations), "label": label, "text": passed},
        )

    def pass_station(number: int, passed: str) -> None:
        instruction = texts.facts.instruction
        texts.pass_station(passed, partial(record_station, number, passed, instruction))

    pieces = intercept(
        engine,
        job,
        stations=stations,
        on_passed=pass_station,
        on_wait=on_wait,
        facts=texts.facts,
    )
    question = Question(
        text=text,
        rule=rule,
        # The stations say which languages they lead through.
        language="" if stations else run.language,
        leads_back=bool(stations),
        is_rule_based=run.engine in RULE_BASED,
    )
    return stream_text(
        run,
        pieces,
        stage=2,
        type="interception",
        emit=emit,
        texts=texts,
        question=question,
    )
