"""Stages 1–3 over HTTP: interception and optimisation, streamed or in one answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from devices.models import Device
from pipelines import registry
from pipelines.api.retelling import retell
from pipelines.api.senders import key_of, sender_of
from pipelines.api.serializers import InterceptionInput, OptimizationInput, validated
from pipelines.api.sse import event, silent_threads, stream, stream_events, text_threads
from pipelines.moderation import BY_MODEL
from pipelines.servers.durations import durations_of
from pipelines.submission.interception import (
    InterceptionRequest,
    rule_in_force,
    submit_interception,
)
from pipelines.submission.optimization import (
    OptimizationRequest,
    instruction_in_force,
    output_of_code,
    submit_optimization,
)
from pipelines.submission.recording import BlockedProblem
from pipelines.submission.repeats import run_once
from pipelines.texts.checked_texts import WritingBlocked
from pipelines.texts.interception import perform as perform_interception
from pipelines.texts.optimization import perform_optimization
from pipelines.texts.rewriting import Emit, RewritingFailed
from pipelines.texts.sketch_writing import perform_sketch
from runs.metadata import RequestKey
from runs.models import Run
from runs.texts import notice_of
from web.parsing import parse_json
from web.problems import Problem


# No CSRF token: the device cookie is SameSite=Lax, and only JSON is read.
@method_decorator(csrf_exempt, name="dispatch")
class TextView(View):
    """A text endpoint: GET with a query or POST with JSON, answered by events or by JSON."""

    stages: int

    async def head(self, request: HttpRequest) -> HttpResponseBase:
        # Django would serve it as GET; a look must not begin a run.
        return await self.http_method_not_allowed(request)

    async def http_method_not_allowed(  # type: ignore[override]  # awaited, as the view is async
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        allowed = {"Allow": "GET, POST, OPTIONS"}
        message = _("This request is not in order.")
        problem = Problem(405, "method-not-allowed", message, headers=allowed)
        return problem.response(contract=True)

    async def get(self, request: HttpRequest) -> HttpResponseBase:
        if _is_followed_link(request):
            message = _("This can only be asked for on the workshop's own page.")
            return Problem(403, "foreign-link", message).response(contract=True)
        return await _to_the_end(self.respond(request, request.GET.dict()))

    async def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            fields = _json_object(request)
        except Problem as problem:
            return problem.response(contract=True)
        return await _to_the_end(self.respond(request, fields))

    async def respond(self, request: HttpRequest, fields: Mapping[str, Any]) -> HttpResponseBase:
        raise NotImplementedError

    async def refused(
        self, problem: Problem, fields: Mapping[str, Any], streamed: bool
    ) -> HttpResponseBase:
        """Answer a refusal; clients that read a stream get it there, as they expect."""
        if not streamed:
            return problem.response(contract=True)
        return await stream(_refusal(problem, str(fields.get("schema") or ""), self.stages))


@dataclass(frozen=True, slots=True)
class Rewriting:
    """A recorded run whose text is still to be made by `perform`."""

    run: Run
    schema: str
    perform: Callable[[Emit], str]


class RewritingView(TextView):
    """What is rewritten by a text engine: submitted, then sent as events or in one answer."""

    async def stream(self, rewriting: Rewriting) -> HttpResponseBase:
        return await stream(self._body(rewriting, self._events(rewriting)))

    async def _body(
        self, rewriting: Rewriting, events: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        run_id = rewriting.run.run_id
        yield event(
            "connected", {"run_id": run_id, "schema": rewriting.schema, "stages": self.stages}
        )
        async for chunk in events:
            yield chunk

    def _events(self, rewriting: Rewriting) -> AsyncIterator[bytes]:
        run = rewriting.run

        def waiting(milliseconds: float) -> tuple[str, dict[str, Any]]:
            return "queue_status", _queue_status(run, "waiting", milliseconds)

        def work(emit: Emit) -> None:
            emit("queue_status", _queue_status(run, "acquired"))
            try:
                rewriting.perform(emit)
            except WritingBlocked as blocked:
                _emit_block(emit, BlockedProblem(run, blocked.block))
            except RewritingFailed as failure:
                emit(
                    "error",
                    {"message": str(failure), "run_id": run.run_id, "kind": failure.kind},
                )
            except BlockedProblem as blocked:
                emit("blocked", _told_of_block(blocked))

        is_silent = run.device is not None and not run.device.has_returned
        threads = silent_threads if is_silent else text_threads
        return stream_events(work, run_id=run.run_id, waiting=waiting, threads=threads)

    async def answer(
        self, rewriting: Rewriting, success: Callable[[str], dict[str, Any]]
    ) -> HttpResponseBase:
        """Wait for the text and answer with what `success` makes of it."""
        run_id = rewriting.run.run_id
        try:
            text = await sync_to_async(rewriting.perform)(lambda name, data: None)
        except WritingBlocked as blocked:
            return BlockedProblem(rewriting.run, blocked.block).response(contract=True)
        except RewritingFailed as failure:
            return Problem(502, failure.kind, str(failure), extra={"run_id": run_id}).response(
                contract=True
            )
        except BlockedProblem as blocked:
            return blocked.response(contract=True)
        notice = await sync_to_async(notice_of)(rewriting.run)
        answer = await sync_to_async(success)(text)
        return JsonResponse({**answer, **({"notice": notice} if notice else {})})


class InterceptionView(RewritingView):
    """Stages 1 and 2. Everything is recorded as a run of its own."""

    stages = 2

    async def respond(self, request: HttpRequest, fields: Mapping[str, Any]) -> HttpResponseBase:
        streamed = _wants_stream(fields)
        try:
            rewriting = await sync_to_async(self._submit)(request, fields)
        except Problem as problem:
            return await self.refused(problem, fields, streamed)
        if streamed:
            return await self.stream(rewriting)
        return await self.answer(
            rewriting,
            lambda text: {
                "status": "success",
                "run_id": rewriting.run.run_id,
                "schema": rewriting.schema,
                "interception_result": text,
                "final_output": text,
            },
        )

    def _submit(self, request: HttpRequest, fields: Mapping[str, Any]) -> Rewriting:
        data = validated(InterceptionInput, fields)
        key = key_of(request, fields)
        language = data.get("user_language") or translation.get_language() or "de"
        asked = InterceptionRequest(
            schema=data["schema"],
            input_text=data["input_text"],
            context_prompt=data["context_prompt"],
            safety_level=data["safety_level"],
            language=language,
            seed=data["seed"],
            parent_run_id=data["parent_run_id"],
            request_key=key,
        )
        with translation.override(language):
            device = self.device_that_asks(request, data["device_id"], key)
            run, is_new = run_once(
                device, key, lambda: submit_interception(device=device, request=asked)
            )
        config = registry.get_catalog().interception(run.interception_config)
        rule = rule_in_force(config, asked)
        text = asked.input_text

        def work(emit: Emit) -> str:
            if not is_new:
                return retell(run, type="interception", stage=2, emit=emit)
            return perform_interception(run, text=text, rule=rule, emit=emit)

        return Rewriting(run, asked.schema, work)

    def device_that_asks(
        self, request: HttpRequest, claimed_id: Any, key: RequestKey | None
    ) -> Device:
        return sender_of(request, claimed_id, key)


class OptimizationView(RewritingView):
    """Stage 3's rewriting for an engine; where the config asks for none, the text stays."""

    stages = 1

    async def respond(self, request: HttpRequest, fields: Mapping[str, Any]) -> HttpResponseBase:
        streamed = _wants_stream(fields)
        started = time.perf_counter()
        try:
            asked, rewriting = await sync_to_async(self._submit)(request, fields)
        except Problem as problem:
            return await self.refused(problem, fields, streamed)
        if streamed:
            if rewriting is not None:
                return await self.stream(rewriting)
            return await stream(_unchanged(asked.input_text, str(fields.get("schema") or "")))

        def success(text: str) -> dict[str, Any]:
            return {
                "success": True,
                "optimized_prompt": text,
                "optimization_applied": rewriting is not None,
                "estimated_duration_seconds": _estimate(asked.output_config),
                "execution_time_ms": round((time.perf_counter() - started) * 1000),
            }

        if rewriting is not None:
            return await self.answer(rewriting, success)
        return JsonResponse(await sync_to_async(success)(asked.input_text))

    def _submit(
        self, request: HttpRequest, fields: Mapping[str, Any]
    ) -> tuple[OptimizationRequest, Rewriting | None]:
        data = validated(OptimizationInput, fields)
        key = key_of(request, fields)
        language = data.get("user_language") or translation.get_language() or "de"
        outputs = registry.get_catalog().outputs
        named = data["output_config"] or data["schema"]
        asked = OptimizationRequest(
            input_text=data["input_text"],
            output_config=named if named in outputs else "",
            instruction=data["context_prompt"],
            safety_level=data["safety_level"],
            language=language,
            parent_run_id=data["parent_run_id"],
            request_key=key,
        )
        with translation.override(language):
            device = sender_of(request, data["device_id"], key)
            run, is_new = run_once(
                device, key, lambda: submit_optimization(device=device, request=asked)
            )
        if run is None:
            return asked, None
        text, instruction = asked.input_text, instruction_in_force(asked)
        perform = perform_sketch if output_of_code(asked) else perform_optimization

        def work(emit: Emit) -> str:
            if not is_new:
                return retell(run, type="optimized_prompt", stage=3, emit=emit)
            return perform(run, text=text, instruction=instruction, emit=emit)

        return asked, Rewriting(run, data["schema"], work)


async def _to_the_end(response: Coroutine[Any, Any, HttpResponseBase]) -> HttpResponseBase:
    """Await `response`, which goes on where whoever asked has left meanwhile.

    Django cancels the view of a request that is broken off, by a reload for instance. A run that
    has been recorded by then would be left without anybody who works on it.
    """
    return await asyncio.shield(asyncio.ensure_future(response))


async def _unchanged(text: str, schema: str) -> AsyncIterator[bytes]:
    yield event("connected", {"run_id": "", "schema": schema, "stages": 1})
    yield event("stage_start", {"stage": 3, "name": _("Fitting"), "description": ""})
    yield event("chunk", {"stage": 3, "text_chunk": text, "accumulated": text, "chunk_count": 1})
    yield event(
        "complete",
        {
            "stage": 3,
            "final_text": text,
            "char_count": len(text),
            "chunk_count": 1,
            "run_id": "",
        },
    )


def _is_followed_link(request: HttpRequest) -> bool:
    """Tell whether a foreign page sends the browser here, or somebody followed a link.

    A run would begin, as the device that followed it. Scripts of a page of ours ask neither way.
    Browsers tell the former on HTTPS only; a link asks for a page everywhere.
    """
    headers = request.headers
    return (
        headers.get("Sec-Fetch-Site") == "cross-site"
        or headers.get("Sec-Fetch-Mode") == "navigate"
        or "text/html" in headers.get("Accept", "")
    )


def _json_object(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Problem(415, "unsupported-media-type", _("Send JSON (application/json)."))
    try:
        fields = parse_json(request.body)
    except ValueError as error:
        raise Problem(400, "invalid", _("This is not valid JSON.")) from error
    if not isinstance(fields, dict):
        raise Problem(400, "invalid", _("Send a JSON object."))
    return fields


def _wants_stream(fields: Mapping[str, Any]) -> bool:
    return str(fields.get("enable_streaming", "")).lower() in {"true", "1"}


def _queue_status(run: Run, status: str, milliseconds: float = 0) -> dict[str, Any]:
    with translation.override(run.language or "de"):
        message = _("Waiting for a free place.") if status == "waiting" else _("Here we go.")
    return {
        "status": status,
        "message": message,
        "run_id": run.run_id,
        "wait_time_ms": round(milliseconds),
    }


def _told_of_block(problem: BlockedProblem) -> dict[str, Any]:
    return {key: problem.extra[key] for key in ("stage", "reason", "message", "run_id")}


def _emit_block(emit: Emit, problem: BlockedProblem) -> None:
    """Tell that what a model wrote may not be read; old clients show only what a wait says."""
    told = _told_of_block(problem)
    emit("queue_status", _wait_of_block(told))
    emit("blocked", {**told, "by": BY_MODEL})


def _wait_of_block(told: dict[str, Any]) -> dict[str, Any]:
    """Return the wait that says why; `blocked` tells our own clients that nothing begins."""
    told_too = {"message": told["message"], "run_id": told["run_id"]}
    return {"status": "waiting", "wait_time_ms": 0, "blocked": True, **told_too}


async def _refusal(problem: Problem, schema: str, stages: int) -> AsyncIterator[bytes]:
    run_id = problem.extra.get("run_id", "")
    yield event("connected", {"run_id": run_id, "schema": schema, "stages": stages})
    if isinstance(problem, BlockedProblem):
        # Older clients know no block: they show what a wait says, and the stream ends.
        told = _told_of_block(problem)
        yield event("queue_status", _wait_of_block(told))
        yield event("blocked", told)
        return
    retry = problem.headers.get("Retry-After")
    yield event(
        "error",
        {
            "message": problem.detail,
            "run_id": run_id,
            "kind": problem.kind,
            "http_status": problem.status,
            **({"retry_after": int(retry)} if retry else {}),
        },
    )


def _estimate(output_config: str) -> str:
    known = output_config in registry.get_catalog().outputs
    return durations_of(output_config).estimate if known else "30"
