"""SwarmUI's own API: one session, and what its answers mean.

SwarmUI says most failures with status 200, and an expired session with 401 or inside a WebSocket:
what counts is the body.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from pipelines.engines.http import Answer, Broken, Http
from pipelines.engines.jobs import EngineError, ErrorKind

ASK_SECONDS = 15.0
DETAIL_LETTERS = 500

EXPIRED = "invalid_session_id"
FORBIDDEN = "bad_permissions"
# What must not get into a detail: they hold what children wrote and drew.
PRIVATE = ("prompt", "negativeprompt", "initimage")

KINDS_OF_IDS = {
    EXPIRED: ErrorKind.AUTH,
    FORBIDDEN: ErrorKind.AUTH,
    "basic_api": ErrorKind.BAD_REQUEST,
    "bad_request_method": ErrorKind.BAD_REQUEST,
    "bad_route": ErrorKind.BAD_RESPONSE,
    "no_result": ErrorKind.BACKEND_FAILED,
    "internal_error": ErrorKind.BACKEND_FAILED,
}
KINDS_OF_STATUSES = {
    401: ErrorKind.AUTH,
    403: ErrorKind.AUTH,
    413: ErrorKind.BAD_REQUEST,
    429: ErrorKind.BUSY,
    500: ErrorKind.BACKEND_FAILED,
    502: ErrorKind.UNREACHABLE,
    503: ErrorKind.BUSY,
    504: ErrorKind.TIMEOUT,
}
# The first that fits. Lower case, as they stand in SwarmUI's messages or in ComfyUI's inside them.
KINDS_OF_SENTENCES = (
    (r"out of memory|outofmemory|allocation on device", ErrorKind.OUT_OF_MEMORY),
    (
        r"invalid or unauthorized|not have permission|lack permissions|may not create new sessions",
        ErrorKind.AUTH,
    ),
    (r"interrupted", ErrorKind.CANCELLED),
    (r"all backends are occupied", ErrorKind.BUSY),
    (r"no backends available|shutting down|no loaded remote backend", ErrorKind.UNREACHABLE),
    (r"does not have that (model|lora|embedding)|failed to load", ErrorKind.MISSING_MODEL),
    (r"model not found|invalid value for parameter (model|loras)\b", ErrorKind.MISSING_MODEL),
    (r"value_not_in_list[\s\S]*(ckpt|unet|lora|vae|clip)_name", ErrorKind.MISSING_MODEL),
    (r"no backends match|invalid value for parameter|comfyui errored", ErrorKind.BAD_REQUEST),
)
LASTING = {
    ErrorKind.AUTH,
    ErrorKind.BAD_REQUEST,
    ErrorKind.MISSING_MODEL,
    ErrorKind.BAD_RESPONSE,
}
# /home/swarm/Models/x.safetensors and C:\Swarm\Models\x.safetensors, up to the last part.
FOREIGN_PATH = re.compile(r"(?:[A-Za-z]:[\\/]|(?<![\w./])/)(?:[^\s'\"\\/]+[\\/]+)+")


class Session(NamedTuple):
    """Whom SwarmUI takes us for; `append_user` tells how addresses of pictures begin."""

    id: str
    user_id: str
    append_user: bool
    version: str


class Swarm:
    """One SwarmUI. Safe to use from several threads; they share one session."""

    def __init__(self, base_url: str, *, token: str) -> None:
        self.headers = {"Cookie": f"swarm_token={token}"} if token else {}
        self.http = Http(base_url, headers=self.headers)
        self._session: Session | None = None
        self._lock = threading.Lock()

    def session(self, *, instead_of: Session | None = None) -> Session:
        """Return the session in force, a new one where there is none or it is the given one.

        Raises `EngineError`.
        """
        with self._lock:
            if self._session is None or self._session == instead_of:
                self._session = self._new_session()
            return self._session

    def _new_session(self) -> Session:
        answer = self._posted("GetNewSession", {}, again=True, read_seconds=ASK_SECONDS)
        payload = understood(answer)
        if not isinstance(payload.get("session_id"), str) or not payload["session_id"]:
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="GetNewSession: no session_id")
        return Session(
            payload["session_id"],
            str(payload.get("user_id") or "local"),
            payload.get("output_append_user") is not False,
            str(payload.get("version") or ""),
        )

    def call(
        self,
        route: str,
        body: Mapping[str, Any],
        *,
        again: bool = True,
        read_seconds: float = ASK_SECONDS,
        on_wait: Callable[[], None] | None = None,
    ) -> dict[str, Any]:
        """POST to `route` and return what it says; with a new session where ours has expired.

        `again` sends it once more where a kept connection broke: not for orders.
        Raises `EngineError`.
        """
        options: dict[str, Any] = {"again": again, "read_seconds": read_seconds, "on_wait": on_wait}
        session = self.session()
        answer = self._posted(route, {**body, "session_id": session.id}, **options)
        if has_expired(answer.json_or_none()):
            session = self.session(instead_of=session)
            answer = self._posted(route, {**body, "session_id": session.id}, **options)
        return understood(answer, private=private_in(body))

    def _posted(
        self, route: str, body: Mapping[str, Any], *, again: bool, **options: Any
    ) -> Answer:
        try:
            return self.http.post(f"/API/{route}", json=body, **options)
        except Broken as error:
            if not again or error.kind == ErrorKind.TIMEOUT:
                raise
            return self.http.post(f"/API/{route}", json=body, **options)


def has_expired(payload: Any) -> bool:
    return isinstance(payload, dict) and payload.get("error_id") == EXPIRED


def private_in(body: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(body[name]) for name in PRIVATE if body.get(name))


def understood(answer: Answer, *, private: Iterable[str] = ()) -> dict[str, Any]:
    """Return the object that SwarmUI answered. Raises `EngineError` for everything else."""
    payload = answer.json_or_none()
    if isinstance(payload, dict):
        error = failure(payload, private=private)
        if error is not None:
            raise error
        if answer.ok:
            return payload
    kind = KINDS_OF_STATUSES.get(answer.status, ErrorKind.BAD_RESPONSE)
    detail = f"status {answer.status}, not SwarmUI's JSON"
    if retry_after := answer.headers.get("Retry-After"):
        detail += f", retry_after_seconds={retry_after[:40]}"
    raise EngineError(kind, "", detail=detail, permanent=kind in LASTING)


def failure(payload: Mapping[str, Any], *, private: Iterable[str] = ()) -> EngineError | None:
    """Return what is wrong, by SwarmUI's own account; None where it reports nothing."""
    name, message = payload.get("error_id") or "", payload.get("error") or ""
    # SwarmUI's are texts; anything else is somebody's on the way.
    if not (name or message) or not isinstance(name, str) or not isinstance(message, str):
        return None
    kind = KINDS_OF_IDS.get(name) or _kind_of(message.lower())
    words = _without_private(message, private)
    return EngineError(
        kind, "", detail=f"{name}: {words}" if name else words, permanent=kind in LASTING
    )


def _kind_of(message: str) -> ErrorKind:
    for pattern, kind in KINDS_OF_SENTENCES:
        if re.search(pattern, message):
            return kind
    return ErrorKind.BACKEND_FAILED


def _without_private(text: str, private: Iterable[str]) -> str:
    for each in sorted(private, key=len, reverse=True):
        for written in (each, json.dumps(each)[1:-1], json.dumps(each, ensure_ascii=False)[1:-1]):
            text = text.replace(written, "(…)")
    return FOREIGN_PATH.sub("…/", text)[:DETAIL_LETTERS]
