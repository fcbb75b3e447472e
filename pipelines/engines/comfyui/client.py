"""ComfyUI's wire: its requests and what its answers mean.

Read off ComfyUI 0.3.64 and 0.3.75 as they ran, and the sources of later ones. Through SwarmUI's
passthrough the same paths stand behind `/ComfyBackendDirect`; there failures come as HTML.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipelines.engines.http import Answer, Broken, Http
from pipelines.engines.jobs import EngineError, ErrorKind, Picture
from pipelines.engines.json_values import list_of, number_of, object_of, objects_of
from pipelines.engines.pictures import MOST_BYTES

SUBMIT_SECONDS = 60
VIEW_SECONDS = 120
OUT_OF_MEMORY = ("torch.OutOfMemoryError", "torch.cuda.OutOfMemoryError", "OutOfMemoryError")
# Errors of validation that mean a file which is not there.
NO_SUCH_FILE = "value_not_in_list"
# A gateway's word that the server behind it did not answer.
AWAY = (502, 503, 504)
CANCEL_SECONDS = 15
# An interrupt takes effect at the next step; one that came before the start has none.
SETTLE_SECONDS = 0.3
PATH = re.compile(r"(?:[A-Za-z]:)?(?:[\\/][\w.+-]+){2,}")


@dataclass(frozen=True, slots=True)
class Pending:
    """The job waits; `position` counts from 1, the one that is being worked on included."""

    position: int


@dataclass(frozen=True, slots=True)
class Running:
    """The job is being worked on."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The server does not know the job: it was never there, or the server was started anew."""


@dataclass(frozen=True, slots=True)
class Finished:
    """The job has ended well; `outputs` by the ids of the nodes that gave them."""

    outputs: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """The job has ended otherwise, and why."""

    error: EngineError


# Called about twice a second while an answer is waited for; what it raises ends the waiting.
OnWait = Callable[[], None] | None
State = Pending | Running | Unknown | Finished | Failed


class Client:
    """One ComfyUI server."""

    def __init__(self, base_url: str, headers: Mapping[str, str]) -> None:
        self.headers = dict(headers)
        self.http = Http(base_url, headers=headers)

    def submit(
        self, job_id: str, client_id: str, nodes: Mapping[str, Any], on_wait: OnWait
    ) -> None:
        """Hand over a graph. Raises `NotSent`, `Broken`, or `EngineError` where it is refused."""
        answer = self.http.post(
            "/prompt",
            read_seconds=SUBMIT_SECONDS,
            on_wait=on_wait,
            json={
                "prompt": nodes,
                # A name of our own is the only key to the job after a crash. A `number` would
                # decide the place in the queue, and break the server where two are equal.
                "prompt_id": job_id,
                "client_id": client_id,
                "extra_data": {"job": job_id},
            },
        )
        payload = answer.json_or_none()
        if answer.status in AWAY:
            raise Broken(ErrorKind.UNREACHABLE, f"/prompt: status {answer.status}")
        if not answer.ok:
            raise refusal(answer.status, payload)
        if not isinstance(payload, dict) or payload.get("prompt_id") != job_id:
            detail = f"/prompt: status {answer.status}, but not our prompt_id"
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
        if payload.get("node_errors"):
            # Only a part of the graph would be carried out; the rest would be missing.
            self.cancel(job_id)
            raise refusal(400, payload)

    def state(self, job_id: str, on_wait: OnWait = None) -> State:
        """Return how the job stands. A job may end between two looks, so history is read twice."""
        ended = self._ended(job_id, on_wait)
        if ended is not None:
            return ended
        queue = self.queue(on_wait)
        running = [entry for entry in queue["queue_running"] if _id_of(entry) == job_id]
        if running:
            return Running()
        # The server keeps a heap: its order says nothing, the numbers do.
        own = [_number_of(entry) for entry in queue["queue_pending"] if _id_of(entry) == job_id]
        if own:
            before = [entry for entry in queue["queue_pending"] if _number_of(entry) < own[0]]
            return Pending(len(queue["queue_running"]) + len(before) + 1)
        return self._ended(job_id, on_wait) or Unknown()

    def queue(self, on_wait: OnWait = None) -> Mapping[str, list[Any]]:
        payload = _object(self._get("/queue", on_wait))
        parts = {name: payload.get(name) for name in ("queue_running", "queue_pending")}
        if not all(
            isinstance(entries, list) and all(isinstance(each, list) and each for each in entries)
            for entries in parts.values()
        ):
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="/queue: not a queue")
        return {name: list(entries or ()) for name, entries in parts.items()}

    def _ended(self, job_id: str, on_wait: OnWait) -> Finished | Failed | None:
        entry = _object(self._get(f"/history/{job_id}", on_wait)).get(job_id)
        return None if entry is None else ended(entry)

    def view(self, image: Mapping[str, Any], on_wait: OnWait) -> bytes | None:
        """Return the bytes of a file at the server, None where there is none of that name."""
        asked = {key: str(image.get(key) or "") for key in ("filename", "subfolder", "type")}
        answer = self.http.get(
            "/view",
            params=asked,
            read_seconds=VIEW_SECONDS,
            max_bytes=MOST_BYTES,
            on_wait=on_wait,
        )
        if answer.status == 404:
            return None
        if not answer.ok:
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=f"/view: status {answer.status}")
        return answer.body

    def upload(self, stem: str, picture: Picture, on_wait: OnWait) -> str:
        """Send a picture and return the name under which graphs find it."""
        extension = picture.content_type.rpartition("/")[2].replace("jpeg", "jpg")
        name = f"{stem}.{extension}"
        answer = self.http.post(
            "/upload/image",
            on_wait=on_wait,
            files={"image": (name, picture.data, picture.content_type)},
            data={"overwrite": "true", "subfolder": "ai4artsed", "type": "input"},
        )
        payload = answer.json_or_none()
        if not answer.ok or not isinstance(payload, dict) or not payload.get("name"):
            detail = f"/upload/image: status {answer.status}"
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
        # The server may have chosen another one.
        return "/".join(filter(None, (str(payload.get("subfolder") or ""), str(payload["name"]))))

    def cancel(self, job_id: str) -> None:
        """Stop this job, and no other; one that the server does not know is stopped."""
        answer = self.http.post(f"/api/jobs/{job_id}/cancel", json={}, read_seconds=CANCEL_SECONDS)
        if answer.ok:
            return
        # Older servers: out of the queue, or stopped while it runs. It may change from the one to
        # the other in between, so all is done twice.
        for attempt in range(2):
            time.sleep(attempt * SETTLE_SECONDS)
            self.http.post("/queue", json={"delete": [job_id]}, read_seconds=CANCEL_SECONDS)
            # Without its id whatever runs would be stopped, somebody else's job perhaps.
            self.http.post("/interrupt", json={"prompt_id": job_id}, read_seconds=CANCEL_SECONDS)
            if not isinstance(self.state(job_id), Pending | Running):
                return

    def system(self) -> Mapping[str, Any]:
        return _object(self._get("/system_stats"))

    def node_info(self, kind: str) -> Mapping[str, Any]:
        """Return what the server says of a node class; empty where it has none of that name."""
        return object_of(_object(self._get(f"/object_info/{kind}")).get(kind))

    def _get(self, path: str, on_wait: OnWait = None) -> Answer:
        answer = self.http.get(path, on_wait=on_wait)
        if answer.ok:
            return answer
        kind = ErrorKind.AUTH if answer.status in (401, 403) else ErrorKind.BAD_RESPONSE
        # SwarmUI says in HTML that it has no ComfyUI, or that its passthrough is not allowed.
        if answer.status in AWAY:
            raise Broken(ErrorKind.UNREACHABLE, f"{path}: status {answer.status}")
        raise EngineError(kind, "", detail=f"{path.split('/')[1]}: status {answer.status}")


def ended(entry: Any) -> Finished | Failed:
    """Return what an entry of the history says: `error` stands for failures and for a stop."""
    if not isinstance(entry, dict):
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="/history: not an entry")
    status = object_of(entry.get("status"))
    outputs = object_of(entry.get("outputs"))
    if status.get("status_str") != "error":
        return Finished(outputs)
    messages = list_of(status.get("messages"))
    last = list_of(messages[-1]) if messages else []
    name, data = (last[0], object_of(last[1])) if len(last) == 2 else ("", {})
    node = f"node {data.get('node_id')} ({data.get('node_type')})"
    if name == "execution_interrupted":
        return Failed(EngineError(ErrorKind.CANCELLED, "", detail=f"stopped at {node}"))
    # The traceback and the inputs hold paths and tensors; the operator has the server's own log.
    kind = str(data.get("exception_type") or "")
    message = str(data.get("exception_message") or "").strip()
    message = PATH.sub("…", message)[:300]
    full = kind.endswith(OUT_OF_MEMORY)
    return Failed(
        EngineError(
            ErrorKind.OUT_OF_MEMORY if full else ErrorKind.BACKEND_FAILED,
            "",
            detail=f"{node}: {kind}: {message}",
            permanent=not full,
        )
    )


def refusal(status: int, payload: Any) -> EngineError:
    """Return why a graph was not taken, by node and input."""
    if status in (401, 403):
        return EngineError(ErrorKind.AUTH, "", detail=f"/prompt: status {status}")
    if not isinstance(payload, dict):
        kind = ErrorKind.BAD_REQUEST if status == 413 else ErrorKind.BACKEND_FAILED
        return EngineError(kind, "", detail=f"/prompt: status {status}")
    error = object_of(payload.get("error"))
    named = str(error.get("type") or "")
    if named == "missing_node_type" or "does not exist" in str(error.get("message", "")):
        return EngineError(ErrorKind.MISSING_MODEL, "", detail=str(error.get("message"))[:300])
    errors = list(_node_errors(payload.get("node_errors")))
    missing = any(kind == NO_SUCH_FILE for kind, _detail in errors)
    detail = "; ".join(detail for _kind, detail in errors)[:500] or f"{named} status {status}"
    return EngineError(
        ErrorKind.MISSING_MODEL if missing else ErrorKind.BAD_REQUEST, "", detail=detail
    )


def _node_errors(nodes: Any) -> Iterator[tuple[str, str]]:
    for node, about in object_of(nodes).items():
        payload = object_of(about)
        for error in objects_of(payload.get("errors")):
            yield (
                str(error.get("type") or ""),
                f"node {node} ({payload.get('class_type')}): "
                f"{error.get('message')} {str(error.get('details') or '')[:200]}".strip(),
            )


def _object(answer: Answer) -> dict[str, Any]:
    payload = answer.json()
    if not isinstance(payload, dict):
        raise EngineError(ErrorKind.BAD_RESPONSE, "", detail="JSON, but not an object")
    return payload


def _id_of(entry: list[Any]) -> Any:
    return entry[1] if len(entry) > 1 else None


def _number_of(entry: list[Any]) -> float:
    return number_of(entry[0]) or 0
