"""Asking the servers how they are, so that runs go where something answers."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connections
from django.utils import timezone, translation

from pipelines import queue
from pipelines.catalog import Route
from pipelines.engines.jobs import EngineError, ErrorKind, Health
from pipelines.engines.table import ENGINES, RULE_BASED
from pipelines.error_messages import message_for
from pipelines.models import Availability, ServerState
from pipelines.servers import inventory, routing
from pipelines.servers.inventory import Server
from pipelines.servers.sample_jobs import sample_job
from runs import recorder
from runs.models import Run, Status

logger = logging.getLogger(__name__)


class Prober:
    """Asks every server in turns, each in a thread of its own: a slow one holds up no other."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping

    def start(self) -> None:
        known = [server for server in inventory.servers() if server.engine not in RULE_BASED]
        names = [server.name for server in known]
        ServerState.objects.exclude(name__in=names).delete()
        for server in known:
            threading.Thread(
                target=self._keep_probing, args=(server,), name=f"probe-{server.name}", daemon=True
            ).start()

    def _keep_probing(self, server: Server) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    probe(server)
                    load_requested_models(server)
                except Exception:
                    logger.exception("probe failed: server=%s", server.name)
                    connections.close_all()
                self._stopping.wait(settings.PROBE_SECONDS)
        finally:
            connections.close_all()


def probe(server: Server) -> Health:
    """Ask `server` how it is, keep the answer and return it."""
    health = health_of(server)
    now = timezone.now()
    known = ServerState.objects.filter(name=server.name).first()
    changed = known is None or known.ready != health.ready
    state, _created = ServerState.objects.update_or_create(
        name=server.name,
        defaults={
            "engine": server.engine,
            "ready": health.ready,
            "detail": health.detail[:500],
            "version": health.version[:80],
            "offered": list(health.models)[:500],
            "waiting": health.waiting,
            "checked_at": now,
            **({"changed_at": now} if changed else {}),
        },
    )
    if changed and known is not None:
        logger.warning(
            "server state changed: server=%s state=%s detail=%s",
            server.name,
            state.availability,
            health.detail,
        )
        queue.notify()
    return health


def health_of(server: Server) -> Health:
    """Ask `server` how it is."""
    if ENGINES[server.engine].media:
        return routing.media_engine(server, "image").health()
    return routing.language_model(server).health()


def load_requested_models(server: Server) -> None:
    """Load the models that somebody has asked for, see `request_loading`."""
    state = ServerState.objects.filter(name=server.name).first()
    if state is None or not state.to_load or not state.ready:
        return
    begin = time.monotonic()
    errors = [error for name in state.to_load if (error := load(server, name))]
    detail = "; ".join(errors) or f"{time.monotonic() - begin:.1f} s"
    ServerState.objects.filter(name=server.name).update(
        to_load=[], loaded_at=timezone.now(), load_detail=detail[:500]
    )


def load(server: Server, name: str) -> str:
    """Load `name` (an output config, or `model:` and a language model's name); what went wrong."""
    try:
        if name.startswith("model:"):
            routing.language_model(server).warm_up(name.removeprefix("model:"))
        else:
            job, media_type = sample_job(name)
            routing.media_engine(server, media_type).warm_up(job)
    except EngineError as error:
        return f"{name}: {error.kind} {error.detail}"
    return ""


def models_to_load(outputs: Iterable[str]) -> dict[str, list[str]]:
    """Return what each server is to load for `outputs` and the rules, by the server's name."""
    wanted: dict[str, list[str]] = {}
    text = routing.text_model()
    if text.server.engine not in RULE_BASED:
        wanted[text.server.name] = [f"model:{text.model}"]
    for output in outputs:
        route = routing.route_of(output)
        if route is None or route.backend_type in RULE_BASED:
            continue
        for server in inventory.servers_of(route.backend_type):
            wanted.setdefault(server.name, []).append(output)
    return wanted


def request_loading(outputs: Iterable[str]) -> None:
    """Have the worker load what `outputs` need; an unavailable server loads when it answers."""
    for name, loads in models_to_load(outputs).items():
        state, _made = ServerState.objects.get_or_create(name=name)
        merged = list(dict.fromkeys([*state.to_load, *loads]))
        ServerState.objects.filter(name=name).update(to_load=merged)


def unavailable_queues(since: datetime | None = None) -> frozenset[str]:
    """Return the queues of which no server answers (any more `since`)."""
    states = ServerState.objects.unavailable()
    if since is not None:
        states = states.filter(changed_at__lt=since)
    unavailable = set(states.values_list("name", flat=True))
    if not unavailable:
        return frozenset()
    known = inventory.servers()
    return frozenset(server.engine for server in known if server.name in unavailable) - frozenset(
        server.engine for server in known if server.name not in unavailable
    )


def availability_of(route: Route | None, unavailable: frozenset[str]) -> Availability:
    """Return how an output config stands that is made by `route`; see `unavailable_queues`."""
    if route is None:
        return Availability.NOT_CONFIGURED
    if route.backend_type in unavailable:
        return Availability.UNAVAILABLE
    return Availability.READY


def fail_hopeless_runs() -> None:
    """End runs that have waited too long for servers of which none answers."""
    before = timezone.now() - timedelta(seconds=settings.PATIENCE_SECONDS)
    queued = Run.objects.filter(status=Status.QUEUED)
    # A server that the settings no longer name will never take its run up again.
    names = {server.name for server in inventory.servers()}
    queued.exclude(server__in={"", *names}).update(server="", engine_job_id="")
    for run in queued.filter(queue__in=unavailable_queues(before), created_at__lt=before):
        with translation.override(run.language or "de"):
            message = message_for(ErrorKind.UNREACHABLE)
        recorder.fail(run, kind=ErrorKind.UNREACHABLE, message=message, detail="no server answers")
        queue.notify()
