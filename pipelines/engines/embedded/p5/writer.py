"""The engine with a model: a language model writes the sketch, which is looked at before use."""

from __future__ import annotations

import queue
import re
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from functools import partial

from django.utils.translation import gettext, gettext_noop

from pipelines.engines.base import LanguageModel, Progress
from pipelines.engines.call_facts import CallFacts
from pipelines.engines.jobs import (
    Cancelled,
    Conversation,
    EngineError,
    ErrorKind,
    Health,
    MediaJob,
    Message,
    MissingRequirement,
    Output,
)
from pipelines.engines.patience import OnWait

from .patterns import MAX_CHARACTERS, InvalidSketch, check

# A sketch of a usual length, for the progress: it nears the end without reaching it.
USUAL_CHARACTERS = 3_000
WAIT_SECONDS = 0.5
# The program with words and thoughts around it.
MAX_ANSWER = 4 * MAX_CHARACTERS

Chat = Callable[[OnWait], Generator[str, None, None]]
"""Begins an answer; what is called while it comes ends it by what it raises."""

Arrivals = queue.SimpleQueue[str | BaseException | None]
"""The pieces of an answer; then None, or the error that ended it."""

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

_THOUGHTS = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(
    r"^[ \t]*(?:```|~~~)[^\n]*\n(.*?)(?:^[ \t]*(?:```|~~~)|\Z)", re.DOTALL | re.MULTILINE
)


class SketchWriter:
    """Has `model` write a p5.js sketch for a text."""

    def __init__(self, model: LanguageModel) -> None:
        self.model = model

    def generate(self, job: MediaJob, on_progress: Progress) -> Iterable[Output]:
        """One checked sketch. Raises `EngineError` (bad_response) where none came back."""
        conversation = conversation_for(job)
        facts = CallFacts()
        chat = partial(self.model.chat, conversation, facts=facts)
        answer = collect_answer(chat, on_progress)
        code = sketch_in(answer)
        try:
            check(code)
        except InvalidSketch as unfit:
            raise EngineError(
                ErrorKind.BAD_RESPONSE,
                gettext(MESSAGES[unfit.what]),
                detail=f"the answer is no sketch for here: {unfit}",
                permanent=False,
            ) from unfit
        metadata = {
            "model": facts.model or job.model,
            "seed": job.seed,
            "width": job.width,
            "height": job.height,
            "characters": len(code),
            "parameters": facts.parameters,
            **({"engine_version": facts.engine_version} if facts.engine_version else {}),
        }
        return [
            Output(code.encode(), "text/javascript", "js", media_type="code", metadata=metadata)
        ]

    def recover(self, job: MediaJob, on_progress: Progress) -> Iterable[Output] | None:
        """A language model keeps nothing of an interrupted answer."""
        return None

    def cancel(self, job: MediaJob) -> None:
        """Leaving the answer closes the connection, and with it the work at the server."""

    def health(self) -> Health:
        return self.model.health()

    def missing_requirements(self, job: MediaJob) -> tuple[MissingRequirement, ...]:
        return self.model.missing_requirements(job.model)

    def warm_up(self, job: MediaJob) -> None:
        self.model.warm_up(job.model)


def conversation_for(job: MediaJob) -> Conversation:
    """Return what the model is asked: our instruction, and the text as nothing but the text."""
    numbers = job.parameters
    return Conversation(
        messages=(
            Message("system", f"{job.instruction}\n\nrandomSeed({job.seed});"),
            Message("user", job.prompt),
        ),
        model=job.model,
        temperature=float(numbers.get("temperature", 0.4)),
        top_p=float(numbers.get("top_p", 1.0)),
        max_tokens=int(numbers.get("max_tokens", 4000)),
        seed=job.seed,
    )


def sketch_in(answer: str) -> str:
    """Return the program in an answer, without fences, thoughts and words around it."""
    answer = _THOUGHTS.sub("", answer).replace("\r\n", "\n")
    fenced = [match[1] for match in _FENCE.finditer(answer)]
    # The longest, where explanations bring pieces of their own.
    code = max(fenced, key=len) if fenced else answer
    return code.strip("\n") + "\n"


def collect_answer(chat: Chat, on_progress: Progress) -> str:
    """Return the whole answer; `on_progress` is asked meanwhile, also while nothing comes.

    Raises what the model or `on_progress` raises; then the answer is left within a second, however
    slowly it comes.
    """
    arrived: Arrivals = queue.SimpleQueue()
    left = threading.Event()
    on_progress(0.0, gettext_noop("Waiting for the first line"))
    threading.Thread(
        target=_listen, args=(chat, arrived, left), name="sketch-writer", daemon=True
    ).start()
    text: list[str] = []
    length = 0
    try:
        while (piece := _next_piece(arrived)) is not None:
            text.append(piece)
            length += len(piece)
            if length > MAX_ANSWER:
                raise EngineError(
                    ErrorKind.BAD_RESPONSE,
                    gettext(MESSAGES["long"]),
                    detail=f"the answer is longer than {MAX_ANSWER} characters",
                )
            _report(on_progress, length)
    finally:
        left.set()
    return "".join(text)


def _listen(chat: Chat, arrived: Arrivals, left: threading.Event) -> None:
    def leave_if_left() -> None:
        if left.is_set():
            raise Cancelled

    try:
        with closing(chat(leave_if_left)) as pieces:
            for piece in pieces:
                leave_if_left()
                arrived.put(piece)
        arrived.put(None)
    except BaseException as error:
        arrived.put(error)


def _next_piece(arrived: Arrivals) -> str | None:
    """Return what comes next, "" where nothing has come yet, and None after the end."""
    try:
        piece = arrived.get(timeout=WAIT_SECONDS)
    except queue.Empty:
        return ""
    if isinstance(piece, BaseException):
        raise piece
    return piece


def _report(on_progress: Progress, length: int) -> None:
    note = (
        gettext_noop("Writing the program")
        if length
        else gettext_noop("Waiting for the first line")
    )
    on_progress(round(0.95 * length / (length + USUAL_CHARACTERS / 2), 3), note)
