"""One generation, from the claimed run to its last file."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from pipelines import moderation, queue, registry
from pipelines.catalog import Chunk
from pipelines.engines.base import Progress
from pipelines.engines.embedded.p5 import InvalidSketch, words_in
from pipelines.engines.http import NotSent
from pipelines.engines.jobs import (
    Cancelled,
    EngineError,
    ErrorKind,
    Output,
)
from pipelines.failures import end_as_failed, end_as_interrupted
from pipelines.generation.details import noting_details, order_details
from pipelines.generation.jobs import media_job
from pipelines.generation.lease import Lease
from pipelines.generation.outputs import add_composite, missing, record_outputs
from pipelines.generation.previews import forget_preview
from pipelines.labels import choice_label, input_label
from pipelines.models import ServerState
from pipelines.safety.errors import Blocked
from pipelines.safety.screening import Screening
from pipelines.safety.text_check import effective_level
from pipelines.servers import inventory, routing
from pipelines.stages.generation import generate
from runs import archive, recorder
from runs.models import Kind, Run
from runs.recorder import LeaseLost

logger = logging.getLogger(__name__)


def execute(run: Run, lease: Lease) -> None:
    """Make the outputs of a claimed run and end it. Every end but a lost lease is recorded."""
    with translation.override(run.language or "de"):
        try:
            _generate_or_end(run, lease)
        except LeaseLost:
            logger.warning("run taken over by another worker: run_id=%s", run.run_id)
        finally:
            forget_preview(run)


def _generate_or_end(run: Run, lease: Lease) -> None:
    try:
        _generate(run, lease)
    except LeaseLost:
        raise
    except Cancelled:
        recorder.cancel(run)
    except Blocked as block:
        moderation.end_as_blocked(run, block, owner=lease.owner)
    except NotSent as error:
        ServerState.objects.mark_unavailable(run.server, error.detail)
        if not _another_answers(run) or not queue.release(run, server="", engine_job_id=""):
            end_as_failed(run, error, owner=lease.owner)
    except Exception as error:
        end_as_failed(run, error, owner=lease.owner)


def _another_answers(run: Run) -> bool:
    """Tell whether a run that its server has not even been told of can go to another one."""
    unavailable = set(ServerState.objects.unavailable().values_list("name", flat=True))
    return run.attempts < queue.MAX_ATTEMPTS and any(
        server.name not in unavailable for server in inventory.servers_of(run.queue)
    )


def give_up(run: Run) -> None:
    """End a run that was left by its worker and is not to be taken up again."""
    with translation.override(run.language or "de"):
        end_as_interrupted(run)


def _generate(run: Run, lease: Lease) -> None:
    interrupted = run.attempts > 1
    if interrupted:
        recorder.reconcile(run)
    lease.check()
    prompt = archive.read_text(run, run.entities.get(type="optimized_prompt").filename)
    record = archive.read_metadata(archive.run_folder(run))
    screening = moderation.get_screening()
    verdict = screening.check_final_prompt(
        _all_texts(prompt, record),
        level_in_force(run),
        is_external=moderation.is_external(run.queue),
        stage=record.get("safety_stage", 3),
        on_wait=lease.check,
    )
    lease.check()

    chunk = registry.get_catalog().chunk_of(run.output_config)
    if interrupted and not missing(run, chunk):
        _finish(run, chunk, record, lease)
        return
    server = inventory.server_named(run.server)
    if server is None:
        raise EngineError(ErrorKind.UNREACHABLE, "", detail=f"no server {run.server}")
    job = media_job(run, prompt, record)
    known = order_details(job, server.name)
    recorder.advance(
        run,
        stage=4,
        step="generation",
        owner=lease.owner,
        details={
            "server": server.name,
            "engine_job_id": job.job_id,
            **known,
            **({"safety": verdict.as_record()} if verdict else {}),
        },
    )
    engine = routing.media_engine(server, chunk.media_type)
    unseen = screening.looks_at_pictures(level_in_force(run))
    on_progress = _without_previews(lease.progress) if unseen else lease.progress
    made = generate(engine, job, on_progress=on_progress, interrupted=interrupted)
    told: dict[str, str] = {}
    outputs = noting_details(made, told)
    inspect = partial(_inspect, screening, level_in_force(run), lease)
    record_outputs(run, outputs, job=job, lease=lease, inspect=inspect)
    if not told.items() <= known.items():
        recorder.advance(run, stage=4, step="generation", owner=lease.owner, details=told)
    if left_out := missing(run, chunk):
        # What came is kept, but a comparison of which a part did not come is no success.
        detail = f"the engine left out {left_out} of {len(chunk.roles)} outputs"
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
    _finish(run, chunk, {**record, **known, **told}, lease)


def _all_texts(prompt: str, record: Mapping[str, Any]) -> str:
    """Return all words that the engine gets, each text once."""
    own = (value for value in record.get("inputs", {}).values() if isinstance(value, str))
    return "\n".join(dict.fromkeys((prompt, *own)))


def _inspect(screening: Screening, level: str, lease: Lease, output: Output) -> dict[str, Any]:
    """Return what is to be recorded of looking at `output`; raises `Blocked`."""
    if output.media_type == "workflow":
        return {}
    if output.media_type == "code":
        # A program that cannot be taken apart is read as it stands.
        code = output.data.decode("utf-8", "replace")
        with suppress(InvalidSketch):
            code = words_in(code)
        screening.check_sketch(code, level, on_wait=lease.check)
        return {}
    verdict = screening.check_picture(output.data, level, on_wait=lease.check)
    return {"safety": verdict.as_record()} if verdict else {}


def _without_previews(progress: Progress) -> Progress:
    """What nobody has looked at yet is not to be seen in the making either."""

    def report(share: float, note: str, preview: bytes | None = None, /) -> None:
        progress(share, note)

    return report


def _finish(run: Run, chunk: Chunk, record: Mapping[str, Any], lease: Lease) -> None:
    add_composite(run, chunk, facts=_facts(run, chunk, record), lease=lease)
    recorder.finish(run, owner=lease.owner)


def _facts(run: Run, chunk: Chunk, record: Mapping[str, Any]) -> Iterator[str]:
    """Yield what tells people how the pictures came about, without what the participant wrote."""
    yield registry.get_catalog().output(run.output_config).name.in_language(run.language or "de")
    for name, value in record.get("inputs", {}).items():
        about = chunk.inputs.get(name)
        if about is not None and about.type == "number":
            yield f"{input_label(name)}: " + f"{value:g}".replace("-", "−")
        elif about is not None and about.type == "choice":
            yield f"{input_label(name)}: {choice_label(value)}"
    yield _("seed: %(seed)s") % {"seed": run.seed}
    if record.get("model"):
        yield str(record["model"])


def level_in_force(run: Run) -> str:
    """Return the stricter of the run's level and its workshop's, which may have changed since."""
    if run.kind == Kind.GENERATION and run.workshop is not None:
        return effective_level(run.safety_level, run.workshop.safety_level)
    return run.safety_level
