"""A fake of Ollama's own API, checked with the `ollama` client."""

from __future__ import annotations

import json
from typing import Any

from pipelines.tests.servers.faulty import Exchange, FaultyServer, Handler, answer_json, chunked

NDJSON = "application/x-ndjson"
WHEN = "2026-09-01T10:00:00.000000Z"


class FakeOllama(FaultyServer):
    """Tells `ANSWER` at `url`; `stubborn` cannot think and refuses to be told not to."""

    ANSWER = ("Ein ", "Hund ", "über ", "Bord 🐕.")
    MODELS = ("tiny:latest", "stubborn:1b")
    CHAT = "/api/chat"

    def __init__(self) -> None:
        super().__init__()
        models = [{"name": name, "model": name, "size": 1} for name in self.MODELS]
        self.on("GET", "/api/version", answer_json({"version": "0.12.0"}))
        self.on("GET", "/api/tags", answer_json({"models": models}))
        self.on("GET", "/api/ps", answer_json({"models": models[:1]}))
        self.on("POST", self.CHAT, self.stream_answer)

    def stream_answer(self, exchange: Exchange) -> None:
        asked = exchange.received.json()
        name = asked["model"]
        if not {name, f"{name}:latest"} & set(self.MODELS):
            refused(f"model '{name}' not found", 404)(exchange)
        elif name.startswith("stubborn") and "think" in asked:
            refused(f'"{name}" does not support thinking', 400)(exchange)
        elif not asked["messages"]:
            exchange.answer_json({**_message("", name), "done": True, "done_reason": "load"})
        else:
            answer = ('{"a": ', "1}") if asked.get("format") else self.ANSWER
            chunked(streamed(*answer), content_type=NDJSON)(exchange)


def refused(error: str, status: int = 500) -> Handler:
    return answer_json({"error": error}, status)


def piece(text: str) -> bytes:
    return line({**_message(text), "done": False})


def line(value: dict[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def streamed(*pieces: str, reason: str = "stop") -> list[bytes]:
    end = {**_message(""), "done": True, "done_reason": reason, "eval_count": 4}
    return [*map(piece, pieces), line(end)]


def _message(text: str, model: str = "tiny") -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {"model": model, "created_at": WHEN, "message": message}
