"""What the engines have in common that order single pictures from vendors for money.

An order cannot be looked up afterwards, so it is sent once. It is sent again only where the vendor
itself has said that nothing was made; wherever that is unclear, a person decides.
Nothing is sent but the words, pictures and settings of the order: nothing that names a person.
"""

from __future__ import annotations

import math
import time
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from django.utils.translation import gettext, gettext_noop

from pipelines.engines import pictures
from pipelines.engines.base import Progress
from pipelines.engines.http import MEGABYTE, Answer, Broken, Http
from pipelines.engines.jobs import (
    EngineError,
    ErrorKind,
    Health,
    MediaJob,
    MissingRequirement,
    Output,
)

# Vendors report 30 to 200 s for a picture.
READ_SECONDS = 300.0
ORDER_SECONDS = 600.0
LONGEST_PAUSE_SECONDS = 120.0
PAUSE_SECONDS = 2.0
MOST_BYTES = 128 * MEGABYTE

AT_WORK = gettext_noop("The machine is at work")
WAITING = gettext_noop("The machine is busy, we wait our turn")
UNCERTAIN = gettext_noop(
    "We cannot tell whether the picture was made. Order it again if you want it."
)
NO_PICTURE = gettext_noop("The machine made no picture of this. Try it in other words.")

KINDS = {
    400: ErrorKind.BAD_REQUEST,
    401: ErrorKind.AUTH,
    402: ErrorKind.QUOTA,
    403: ErrorKind.AUTH,
    404: ErrorKind.MISSING_MODEL,
    408: ErrorKind.TIMEOUT,
    410: ErrorKind.MISSING_MODEL,
    413: ErrorKind.BAD_REQUEST,
    422: ErrorKind.BAD_REQUEST,
    429: ErrorKind.BUSY,
    503: ErrorKind.BUSY,
    504: ErrorKind.TIMEOUT,
    524: ErrorKind.TIMEOUT,
    529: ErrorKind.BUSY,
}


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with an answer.

    `said` tells that the vendor speaks itself and not somebody on the way.
    """

    kind: ErrorKind
    detail: str
    retry_after: float | None = None
    said: bool = True


class PaidEngine(ABC):
    """One account at a vendor."""

    vendor: str

    def __init__(self, base_url: str, *, api_key: str, read_seconds: float = READ_SECONDS) -> None:
        self._key = api_key.strip()
        self._http = Http(base_url, headers=self._credentials(self._key))
        self._read_seconds = read_seconds

    # What a vendor's engine says ----------------------------------------------------------

    def _credentials(self, key: str) -> Mapping[str, str]:
        """Return the headers by which the vendor knows the account."""
        return {"Authorization": f"Bearer {key}"}

    @abstractmethod
    def _order(self, job: MediaJob) -> tuple[str, dict[str, Any]]:
        """Return the path for `job` and the options of the POST."""

    @abstractmethod
    def _reported_fault(self, answer: Answer, error: Mapping[str, Any]) -> Fault:
        """Read the vendor's own account of a failure."""

    @abstractmethod
    def _hidden_fault(self, payload: Mapping[str, Any]) -> Fault | None:
        """Say what is wrong with an answer that reports no failure and has a good status."""

    @abstractmethod
    def _delivery(self, job: MediaJob, answer: Answer) -> Output:
        """Take the picture out of an answer without fault. Raises `EngineError`."""

    @abstractmethod
    def _offered(self) -> Health:
        """Ask the vendor for its models; none where it does not tell. Raises `EngineError`."""

    # What every engine says ---------------------------------------------------------------

    def generate(self, job: MediaJob, on_progress: Progress) -> Iterable[Output]:
        """Order the picture and wait for it. It does not get cheaper by cancelling."""
        self._check_key()
        path, options = self._order(job)
        return (self._delivery(job, self._ordered(job, on_progress, path, options)),)

    def recover(self, job: MediaJob, on_progress: Progress) -> Iterable[Output] | None:
        """Nothing of an order can be looked up, and a second one would be paid for again."""
        raise uncertain(ErrorKind.LOST, "interrupted after the order may have been sent")

    def cancel(self, job: MediaJob) -> None:
        """The vendor cannot be told: what was ordered is made and paid for, nobody fetches it."""
        return

    def warm_up(self, job: MediaJob) -> None:
        """There is nothing to load."""
        return

    def health(self) -> Health:
        try:
            self._check_key()
            return self._offered()
        except EngineError as error:
            return Health(ready=False, detail=f"{error.kind}: {error.detail}")

    def missing_requirements(self, job: MediaJob) -> tuple[MissingRequirement, ...]:
        try:
            self._check_key()
            offered = self._offered()
        except EngineError as error:
            what = "key" if error.kind in {ErrorKind.AUTH, ErrorKind.QUOTA} else "server"
            return (MissingRequirement(what, self.vendor, error.detail),)
        if not offered.ready:
            return (MissingRequirement("key", self.vendor, offered.detail),)
        if offered.models and job.model not in offered.models:
            return (
                MissingRequirement(
                    "model", job.model, f"{self.vendor} does not offer it to this key"
                ),
            )
        return ()

    # How an order is placed ---------------------------------------------------------------

    def _ordered(
        self, job: MediaJob, on_progress: Progress, path: str, options: dict[str, Any]
    ) -> Answer:
        begin = time.monotonic()

        def still_wanted() -> None:
            on_progress(0.0, AT_WORK)
            if time.monotonic() - begin > ORDER_SECONDS:
                raise uncertain(ErrorKind.TIMEOUT, f"{path}: no picture in {ORDER_SECONDS} s")

        paused, has_failed = 0.0, False
        while True:
            on_progress(0.0, AT_WORK)
            try:
                answer = self._http.post(
                    path,
                    read_seconds=self._read_seconds,
                    max_bytes=MOST_BYTES,
                    on_wait=still_wanted,
                    **options,
                )
            except Broken as error:
                has_timed_out = error.kind == ErrorKind.TIMEOUT
                kind = ErrorKind.TIMEOUT if has_timed_out else ErrorKind.LOST
                raise uncertain(kind, error.detail) from error
            fault = self._fault(answer)
            if fault is None:
                return answer
            pause = _pause_before_next(fault, answer.status, has_failed=has_failed)
            if pause is None or paused + pause > LONGEST_PAUSE_SECONDS:
                raise self._error(fault, answer, job)
            has_failed |= answer.status != 429
            # A vendor that says "at once" without end is not asked without end.
            paused += max(pause, 1.0)
            _wait(pause, on_progress)

    def _fault(self, answer: Answer) -> Fault | None:
        """Say what is wrong with `answer`."""
        payload = answer.json_or_none()
        # Some ways to Google wrap a failure in a list.
        first = payload[0] if isinstance(payload, list) and payload else payload
        error = first.get("error") if isinstance(first, dict) else None
        if error:
            reported = error if isinstance(error, dict) else {"message": str(error)}
            return self._reported_fault(answer, reported)
        if not answer.ok:
            return fault_by_status(answer, page(answer))
        if not isinstance(payload, dict):
            return Fault(ErrorKind.BAD_RESPONSE, f"no answer of {self.vendor}'s: {page(answer)}")
        return self._hidden_fault(payload)

    def _get(self, path: str) -> Answer:
        """GET `path`. Raises `EngineError` for every answer that is none."""
        answer = self._http.get(path, max_bytes=16 * MEGABYTE)
        fault = self._fault(answer)
        if fault is not None:
            raise self._error(fault, answer)
        return answer

    def _error(self, fault: Fault, answer: Answer, job: MediaJob | None = None) -> EngineError:
        detail = f"{self.vendor} {answer.status}: {self._redacted(fault.detail, job)}"
        if request := request_id(answer):
            detail += f"; request {request}"
        if fault.retry_after is not None:
            detail += f"; retry_after_seconds={fault.retry_after:g}"
        in_doubt = fault.kind == ErrorKind.TIMEOUT or (not fault.said and answer.status >= 500)
        if in_doubt and job is not None:
            return uncertain(fault.kind, detail)
        later = fault.kind in {ErrorKind.BUSY, ErrorKind.BACKEND_FAILED, ErrorKind.TIMEOUT}
        return EngineError(fault.kind, "", detail=detail, permanent=not later)

    def _redacted(self, text: str, job: MediaJob | None) -> str:
        """What a vendor says, without the key and the words that it may repeat."""
        for secret in (self._key, job.prompt if job else ""):
            if secret:
                text = text.replace(secret, "…")
        return " ".join(text.split())[:300]

    def _check_key(self) -> None:
        key = self._key
        if not key:
            raise EngineError(ErrorKind.AUTH, "", detail="no key is set")
        if not key.isascii() or not key.isprintable() or " " in key:
            detail = "the key has characters in it that no key has"
            raise EngineError(ErrorKind.AUTH, "", detail=detail)


def uncertain(kind: ErrorKind, detail: str) -> EngineError:
    """An order of which nobody can say whether it was carried out."""
    return EngineError(kind, gettext(UNCERTAIN), detail=f"{detail}; may have been billed")


def no_picture(vendor: str, detail: str, request: str) -> EngineError:
    """The vendor did its work, but made no picture."""
    detail = f"{vendor} made no picture: {detail}; request {request or 'unknown'}"
    return EngineError(ErrorKind.BAD_RESPONSE, gettext(NO_PICTURE), detail=detail)


def picture_output(job: MediaJob, data: bytes, metadata: Mapping[str, Any]) -> Output:
    """Return `data` as the output of `job` once it has been decoded. Raises `EngineError`."""
    kind = pictures.inspect_picture(data)
    return Output(
        data=data,
        content_type=kind.content_type,
        extension=kind.extension,
        role=job.roles[0] if job.roles else "",
        metadata={
            **{name: value for name, value in metadata.items() if value not in (None, "")},
            "width": kind.width,
            "height": kind.height,
        },
    )


def fault_by_status(answer: Answer, detail: str, *, retry_after: float | None = None) -> Fault:
    """The kind of failure that a status of 300 and above means with every vendor."""
    said = isinstance(answer.json_or_none(), dict | list)
    kind = KINDS.get(answer.status)
    if kind is None:
        failed = answer.status >= 500
        kind = ErrorKind.BACKEND_FAILED if failed else ErrorKind.BAD_RESPONSE
    if not said and kind == ErrorKind.MISSING_MODEL:
        kind = ErrorKind.BAD_RESPONSE
    if retry_after is None:
        retry_after = seconds_to_wait(answer)
    return Fault(kind, detail or "no reason given", retry_after, said=said)


def seconds_to_wait(answer: Answer) -> float | None:
    """Read Retry-After, which may give seconds or a date."""
    if text := answer.headers.get("retry-after-ms"):
        exact = waiting_time(text)
        return None if exact is None else exact / 1000
    return waiting_time(answer.headers.get("retry-after") or "")


def waiting_time(text: str) -> float | None:
    """Read seconds or an HTTP date as seconds from now, None where it is neither."""
    try:
        seconds = float(text)
    except ValueError:
        try:
            date = parsedate_to_datetime(text)
        except ValueError:
            return None
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
        seconds = (date - datetime.now(UTC)).total_seconds()
    return max(0.0, seconds) if math.isfinite(seconds) else None


def named(items: Iterable[Any], *, key: str = "id", prefix: str = "") -> tuple[str, ...]:
    """The names of the models in a vendor's list."""
    names = (str(item.get(key) or "") for item in items if isinstance(item, dict))
    return tuple(name.removeprefix(prefix) for name in names if name)


def page(answer: Answer) -> str:
    """What a body is that is not what was expected."""
    return f"{len(answer.body)} bytes of {answer.headers.get('content-type') or 'no type'}"


def request_id(answer: Answer) -> str:
    """The name under which the vendor's support finds the order."""
    for name in ("x-request-id", "x-generation-id", "cf-ray"):
        if value := answer.headers.get(name):
            return value[:100]
    return ""


def _pause_before_next(fault: Fault, status: int, *, has_failed: bool) -> float | None:
    """Seconds until the order may be sent once more, None where it may not."""
    if status == 429 and fault.kind == ErrorKind.BUSY:
        return fault.retry_after
    failed = status in {500, 502, 503} and fault.kind in {ErrorKind.BUSY, ErrorKind.BACKEND_FAILED}
    if failed and fault.said and not has_failed:
        return PAUSE_SECONDS if fault.retry_after is None else fault.retry_after
    return None


def _wait(seconds: float, on_progress: Progress) -> None:
    end = time.monotonic() + seconds
    while (rest := end - time.monotonic()) > 0:
        on_progress(0.0, WAITING)
        time.sleep(min(rest, 0.5))
