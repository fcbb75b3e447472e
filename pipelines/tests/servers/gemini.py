"""A fake of Gemini's generateContent: strict about requests, checked with `google-genai`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from pipelines.tests.servers.faulty import Exchange, FaultyServer, Handler, answer_json
from pipelines.tests.servers.painted import painted_base64

MODELS = ("gemini-3-pro-image", "gemini-3.1-flash-image", "gemini-3.1-flash-lite-image")
SIZES = {
    "1:1": (1024, 1024),
    "2:3": (848, 1264),
    "3:2": (1264, 848),
    "3:4": (896, 1200),
    "4:3": (1200, 896),
    "4:5": (928, 1152),
    "5:4": (1152, 928),
    "9:16": (768, 1376),
    "16:9": (1376, 768),
    "21:9": (1584, 672),
}
GRADES = {"1K": 1, "2K": 2, "4K": 4}
CONFIG = {"responseModalities", "imageConfig", "seed"}


class FakeGemini(FaultyServer):
    """Draws at `base_url` for the one `KEY`."""

    KEY = "AIza-fake-0123456789"

    def __init__(self) -> None:
        super().__init__()
        self.base_url = self.url + "/v1beta"
        self.on("POST", "/v1beta/models/", self.generate)
        self.on("GET", "/v1beta/models", self.list_models)

    def generate(self, exchange: Exchange) -> None:
        if not self._lets_in(exchange):
            return
        model, _, method = unquote(exchange.received.path).rpartition("/")[2].partition(":")
        body = exchange.received.json()
        if method != "generateContent" or model not in MODELS:
            refused(404, "NOT_FOUND", f"models/{model} is not found")(exchange)
            return
        config = body.get("generationConfig", {})
        image = config.get("imageConfig", {})
        ratio, grade = image.get("aspectRatio", "1:1"), image.get("imageSize", "1K")
        strange = set(config) - CONFIG or set(body) - {
            "contents",
            "generationConfig",
            "safetySettings",
        }
        if (
            strange
            or ratio not in SIZES
            or grade not in GRADES
            or not _is_int32(config.get("seed"))
        ):
            refused(400, "INVALID_ARGUMENT", "Invalid JSON payload received.")(exchange)
            return
        width, height = (edge * GRADES[grade] for edge in SIZES[ratio])
        exchange.answer_json(answered([drawn(width, height)], model=model))

    def list_models(self, exchange: Exchange) -> None:
        if self._lets_in(exchange):
            models = [
                {
                    "name": f"models/{name}",
                    "displayName": name,
                    "supportedGenerationMethods": ["generateContent"],
                }
                for name in MODELS
            ]
            exchange.answer_json({"models": models})

    def _lets_in(self, exchange: Exchange) -> bool:
        if exchange.received.headers.get("x-goog-api-key") == self.KEY:
            return True
        bad_key(exchange)
        return False


def drawn(width: int = 64, height: int = 64, form: str = "PNG", **more: Any) -> dict[str, Any]:
    """A part that is a picture."""
    data = {"mimeType": f"image/{form.lower()}", "data": painted_base64(width, height, form)}
    return {"inlineData": data, **more}


def answered(
    parts: list[dict[str, Any]] | None, *, reason: str | None = "STOP", model: str = MODELS[0]
) -> dict[str, Any]:
    """A whole answer with one candidate; without `content` where `parts` is None."""
    candidate: dict[str, Any] = {"index": 0}
    if reason is not None:
        candidate["finishReason"] = reason
    if parts is not None:
        candidate["content"] = {"role": "model", "parts": parts}
    return {"candidates": [candidate], **_frame(model)}


def blocked(reason: str) -> dict[str, Any]:
    """What comes where the prompt itself is refused: no candidate."""
    return {"promptFeedback": {"blockReason": reason}, **_frame(MODELS[0])}


def refused(
    status: int,
    name: str,
    message: str = "No.",
    *details: Mapping[str, Any],
    headers: Mapping[str, str] | None = None,
) -> Handler:
    """An error in Google's form."""
    error: dict[str, Any] = {"code": status, "message": message, "status": name}
    if details:
        error["details"] = list(details)
    return answer_json({"error": error}, status, headers)


def because(reason: str) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": "googleapis.com",
    }


def retry_in(delay: str) -> dict[str, Any]:
    return {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}


def over(quota: str) -> dict[str, Any]:
    return {
        "@type": "type.googleapis.com/google.rpc.QuotaFailure",
        "violations": [{"quotaMetric": "generativelanguage.googleapis.com/x", "quotaId": quota}],
    }


bad_key = refused(400, "INVALID_ARGUMENT", "API key not valid.", because("API_KEY_INVALID"))


def _frame(model: str) -> dict[str, Any]:
    usage = {"promptTokenCount": 9, "candidatesTokenCount": 1290, "totalTokenCount": 1299}
    return {"usageMetadata": usage, "modelVersion": model, "responseId": "resp-fake1"}


def _is_int32(seed: object) -> bool:
    return seed is None or (isinstance(seed, int) and -(2**31) <= seed < 2**31)
