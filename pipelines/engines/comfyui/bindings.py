"""What a job's values must be, and to which inputs of a workflow's nodes they go."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipelines.engines.jobs import EngineError, ErrorKind, MediaJob

# Values that every job has; the others are looked for among its inputs and parameters.
OF_THE_JOB = ("prompt", "negative_prompt", "seed", "width", "height", "model")


class Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Binding(Data):
    """Where a value goes (`to`: "node.input") and what it must be.

    A required text or file must not be blank. Where a value that is not required is missing, the
    graph's own stays. `file` names a model file as the server lists it, `picture` one that the job
    brings along. A name such as "text_encoders.0" takes one element of a list. `nodes` stand in the
    graph only where there is a value; without one they and the links to them are left out.
    """

    to: tuple[str, ...] = Field(min_length=1)
    type: Literal["text", "integer", "number", "choice", "file", "picture"]
    required: bool = True
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()

    @property
    def targets(self) -> tuple[tuple[str, str], ...]:
        """Node and input of each place in `to`; a node's id has no dot, an input's name may."""
        parts = (place.partition(".") for place in self.to)
        return tuple((node, name) for node, _, name in parts)


def find_value(job: MediaJob, name: str) -> Any:
    """The value that `job` has under this name, or None."""
    if name in OF_THE_JOB:
        return getattr(job, name)
    for values in (job.inputs, job.parameters):
        if name in values:
            return values[name]
        base, _, index = name.rpartition(".")
        elements = values.get(base)
        if isinstance(elements, list | tuple) and index.isdecimal() and int(index) < len(elements):
            return elements[int(index)]
    return None


def value_for(job: MediaJob, uploaded: Mapping[str, str], name: str, binding: Binding) -> Any:
    """The checked value for a binding; None where the graph's own is to stay."""
    value = uploaded.get(name) if binding.type == "picture" else find_value(job, name)
    blank = isinstance(value, str) and not value.strip()
    if value is None or (blank and (binding.required or binding.type != "text")):
        if binding.required:
            raise refusal(name, "is missing")
        return None
    if binding.type in ("integer", "number"):
        return _number(value, name, binding)
    if not isinstance(value, str):
        raise refusal(name, f"must be a text, not {type(value).__name__}")
    if binding.type == "choice" and value not in binding.choices:
        raise refusal(name, f"must be one of {', '.join(binding.choices)}")
    if binding.type in ("file", "picture"):
        check_file(value, name)
    return value


def check_file(file: str, name: str) -> None:
    """Refuse names that lead out of the server's folders, in either system's way of writing."""
    path = PurePosixPath(file.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in file or "\0" in file:
        raise refusal(name, "must be a file name inside the server's folder")


def refusal(name: str, reason: str) -> EngineError:
    return EngineError(ErrorKind.BAD_REQUEST, "", detail=f"{name}: {reason}")


def _number(value: Any, name: str, binding: Binding) -> int | float:
    if type(value) is float and not math.isfinite(value):
        raise refusal(name, "must be a number")
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refusal(name, "must be a number")
    if binding.type == "integer" and value != int(value):
        raise refusal(name, "must be a whole number")
    if binding.minimum is not None and value < binding.minimum:
        raise refusal(name, f"must not be below {binding.minimum:g}")
    if binding.maximum is not None and value > binding.maximum:
        raise refusal(name, f"must not be above {binding.maximum:g}")
    return int(value) if binding.type == "integer" else value
