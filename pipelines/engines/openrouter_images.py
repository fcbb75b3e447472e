"""Image models of many vendors through OpenRouter's Image API (POST /images).

Not through /chat/completions: there a picture may come as a foreign address to be fetched, some
models answer with words alone, and nothing says which settings a model takes. Here it comes as
base64 with its price, and `GET /images/models` names the settings.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipelines.engines import pictures
from pipelines.engines.http import Answer
from pipelines.engines.jobs import EngineError, ErrorKind, Health, MediaJob, Output
from pipelines.engines.json_values import number_of
from pipelines.engines.paid import (
    KINDS,
    Fault,
    PaidEngine,
    fault_by_status,
    named,
    no_picture,
    picture_output,
    request_id,
)
from pipelines.engines.proportions import GRADES, RATIOS, aspect_ratio, image_size

# What the vendors behind say in their own words where they refuse a text or a picture.
BLOCKED_WORDS = (
    "moderation_blocked",
    "content_policy_violation",
    "PROHIBITED_CONTENT",
    "IMAGE_SAFETY",
    "blockReason",
)


class OpenRouterImages(PaidEngine):
    """An account at OpenRouter."""

    vendor = "OpenRouter"

    def _order(self, job: MediaJob) -> tuple[str, dict[str, Any]]:
        takes = self._settings_of(job.model)
        wanted: dict[str, Any] = {
            "aspect_ratio": aspect_ratio(job, _values(takes, "aspect_ratio", RATIOS)),
            "resolution": image_size(job, _values(takes, "resolution", tuple(GRADES))),
            "seed": job.seed,
            **{
                name: job.parameters[name]
                for name in ("quality", "background", "output_format")
                if name in job.parameters
            },
        }
        # A setting that the model does not take would be refused, not ignored.
        body = {name: value for name, value in wanted.items() if name in takes}
        body |= {"model": job.model, "prompt": job.prompt, "n": 1}
        if job.pictures:
            body["input_references"] = [
                {"type": "image_url", "image_url": {"url": _data_url(p.content_type, p.data)}}
                for p in job.pictures.values()
            ]
        return "/images", {"json": body}

    def _delivery(self, job: MediaJob, answer: Answer) -> Output:
        payload = answer.json()
        found = [item for item in payload["data"] if isinstance(item, dict)]
        if not found:
            raise no_picture(self.vendor, "data is empty", request_id(answer))
        metadata = {
            "model": payload.get("model") or job.model,
            "provider": payload.get("provider"),
            "request_id": request_id(answer),
            "usage": payload.get("usage"),
        }
        return picture_output(job, pictures.from_base64(found[0].get("b64_json")), metadata)

    def _offered(self) -> Health:
        key = self._get("/key").json()["data"]
        left = _credit(key) if isinstance(key, dict) else None
        if left is not None and left <= 0:
            return Health(False, detail="the credit of the key is used up")
        detail = "the key has no limit of its own" if left is None else f"{left:.2f} USD left"
        return Health(True, detail=detail, models=named(self._models()))

    def _models(self) -> list[Any]:
        return list(self._get("/images/models").json()["data"])

    def _settings_of(self, model: str) -> Mapping[str, Any]:
        for item in self._models():
            if isinstance(item, dict) and item.get("id") == model:
                takes = item.get("supported_parameters")
                return takes if isinstance(takes, dict) else {}
        raise EngineError(
            ErrorKind.MISSING_MODEL, "", detail=f"OpenRouter offers no image model {model}"
        )

    def _reported_fault(self, answer: Answer, error: Mapping[str, Any]) -> Fault:
        """Read OpenRouter's account of a failure; with status 200 it came after work had begun."""
        code = error.get("code")
        message, metadata = str(error.get("message") or ""), error.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        # `flagged_input` repeats what a child wrote: it stays out.
        raw, reasons = str(metadata.get("raw") or ""), metadata.get("reasons") or ()
        words = (code, metadata.get("provider_name"), message, *reasons, raw)
        after = metadata.get("retry_after_seconds")
        fault = fault_by_status(
            answer,
            ", ".join(str(word) for word in words if word),
            retry_after=number_of(after),
        )
        if answer.ok:
            kind = KINDS.get(code) if isinstance(code, int) else None
            fault = replace(fault, kind=kind or ErrorKind.BACKEND_FAILED)
        low = message.lower()
        refused = reasons or "flagged_input" in metadata or "moderation" in low or "flagged" in low
        if (fault.kind == ErrorKind.AUTH and refused) or any(word in raw for word in BLOCKED_WORDS):
            return replace(fault, kind=ErrorKind.CONTENT_BLOCKED)
        if fault.kind == ErrorKind.AUTH and ("limit exceeded" in low or "budget" in low):
            return replace(fault, kind=ErrorKind.QUOTA)
        if fault.kind == ErrorKind.BAD_REQUEST and "not a valid model" in low:
            return replace(fault, kind=ErrorKind.MISSING_MODEL)
        return fault

    def _hidden_fault(self, payload: Mapping[str, Any]) -> Fault | None:
        if isinstance(payload.get("data"), list | dict):
            return None
        return Fault(ErrorKind.BAD_RESPONSE, "no data")


def _credit(key: Mapping[str, Any]) -> float | None:
    """What a key may still spend in USD, None where nothing limits it."""
    budget = key.get("effective_budget")
    budgeted = budget.get("remaining_usd") if isinstance(budget, dict) else None
    amounts = (key.get("limit_remaining"), budgeted)
    known = (amount for amount in map(number_of, amounts) if amount is not None)
    return min(known, default=None)


def _values(takes: Mapping[str, Any], name: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the `known` values that a model takes; all where it does not say, or takes none."""
    described = takes.get(name)
    values = described.get("values") if isinstance(described, dict) else None
    taken = tuple(value for value in known if isinstance(values, list) and value in values)
    return taken or known


def _data_url(content_type: str, data: bytes) -> str:
    return f"data:{content_type};base64,{base64.b64encode(data).decode()}"
