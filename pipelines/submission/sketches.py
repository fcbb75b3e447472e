"""A sketch that its participant has changed by hand becomes a run of its own."""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus

from django.utils.translation import gettext as _

from devices.models import Device
from pipelines.submission.admission import Admission, admit
from pipelines.submission.generation import check_texts
from pipelines.submission.recording import new_context, submit
from pipelines.submission.sketch_words import words_of_sketch
from runs import recorder
from runs.media import outputs
from runs.metadata import RequestKey, StartFile
from runs.models import Kind, Run
from runs.texts import TEXT_TYPES, text_of
from web.problems import Problem

# What a run names as its engine where a person has written what came of it.
BY_HAND = "hand"


def save_sketch(
    *, device: Device, run: Run, code: str, request_key: RequestKey | None = None
) -> Run:
    """Record `code`, a changed sketch of `run`, as a finished run that points to it.

    Raises `Problem` where `run` has no sketch, or `code` is none that may be shown.
    """
    if not outputs(run, "p5"):
        raise Problem(
            HTTPStatus.NOT_FOUND, "not-found", _("There is no program here that could be changed.")
        )
    admitted = admit(
        device,
        requested_level=run.safety_level,
        rule=run.interception_config,
        output_config=run.output_config,
    )
    admission = Admission(device, admitted.level, parent=run, request_key=request_key)
    readable = words_of_sketch(code)
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
    context = replace(
        new_context(
            admission,
            kind=Kind.GENERATION,
            language=run.language,
            seed=run.seed,
            texts=tuple(texts),
            expected_outputs=(*(type_ for type_, _text in texts), edited.type),
        ),
        # As it was: one of an older archive may have none.
        seed=run.seed,
        interception_config=run.interception_config,
        output_config=run.output_config,
        engine=BY_HAND,
        context_prompt=recorder.context_prompt_of(run),
        files=(edited,),
    )
    new = submit(
        context,
        check=lambda screening: check_texts(screening, (readable,), level=admission.level, stage=3),
    )
    recorder.finish(new)
    return new
