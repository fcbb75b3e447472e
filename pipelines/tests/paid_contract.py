"""What every engine keeps to that orders pictures for money; each vendor's tests inherit it."""

from __future__ import annotations

import itertools
import threading
import time
from typing import Any

import pytest
from django.utils import translation

from pipelines.engines import paid
from pipelines.engines.jobs import Cancelled, EngineError, ErrorKind, MediaJob, Output
from pipelines.engines.paid import PaidEngine
from pipelines.error_messages import message_of
from pipelines.tests.servers.faulty import (
    Exchange,
    FaultyServer,
    Handler,
    answer,
    closed_port_url,
    cut_short,
    html_page,
    in_turn,
    redirect,
    reset_after_headers,
    reset_before_headers,
    silence,
    silence_after,
)

PROMPT = "Ein geheimer Garten im Regen"


def a_job(**changes: Any) -> MediaJob:
    given: dict[str, Any] = {
        "job_id": "0b6c7f0e-6f5e-4d0a-9a5e-2f6f1c9d7c11",
        "prompt": PROMPT,
        "seed": 0,
        "width": 1024,
        "height": 1024,
        "roles": ("picture",),
    }
    return MediaJob(**{**given, **changes})


def no_progress(share: float, note: str, preview: bytes | None = None, /) -> None:
    assert share == 0.0, "a share that nobody knows is not made up"


def failure(engine: PaidEngine, job: MediaJob) -> EngineError:
    """Order `job` and return what it raises, having looked at what every failure must have."""
    with pytest.raises(EngineError) as caught, translation.override("en"):
        list(engine.generate(job, no_progress))
    error = caught.value
    assert message_of(error).strip(), "there is a sentence for the child"
    assert error.detail, "there is a detail for the operator"
    assert PROMPT not in str(error) + error.detail, "what a child wrote stays out of the logs"
    return error


class PaidContract:
    """Subclasses give the vendor's `fake`, `make` an engine for it, and name a `job`."""

    job: MediaJob

    def make(self, url: str, **options: Any) -> PaidEngine:
        raise NotImplementedError

    def busy(self, retry_after: str | None, status: int = 429) -> Handler:
        """The vendor's own words for being busy."""
        raise NotImplementedError

    @pytest.fixture
    def fake(self) -> Any:
        raise NotImplementedError

    @pytest.fixture
    def engine(self, fake: Any) -> PaidEngine:
        return self.make(fake.base_url, api_key=fake.KEY)

    def put(self, fake: FaultyServer, handler: Handler) -> None:
        """Have `handler` answer every order."""
        for path in fake.handlers("POST"):
            fake.on("POST", path, handler)

    # Unclear ends: one order, whatever happens ---------------------------------------------

    @pytest.mark.parametrize(
        ("handler", "kind"),
        [
            pytest.param(reset_before_headers, ErrorKind.LOST, id="reset before headers"),
            pytest.param(Exchange.hang_up, ErrorKind.LOST, id="closed before headers"),
            pytest.param(reset_after_headers, ErrorKind.LOST, id="reset after headers"),
            pytest.param(cut_short(b'{"data": ['), ErrorKind.LOST, id="cut"),
            pytest.param(silence, ErrorKind.TIMEOUT, id="silence"),
            pytest.param(silence_after(b"{"), ErrorKind.TIMEOUT, id="silence in the body"),
            pytest.param(html_page(502), ErrorKind.BACKEND_FAILED, id="a proxy's 502"),
            pytest.param(html_page(503), ErrorKind.BUSY, id="a proxy's 503"),
            pytest.param(html_page(504), ErrorKind.TIMEOUT, id="a proxy's 504"),
            pytest.param(html_page(524), ErrorKind.TIMEOUT, id="a proxy's 524"),
        ],
    )
    def test_an_order_with_unclear_end_is_never_sent_again(
        self, fake: Any, handler: Handler, kind: str
    ) -> None:
        self.put(fake, handler)
        engine = self.make(fake.base_url, api_key=fake.KEY, read_seconds=0.4)
        error = failure(engine, self.job)
        assert (error.kind, error.permanent) == (kind, True)
        assert "may have been billed" in error.detail
        assert error.message == paid.UNCERTAIN
        assert fake.count("POST") == 1

    @pytest.mark.parametrize(
        ("handler", "kind"),
        [
            pytest.param(html_page(200), ErrorKind.BAD_RESPONSE, id="a page with 200"),
            pytest.param(answer(200, b""), ErrorKind.BAD_RESPONSE, id="empty 200"),
            pytest.param(answer(200, b"[]"), ErrorKind.BAD_RESPONSE, id="a list with 200"),
            pytest.param(answer(200, b"{}"), ErrorKind.BAD_RESPONSE, id="nothing in it"),
            pytest.param(answer(404, b"<h1>"), ErrorKind.BAD_RESPONSE, id="a wrong address"),
            pytest.param(redirect("/elsewhere"), ErrorKind.BAD_RESPONSE, id="redirect"),
            pytest.param(html_page(403), ErrorKind.AUTH, id="kept out by a proxy"),
        ],
    )
    def test_what_is_no_answer_of_the_vendors_is_told(
        self, fake: Any, engine: PaidEngine, handler: Handler, kind: str
    ) -> None:
        self.put(fake, handler)
        assert failure(engine, self.job).kind == kind
        assert fake.count("POST") == 1

    def test_an_answer_too_big_is_not_read(
        self, fake: Any, engine: PaidEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(paid, "MOST_BYTES", 1000)
        self.put(fake, answer(200, b"{" + b" " * 2000 + b"}"))
        error = failure(engine, self.job)
        assert error.kind == ErrorKind.BAD_RESPONSE and "1000" in error.detail
        assert fake.count("POST") == 1

    def test_an_order_ends_after_its_time_even_where_bytes_drip(
        self, fake: Any, engine: PaidEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(paid, "ORDER_SECONDS", 0.6)
        self.put(fake, silence_after(b" "))
        error = failure(engine, self.job)
        assert error.kind == ErrorKind.TIMEOUT and "may have been billed" in error.detail
        assert fake.count("POST") == 1

    # Sent again, where the vendor said that nothing was made --------------------------------

    def test_a_busy_vendor_is_waited_for(self, fake: Any, engine: PaidEngine) -> None:
        for path, handler in fake.handlers("POST").items():
            fake.on("POST", path, in_turn(self.busy("1"), handler))
        calls: list[tuple[float, str]] = []

        def on_progress(share: float, note: str, preview: bytes | None = None, /) -> None:
            no_progress(share, note)
            calls.append((time.monotonic(), note))

        outputs = list(engine.generate(self.job, on_progress))
        assert len(outputs) == 1 and fake.count("POST") == 2
        assert {note for _, note in calls} == {paid.AT_WORK, paid.WAITING}
        times = [moment for moment, _ in calls]
        assert max(b - a for a, b in itertools.pairwise(times)) < 1.0

    @pytest.mark.parametrize("retry_after", [None, "121", "never", "nan", "-"])
    def test_a_vendor_that_is_busy_for_long_is_not_waited_for(
        self, fake: Any, engine: PaidEngine, retry_after: str | None
    ) -> None:
        self.put(fake, self.busy(retry_after))
        error = failure(engine, self.job)
        assert (error.kind, error.permanent) == (ErrorKind.BUSY, False)
        assert ("retry_after_seconds=121" in error.detail) == (retry_after == "121")
        assert fake.count("POST") == 1

    def test_a_vendor_that_stays_busy_is_not_asked_for_ever(
        self, fake: Any, engine: PaidEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(paid, "LONGEST_PAUSE_SECONDS", 3.0)
        self.put(fake, self.busy("0"))
        assert failure(engine, self.job).kind == ErrorKind.BUSY
        assert fake.count("POST") == 5

    @pytest.mark.parametrize("status", [500, 502, 503])
    def test_a_failure_that_the_vendor_names_is_tried_once_more(
        self, fake: Any, engine: PaidEngine, status: int
    ) -> None:
        self.put(fake, self.busy("0", status))
        error = failure(engine, self.job)
        assert error.kind in {ErrorKind.BUSY, ErrorKind.BACKEND_FAILED} and not error.permanent
        assert fake.count("POST") == 2

    def test_where_nobody_listens_nothing_was_ordered(self) -> None:
        error = failure(self.make(closed_port_url(), api_key="k"), self.job)
        assert (error.kind, error.permanent) == (ErrorKind.UNREACHABLE, False)
        assert "billed" not in error.detail

    # Stopping, coming back, being asked -----------------------------------------------------

    def test_a_stop_ends_the_waiting_at_once(self, fake: Any, engine: PaidEngine) -> None:
        self.put(fake, silence)
        stop = threading.Event()

        def on_progress(share: float, note: str, preview: bytes | None = None, /) -> None:
            if stop.is_set():
                raise Cancelled
            if fake.count("POST"):
                stop.set()

        begin = time.monotonic()
        with pytest.raises(Cancelled):
            list(engine.generate(self.job, on_progress))
        assert time.monotonic() - begin < 4
        seen = len(fake.requests)
        engine.cancel(self.job)
        assert len(fake.requests) == seen and fake.count("POST") == 1

    def test_a_stop_ends_a_pause(self, fake: Any, engine: PaidEngine) -> None:
        self.put(fake, self.busy("100"))

        def on_progress(share: float, note: str, preview: bytes | None = None, /) -> None:
            if note == paid.WAITING:
                raise Cancelled

        with pytest.raises(Cancelled):
            list(engine.generate(self.job, on_progress))
        assert fake.count("POST") == 1

    def test_an_interrupted_order_is_lost_and_not_sent_again(
        self, fake: Any, engine: PaidEngine
    ) -> None:
        with pytest.raises(EngineError) as caught, translation.override("en"):
            engine.recover(self.job, no_progress)
        assert (caught.value.kind, caught.value.permanent) == (ErrorKind.LOST, True)
        assert caught.value.message == paid.UNCERTAIN
        assert fake.requests == []

    def test_the_engine_says_what_it_can(self, fake: Any, engine: PaidEngine) -> None:
        health = engine.health()
        assert health.ready and self.job.model in health.models
        assert engine.missing_requirements(self.job) == ()
        engine.warm_up(self.job)
        assert fake.count("POST") == 0, "asking costs nothing"

    def test_a_model_that_is_not_offered_is_named(self, engine: PaidEngine) -> None:
        (each,) = engine.missing_requirements(a_job(model="dall-e-3"))
        assert (each.what, each.name) == ("model", "dall-e-3")

    @pytest.mark.parametrize("key", ["", "wrong-key-4711", "mit Leerzeichen", "mit–Strich"])
    def test_a_key_that_is_refused_is_told(self, fake: Any, key: str) -> None:
        engine = self.make(fake.base_url, api_key=key)
        health = engine.health()
        assert not health.ready and health.detail
        (each,) = engine.missing_requirements(self.job)
        assert each.what == "key"
        error = failure(engine, self.job)
        assert (error.kind, error.permanent) == (ErrorKind.AUTH, True)
        for text in (health.detail, each.detail, str(error)):
            assert not key or key not in text

    @pytest.mark.parametrize(
        "handler",
        [reset_before_headers, html_page(502), answer(200, b"{}"), answer(200, b"[]")],
        ids=["reset", "a page", "nothing in it", "a list"],
    )
    def test_health_and_examine_never_raise(self, fake: Any, handler: Handler) -> None:
        for path in fake.handlers("GET"):
            fake.on("GET", path, handler)
        engine = self.make(fake.base_url, api_key=fake.KEY)
        assert not engine.health().ready
        (each,) = engine.missing_requirements(self.job)
        assert each.what == "server"

    def test_a_server_that_is_away_is_told(self) -> None:
        engine = self.make(closed_port_url(), api_key="k")
        assert not engine.health().ready
        assert [each.what for each in engine.missing_requirements(self.job)] == ["server"]

    def test_a_line_break_after_the_key_does_no_harm(self, fake: Any) -> None:
        assert self.make(fake.base_url, api_key=f" {fake.KEY}\n").health().ready

    def test_a_picture_comes_as_it_is(self, fake: Any, engine: PaidEngine) -> None:
        (output,) = engine.generate(self.job, no_progress)
        assert isinstance(output, Output)
        assert output.data.startswith(b"\x89PNG") and output.role == "picture"
        assert (output.content_type, output.extension) == ("image/png", "png")
        assert output.metadata["width"] == output.metadata["height"] == 1024
        assert output.metadata["model"] and output.metadata["request_id"]
        assert output.metadata["usage"]
        assert fake.count("POST") == 1
