"""Stages 1–3 over HTTP: interception and optimisation, streamed or in one answer."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.csrf import csrf_exempt

from devices.identity import identify
from devices.models import Device
from devices.problems import Problem
from pipelines import configured
from pipelines.api.inputs import InterceptionInput, OptimizationInput, validated
from pipelines.api.sse import Emit, event, narrate, stream
from pipelines.interception import InterceptionFailed, perform
from pipelines.submission import (
    BlockedProblem,
    InterceptionRequest,
    check_workshop,
    require_text,
    rule_in_force,
    submit_interception,
)
from runs.models import Run


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
        sentence = _("This request is not in order.")
        problem = Problem(405, "method-not-allowed", sentence, headers=allowed)
        return problem.response(contract=True)

    async def get(self, request: HttpRequest) -> HttpResponseBase:
        return await self.respond(request, request.GET.dict())

    async def post(self, request: HttpRequest) -> HttpResponseBase:
        try:
            fields = _json_object(request)
        except Problem as problem:
            return problem.response(contract=True)
        return await self.respond(request, fields)

    async def respond(self, request: HttpRequest, fields: Mapping[str, Any]) -> HttpResponseBase:
        raise NotImplementedError

    async def refused(
        self, problem: Problem, fields: Mapping[str, Any], streamed: bool
    ) -> HttpResponseBase:
        """Answer a refusal; clients that read a stream are told in it, as they expect."""
        if not streamed:
            return problem.response(contract=True)
        return await stream(_refusal(problem, str(fields.get("schema") or ""), self.stages))


class InterceptionView(TextView):
    """Stages 1 and 2. Everything is recorded as a run of its own."""

    stages = 2

    async def respond(self, request: HttpRequest, fields: Mapping[str, Any]) -> HttpResponseBase:
        streamed = _wants_stream(fields)
        try:
            run, asked = await sync_to_async(self._submit)(request, fields)
        except Problem as problem:
            return await self.refused(problem, fields, streamed)
        rule = await sync_to_async(_rule_in_force)(run, asked)
        if streamed:
            return await stream(self._events(run, asked, self._story(run, asked, rule)))
        return await sync_to_async(self._answer)(run, asked, rule)

    def _submit(
        self, request: HttpRequest, fields: Mapping[str, Any]
    ) -> tuple[Run, InterceptionRequest]:
        data = validated(InterceptionInput, fields)
        language = data.get("user_language") or translation.get_language() or "de"
        asked = InterceptionRequest(
            schema=data["schema"],
            input_text=data["input_text"],
            context_prompt=data["context_prompt"],
            safety_level=data["safety_level"],
            language=language,
            seed=data["seed"],
        )
        with translation.override(language):
            device = identify(request, data["device_id"])
            return submit_interception(device=device, request=asked), asked

    async def _events(
        self, run: Run, asked: InterceptionRequest, story: AsyncIterator[bytes]
    ) -> AsyncIterator[bytes]:
        yield event("connected", {"run_id": run.run_id, "schema": asked.schema, "stages": 2})
        async for chunk in story:
            yield chunk

    def _story(self, run: Run, asked: InterceptionRequest, rule: str) -> AsyncIterator[bytes]:
        def waiting(milliseconds: float) -> tuple[str, dict[str, Any]]:
            return "queue_status", _queue_status(run, "waiting", milliseconds)

        def work(emit: Emit) -> None:
            emit("queue_status", _queue_status(run, "acquired"))
            try:
                perform(run, text=asked.input_text, rule=rule, emit=emit)
            except InterceptionFailed as failure:
                emit(
                    "error",
                    {"message": str(failure), "run_id": run.run_id, "kind": failure.kind},
                )

        return narrate(work, run_id=run.run_id, waiting=waiting)

    def _answer(self, run: Run, asked: InterceptionRequest, rule: str) -> JsonResponse:
        try:
            text = perform(run, text=asked.input_text, rule=rule, emit=lambda name, data: None)
        except InterceptionFailed as failure:
            return Problem(502, failure.kind, str(failure), extra={"run_id": run.run_id}).response(
                contract=True
            )
        return JsonResponse(
            {
                "status": "success",
                "run_id": run.run_id,
                "schema": asked.schema,
                "interception_result": text,
                "final_output": text,
            }
        )


class OptimizationView(TextView):
    """Stage 3's rewriting for an engine; where the config asks for none, the text stays."""

    stages = 1

    async def respond(self, request: HttpRequest, fields: Mapping[str, Any]) -> HttpResponseBase:
        streamed = _wants_stream(fields)
        started = time.perf_counter()
        try:
            text, output_config = await sync_to_async(self._check)(request, fields)
        except Problem as problem:
            return await self.refused(problem, fields, streamed)
        if streamed:
            return await stream(self._events(text, output_config))
        chunk = await sync_to_async(lambda: _chunk_meta(output_config))()
        return JsonResponse(
            {
                "success": True,
                "optimized_prompt": text,
                "optimization_applied": False,
                "estimated_duration_seconds": chunk,
                "execution_time_ms": round((time.perf_counter() - started) * 1000),
            }
        )

    def _check(self, request: HttpRequest, fields: Mapping[str, Any]) -> tuple[str, str]:
        data = validated(OptimizationInput, fields)
        device: Device = identify(request, data["device_id"])
        check_workshop(device)
        require_text(data["input_text"], 100_000)
        return data["input_text"], data["output_config"] or data["schema"]

    async def _events(self, text: str, schema: str) -> AsyncIterator[bytes]:
        yield event("connected", {"run_id": "", "schema": schema, "stages": 1})
        yield event("stage_start", {"stage": 3, "name": _("Fitting"), "description": ""})
        yield event(
            "chunk", {"stage": 3, "text_chunk": text, "accumulated": text, "chunk_count": 1}
        )
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


def _rule_in_force(run: Run, asked: InterceptionRequest) -> str:
    config = configured.get_catalog().interception(run.interception_config)
    return rule_in_force(config, asked)


def _json_object(request: HttpRequest) -> dict[str, Any]:
    if request.content_type != "application/json":
        raise Problem(415, "unsupported-media-type", _("Send JSON (application/json)."))
    try:
        fields = json.loads(request.body)
    except (ValueError, RecursionError) as error:
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


async def _refusal(problem: Problem, schema: str, stages: int) -> AsyncIterator[bytes]:
    run_id = problem.extra.get("run_id", "")
    yield event("connected", {"run_id": run_id, "schema": schema, "stages": stages})
    if isinstance(problem, BlockedProblem):
        yield event(
            "blocked",
            {key: problem.extra[key] for key in ("stage", "reason", "message", "run_id")},
        )
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


def _chunk_meta(output_config: str) -> str:
    catalog = configured.get_catalog()
    if output_config not in catalog.outputs:
        return "30"
    return catalog.chunk_of(output_config).meta.estimated_duration_seconds
