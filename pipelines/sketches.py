"""A sketch that its participant has changed by hand becomes a run of its own."""

from __future__ import annotations

from http import HTTPStatus

from django.utils.translation import gettext as _

from devices.models import Device
from pipelines import registry
from pipelines.engines.embedded.p5 import InvalidSketch, check, words_in
from pipelines.submission import (
    check_contents,
    check_workshop,
    create_run,
    ends_as_blocked,
    level_for,
)
from runs import recorder
from runs.media import outputs
from runs.metadata import RunContext, StartFile
from runs.models import Kind, Run, Status
from runs.texts import TEXT_TYPES, text_of
from web.problems import Problem

# What a run names as its engine where a person has written what came of it.
BY_HAND = "hand"


def save_sketch(*, device: Device, run: Run, code: str) -> Run:
    """Record `code`, a changed sketch of `run`, as a finished run that points to it.

    Raises `Problem` where `run` has no sketch, or `code` is none that may be shown.
    """
    if not outputs(run, "p5"):
        raise Problem(
            HTTPStatus.NOT_FOUND, "not-found", _("There is no program here that could be changed.")
        )
    check_workshop(device, rule=run.interception_config, engine=run.output_config)
    try:
        check(code)
        readable = words_in(code)
    except InvalidSketch as invalid:
        raise Problem(
            HTTPStatus.BAD_REQUEST,
            "not-a-sketch",
            message_for_sketch(invalid),
            extra={"reason": invalid.what, "line": invalid.line},
        ) from invalid
    level = level_for(device, run.safety_level)
    texts = [(type_, text) for type_ in TEXT_TYPES if (text := text_of(run, type_)) is not None]
    edited = StartFile(
        type="output_code",
        data=code.encode("utf-8", "replace"),
        extension="js",
        metadata={
            "config": run.output_config,
            "seed": run.seed,
            "format": "js",
            "edited_from": run.run_id,
        },
    )
    new = create_run(
        RunContext(
            kind=Kind.GENERATION,
            device=device,
            workshop=device.workshop,
            interception_config=run.interception_config,
            output_config=run.output_config,
            engine=BY_HAND,
            safety_level=level,
            language=run.language,
            seed=run.seed,
            parent_run_id=run.run_id,
            context_prompt=recorder.context_prompt_of(run),
            texts=tuple(texts),
            files=(edited,),
            expected_outputs=(*(type_ for type_, _text in texts), edited.type),
            status=Status.RUNNING,
            details={"catalog": registry.get_catalog().digest},
        )
    )
    with ends_as_blocked(new):
        check_contents((readable,), level=level, stage=3)
    recorder.finish(new)
    return new


def message_for_sketch(invalid: InvalidSketch) -> str:
    """Return what the person who wrote the program is told."""
    values = {"line": invalid.line, "name": invalid.name}
    if invalid.what == "forbidden":
        return (
            _("Line %(line)s: “%(name)s” is not allowed here. A sketch may draw, and nothing else.")
            % values
        )
    if invalid.what == "broken":
        return (
            _(
                "Line %(line)s: something is missing here, or too much (%(name)s). "
                "Is every bracket and every quotation mark closed?"
            )
            % values
        )
    if invalid.what == "long":
        return _("The program is too long: at most %(name)s characters.") % values
    return _("This is no sketch yet: it needs a function setup() or draw().")
