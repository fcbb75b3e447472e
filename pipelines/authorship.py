"""Who wrote the words of a run's text, traced through the runs that it came from."""

from __future__ import annotations

from pipelines.stages.authorship import Authorship, trace
from runs.models import Kind, Run
from runs.texts import text_of

# So many runs back a picture's text may have come from its rule.
_MOST_STEPS = 8


def authorship_of(run: Run) -> Authorship | None:
    """Return who wrote the last text of `run`; None where no text of it can be read.

    `run` has its `entities` at hand.
    """
    idea = text_of(run, "input") or ("" if run.kind == Kind.OPTIMIZATION else run.idea)
    sent = text_of(run, "interception") or ""
    final = text_of(run, "optimized_prompt") or ""
    if not (idea or sent or final).strip():
        return None
    if run.kind == Kind.INTERCEPTION:
        return trace(idea=idea, machine=sent, edited="")
    rewritten = rewriting_of(run)
    if rewritten and not idea:
        idea = text_of(rewritten, "input") or rewritten.idea
    machine = (text_of(rewritten, "interception") if rewritten else None) or sent
    # Clients that fit no texts send the participant's changes as the final prompt.
    is_fitted = bool(sent) and (run.kind == Kind.OPTIMIZATION or _was_fitted(run))
    return trace(
        idea=idea,
        machine=machine,
        edited=sent if is_fitted else final or sent,
        fitted=final if is_fitted else "",
    )


def rewriting_of(run: Run) -> Run | None:
    """Return the run in which the rule made this run's text."""
    earlier: Run | None = run
    for _step in range(_MOST_STEPS):
        if earlier is None or not earlier.parent_run_id:
            return None
        earlier = Run.objects.filter(run_id=earlier.parent_run_id).first()
        if earlier is not None and earlier.kind == Kind.INTERCEPTION:
            return earlier if earlier.interception_config == run.interception_config else None
    return None


def _was_fitted(run: Run) -> bool:
    if not run.parent_run_id:
        return False
    fittings = Run.objects.filter(kind=Kind.OPTIMIZATION, output_config=run.output_config)
    return fittings.filter(parent_run_id=run.parent_run_id).exists()
