"""What this installation can do right now, said so that someone can mend it."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings

from pipelines import registry
from pipelines.engines.jobs import EngineError, Health, MissingRequirement
from pipelines.engines.table import ENGINES, RULE_BASED
from pipelines.models import Availability
from pipelines.servers import inventory, probing, routing
from pipelines.servers.inventory import Server
from pipelines.servers.routing import MODEL_SETTINGS, ChosenModel
from pipelines.servers.sample_jobs import sample_job


@dataclass(frozen=True, slots=True)
class ServerFinding:
    """What a server answered, and in what time."""

    server: Server
    health: Health
    seconds: float

    @property
    def state(self) -> Availability:
        return Availability.READY if self.health.ready else Availability.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class OutputFinding:
    """Whether an output config can be made; `missing` are told per server."""

    output: str
    state: Availability
    model: str = ""
    servers: tuple[str, ...] = ()
    missing: tuple[tuple[str, MissingRequirement], ...] = ()
    # The settings of which one would connect it.
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelFinding:
    """Whether a language model can be asked; `setting` says what for."""

    setting: str
    state: Availability
    chosen: ChosenModel | None
    missing: tuple[MissingRequirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    servers: tuple[ServerFinding, ...]
    models: tuple[ModelFinding, ...]
    outputs: tuple[OutputFinding, ...]

    @property
    def is_well(self) -> bool:
        """Whether all that is connected works; what nobody has set up is no fault."""
        findings: Iterable[ModelFinding | OutputFinding] = (*self.models, *self.outputs)
        return not any(finding.state.is_fault for finding in findings)


def diagnose(outputs: Iterable[str] = ()) -> Diagnosis:
    """Ask every server now, all at once, and each for what the output configs need."""
    known = [server for server in inventory.servers() if server.engine not in RULE_BASED]
    catalog = registry.get_catalog()
    wanted = list(outputs) or list(catalog.outputs)
    with ThreadPoolExecutor(max(len(known), 1)) as pool:
        asked = tuple(pool.map(_server, known))
        unavailable = {finding.server.name for finding in asked if not finding.health.ready}
        models = tuple(pool.map(lambda setting: _model(setting, unavailable), MODEL_SETTINGS))
        found = tuple(pool.map(lambda output: _output(output, unavailable), wanted))
    return Diagnosis(asked, models, found)


def _server(server: Server) -> ServerFinding:
    begin = time.monotonic()
    health = probing.health_of(server)
    return ServerFinding(server, health, time.monotonic() - begin)


def _output(output: str, unavailable: set[str]) -> OutputFinding:
    route = routing.route_of(output)
    if route is None:
        return OutputFinding(output, Availability.NOT_CONFIGURED, settings=settings_for(output))
    beside = inventory.servers_of(route.backend_type)
    names = tuple(server.name for server in beside)
    if route.backend_type in RULE_BASED:
        return OutputFinding(output, Availability.READY, servers=names)
    if all(server.name in unavailable for server in beside):
        return OutputFinding(output, Availability.UNAVAILABLE, route.model, names)
    missing = tuple(
        (server.name, each)
        for server in beside
        if server.name not in unavailable
        for each in missing_at(server, output)
    )
    return OutputFinding(output, _by_missing(missing), route.model, names, missing)


def _by_missing(missing: Collection[object]) -> Availability:
    return Availability.MISSING_REQUIREMENTS if missing else Availability.READY


def settings_for(output: str) -> tuple[str, ...]:
    """Return the settings of which each would connect something that makes `output`."""
    routes = registry.get_catalog().chunk_of(output).routes
    connecting = (ENGINES[route.backend_type].connected_by for route in routes)
    return tuple(dict.fromkeys(setting.name for setting in connecting if setting is not None))


def missing_at(server: Server, output: str) -> tuple[MissingRequirement, ...]:
    """Return what `server` has not and `output` needs."""
    job, media_type = sample_job(output)
    try:
        return routing.media_engine(server, media_type).missing_requirements(job)
    except EngineError as error:
        return (MissingRequirement("server", server.name, f"{error.kind}: {error.detail}"),)


def _model(setting: str, unavailable: set[str]) -> ModelFinding:
    if routing.is_misconfigured(setting):
        name = getattr(settings, setting).partition(":")[0]
        each = MissingRequirement("server", name, f"{setting} names no server that is set up")
        return ModelFinding(setting, Availability.MISCONFIGURED, None, (each,))
    chosen = routing.model_for(setting)
    if chosen is None:
        return ModelFinding(setting, Availability.NOT_CONFIGURED, None)
    if chosen.server.engine in RULE_BASED:
        return ModelFinding(setting, Availability.READY, chosen)
    if chosen.server.name in unavailable:
        return ModelFinding(setting, Availability.UNAVAILABLE, chosen)
    missing = routing.language_model(chosen.server).missing_requirements(chosen.model)
    return ModelFinding(setting, _by_missing(missing), chosen, missing)
