"""A fake of OpenRouter's Image API: strict about requests, checked with the `openrouter` client."""

from __future__ import annotations

import time
from typing import Any

from pipelines.tests.servers.faulty import Exchange, FaultyServer, Handler, answer_json
from pipelines.tests.servers.painted import painted_base64

RATIOS = {"1:1": (1024, 1024), "16:9": (1376, 768), "9:16": (768, 1376), "auto": (1024, 1024)}
MODELS: dict[str, dict[str, Any]] = {
    "google/gemini-3-pro-image": {
        "aspect_ratio": {"type": "enum", "values": ["1:1", "16:9", "9:16"]},
        "resolution": {"type": "enum", "values": ["1K", "2K", "4K"]},
        "seed": {"type": "boolean"},
    },
    "openai/gpt-image-2": {
        "aspect_ratio": {"type": "enum", "values": ["auto", "1:1"]},
        "quality": {"type": "enum", "values": ["auto", "low", "medium", "high"]},
        "background": {"type": "enum", "values": ["auto", "opaque"]},
        "output_compression": {"type": "range", "min": 0, "max": 100},
    },
    "bytedance-seed/seedream-4.5": {"resolution": {"type": "enum", "values": ["2K", "4K"]}},
}
ALWAYS = {"model", "prompt", "n", "input_references"}
GRADES = {"1K": 1, "2K": 2, "4K": 4}


class FakeOpenRouter(FaultyServer):
    """Draws at `base_url` for the one `KEY`."""

    KEY = "sk-or-fake-0123456789"

    def __init__(self) -> None:
        super().__init__()
        self.base_url = self.url + "/api/v1"
        self.key: dict[str, Any] = {"limit_remaining": None, "effective_budget": None}
        self.on("POST", "/api/v1/images", self.generate)
        self.on("GET", "/api/v1/images/models", self.list_models)
        self.on("GET", "/api/v1/key", self.tell_key)

    def generate(self, exchange: Exchange) -> None:
        if not self._lets_in(exchange):
            return
        body = exchange.received.json()
        takes = MODELS.get(body["model"])
        if takes is None:
            refused(404, f"No endpoints found for {body['model']}")(exchange)
            return
        for name, value in body.items():
            values = takes.get(name, {}).get("values", (value,))
            if name not in ALWAYS and (name not in takes or value not in values):
                refused(400, f"Unsupported parameter: {name}")(exchange)
                return
        grade = GRADES[body.get("resolution", "1K")]
        width, height = (edge * grade for edge in RATIOS[body.get("aspect_ratio", "1:1")])
        exchange.answer_json(
            delivered([{"b64_json": painted_base64(width, height), "media_type": "image/png"}]),
            headers={"X-Generation-Id": "gen-fake1"},
        )

    def list_models(self, exchange: Exchange) -> None:
        models = [
            {
                "id": name,
                "name": name,
                "description": "Draws.",
                "created": 1,
                "architecture": {"input_modalities": ["text"], "output_modalities": ["image"]},
                "supported_parameters": takes,
                "supports_streaming": False,
                "endpoints": f"/api/v1/images/models/{name}/endpoints",
            }
            for name, takes in MODELS.items()
        ]
        exchange.answer_json({"data": models})

    def tell_key(self, exchange: Exchange) -> None:
        if self._lets_in(exchange):
            exchange.answer_json({"data": {**KEY_DATA, **self.key}})

    def _lets_in(self, exchange: Exchange) -> bool:
        if exchange.received.headers.get("authorization") == f"Bearer {self.KEY}":
            return True
        refused(401, "No auth credentials found")(exchange)
        return False


def delivered(data: list[dict[str, Any]]) -> dict[str, Any]:
    usage = {"prompt_tokens": 9, "completion_tokens": 1290, "total_tokens": 1299, "cost": 0.134}
    return {"created": int(time.time()), "data": data, "usage": usage}


def refused(
    code: int,
    message: str = "No.",
    *,
    status: int | None = None,
    metadata: dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Handler:
    """An error in OpenRouter's form; with `status` 200 one that came after work had begun."""
    error: dict[str, Any] = {"code": code, "message": message}
    if metadata is not None:
        error["metadata"] = metadata
    return answer_json({"error": error}, code if status is None else status, headers)


def budget(remaining: float) -> dict[str, Any]:
    return {
        "budget_id": None,
        "guardrail_id": None,
        "include_byok": False,
        "limit_usd": 20.0,
        "remaining_usd": remaining,
        "reset_interval": None,
        "resets_at": None,
        "scope": "key_limit",
        "spend_usd": 20.0 - remaining,
    }


KEY_DATA: dict[str, Any] = {
    "allowed_data_regions": [],
    "budgets": [],
    "byok_usage": 0,
    "byok_usage_daily": 0,
    "byok_usage_monthly": 0,
    "byok_usage_weekly": 0,
    "creator_user_id": None,
    "effective_budget": None,
    "free_model_daily_requests": {"limit": 50, "remaining": 50, "used": 0},
    "include_byok_in_limit": False,
    "is_free_tier": False,
    "is_management_key": False,
    "is_provisioning_key": False,
    "label": "sk-or-v1-fak...789",
    "limit": None,
    "limit_remaining": None,
    "limit_reset": None,
    "organization_id": None,
    "rate_limit": {"interval": "10s", "note": "legacy", "requests": -1},
    "usage": 1.5,
    "usage_daily": 0,
    "usage_monthly": 1.5,
    "usage_weekly": 0,
    "workspace_id": None,
}
