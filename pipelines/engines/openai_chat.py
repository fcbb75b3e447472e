"""Any server with OpenAI's chat protocol: llama.cpp, vLLM, Mistral, OpenAI itself.

A stream counts as complete only with a reason why it ended or with `[DONE]`: a server that dies in
the middle sends neither. What a model wrote until its limit of tokens is kept as it is.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext, gettext_noop

from pipelines.context import (
    Conversation,
    EngineError,
    ErrorKind,
    Health,
    Lack,
    Message,
    TextJob,
)
from pipelines.engines.conversation import conversation_of, without_thinking
from pipelines.engines.http import Answer, Http, Stream

# Until the first byte a model may have to be loaded; later silence means that it is stuck.
SILENT_SECONDS = 120.0
WHOLE_SECONDS = 300.0

TOO_LONG = gettext_noop("Your text is too long for the machine. Shorten it a little.")
REFUSED = gettext_noop("The text machine does not want to write this. Try it in other words.")

KIND_OF_STATUS = {
    400: ErrorKind.BAD_REQUEST,
    401: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    403: ErrorKind.AUTH,
    404: ErrorKind.MISSING_MODEL,
    408: ErrorKind.TIMEOUT,
    413: ErrorKind.BAD_REQUEST,
    422: ErrorKind.BAD_REQUEST,
    429: ErrorKind.BUSY,
    503: ErrorKind.BUSY,
    504: ErrorKind.TIMEOUT,
}
MAY_PASS = frozenset({ErrorKind.BUSY, ErrorKind.TIMEOUT, ErrorKind.BACKEND_FAILED})
KIND_OF_CODE = {
    "insufficient_quota": ErrorKind.QUOTA,
    "credit_balance_exhausted": ErrorKind.QUOTA,
    "invalid_api_key": ErrorKind.AUTH,
    "model_not_found": ErrorKind.MISSING_MODEL,
    "content_filter": ErrorKind.CONTENT_BLOCKED,
    "context_length_exceeded": ErrorKind.BAD_REQUEST,
}


class OpenAIChat:
    """One server; `base_url` with or without the `/v1` at its end."""

    def __init__(self, base_url: str, *, api_key: str = "") -> None:
        base_url = base_url.rstrip("/")
        # Versions other than 1 and providers' own paths stay as they are given.
        base_url += "" if base_url.rpartition("/")[2].startswith("v") else "/v1"
        self._http = Http(
            base_url, headers={"Authorization": f"Bearer {api_key}"} if api_key else {}
        )
        self._first_model = ""

    def stream(self, job: TextJob) -> Iterator[str]:
        return self.chat(conversation_of(job))

    def chat(self, conversation: Conversation) -> Iterator[str]:
        """Yield the pieces of the answer; closing the iterator closes the connection."""
        return without_thinking(self._pieces(conversation))

    def health(self) -> Health:
        try:
            models = self._models()
        except EngineError as error:
            return Health(ready=False, detail=error.detail)
        return Health(ready=bool(models), detail="" if models else "no models", models=models)

    def examine(self, model: str) -> tuple[Lack, ...]:
        try:
            models = self._models()
        except EngineError as error:
            what = "key" if error.kind == ErrorKind.AUTH else "server"
            return (Lack(what, "API key" if what == "key" else "server", error.detail),)
        if not models or (model and model not in models):
            return (Lack("model", model or "any model", "the server does not offer it"),)
        return ()

    def warm_up(self, model: str) -> None:
        """Have the server write one token, which loads the model."""
        asked = Conversation((Message("user", "Hi"),), model=model, max_tokens=1)
        for _piece in self._pieces(asked):
            pass

    # The wire --------------------------------------------------------------------------------

    def _models(self) -> tuple[str, ...]:
        answer = self._http.get("/models")
        if not answer.ok:
            raise failure(answer)
        told = answer.json()
        listed = told.get("data") if isinstance(told, dict) else None
        if not isinstance(listed, list):
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="/models: no list")
        return tuple(str(each["id"]) for each in listed if isinstance(each, dict) and "id" in each)

    def _model(self, named: str) -> str:
        if not named and not self._first_model:
            models = self._models()
            if not models:
                raise EngineError(ErrorKind.MISSING_MODEL, "", detail="the server has no model")
            self._first_model = models[0]
        return named or self._first_model

    def _pieces(self, conversation: Conversation) -> Iterator[str]:
        body = self._body(conversation)
        try:
            yield from self._told(body)
        except _FormatRefused:
            # Older servers know "some JSON", not "JSON of this shape".
            body["response_format"] = {"type": "json_object", "schema": conversation.schema}
            yield from self._told(body, asks_for_shape=False)

    def _body(self, conversation: Conversation) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": self._model(conversation.model),
            "messages": [_message(message) for message in conversation.messages],
            "stream": True,
            "temperature": conversation.temperature,
            "top_p": conversation.top_p,
            "max_tokens": conversation.max_tokens,
        }
        if conversation.seed is not None:
            body["seed"] = conversation.seed
        if conversation.schema is not None:
            shape = {"name": "answer", "strict": True, "schema": conversation.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": shape}
        return body

    def _told(self, body: Mapping[str, Any], *, asks_for_shape: bool = True) -> Iterator[str]:
        until = time.monotonic() + WHOLE_SECONDS
        path = "/chat/completions"
        with self._http.open("POST", path, read_seconds=SILENT_SECONDS, json=body) as stream:
            if not 200 <= stream.status < 300:
                answer = stream.read()
                if answer.status == 400 and asks_for_shape and "response_format" in body:
                    raise _FormatRefused
                raise failure(answer)
            if "text/event-stream" not in stream.headers.get("Content-Type", ""):
                yield from self._whole(stream.read())
                return
            for piece in self._events(stream):
                if time.monotonic() > until:
                    detail = f"not finished in {WHOLE_SECONDS:.0f} s"
                    raise EngineError(ErrorKind.TIMEOUT, "", detail=detail, permanent=False)
                yield piece

    def _events(self, stream: Stream) -> Iterator[str]:
        has_ended = has_begun = False
        for line in stream.lines():
            # Comments keep the connection alive; other fields of events carry nothing here.
            if not line.startswith("data:"):
                continue
            data = line[5:].strip()
            if data == "[DONE]":
                return
            has_begun = True
            event = _json(data)
            if event.get("error"):
                raise self.error_in(event)
            for choice in event.get("choices") or ():
                delta = choice.get("delta") or {}
                if delta.get("content"):
                    yield str(delta["content"])
                has_ended = check_ending(choice, delta) or has_ended
        if has_ended:
            return
        if not has_begun:
            # So llama.cpp answers a prompt that is longer than its context.
            detail = "an empty stream; perhaps the text is longer than the model's context"
            raise EngineError(ErrorKind.BAD_REQUEST, gettext(TOO_LONG), detail=detail)
        detail = "the stream ended without its end"
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail, permanent=False)

    def _whole(self, answer: Answer) -> Iterator[str]:
        """What servers say that do not stream, or that fail with a good status."""
        told = answer.json()
        if not isinstance(told, dict):
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="not an answer")
        if told.get("error"):
            raise self.error_in(told)
        for choice in told.get("choices") or ():
            message = choice.get("message") or {}
            check_ending(choice, message)
            if message.get("content"):
                yield str(message["content"])

    def error_in(self, told: Mapping[str, Any]) -> EngineError:
        """Return the failure that an answer with a good status holds."""
        return error_of(told.get("error"), 500)


class _FormatRefused(Exception):
    """The server does not take the shape that was asked for; nothing was written yet."""


def check_ending(choice: Mapping[str, Any], delta: Mapping[str, Any]) -> bool:
    """Tell whether this choice has ended. Raises `EngineError` where it was refused."""
    reason = choice.get("finish_reason")
    if delta.get("refusal") or reason == "content_filter":
        raise EngineError(ErrorKind.CONTENT_BLOCKED, gettext(REFUSED), detail="refused")
    if reason == "error":
        raise EngineError(ErrorKind.BACKEND_FAILED, "", detail="finish_reason error")
    return reason is not None


def failure(answer: Answer) -> EngineError:
    """Return what an answer with a bad status means."""
    told = answer.json_or_none()
    error = told.get("error", told) if isinstance(told, dict) else None
    retry = answer.headers.get("Retry-After", "")
    return error_of(error, answer.status, retry_after=retry)


def error_of(error: Any, status: int, *, retry_after: str = "") -> EngineError:
    """Return the failure that an `error` object and a status tell of."""
    about = error if isinstance(error, dict) else {"message": error}
    code = str(about.get("code") or about.get("type") or "")
    said = str(about.get("message") or about.get("detail") or "")[:300]
    status = int(code) if code.isdigit() else status
    kind = KIND_OF_CODE.get(code) or KIND_OF_STATUS.get(status)
    kind = kind or (ErrorKind.BACKEND_FAILED if status >= 500 else ErrorKind.BAD_REQUEST)
    is_long = (
        code == "context_length_exceeded" or "context length" in said or "context window" in said
    )
    detail = f"status {status} {code}: {said}".strip()
    if retry_after:
        detail += f" (retry_after_seconds {retry_after})"
    return EngineError(
        ErrorKind.BAD_REQUEST if is_long else kind,
        gettext(TOO_LONG) if is_long else "",
        detail=detail,
        permanent=is_long or kind not in MAY_PASS,
    )


def _message(message: Message) -> dict[str, Any]:
    if not message.pictures:
        return {"role": message.role, "content": message.text}
    parts: list[dict[str, Any]] = [{"type": "text", "text": message.text}]
    for picture in message.pictures:
        data = base64.b64encode(picture.data).decode()
        url = f"data:{picture.content_type};base64,{data}"
        parts.append({"type": "image_url", "image_url": {"url": url}})
    return {"role": message.role, "content": parts}


def _json(data: str) -> dict[str, Any]:
    try:
        event = json.loads(data)
    except ValueError as error:
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="an event is not JSON") from error
    if not isinstance(event, dict):
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="an event is not an object")
    return event
