"""What the stages and engines take and give: frozen data and the errors they may raise.

Nothing here knows the database, a request or the settings.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class ErrorKind(StrEnum):
    """Kinds of engine failure; their values are stored, filtered and counted."""

    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    BUSY = "busy"
    AUTH = "auth"
    QUOTA = "quota"
    BAD_REQUEST = "bad_request"
    MISSING_MODEL = "missing_model"
    CONTENT_BLOCKED = "content_blocked"
    OUT_OF_MEMORY = "out_of_memory"
    BACKEND_FAILED = "backend_failed"
    CANCELLED = "cancelled"
    LOST = "lost"
    BAD_RESPONSE = "bad_response"


class EngineError(Exception):
    """An engine could not do its work.

    `message` is for the person in front of the screen, `detail` for the operator.
    `permanent` is False where trying again later may help.
    """

    def __init__(
        self, kind: ErrorKind, message: str, *, detail: str = "", permanent: bool = True
    ) -> None:
        super().__init__(f"{kind}: {detail or message}")
        self.kind = kind
        self.message = message
        # Of a server's JSON: half a letter or a NUL must not keep the failure from being recorded.
        self.detail = detail.encode("utf-8", "replace").decode().replace("\0", "")
        self.permanent = permanent


class Cancelled(Exception):
    """The participant or a facilitator stopped the run."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An image as it goes to an engine; sizes in pixels."""

    data: bytes
    content_type: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Lora:
    """A small addition to an image model, by the name that the server knows it by."""

    name: str
    strength: float = 1.0


@dataclass(frozen=True, slots=True)
class TextJob:
    """One request to a text engine.

    `rule` is the text in force (the config's own or the participant's), `recipe` names the
    rule-based counterpart of the config, `step` counts the stations of a chained rule from 0.
    `instruction` is what a language model is told besides the rule.
    """

    text: str
    rule: str
    language: str
    seed: int
    recipe: str = ""
    rule_is_own: bool = False
    step: int = 0
    instruction: str = ""
    model: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation; `role` is system, user or assistant."""

    role: str
    text: str
    pictures: tuple[Picture, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """One request to a language model; an empty `model` leaves the choice to the server.

    With `schema` (JSON Schema) the answer is asked for as JSON of that shape.
    """

    messages: tuple[Message, ...]
    model: str = ""
    temperature: float = 0.7
    top_p: float = 1.0
    max_tokens: int = 800
    seed: int | None = None
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class MediaJob:
    """One request to a media engine; sizes in pixels, `seed` in 0 … 2³¹−1 (0 is a seed).

    `job_id` is a lower-case UUID, stored before any request leaves: with it an engine finds what
    an interrupted attempt has left. `inputs` and `pictures` are the values that the chunk's
    `inputs` name, `roles` name the outputs in their order.
    """

    job_id: str
    prompt: str
    seed: int
    width: int
    height: int
    negative_prompt: str = ""
    model: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    workflow: str = ""
    inputs: Mapping[str, str | float] = field(default_factory=dict)
    pictures: Mapping[str, Picture] = field(default_factory=dict)
    loras: tuple[Lora, ...] = ()
    roles: tuple[str, ...] = ()
    instruction: str = ""
    language: str = "de"


@dataclass(frozen=True, slots=True)
class Output:
    """One finished file of an engine, its bytes exactly as they came."""

    data: bytes
    content_type: str
    extension: str
    role: str = ""
    # "image", "code", … as in a chunk's media_type; "workflow" for the graph as it was sent.
    media_type: str = "image"
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Health:
    """Whether an engine can work now; `detail` says why not, for an operator.

    `models` are those that the server offers, `waiting` the jobs in its queue (anybody's).
    """

    ready: bool
    detail: str = ""
    version: str = ""
    models: tuple[str, ...] = ()
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class MissingRequirement:
    """What an engine needs for a job and has not: `what` is server, key, node, model or input."""

    what: str
    name: str
    detail: str = ""
