"""GPT Image models at OpenAI, through the Images API: one request, one picture, no seed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.engines import pictures
from pipelines.engines.http import Answer
from pipelines.engines.jobs import ErrorKind, Health, MediaJob, Output
from pipelines.engines.paid import (
    Fault,
    PaidEngine,
    fault_by_status,
    named,
    no_picture,
    picture_output,
    request_id,
)

# What of a chunk's parameters the API knows; all else would be refused.
PARAMETERS = (
    "quality",
    "background",
    "output_format",
    "output_compression",
    "moderation",
)
# Older models draw in these sizes only.
FIXED_SIZES = ((1024, 1024), (1536, 1024), (1024, 1536))
FIXED_SIZE_MODELS = ("gpt-image-1", "chatgpt-image")
GRID = 16
LONGEST_EDGE = 3840
FEWEST_PIXELS, MOST_PIXELS = 655_360, 3840 * 2160
STEEPEST_RATIO = 3.0

BLOCKED_CODES = frozenset({"moderation_blocked", "content_policy_violation"})
QUOTA_CODES = frozenset(
    {"insufficient_quota", "credit_balance_exhausted", "billing_hard_limit_reached"}
)
OVERLOAD_CODES = frozenset({"slow_down", "server_is_overloaded"})


class OpenAIImages(PaidEngine):
    """An account at OpenAI, or at a server that speaks the same Images API."""

    vendor = "OpenAI"

    def _order(self, job: MediaJob) -> tuple[str, dict[str, Any]]:
        fields = {
            "model": job.model,
            "prompt": job.prompt,
            "n": 1,
            "size": size_for(job.model, job.width, job.height),
            **{name: job.parameters[name] for name in PARAMETERS if name in job.parameters},
        }
        if not job.pictures:
            return "/images/generations", {"json": fields}
        files = [
            ("image[]", (f"{number}.{p.content_type.rpartition('/')[2]}", p.data, p.content_type))
            for number, p in enumerate(job.pictures.values(), start=1)
        ]
        return "/images/edits", {"data": fields, "files": files}

    def _delivery(self, job: MediaJob, answer: Answer) -> Output:
        payload = answer.json()
        found = [item for item in payload["data"] if isinstance(item, dict)]
        if not found:
            raise no_picture(self.vendor, "data is empty", request_id(answer))
        metadata = {
            "model": job.model,
            "request_id": request_id(answer),
            **{key: payload.get(key) for key in ("size", "quality", "background", "usage")},
        }
        return picture_output(job, pictures.from_base64(found[0].get("b64_json")), metadata)

    def _offered(self) -> Health:
        answer = self._http.get("/models")
        fault = self._fault(answer)
        if fault is None:
            return Health(True, models=named(answer.json()["data"]))
        if "Missing scopes" in fault.detail:
            # A key may be allowed to order pictures and not to list models.
            return Health(True, detail="the key may not list models")
        raise self._error(fault, answer)

    def _reported_fault(self, answer: Answer, error: Mapping[str, Any]) -> Fault:
        """Read OpenAI's own account of a failure."""
        code, param = str(error.get("code") or ""), str(error.get("param") or "")
        message = str(error.get("message") or "")
        names = {code, str(error.get("type") or "")}
        detail = ", ".join(part for part in (code, param, message) if part)
        fault = fault_by_status(answer, detail)
        if names & BLOCKED_CODES:
            return replace(fault, kind=ErrorKind.CONTENT_BLOCKED)
        if names & QUOTA_CODES:
            return replace(fault, kind=ErrorKind.QUOTA)
        if answer.status == 401:
            # The message repeats parts of the key.
            missing = "Missing scopes" in message
            return replace(fault, detail=message if missing else code or "the key is refused")
        if code == "model_not_found" or (param == "model" and answer.status < 500):
            return replace(fault, kind=ErrorKind.MISSING_MODEL)
        if code in OVERLOAD_CODES:
            return replace(fault, kind=ErrorKind.BUSY)
        if answer.ok:
            return replace(fault, kind=ErrorKind.BACKEND_FAILED)
        return fault

    def _hidden_fault(self, payload: Mapping[str, Any]) -> Fault | None:
        if isinstance(payload.get("data"), list):
            return None
        return Fault(ErrorKind.BAD_RESPONSE, "no list of data")


def size_for(model: str, width: int, height: int) -> str:
    """The size nearest to `width` x `height` that `model` draws in, as the API writes it."""
    if model.startswith(FIXED_SIZE_MODELS):
        wanted = width / height
        width, height = min(FIXED_SIZES, key=lambda size: abs(size[0] / size[1] - wanted))
        return f"{width}x{height}"
    wide = min(width, height * STEEPEST_RATIO)
    high = min(height, width * STEEPEST_RATIO)
    grow = max(1.0, math.sqrt(FEWEST_PIXELS / (wide * high)))
    wide, high = _raised(wide * grow), _raised(high * grow)
    shrink = min(LONGEST_EDGE / max(wide, high), math.sqrt(MOST_PIXELS / (wide * high)))
    if shrink < 1:
        wide, high = _lowered(wide * shrink), _lowered(high * shrink)
    return f"{wide}x{high}"


def _raised(length: float) -> int:
    return math.ceil(length / GRID) * GRID


def _lowered(length: float) -> int:
    return math.floor(length / GRID) * GRID
