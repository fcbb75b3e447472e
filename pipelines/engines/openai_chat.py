"""Any server with OpenAI's chat protocol: llama.cpp, vLLM, Mistral, OpenAI itself.

A stream counts as complete only with a reason why it ended, or with `[DONE]` and the body's own
end: a server that dies in the middle sends neither, and llama-cpp-python says `[DONE]` also where
another request cuts the answer off. What a model wrote until its limit of tokens is kept as it is.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext, gettext_noop

from pipelines.engines.call_facts import CallFacts
from pipelines.engines.chat_server import ChatServer
from pipelines.engines.http import Answer, Broken, Http, Stream
from pipelines.engines.jobs import (
    Conversation,
    EngineError,
    ErrorKind,
    Health,
    Message,
    MissingRequirement,
)
from pipelines.engines.json_values import object_of, objects_of, parse_json
from pipelines.engines.paid import KINDS, seconds_to_wait
from pipelines.engines.patience import OnWait

# Until the first event a model may have to be loaded; later silence means that it is stuck.
FIRST_SECONDS = 120.0
IDLE_SECONDS = 60.0
WHOLE_SECONDS = 300.0

TOO_LONG = gettext_noop("Your text is too long for the machine. Shorten it a little.")
REFUSED = gettext_noop("The text machine does not want to write this. Try it in other words.")

KIND_OF_CODE = {
    "insufficient_quota": ErrorKind.QUOTA,
    "credit_balance_exhausted": ErrorKind.QUOTA,
    "billing_hard_limit_reached": ErrorKind.QUOTA,
    "rate_limit_exceeded": ErrorKind.BUSY,
    "server_is_overloaded": ErrorKind.BUSY,
    "slow_down": ErrorKind.BUSY,
    "invalid_api_key": ErrorKind.AUTH,
    "model_not_found": ErrorKind.MISSING_MODEL,
    "content_filter": ErrorKind.CONTENT_BLOCKED,
    "content_policy_violation": ErrorKind.CONTENT_BLOCKED,
}
MAY_PASS = frozenset({ErrorKind.BUSY, ErrorKind.TIMEOUT, ErrorKind.BACKEND_FAILED})
_ABOUT_LENGTH = re.compile(
    r"context[_ ](?:length|window|size)|exceeds? (?:the )?(?:available )?context", re.IGNORECASE
)
# What some servers call otherwise: OpenAI for its models that think, and Mistral.
RENAMED = {"max_tokens": "max_completion_tokens", "seed": "random_seed"}
# What some models refuse to be told; without it they choose for themselves.
DISPENSABLE = frozenset({"temperature", "top_p", "random_seed"})
_REFUSED_FIELD = re.compile(
    r"""Unsupported\ (?:parameter|value):\ '(\w+)'    # OpenAI, also behind proxies
    | \\*"body\\*",\s*\\*"(\w+)\\*"\s*\]             # pydantic's place of a field: Mistral
    """,
    re.VERBOSE,
)


class OpenAIChat(ChatServer):
    """One server; `base_url` with or without the `/v1` at its end."""

    def __init__(self, base_url: str, *, api_key: str = "") -> None:
        base_url = base_url.rstrip("/")
        # Other versions and vendors' own paths to them stay as they are given.
        has_version = re.search(r"/v\d", urlsplit(base_url).path)
        self._key = api_key.strip()
        self._http = Http(
            base_url if has_version else f"{base_url}/v1",
            headers={"Authorization": f"Bearer {self._key}"} if self._key else {},
        )

    def health(self) -> Health:
        try:
            models = self._models()
        except EngineError as error:
            return Health(ready=False, detail=f"{error.kind}: {error.detail}")
        return Health(ready=bool(models), detail="" if models else "no models", models=models)

    def missing_requirements(self, model: str) -> tuple[MissingRequirement, ...]:
        try:
            models = self._models()
        except EngineError as error:
            what = "key" if error.kind in {ErrorKind.AUTH, ErrorKind.QUOTA} else "server"
            return (MissingRequirement(what, "OpenAI chat", error.detail),)
        if not models or (model and model not in models):
            return (
                MissingRequirement("model", model or "any model", "the server does not offer it"),
            )
        return ()

    def warm_up(self, model: str) -> None:
        """Have the server write one token, which loads the model."""
        asked = Conversation((Message("user", "Hi"),), model=model, max_tokens=1)
        for _piece in self._pieces(asked):
            pass

    # The wire --------------------------------------------------------------------------------

    def _get(self, path: str, on_wait: OnWait | None = None) -> Mapping[str, Any]:
        answer = self._http.get(path, on_wait=on_wait)
        if not answer.ok:
            raise self._failure(answer)
        payload = answer.json()
        if not isinstance(payload, dict):
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=f"{path}: not an object")
        if payload.get("error"):
            raise self._error(payload["error"], 500)
        return payload

    def _models(self, *, on_wait: OnWait | None = None) -> tuple[str, ...]:
        listed = self._get("/models", on_wait).get("data")
        if not isinstance(listed, list):
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="/models: no list")
        return tuple(str(each["id"]) for each in objects_of(listed) if "id" in each)

    def _pieces(
        self,
        conversation: Conversation,
        on_wait: OnWait | None = None,
        facts: CallFacts | None = None,
    ) -> Generator[str, None, None]:
        model = self._model(conversation.model, on_wait)
        body: dict[str, Any] | None = self._body(conversation, model)
        while body is not None:
            body = yield from self._attempt(body, on_wait, facts or CallFacts())

    def _body(self, conversation: Conversation, model: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "model": model,
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

    def _attempt(
        self, body: Mapping[str, Any], on_wait: OnWait | None, facts: CallFacts
    ) -> Generator[str, None, dict[str, Any] | None]:
        """Yield what is written; return what to ask instead where the request was not liked."""
        facts.take_request(body)
        with self._http.open(
            "POST",
            "/chat/completions",
            read_seconds=FIRST_SECONDS,
            whole_seconds=FIRST_SECONDS + WHOLE_SECONDS,
            on_wait=on_wait,
            json=body,
        ) as stream:
            if not stream.ok:
                answer = stream.read()
                if (other := _put_otherwise(body, answer)) is not None:
                    return other
                raise self._failure(answer, body)
            if "text/event-stream" in stream.headers.get("Content-Type", "").lower():
                yield from self._events(stream, body, facts)
            else:
                yield from self._whole(stream.read(), body, facts)
        return None

    def _events(self, stream: Stream, body: Mapping[str, Any], facts: CallFacts) -> Iterator[str]:
        has_ended = has_begun = is_done = False
        try:
            for data in data_of(stream.lines()):
                if data == "[DONE]":
                    if has_ended:
                        return
                    is_done = True
                    continue
                if not has_begun:
                    stream.expect_within(IDLE_SECONDS, whole_seconds=WHOLE_SECONDS)
                has_begun = True
                has_ended = (yield from self._event(data, body, facts)) or has_ended
        except Broken:
            # Only the marker after the end is missing.
            if not has_ended:
                raise
        if has_ended or is_done:
            return
        if not has_begun:
            # So llama-cpp-python answers a prompt that is longer than its context.
            detail = "an empty stream; perhaps too long for the model's context"
            raise EngineError(ErrorKind.BAD_REQUEST, gettext(TOO_LONG), detail=detail)
        raise Broken(ErrorKind.BAD_RESPONSE, "the stream ended without its end")

    def _event(
        self, data: str, body: Mapping[str, Any], facts: CallFacts
    ) -> Generator[str, None, bool]:
        """Yield what is written in one event; return whether the answer ends with it."""
        event = _object(data)
        facts.take_answer(event)
        if event.get("error"):
            raise self._error(event["error"], 500, body)
        has_ended = False
        for choice in objects_of(event.get("choices")):
            delta = object_of(choice.get("delta"))
            if text := _text_of(delta):
                yield text
            has_ended = _ending(choice, delta) or has_ended
        return has_ended

    def _whole(self, answer: Answer, body: Mapping[str, Any], facts: CallFacts) -> Iterator[str]:
        """What servers say that do not stream, or that fail with a good status."""
        payload = _object(answer.body.decode("utf-8", "replace"))
        facts.take_answer(payload)
        if payload.get("error"):
            raise self._error(payload["error"], 500, body)
        has_ended = False
        for choice in objects_of(payload.get("choices")):
            message = object_of(choice.get("message"))
            has_ended = _ending(choice, message) or has_ended
            yield _text_of(message)
        if not has_ended:
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="an answer without its end")

    # Failures --------------------------------------------------------------------------------

    def _failure(self, answer: Answer, body: Mapping[str, Any] | None = None) -> EngineError:
        payload = answer.json_or_none()
        if not isinstance(payload, dict):
            page = f"{len(answer.body)} bytes that are not JSON"
            if answer.status == 404:
                detail = f"status 404: {page}; is the address right?"
                return EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
            return self._error(page, answer.status, body, seconds_to_wait(answer))
        return self._error(
            payload.get("error", payload), answer.status, body, seconds_to_wait(answer)
        )

    def _error(
        self,
        error: Any,
        status: int,
        body: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> EngineError:
        """Return the failure that an `error` object tells of, without the words it may repeat."""
        failure = error_of(error, status, retry_after=retry_after)
        words = [message["content"] for message in (body or {}).get("messages", ())]
        for secret in (self._key, *words):
            if isinstance(secret, str) and secret:
                failure.detail = failure.detail.replace(secret, "…")
        failure.detail = failure.detail[:300]
        return failure


def error_of(error: Any, status: int, *, retry_after: float | None = None) -> EngineError:
    """Return the failure that an `error` object and a status tell of."""
    about = error if isinstance(error, dict) else {"message": error}
    codes = [str(about[name]) for name in ("code", "type") if about.get(name) is not None]
    said = about.get("message") or about.get("detail") or ""
    said = " ".join(said.split()) if isinstance(said, str) else "no words of explanation"
    status = next((int(code) for code in codes if re.fullmatch(r"[45]\d\d", code)), status)
    kind = next((KIND_OF_CODE[code] for code in codes if code in KIND_OF_CODE), KINDS.get(status))
    if kind is None:
        kind = ErrorKind.BACKEND_FAILED if status >= 500 else ErrorKind.BAD_RESPONSE
    metadata = about.get("metadata")
    if isinstance(metadata, dict) and (metadata.get("reasons") or "flagged_input" in metadata):
        kind = ErrorKind.CONTENT_BLOCKED
    if "out of memory" in said or "requires more system memory" in said:
        kind = ErrorKind.OUT_OF_MEMORY
    message = gettext(REFUSED) if kind == ErrorKind.CONTENT_BLOCKED else ""
    about_length = _ABOUT_LENGTH.search(" ".join((*codes, said)))
    if about_length and kind in {ErrorKind.BAD_REQUEST, ErrorKind.BACKEND_FAILED}:
        kind, message = ErrorKind.BAD_REQUEST, gettext(TOO_LONG)
    detail = " ".join((f"status {status}", *codes)) + f": {said}"
    if retry_after is not None:
        detail = f"retry_after_seconds={retry_after:g}; {detail}"
    return EngineError(kind, message, detail=detail, permanent=kind not in MAY_PASS)


def _put_otherwise(body: Mapping[str, Any], answer: Answer) -> dict[str, Any] | None:
    """Return a request without what the server says it does not know, None where it says not so.

    It has refused the request whole: nothing was written, and nothing is paid for twice.
    """
    said = answer.body.decode("utf-8", "replace")
    # llama-cpp-python calls a value that it does not know an error of its own.
    is_refusal = answer.status in {400, 422} or (answer.status == 500 and "response_format" in said)
    if not is_refusal or _ABOUT_LENGTH.search(said):
        return None
    other = dict(body)
    field = _refused_field(answer, said)
    if field in RENAMED and field in body:
        other[RENAMED[field]] = other.pop(field)
        return other
    if field in DISPENSABLE and field in body:
        del other[field]
        return other
    wanted = body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        # Some know "JSON", and not "JSON of this shape"; llama.cpp knows the shape by this name.
        shape = wanted["json_schema"]["schema"]
        other["response_format"] = {"type": "json_object", "schema": shape}
        return other
    return None


def _refused_field(answer: Answer, said: str) -> str:
    """Return the field of the request that the server says it does not take."""
    payload = answer.json_or_none()
    error = payload.get("error") if isinstance(payload, dict) else None
    if isinstance(error, dict) and isinstance(error.get("param"), str):
        return str(error["param"])
    found = _REFUSED_FIELD.search(said)
    return found[1] or found[2] if found else ""


def data_of(lines: Iterable[str]) -> Iterator[str]:
    """Yield the data of each server-sent event; comments and other fields carry nothing here."""
    data: list[str] = []
    for line in lines:
        name, _, value = line.partition(":")
        if name == "data":
            data.append(value.removeprefix(" "))
        elif not line:
            yield from _joined(data)
            data.clear()
    # By the book an event without a blank line after it does not count; some servers save the last.
    yield from _joined(data)


def _joined(data: list[str]) -> Iterator[str]:
    if whole := "\n".join(data).strip():
        yield whole


def _ending(choice: Mapping[str, Any], delta: Mapping[str, Any]) -> bool:
    """Tell whether this choice has ended. Raises `EngineError` where it was refused."""
    reason = choice.get("finish_reason")
    if not isinstance(reason, str | None):
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="finish_reason is no word")
    if delta.get("refusal") or reason == "content_filter":
        raise EngineError(ErrorKind.CONTENT_BLOCKED, gettext(REFUSED), detail="refused")
    if reason == "error":
        detail = "finish_reason error"
        raise EngineError(ErrorKind.BACKEND_FAILED, "", detail=detail, permanent=False)
    # Some servers write "" or "null" with every piece.
    return reason not in {None, "", "null"}


def _text_of(delta: Mapping[str, Any]) -> str:
    """What was written; models that think may send it in parts, thoughts among them."""
    content = delta.get("content")
    if isinstance(content, str):
        return content
    parts = (part for part in objects_of(content) if part.get("type") == "text")
    return "".join(str(part.get("text") or "") for part in parts)


def _message(message: Message) -> dict[str, Any]:
    if not message.pictures:
        return {"role": message.role, "content": message.text}
    parts: list[dict[str, Any]] = [{"type": "text", "text": message.text}]
    for picture in message.pictures:
        data = base64.b64encode(picture.data).decode()
        url = f"data:{picture.content_type};base64,{data}"
        parts.append({"type": "image_url", "image_url": {"url": url}})
    return {"role": message.role, "content": parts}


def _object(data: str) -> dict[str, Any]:
    try:
        payload = parse_json(data)
    except ValueError as error:
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="not JSON") from error
    if not isinstance(payload, dict):
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="not a JSON object")
    return payload
