"""The catalog over HTTP: rules, engines, how long they take and whether they are set up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.decorators import method_decorator
from django.utils.translation import get_language, gettext_noop, override
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from devices.identity import greet, known_device
from pipelines import registry
from pipelines.catalog import InterceptionConfig, Rule, ViewConfig, normal_id, plain
from pipelines.engines.table import RULE_BASED
from pipelines.labels import choice_label, input_label, role_label
from pipelines.models import Availability
from pipelines.servers import routing
from pipelines.servers.durations import durations_of
from pipelines.servers.probing import availability_of, unavailable_queues
from web.problems import Problem

REASONS = {
    Availability.NOT_CONFIGURED: gettext_noop(
        "not set up here: this installation has no connection to it yet"
    ),
    Availability.UNAVAILABLE: gettext_noop("does not answer right now"),
}

ANY = {200: OpenApiTypes.OBJECT}


def _config(config_id: str) -> InterceptionConfig | ViewConfig:
    catalog, id_ = registry.get_catalog(), normal_id(config_id)
    config = catalog.interceptions.get(id_) or catalog.views.get(id_)
    if config is None:
        raise Problem(404, "unknown-config", _("There is no such rule. Choose another one."))
    return config


def _text(text: Rule) -> dict[str, str]:
    return {"de": text.de, "en": text.en}


@method_decorator(gzip_page, name="dispatch")
class RulesView(APIView):
    """GET: what one can begin with: rules and views in their groups, and the pairs of traits."""

    contract = True

    @extend_schema(responses=ANY)
    def get(self, request: Request) -> Response:
        # What every client asks first: so it has its cookie before it makes anything.
        if known_device(request._request) is None:
            greet(request._request)
        catalog = registry.get_catalog()
        rules, views = catalog.interceptions.values(), catalog.views.values()
        return Response(
            {
                "configs": [
                    *map(_starting_point, rules),
                    *(_starting_point(view) for view in views if view.properties),
                ],
                "property_pairs": [pair.model_dump(mode="json") for pair in catalog.property_pairs],
                "symbols_enabled": True,
            }
        )


def _starting_point(config: InterceptionConfig | ViewConfig) -> dict[str, Any]:
    return {
        "id": config.id,
        "name": _text(config.name),
        "description": _text(config.description),
        "short_description": _text(config.short_description),
        "properties": list(config.properties),
        "traits": list(config.traits) if isinstance(config, InterceptionConfig) else [],
        "pipeline": config.pipeline,
        "media_preferences": config.media_preferences.model_dump(),
        "icon": config.icon,
        "color": config.color,
        "category": _text(config.category),
        "order": config.order,
        "age": config.age,
        "workshop_suitable": config.workshop_suitable,
    }


class RuleContextView(APIView):
    """GET: the text of a rule, in both languages."""

    contract = True

    @extend_schema(responses=ANY)
    def get(self, request: Request, config_id: str) -> Response:
        config = _config(config_id)
        context = config.context if isinstance(config, InterceptionConfig) else Rule(de="", en="")
        return Response({"config_id": config.id, "context": _text(context)})


class RulePipelineView(APIView):
    """GET: the pipeline that a rule runs through."""

    contract = True

    @extend_schema(responses=ANY)
    def get(self, request: Request, config_id: str) -> Response:
        config = _config(config_id)
        pipeline = registry.get_catalog().pipelines[config.pipeline]
        return Response(
            {
                "config_id": config.id,
                "pipeline_name": pipeline.id,
                "pipeline_type": pipeline.type,
                "pipeline_stage": pipeline.stage,
                "requires_interception_prompt": pipeline.requires_interception_prompt,
                "input_requirements": plain(pipeline.input_requirements),
                "description": pipeline.description.in_language("en"),
            }
        )


class ChunkMetadataView(APIView):
    """GET: what is known of each output chunk, its duration above all."""

    contract = True

    @extend_schema(responses=ANY)
    def get(self, request: Request) -> Response:
        catalog = registry.get_catalog()
        measured = {
            output.parameters.OUTPUT_CHUNK: durations_of(output_id).estimate
            for output_id, output in catalog.outputs.items()
        }
        found = {}
        for name, chunk in sorted(catalog.chunks.items()):
            if name.startswith("output_"):
                meta = chunk.meta.model_dump(mode="json", exclude_none=True)
                if name in measured:
                    meta["estimated_duration_seconds"] = measured[name]
                found[name] = {"name": name, "meta": meta}
        return Response(found)


class AvailabilityView(APIView):
    """GET: which output configs can be used here, and why the others cannot."""

    contract = True

    @extend_schema(responses=ANY)
    def get(self, request: Request) -> Response:
        outputs = registry.get_catalog().outputs
        unavailable = unavailable_queues()
        states = {
            output_id: availability_of(routing.route_of(output_id), unavailable)
            for output_id in outputs
        }
        return Response(
            {
                "status": "success",
                "availability": {
                    output_id: state == Availability.READY for output_id, state in states.items()
                },
                "reasons": {
                    output_id: _in_both(_, REASONS[state])
                    for output_id, state in states.items()
                    if state in REASONS
                },
            }
        )


class OptimizationMetaView(APIView):
    """GET: how an output config wants its prompt rewritten, and how long it takes."""

    contract = True

    @extend_schema(responses=ANY)
    def get(self, request: Request, output_config: str) -> Response:
        catalog = registry.get_catalog()
        if output_config not in catalog.outputs:
            raise Problem(
                404, "unknown-config", _("There is no such picture machine. Choose another one.")
            )
        chunk = catalog.chunk_of(output_config)
        is_german = (get_language() or "de").startswith("de")
        instructions = chunk.optimization_instructions() or ("",)
        return Response(
            {
                "success": True,
                "optimization_instruction": instructions[0 if is_german else -1],
                "estimated_duration_seconds": durations_of(output_config).estimate,
            }
        )


@method_decorator(gzip_page, name="dispatch")
class OutputsView(APIView):
    """GET: the picture machines as the page shows them."""

    @extend_schema(responses=ANY)
    def get(self, request: Request) -> Response:
        catalog = registry.get_catalog()
        unavailable = unavailable_queues()
        shown = [self._output(output_id, unavailable) for output_id in catalog.outputs]
        return Response(sorted(shown, key=lambda output: not output["available"]))

    @staticmethod
    def _output(output_id: str, unavailable: frozenset[str]) -> dict[str, Any]:
        catalog = registry.get_catalog()
        output, chunk = catalog.outputs[output_id], catalog.chunk_of(output_id)
        route = routing.route_of(output_id)
        state = availability_of(route, unavailable)
        available = state == Availability.READY
        durations = durations_of(output_id)
        return {
            "id": output.id,
            "name": _text(output.name),
            "short_description": _text(output.short_description),
            "description": _text(output.description),
            "icon": output.icon,
            "color": output.color,
            "order": output.order,
            "media_type": chunk.media_type,
            "backend_type": route.backend_type if route else chunk.backend_type,
            "inputs": {
                name: {
                    **plain(about),
                    "name": _in_both(input_label, name),
                    "choice_names": {
                        choice: _in_both(choice_label, choice) for choice in about.choices
                    },
                }
                for name, about in chunk.inputs.items()
            },
            "roles": list(chunk.roles),
            "role_names": {role: _in_both(role_label, role) for role in chunk.roles},
            "optimizes": bool(chunk.meta.optimization_instruction)
            and routing.text_model().server.engine not in RULE_BASED,
            "estimated_duration_seconds": durations.estimate,
            "measured_duration_seconds": durations.median if available else None,
            "rule_based": (route.backend_type if route else chunk.backend_type) in RULE_BASED,
            "available": available,
            "state": state,
            "reason": _in_both(_, REASONS[state]) if state in REASONS else None,
        }


def _in_both(translate: Callable[[str], str], text: str) -> dict[str, str]:
    """Return `text` in both languages."""
    texts = {}
    for language in ("de", "en"):
        with override(language):
            texts[language] = translate(text)
    return texts
