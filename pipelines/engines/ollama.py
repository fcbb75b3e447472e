"""Ollama by its own API: lines of JSON, of which only one that says `done` is the end."""

from __future__ import annotations

import base64
from collections.abc import Generator, Iterator, Mapping
from typing import Any

from django.utils.translation import gettext

from pipelines.engines.call_facts import CallFacts
from pipelines.engines.chat_server import ChatServer
from pipelines.engines.http import Answer, Broken, Http
from pipelines.engines.jobs import (
    Conversation,
    EngineError,
    ErrorKind,
    Health,
    Message,
    MissingRequirement,
)
from pipelines.engines.json_values import object_of, objects_of, parse_json
from pipelines.engines.openai_chat import IDLE_SECONDS, TOO_LONG, WHOLE_SECONDS, error_of
from pipelines.engines.paid import seconds_to_wait
from pipelines.engines.patience import OnWait

# Ollama gives a model five minutes to be loaded, and says nothing meanwhile.
FIRST_SECONDS = 330.0
# A longer text would be cut off without a word. Hardly any writing has shorter tokens.
BYTES_PER_TOKEN = 2
TOKENS_PER_PICTURE = 1024
SMALLEST_CONTEXT, LARGEST_CONTEXT = 4096, 32768


class Ollama(ChatServer):
    """One server; `keep_alive` says how long a model stays loaded after its last use."""

    def __init__(self, base_url: str, *, keep_alive: str = "30m") -> None:
        self._http = Http(base_url)
        self._keep_alive = keep_alive
        self._never_think: set[str] = set()

    def health(self) -> Health:
        try:
            version = str(self._get("/api/version").get("version", ""))
            models = self._models()
            loaded = self._models("/api/ps")
        except EngineError as error:
            return Health(ready=False, detail=f"{error.kind}: {error.detail}")
        detail = f"loaded: {', '.join(loaded)}" if loaded else "" if models else "no models"
        return Health(ready=bool(models), detail=detail, version=version, models=models)

    def missing_requirements(self, model: str) -> tuple[MissingRequirement, ...]:
        try:
            models = self._models()
        except EngineError as error:
            return (MissingRequirement("server", "Ollama", error.detail),)
        names = {model, f"{model}:latest"}
        if not models or (model and not names.intersection(models)):
            return (
                MissingRequirement("model", model or "any model", "ollama pull would fetch it"),
            )
        return ()

    def warm_up(self, model: str) -> None:
        """Load the model: a chat without messages does just that."""
        body = {**self._addressed(model), "messages": [], "stream": False}
        answer = self._http.post("/api/chat", json=body, read_seconds=FIRST_SECONDS)
        if not answer.ok:
            raise _failure(answer)

    # The wire --------------------------------------------------------------------------------

    def _get(self, path: str, on_wait: OnWait | None = None) -> Mapping[str, Any]:
        answer = self._http.get(path, on_wait=on_wait)
        if not answer.ok:
            raise _failure(answer)
        payload = answer.json()
        if not isinstance(payload, dict):
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=f"{path}: not an object")
        return payload

    def _models(self, path: str = "/api/tags", *, on_wait: OnWait | None = None) -> tuple[str, ...]:
        listed = self._get(path, on_wait).get("models")
        if not isinstance(listed, list):
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=f"{path}: no list")
        return tuple(str(each["name"]) for each in objects_of(listed) if "name" in each)

    def _addressed(self, model: str, on_wait: OnWait | None = None) -> dict[str, Any]:
        """The model and how long it is to stay, as every request names them."""
        return {"model": self._model(model, on_wait), "keep_alive": self._keep_alive}

    def _pieces(
        self,
        conversation: Conversation,
        on_wait: OnWait | None = None,
        facts: CallFacts | None = None,
    ) -> Generator[str, None, None]:
        facts = facts or CallFacts()
        body = self._body(conversation, on_wait)
        model = body["model"]
        if model in self._never_think:
            body.pop("think")
        try:
            yield from self._attempt(body, on_wait, facts)
        except _CannotThink:
            # It was asked not to, but this model knows no such thing.
            self._never_think.add(model)
            body.pop("think", None)
            yield from self._attempt(body, on_wait, facts)

    def _body(self, conversation: Conversation, on_wait: OnWait | None) -> dict[str, Any]:
        written = sum(
            len(message.text.encode()) // BYTES_PER_TOKEN
            + len(message.pictures) * TOKENS_PER_PICTURE
            for message in conversation.messages
        )
        needed = written + conversation.max_tokens + 256
        if needed > LARGEST_CONTEXT:
            detail = f"{needed} tokens, at most {LARGEST_CONTEXT}"
            raise EngineError(ErrorKind.BAD_REQUEST, gettext(TOO_LONG), detail=detail)
        options: dict[str, Any] = {
            "temperature": conversation.temperature,
            "top_p": conversation.top_p,
            "num_predict": conversation.max_tokens,
            # In steps: a model is loaded anew for every other size.
            "num_ctx": max(SMALLEST_CONTEXT, -(-needed // 4096) * 4096),
        }
        if conversation.seed is not None:
            options["seed"] = conversation.seed
        body: dict[str, Any] = {
            **self._addressed(conversation.model, on_wait),
            "messages": [_message(message) for message in conversation.messages],
            "stream": True,
            "think": False,
            "truncate": False,
            "options": options,
        }
        if conversation.schema is not None:
            body["format"] = conversation.schema
        return body

    def _attempt(
        self, body: Mapping[str, Any], on_wait: OnWait | None, facts: CallFacts
    ) -> Iterator[str]:
        facts.take_request(body)
        with self._http.open(
            "POST",
            "/api/chat",
            read_seconds=FIRST_SECONDS,
            whole_seconds=FIRST_SECONDS + WHOLE_SECONDS,
            on_wait=on_wait,
            json=body,
        ) as stream:
            if not stream.ok:
                answer = stream.read()
                if "think" in body and b"does not support thinking" in answer.body:
                    raise _CannotThink
                raise _redacted(_failure(answer), body)
            has_begun = False
            for line in filter(str.strip, stream.lines()):
                if not has_begun:
                    stream.expect_within(IDLE_SECONDS, whole_seconds=WHOLE_SECONDS)
                has_begun = True
                payload = _line(line)
                facts.take_answer(payload)
                if payload.get("error"):
                    raise _redacted(error_of(payload["error"], 500), body)
                content = object_of(payload.get("message")).get("content")
                if isinstance(content, str) and content:
                    yield content
                if payload.get("done"):
                    return
        raise Broken(ErrorKind.BAD_RESPONSE, "the stream ended without its end")


class _CannotThink(Exception):
    """The model refuses even to be told not to think; nothing was written yet."""


def _failure(answer: Answer) -> EngineError:
    payload = answer.json_or_none()
    if not isinstance(payload, dict):
        detail = f"status {answer.status}: {len(answer.body)} bytes that are not JSON"
        if answer.status < 500:
            return EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
        return error_of(detail, answer.status)
    return error_of(payload.get("error"), answer.status, retry_after=seconds_to_wait(answer))


def _redacted(failure: EngineError, body: Mapping[str, Any]) -> EngineError:
    """Return `failure` with a detail that repeats nothing of what was written."""
    for message in body["messages"]:
        if message["content"]:
            failure.detail = failure.detail.replace(message["content"], "…")
    failure.detail = failure.detail[:300]
    return failure


def _message(message: Message) -> dict[str, Any]:
    payload: dict[str, Any] = {"role": message.role, "content": message.text}
    if message.pictures:
        payload["images"] = [base64.b64encode(each.data).decode() for each in message.pictures]
    return payload


def _line(line: str) -> dict[str, Any]:
    try:
        payload = parse_json(line)
    except ValueError as error:
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="a line is not JSON") from error
    if not isinstance(payload, dict):
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="a line is not an object")
    return payload
