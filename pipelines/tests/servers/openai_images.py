"""A fake of OpenAI's Images API: strict about requests, checked with the `openai` client."""

from __future__ import annotations

import re
import time
from typing import Any

from pipelines.tests.servers.faulty import Exchange, FaultyServer, Handler, answer_json
from pipelines.tests.servers.painted import painted_base64

MODELS = ("gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2", "gpt-image-2.5-flare", "gpt-5.4")
FIELDS: dict[str, Any] = {
    "model": str,
    "prompt": str,
    "n": int,
    "size": str,
    "quality": ("auto", "low", "medium", "high"),
    "background": ("auto", "opaque", "transparent"),
    "output_format": ("png", "jpeg", "webp"),
    "output_compression": int,
    "moderation": ("auto", "low"),
    "safety_identifier": str,
}
FORMS = {"png": "PNG", "jpeg": "JPEG", "webp": "WEBP"}


class FakeOpenAI(FaultyServer):
    """Draws at `base_url` for the one `KEY`."""

    KEY = "sk-fake-0123456789"

    def __init__(self) -> None:
        super().__init__()
        self.base_url = self.url + "/v1"
        self.on("POST", "/v1/images/generations", self.generate)
        self.on("POST", "/v1/images/edits", self.edit)
        self.on("GET", "/v1/models", self.list_models)

    def generate(self, exchange: Exchange) -> None:
        if self._lets_in(exchange):
            self._draw(exchange, exchange.received.json())

    def edit(self, exchange: Exchange) -> None:
        if not self._lets_in(exchange):
            return
        body = exchange.received.body
        if b'name="image[]"; filename=' not in body:
            refused("missing_required_parameter", param="image")(exchange)
            return
        found = re.findall(rb'name="(\w+)"\r\n\r\n(.*?)\r\n--', body, re.DOTALL)
        fields: dict[str, Any] = {name.decode(): value.decode() for name, value in found}
        fields["n"] = int(fields.get("n", 1))
        self._draw(exchange, fields)

    def list_models(self, exchange: Exchange) -> None:
        if self._lets_in(exchange):
            models = [
                {"id": name, "object": "model", "created": 1, "owned_by": "openai"}
                for name in MODELS
            ]
            exchange.answer_json({"object": "list", "data": models})

    def _lets_in(self, exchange: Exchange) -> bool:
        if exchange.received.headers.get("authorization") == f"Bearer {self.KEY}":
            return True
        refused("invalid_api_key", 401, message="Incorrect API key provided: sk-fa**89.")(exchange)
        return False

    def _draw(self, exchange: Exchange, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            known = FIELDS.get(name)
            if known is None:
                refused("unknown_parameter", param=name)(exchange)
                return
            if not (value in known if isinstance(known, tuple) else isinstance(value, known)):
                refused("invalid_value", param=name)(exchange)
                return
        if fields["model"] not in MODELS:
            refused("model_not_found", 404, param="model")(exchange)
            return
        width, height = map(int, fields.get("size", "1024x1024").split("x"))
        if not _draws(fields["model"], width, height):
            refused("invalid_value", param="size")(exchange)
            return
        form = fields.get("output_format", "png")
        exchange.answer_json(
            {
                "created": int(time.time()),
                "background": fields.get("background", "opaque"),
                "data": [{"b64_json": painted_base64(width, height, FORMS[form])}],
                "output_format": form,
                "quality": fields.get("quality", "high"),
                "size": f"{width}x{height}",
                "usage": {
                    "input_tokens": 9,
                    "input_tokens_details": {"image_tokens": 0, "text_tokens": 9},
                    "output_tokens": 1056,
                    "total_tokens": 1065,
                },
            },
            headers={"x-request-id": "req_fake1"},
        )


def refused(
    code: str | None,
    status: int = 400,
    *,
    message: str = "No.",
    type: str = "invalid_request_error",
    param: str | None = None,
    headers: dict[str, str] | None = None,
) -> Handler:
    """An error in OpenAI's form."""
    error = {"message": message, "type": type, "param": param, "code": code}
    return answer_json({"error": error}, status, {"x-request-id": "req_fake2", **(headers or {})})


def _draws(model: str, width: int, height: int) -> bool:
    if model.startswith("gpt-image-1"):
        return (width, height) in {(1024, 1024), (1536, 1024), (1024, 1536)}
    return (
        width % 16 == height % 16 == 0
        and max(width, height) <= 3840
        and 655_360 <= width * height <= 3840 * 2160
        and 1 / 3 <= width / height <= 3
    )
