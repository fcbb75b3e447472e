"""A prompt that is a sketch already: it is kept as it stands, and no model is asked."""

from __future__ import annotations

import re

from django.utils.translation import gettext, gettext_noop

from pipelines.engines.jobs import EngineError, ErrorKind, MediaJob, Output

from .patterns import InvalidSketch, check

# As existing clients tell a program from words.
_PROGRAM = re.compile(r"\bfunction\s+(?:setup|draw)\s*\(")

MESSAGES = {
    "forbidden": gettext_noop(
        "The program that came back wanted more than drawing, so it is not shown. "
        "Your text is kept. Please try again."
    ),
    "broken": gettext_noop(
        "The program came back unfinished. Your text is kept. Please try again."
    ),
    "long": gettext_noop(
        "The program became too long. Write a little less, or choose another machine."
    ),
    "empty": gettext_noop("No program came back this time. Your text is kept. Please try again."),
}


def is_sketch(text: str) -> bool:
    """Tell whether `text` is a program rather than words for one."""
    return _PROGRAM.search(text) is not None


def require_sketch(code: str) -> None:
    """Raise `EngineError` (bad_response) where `code` is no sketch that may be shown."""
    try:
        check(code)
    except InvalidSketch as unfit:
        raise EngineError(
            ErrorKind.BAD_RESPONSE,
            gettext(MESSAGES[unfit.what]),
            detail=f"the answer is no sketch for here: {unfit}",
            permanent=False,
        ) from unfit


def written_sketch(job: MediaJob) -> Output | None:
    """Return the sketch that the prompt of `job` is, None where it is words."""
    if not is_sketch(job.prompt):
        return None
    require_sketch(job.prompt)
    metadata = {"width": job.width, "height": job.height, "characters": len(job.prompt)}
    return Output(
        job.prompt.encode(), "text/javascript", "js", media_type="code", metadata=metadata
    )
