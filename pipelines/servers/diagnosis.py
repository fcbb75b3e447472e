"""What this installation can do right now, said so that someone can mend it."""

from __future__ import annotations

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from django.conf import settings

from pipelines import registry
from pipelines.engines.jobs import EngineError, Health, MissingRequirement
from pipelines.engines.table import ENGINES, RULE_BASED
from pipelines.servers import inventory, probing, routing
from pipelines.servers.inventory import Server
from pipelines.servers.routing import ChosenModel
from pipelines.servers.sample_jobs import sample_job

MODEL_SETTINGS = ("TEXT_MODEL", "CODE_MODEL", "SAFETY_MODEL", "VISION_MODEL")

READY = "ready"
LACKING = "lacking"
SILENT = "silent"
NOT_SET_UP = "not set up"


@dataclass(frozen=True, slots=True)
class ServerFinding:
    """What a server answered, and in what time."""

    server: Server
    health: Health
    seconds: float


@dataclass(frozen=True, slots=True)
class OutputFinding:
    """Whether an output config can be made; `missing` are told per server."""

    output: str
    state: str
    model: str = ""
    servers: tuple[str, ...] = ()
    missing: tuple[tuple[str, MissingRequirement], ...] = ()
    # The settings of which one would connect it.
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelFinding:
    """Whether a language model can be asked; `setting` says what for."""

    setting: str
    state: str
    chosen: ChosenModel | None
    missing: tuple[MissingRequirement, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    servers: tuple[ServerFinding, ...]
    models: tuple[ModelFinding, ...]
    outputs: tuple[OutputFinding, ...]

    @property
    def is_well(self) -> bool:
        """Whether all that is connected works; what nobody has set up is no illness."""
        findings: Iterable[ModelFinding | OutputFinding] = (*self.models, *self.outputs)
        return all(finding.state in (READY, NOT_SET_UP) for finding in findings)


def diagnose(outputs: Iterable[str] = ()) -> Diagnosis:
    """Ask every server now, all at once, and each for what the output configs need."""
    known = [server for server in inventory.servers() if server.engine not in RULE_BASED]
    catalog = registry.get_catalog()
    wanted = list(outputs) or list(catalog.outputs)
    with ThreadPoolExecutor(max(len(known), 1)) as pool:
        asked = tuple(pool.map(_ask, known))
        silent = {finding.server.name for finding in asked if not finding.health.ready}
        models = tuple(pool.map(lambda setting: _model(setting, silent), MODEL_SETTINGS))
        found = tuple(pool.map(lambda output: _output(output, silent), wanted))
    return Diagnosis(asked, models, found)


def _ask(server: Server) -> ServerFinding:
    begin = time.monotonic()
    health = probing.ask(server)
    return ServerFinding(server, health, time.monotonic() - begin)


def _output(output: str, silent: set[str]) -> OutputFinding:
    route = routing.route_of(output)
    if route is None:
        return OutputFinding(output, NOT_SET_UP, settings=settings_for(output))
    beside = inventory.servers_of(route.backend_type)
    names = tuple(server.name for server in beside)
    if route.backend_type in RULE_BASED:
        return OutputFinding(output, READY, servers=names)
    if all(server.name in silent for server in beside):
        return OutputFinding(output, SILENT, route.model, names)
    missing = tuple(
        (server.name, each)
        for server in beside
        if server.name not in silent
        for each in missing_at(server, output)
    )
    return OutputFinding(output, LACKING if missing else READY, route.model, names, missing)


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


def _model(setting: str, silent: set[str]) -> ModelFinding:
    if routing.is_misconfigured(setting):
        name = getattr(settings, setting).partition(":")[0]
        each = MissingRequirement("server", name, f"{setting} names no server that is set up")
        return ModelFinding(setting, LACKING, None, (each,))
    chosen = routing.model_for(setting)
    if chosen is None:
        return ModelFinding(setting, NOT_SET_UP, None)
    if chosen.server.engine in RULE_BASED:
        return ModelFinding(setting, READY, chosen)
    if chosen.server.name in silent:
        return ModelFinding(setting, SILENT, chosen)
    missing = routing.language_model(chosen.server).missing_requirements(chosen.model)
    return ModelFinding(setting, LACKING if missing else READY, chosen, missing)
