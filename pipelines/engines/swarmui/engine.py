"""The engine SwarmUI: one server, by its own API.

SwarmUI gives no number to an order. It is found again by the folder that its picture is saved in,
named after the job. An order is sent a second time only where nothing is there and nothing runs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext_noop

from pipelines.engines import pictures
from pipelines.engines.base import Progress
from pipelines.engines.http import Broken
from pipelines.engines.jobs import (
    EngineError,
    ErrorKind,
    Health,
    MediaJob,
    MissingRequirement,
    Output,
)
from pipelines.engines.json_values import number_of, object_of, objects_of, parse_json
from pipelines.engines.swarmui import order as orders
from pipelines.engines.swarmui.calls import Session, Swarm
from pipelines.engines.swarmui.watching import (
    AT_WORK,
    IDLE_SECONDS,
    NotOpened,
    RemotePicture,
    by_request,
    by_websocket,
)

FETCHING = gettext_noop("Fetching the picture")
LOOKING = gettext_noop("The connection broke, we look for the picture")

OnWait = Callable[[], None] | None

DOWNLOAD_SECONDS = 120.0
DOWNLOADS = 3
LOAD_SECONDS = 600.0
MODEL, LORA = "Stable-Diffusion", "LoRA"
EXTENSIONS = ("png", "jpg", "jpeg", "webp")
# SwarmUI works with these; of "errored" it does not say how many backends are left.
READY = ("running", "some_loading")


@dataclass(frozen=True, slots=True)
class Limits:
    """How long is waited for what, in seconds."""

    # From the order to the picture, the server's queue included.
    job: float = 1800.0
    idle: float = IDLE_SECONDS
    # Between two looks at a job whose connection broke.
    poll: float = 1.0
    # A picture is written to the disk after the server has counted its job as done.
    settle: float = 10.0
    # For a job of an earlier process: its session, and so whether it runs, is unknown now.
    orphan: float = 30.0
    # For a server that does not answer, say while it starts anew.
    absence: float = 60.0


class SwarmUI:
    """One SwarmUI at `base_url`; `token` where it asks for an account.

    One session serves for everything: a session is a row in SwarmUI's database that stays for
    weeks, and this engine has one job at a time, so that interrupting the session stops that job
    alone. `cancel` sees to it that it is the one meant.
    """

    def __init__(self, base_url: str, *, token: str = "", limits: Limits | None = None) -> None:
        self._swarm = Swarm(base_url, token=token)
        self._limits = limits or Limits()
        self._at_work = ""
        # What the server offers, for as long as the session lasts.
        self._known: tuple[Session | None, frozenset[str]] = (None, frozenset())

    # A picture ----------------------------------------------------------------------------

    def generate(self, job: MediaJob, on_progress: Progress) -> Iterable[Output]:
        on_progress(0.0, AT_WORK)
        order = self._order(job, lambda: on_progress(0.0, AT_WORK))
        deadline = time.monotonic() + self._limits.job
        made = self._place_order(job, order, on_progress, deadline)
        return (self._fetch(job, order, made, on_progress),)

    def recover(self, job: MediaJob, on_progress: Progress) -> Iterable[Output] | None:
        is_current = self._at_work == job.job_id
        patience = self._limits.settle if is_current else self._limits.orphan
        deadline = time.monotonic() + self._limits.job
        self._at_work = job.job_id
        made = self._search(job, on_progress, deadline, patience)
        return None if made is None else (self._fetch(job, {}, made, on_progress),)

    def cancel(self, job: MediaJob) -> None:
        if self._at_work == job.job_id:
            # Nobody waits for this job any more: a server that does not answer is no failure.
            with suppress(EngineError):
                self._interrupt()

    def _interrupt(self) -> None:
        self._swarm.call("InterruptAll", {"other_sessions": False})

    def _order(self, job: MediaJob, on_wait: OnWait) -> dict[str, Any]:
        model = self._model(MODEL, job.model, on_wait)
        loras = [self._model(LORA, lora.name, on_wait) for lora in job.loras]
        order = orders.order_for(job, model=model, loras=loras)
        known = self._parameters(on_wait)
        if orders.unknown(order, known):
            known = self._parameters(on_wait, anew=True)
        if unknown := orders.unknown(order, known):
            detail = f"SwarmUI knows no parameter {', '.join(unknown)}"
            raise EngineError(ErrorKind.BAD_REQUEST, "", detail=detail)
        if orders.WITHOUT_INTERMEDIATES in known:
            order[orders.WITHOUT_INTERMEDIATES] = True
        return order

    def _place_order(
        self, job: MediaJob, order: dict[str, Any], on_progress: Progress, deadline: float
    ) -> RemotePicture:
        self._at_work = job.job_id
        reason = ""
        for _ in range(2):
            try:
                try:
                    return by_websocket(
                        self._swarm,
                        order,
                        on_progress,
                        deadline=deadline,
                        idle_seconds=self._limits.idle,
                    )
                except NotOpened:
                    return by_request(self._swarm, order, on_progress, deadline=deadline)
            except Broken as error:
                reason = error.detail
            except EngineError as error:
                if error.kind == ErrorKind.TIMEOUT and time.monotonic() > deadline:
                    with suppress(EngineError):
                        self._interrupt()
                raise
            made = self._search(job, on_progress, deadline, self._limits.settle)
            if made is not None:
                return made
        detail = f"sent twice, and nothing came of it: {reason}"
        raise EngineError(ErrorKind.LOST, "", detail=detail, permanent=False)

    def _search(
        self, job: MediaJob, on_progress: Progress, deadline: float, patience: float
    ) -> RemotePicture | None:
        """Wait for what `job` has left, as long as it may run and `patience` seconds more.

        Raises `EngineError` where the server is gone, or at the deadline (timeout).
        """

        def report() -> None:
            on_progress(0.0, LOOKING)

        quiet_since = heard = time.monotonic()
        while True:
            report()
            try:
                # In this order: what ends between the two is seen the next time.
                runs = self._is_at_work(report)
                if made := self._stored(job, report):
                    return made
            except EngineError as error:
                if error.permanent or time.monotonic() - heard > self._limits.absence:
                    raise
            else:
                heard = time.monotonic()
                if runs:
                    quiet_since = heard
                elif heard - quiet_since > patience:
                    return None
            if time.monotonic() > deadline:
                with suppress(EngineError):
                    self._interrupt()
                detail = "not ready in time"
                raise EngineError(ErrorKind.TIMEOUT, "", detail=detail, permanent=False)
            time.sleep(self._limits.poll)

    def _is_at_work(self, on_wait: OnWait) -> bool:
        counts = object_of(self._swarm.call("GetCurrentStatus", {}, on_wait=on_wait).get("status"))
        return any(counts.get(name) for name in ("waiting_gens", "live_gens"))

    def _stored(self, job: MediaJob, on_wait: OnWait) -> RemotePicture | None:
        """The picture in the job's folder, the last one where there are several."""
        folder = orders.folder(job)
        try:
            wish = {"path": folder, "depth": 1, "sortBy": "Name"}
            payload = self._swarm.call("ListImages", wish, on_wait=on_wait)
        except EngineError as error:
            if "path not found" in error.detail:
                return None
            raise
        found = []
        for file in objects_of(payload.get("files")):
            source, metadata = str(file.get("src") or ""), str(file.get("metadata") or "")
            stem, _, extension = source.rpartition(".")
            if extension.lower() in EXTENSIONS and _job_of(metadata) in ("", job.job_id):
                found.append((len(stem), source, metadata))
        if not found:
            return None
        _, source, metadata = max(found)
        session = self._swarm.session()
        root = f"View/{session.user_id}" if session.append_user else "Output"
        return RemotePicture(f"{root}/{folder}/{source}", metadata)

    def _fetch(
        self, job: MediaJob, order: dict[str, Any], made: RemotePicture, on_progress: Progress
    ) -> Output:
        """Get the picture: more than once where needed, for it may still be being written."""
        for rest in reversed(range(DOWNLOADS)):
            on_progress(0.98, FETCHING)
            try:
                data = self._downloaded(made.address, lambda: on_progress(0.98, FETCHING))
                kind = pictures.inspect_picture(data)
                break
            except EngineError as error:
                if not rest or error.kind == ErrorKind.AUTH:
                    raise
            time.sleep(self._limits.poll)
        on_progress(1.0, FETCHING)
        return Output(
            data,
            kind.content_type,
            kind.extension,
            metadata=self._metadata(job, order, made, kind),
        )

    def _downloaded(self, address: str, on_wait: OnWait) -> bytes:
        if address.startswith("data:"):
            return pictures.from_base64(address)
        parts = [part for part in address.split("/") if part]
        if not parts or {".", ".."} & set(parts):
            detail = "a picture's address that leads elsewhere"
            raise EngineError(ErrorKind.BAD_RESPONSE, "", detail=detail)
        path = "/" + "/".join(quote(part, safe="") for part in parts)
        answer = self._swarm.http.get(
            path, read_seconds=DOWNLOAD_SECONDS, max_bytes=pictures.MOST_BYTES, on_wait=on_wait
        )
        if answer.ok:
            return answer.body
        kind = ErrorKind.AUTH if answer.status in (400, 401, 403) else ErrorKind.LOST
        detail = f"the picture is at the server, but not to be had: status {answer.status}"
        raise EngineError(kind, "", detail=detail, permanent=False)

    def _metadata(
        self, job: MediaJob, order: dict[str, Any], made: RemotePicture, kind: pictures.Kind
    ) -> dict[str, Any]:
        """What SwarmUI says of the picture, without the texts: they are recorded as such."""
        payload = _json(made.metadata)
        parameters = {
            name: value
            for name, value in object_of(payload.get("sui_image_params")).items()
            if _is_plain(value) and "prompt" not in name
        }
        parameters.pop("initimage", None)
        found: dict[str, Any] = {
            "model": order.get("model") or parameters.get("model") or job.model,
            "seed": job.seed,
            "width": kind.width,
            "height": kind.height,
            "version": self._swarm.session().version,
            "parameters": parameters,
        }
        if not made.address.startswith("data:"):
            found["path"] = made.address
        if made.request_id:
            found["request_id"] = made.request_id
        times = object_of(payload.get("sui_extra_data"))
        for name in ("prep_time", "generation_time"):
            if _is_plain(times.get(name)):
                found[name] = times[name]
        if (sent := orders.plain(job.prompt)) != job.prompt:
            found["prompt_sent"] = sent
        if (sent := orders.plain(job.negative_prompt)) != job.negative_prompt:
            found["negative_prompt_sent"] = sent
        return found

    # The server ---------------------------------------------------------------------------

    def health(self) -> Health:
        try:
            payload = self._swarm.call("GetCurrentStatus", {})
            names = self._names(MODEL)
            version = self._swarm.session().version
        except EngineError as error:
            return Health(False, f"{error.kind}: {error.detail}")
        status = object_of(payload.get("backend_status"))
        state = str(status.get("status") or "unknown")
        if state in READY:
            return Health(True, version=version, models=names)
        detail = f"{state}: {status.get('message') or ''}".rstrip(": ")
        return Health(False, detail, version=version, models=names)

    def missing_requirements(self, job: MediaJob) -> tuple[MissingRequirement, ...]:
        missing: list[MissingRequirement] = []
        try:
            for subtype, name in ((MODEL, job.model), *((LORA, each.name) for each in job.loras)):
                if orders.same_model(name, self._names(subtype)) is None:
                    missing.append(MissingRequirement("model", name, subtype))
            order = orders.order_for(job, model=job.model, loras=())
            for name in orders.unknown(order, self._parameters(anew=True)):
                missing.append(MissingRequirement("input", name, "SwarmUI knows no such parameter"))
        except EngineError as error:
            missing.append(MissingRequirement("server", "swarmui", f"{error.kind}: {error.detail}"))
        return tuple(missing)

    def warm_up(self, job: MediaJob) -> None:
        """Load the model; by a tiny picture where the account may not load one just so."""
        model = self._model(MODEL, job.model)
        try:
            self._swarm.call(
                "SelectModel", {"model": model}, again=False, read_seconds=LOAD_SECONDS
            )
        except EngineError as error:
            if error.kind != ErrorKind.AUTH:
                raise
            tiny = {"images": 1, "prompt": "", "model": model, "steps": 1, "donotsave": True}
            self._swarm.call(
                "GenerateText2Image",
                tiny | {"width": 64, "height": 64, "seed": 0},
                again=False,
                read_seconds=LOAD_SECONDS,
            )

    def _model(self, subtype: str, name: str, on_wait: OnWait = None) -> str:
        found = orders.same_model(name, self._names(subtype, on_wait))
        if found is None:
            raise EngineError(ErrorKind.MISSING_MODEL, "", detail=f"{subtype}: {name or '(none)'}")
        return found

    def _names(self, subtype: str, on_wait: OnWait = None) -> tuple[str, ...]:
        wish = {"path": "", "depth": 20, "subtype": subtype}
        payload = self._swarm.call("ListModels", wish, on_wait=on_wait)
        return tuple(
            str(file["name"]) for file in objects_of(payload.get("files")) if file.get("name")
        )

    def _parameters(self, on_wait: OnWait = None, *, anew: bool = False) -> frozenset[str]:
        session, known = self._known
        if anew or session is None or session != self._swarm.session():
            payload = self._swarm.call("ListT2IParams", {}, on_wait=on_wait)
            known = frozenset(str(each.get("id")) for each in objects_of(payload.get("list")))
            self._known = (self._swarm.session(), known)
        return known


def _json(text: str) -> dict[str, Any]:
    try:
        return object_of(parse_json(text))
    except ValueError:
        return {}


def _is_plain(value: Any) -> bool:
    """Whether every reader of a record can read `value`, unlike 1e400."""
    values = value if isinstance(value, list) else [value]
    return all(isinstance(each, str | bool) or number_of(each) is not None for each in values)


def _job_of(metadata: str) -> str:
    return str(object_of(_json(metadata).get("sui_extra_data")).get("job") or "")
