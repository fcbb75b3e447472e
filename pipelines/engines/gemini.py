"""Gemini's image models at Google, through generateContent: one request, one picture."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from pipelines.catalog import plain
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
    waiting_time,
)
from pipelines.engines.proportions import aspect_ratio, image_size

BLOCKED_REASONS = frozenset(
    {
        "SAFETY",
        "IMAGE_SAFETY",
        "PROHIBITED_CONTENT",
        "IMAGE_PROHIBITED_CONTENT",
        "RECITATION",
        "IMAGE_RECITATION",
        "BLOCKLIST",
        "SPII",
        "JAILBREAK",
        "MODEL_ARMOR",
        "ESCALATION",
    }
)


class Gemini(PaidEngine):
    """A key for Google's Gemini API."""

    vendor = "Gemini"

    def _credentials(self, key: str) -> Mapping[str, str]:
        return {"x-goog-api-key": key}

    def _order(self, job: MediaJob) -> tuple[str, dict[str, Any]]:
        parts: list[dict[str, Any]] = [{"text": job.prompt}]
        for picture in job.pictures.values():
            data = base64.b64encode(picture.data).decode()
            parts.append({"inlineData": {"mimeType": picture.content_type, "data": data}})
        body: dict[str, Any] = {
            "contents": [{"role": "user", "parts": parts}],
            "generationConfig": {
                "responseModalities": ["TEXT", "IMAGE"],
                "imageConfig": {"aspectRatio": aspect_ratio(job), "imageSize": image_size(job)},
                "seed": job.seed,
            },
        }
        if settings := job.parameters.get("safety_settings"):
            body["safetySettings"] = plain(settings)
        return f"/models/{quote(job.model, safe='')}:generateContent", {"json": body}

    def _delivery(self, job: MediaJob, answer: Answer) -> Output:
        payload = answer.json()
        candidate = payload["candidates"][0]
        parts = list(_parts(candidate))
        drawn = [part["inlineData"] for part in parts if isinstance(part.get("inlineData"), dict)]
        words = "".join(str(part.get("text") or "") for part in parts)
        if not drawn:
            reason = candidate.get("finishReason") or "no reason given"
            raise no_picture(
                self.vendor, str(reason), payload.get("responseId") or request_id(answer)
            )
        metadata = {
            "model": payload.get("modelVersion") or job.model,
            "request_id": payload.get("responseId") or request_id(answer),
            "usage": payload.get("usageMetadata"),
            "words": words[:2000],
        }
        # Of several pictures the last is the finished one.
        return picture_output(job, pictures.from_base64(drawn[-1].get("data")), metadata)

    def _offered(self) -> Health:
        payload = self._get("/models?pageSize=1000").json()
        listed = payload.get("models")
        models = named(listed if isinstance(listed, list) else [], key="name", prefix="models/")
        return Health(True, models=models)

    def _reported_fault(self, answer: Answer, error: Mapping[str, Any]) -> Fault:
        """Read Google's own account of a failure, with the details that tell cases apart."""
        status, message = str(error.get("status") or ""), str(error.get("message") or "")
        listed = error.get("details")
        details = [d for d in listed if isinstance(d, dict)] if isinstance(listed, list) else []
        reasons = {str(detail.get("reason")) for detail in details if detail.get("reason")}
        quotas = [
            str(violation.get("quotaId") or "")
            for detail in details
            for violation in detail.get("violations") or ()
            if isinstance(violation, dict)
        ]
        words = ", ".join(part for part in (status, *sorted(reasons), *quotas, message) if part)
        fault = fault_by_status(answer, words, retry_after=_retry_delay(details))
        if reasons & {"API_KEY_INVALID", "API_KEY_SERVICE_BLOCKED", "SERVICE_DISABLED"}:
            return replace(fault, kind=ErrorKind.AUTH)
        if status == "FAILED_PRECONDITION":
            # The country is not served, or the account has no billing.
            return replace(fault, kind=ErrorKind.AUTH)
        if any("PerDay" in quota or "PerMonth" in quota for quota in quotas):
            return replace(fault, kind=ErrorKind.QUOTA)
        if answer.ok:
            return replace(fault, kind=ErrorKind.BACKEND_FAILED)
        return fault

    def _hidden_fault(self, payload: Mapping[str, Any]) -> Fault | None:
        return None if "models" in payload else _withheld(payload)


def _withheld(payload: Mapping[str, Any]) -> Fault | None:
    """Say whether a picture was refused: Gemini does so with status 200."""
    feedback = payload.get("promptFeedback")
    if isinstance(feedback, dict) and (reason := feedback.get("blockReason")):
        detail = f"the prompt was blocked: {reason}"
        return Fault(ErrorKind.CONTENT_BLOCKED, detail)
    candidates = payload.get("candidates")
    if not isinstance(candidates, list) or not candidates or not isinstance(candidates[0], dict):
        return Fault(ErrorKind.BAD_RESPONSE, "neither a candidate nor a reason")
    reason = candidates[0].get("finishReason")
    if reason in BLOCKED_REASONS:
        detail = f"the picture was blocked: {reason}"
        return Fault(ErrorKind.CONTENT_BLOCKED, detail)
    if reason == "PUP_LIMITED_DISABLED":
        return Fault(ErrorKind.AUTH, "the account is limited or disabled")
    return None


def _parts(candidate: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield what the model answered, without what it drew and said on its way there."""
    content = candidate.get("content")
    parts = content.get("parts") if isinstance(content, dict) else None
    for part in parts if isinstance(parts, list) else ():
        if isinstance(part, dict) and not part.get("thought"):
            yield part


def _retry_delay(details: list[dict[str, Any]]) -> float | None:
    for detail in details:
        delay = detail.get("retryDelay")
        if isinstance(delay, str) and delay.endswith("s"):
            return waiting_time(delay[:-1])
    return None
