"""The story of one generation, from the claimed run to its last file."""

from __future__ import annotations

import logging
import uuid
from typing import Protocol

from django.utils import translation

from pipelines import configured, queue, servers
from pipelines.context import Blocked, Cancelled, EngineError, ErrorKind, MediaJob
from pipelines.engines.http import NotSent
from pipelines.models import ServerState
from pipelines.previews import forget_preview
from pipelines.sentences import sentence_for, sentence_of
from pipelines.stages.generation import generate
from pipelines.stages.safety import check_text, effective_level
from runs import archive, recorder
from runs.archive import STORAGE_FULL, ArchiveError
from runs.models import Kind, Run
from runs.recorder import LeaseLost

logger = logging.getLogger(__name__)


class Hold(Protocol):
    """What the worker holds while it works on a run."""

    owner: str

    def check(self) -> None: ...

    def progress(self, share: float, note: str, preview: bytes | None = None) -> None: ...


def execute(run: Run, hold: Hold) -> None:
    """Make the outputs of a claimed run and end it. Every end but a lost lease is recorded."""
    with translation.override(run.language or "de"):
        try:
            _generate_or_say_why_not(run, hold)
        except LeaseLost:
            logger.warning("run %s was taken over by another worker", run.run_id)
        finally:
            forget_preview(run)


def _generate_or_say_why_not(run: Run, hold: Hold) -> None:
    try:
        _generate(run, hold)
    except LeaseLost:
        raise
    except Cancelled:
        recorder.cancel(run)
    except Blocked as block:
        recorder.block(
            run, stage=block.stage, reason=block.reason, message=block.message, owner=hold.owner
        )
    except NotSent as error:
        ServerState.objects.mark_silent(run.server, error.detail)
        if not _another_answers(run) or not queue.release(run, server="", engine_job_id=""):
            _fail(run, hold, error.kind, sentence_of(error), error.detail)
    except EngineError as error:
        _fail(run, hold, error.kind, sentence_of(error), error.detail)
    except ArchiveError as error:
        kind = STORAGE_FULL if error.kind == STORAGE_FULL else ErrorKind.BACKEND_FAILED
        _fail(run, hold, kind, sentence_for(kind), str(error))
    except Exception as error:
        # A fault of ours must not leave a child before a still screen.
        logger.exception("run %s stumbled", run.run_id)
        kind = ErrorKind.BACKEND_FAILED
        _fail(run, hold, kind, sentence_for(kind), repr(error))


def _another_answers(run: Run) -> bool:
    """Tell whether a run that its server has not even been told of can go to another one."""
    silent = set(ServerState.objects.silent().values_list("name", flat=True))
    return run.attempts < queue.MAX_ATTEMPTS and any(
        server.name not in silent for server in servers.servers_of(run.lane)
    )


def _fail(run: Run, hold: Hold, kind: str, sentence: str, detail: str) -> None:
    logger.warning("run %s failed: %s", run.run_id, kind)
    try:
        recorder.fail(run, kind=kind, message=sentence, detail=detail, owner=hold.owner)
    except LeaseLost:
        raise
    except Exception:
        logger.exception("the failure of run %s cannot be recorded", run.run_id)
        queue.fail_unrecorded(run, kind=kind, message=sentence)


def give_up(run: Run) -> None:
    """End a run that was left by its worker and is not to be taken up again."""
    with translation.override(run.language or "de"):
        sentence = sentence_for(ErrorKind.LOST)
        try:
            recorder.interrupt(run, message=sentence)
        except Exception:
            logger.exception("the end of run %s cannot be recorded", run.run_id)
            queue.fail_unrecorded(run, kind=ErrorKind.LOST, message=sentence)
    logger.warning("run %s was interrupted for good", run.run_id)


def _generate(run: Run, hold: Hold) -> None:
    interrupted = run.attempts > 1
    if interrupted:
        recorder.reconcile(run)
    hold.check()
    prompt = archive.read_text(run, run.entities.get(type="optimized_prompt").filename)

    check_text(
        configured.get_safety_lists(),
        text=prompt,
        level=level_in_force(run),
        stage=3,
        part="prompt",
    )

    chunk = configured.get_catalog().chunk_of(run.output_config)
    server = servers.server_named(run.server)
    if server is None:
        raise EngineError(ErrorKind.UNREACHABLE, "", detail=f"no server {run.server}")
    job = media_job(run, prompt)
    recorder.advance(
        run,
        stage=4,
        step="generation",
        owner=hold.owner,
        details={"server": server.name, "engine_job_id": job.job_id, "model": job.model},
    )
    engine = servers.media_engine(server, chunk.media_type)
    recorded = run.entities.filter(type=_entity_type(chunk.media_type)).count()
    outputs = generate(engine, job, on_progress=hold.progress, interrupted=interrupted)
    for number, output in enumerate(outputs):
        hold.check()
        if number < recorded:
            continue
        recorder.add(
            run,
            type=_entity_type(chunk.media_type),
            data=output.data,
            extension=output.extension,
            content_type=output.content_type,
            metadata={
                "config": run.output_config,
                "seed": run.seed,
                "format": output.extension,
                **({"role": output.role} if output.role else {}),
                **output.metadata,
            },
            owner=hold.owner,
        )
    recorder.finish(run, owner=hold.owner)


def media_job(run: Run, prompt: str) -> MediaJob:
    """Return what the engine of `run` is asked for; nothing of it is left to the engine."""
    chunk = configured.get_catalog().chunk_of(run.output_config)
    route = servers.route_of(run.output_config)
    if route is None or route.backend_type != run.lane:
        detail = f"{run.output_config} is not made by {run.lane} any more"
        raise EngineError(ErrorKind.UNREACHABLE, "", detail=detail)
    if run.seed is None:
        raise EngineError(ErrorKind.BAD_REQUEST, "", detail="the run has no seed")
    return MediaJob(
        job_id=queue.name_job(run, str(uuid.uuid4())),
        prompt=prompt,
        seed=run.seed,
        width=chunk.width,
        height=chunk.height,
        negative_prompt=chunk.negative_prompt,
        model=route.model,
        parameters=route.parameters,
    )


def level_in_force(run: Run) -> str:
    """Return the stricter of the run's level and its workshop's, which may have changed since."""
    if run.kind == Kind.GENERATION and run.workshop is not None:
        return effective_level(run.safety_level, run.workshop.safety_level)
    return run.safety_level


def _entity_type(media_type: str) -> str:
    return f"output_{media_type}"
