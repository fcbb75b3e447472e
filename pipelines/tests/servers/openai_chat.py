"""A fake of OpenAI's chat completions as a stream, checked with the `openai` client."""

from __future__ import annotations

import json
from typing import Any

from pipelines.tests.servers.faulty import Exchange, FaultyServer, Handler, chunked
from pipelines.tests.servers.openai_images import refused

DONE = b"data: [DONE]\n\n"


class FakeChat(FaultyServer):
    """Tells `ANSWER` at `url` for the one `KEY`; answers JSON where a schema is given."""

    KEY = "sk-fake-chat-0123"
    ANSWER = ("Ein ", "Hund ", "über ", "Bord 🐕.")
    MODELS = ("tiny-1", "tiny-2")
    CHAT = "/v1/chat/completions"

    def __init__(self) -> None:
        super().__init__()
        self.on("POST", self.CHAT, self.stream_answer)
        self.on("GET", "/v1/models", self.list_models)

    def lets_in(self, exchange: Exchange) -> bool:
        if exchange.received.headers.get("authorization") == f"Bearer {self.KEY}":
            return True
        refused("invalid_api_key", 401, message="Incorrect API key provided")(exchange)
        return False

    def list_models(self, exchange: Exchange) -> None:
        if self.lets_in(exchange):
            models = [
                {"id": name, "object": "model", "created": 1, "owned_by": "us"}
                for name in self.MODELS
            ]
            exchange.answer_json({"object": "list", "data": models})

    def stream_answer(self, exchange: Exchange) -> None:
        if not self.lets_in(exchange):
            return
        asked = exchange.received.json()
        if asked["model"] not in self.MODELS:
            refused("model_not_found", 404, param="model")(exchange)
            return
        answer = ('{"a": ', "1}") if "response_format" in asked else self.ANSWER
        chunked(streamed(*answer))(exchange)


def event(delta: dict[str, Any] | None = None, reason: str | None = None, **other: Any) -> bytes:
    choice = {"index": 0, "delta": delta or {}, "logprobs": None, "finish_reason": reason}
    return line({"choices": [choice], **other})


def line(value: dict[str, Any]) -> bytes:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "tiny-1"}
    data = json.dumps({**head, **value}, ensure_ascii=False)
    # Half a character can only be written as its number.
    return b"data: " + data.encode(errors="backslashreplace") + b"\n\n"


def streamed(*pieces: str, reason: str | None = "stop", done: bool = True) -> list[bytes]:
    """The events of an answer, with a comment before and a count of tokens after it."""
    usage = {"prompt_tokens": 5, "completion_tokens": 4, "total_tokens": 9}
    return [
        b": KEEP-ALIVE\n\n",
        event({"role": "assistant", "content": ""}),
        *(event({"content": piece}) for piece in pieces),
        *([event(reason=reason)] if reason else []),
        line({"choices": [], "usage": usage}),
        *([DONE] if done else []),
    ]


def streamed_bytewise(*pieces: str) -> Handler:
    """The same answer in chunks of three bytes: borders inside lines and inside letters."""
    whole = b"".join(streamed(*pieces))
    return chunked([whole[at : at + 3] for at in range(0, len(whole), 3)])
