"""The machines and accounts that this installation can use, made from the settings.

A *server* is one engine at one address. Servers that share a machine share a *host*, which takes
only so many runs at a time. A *queue* is an engine's key: the runs that wait for any server of it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.conf import settings

from pipelines.engines.table import ENGINES, RULE_BASED, Engine, Place, Setting

EMBEDDED_HOST = "embedded"


@dataclass(frozen=True, slots=True)
class Server:
    """One engine at one address; `options` are its constructor's, keys among them."""

    name: str
    engine: str
    url: str = ""
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def machine(self) -> str:
        """The name or address of the machine, without port and credentials."""
        return urlsplit(self.url).hostname or EMBEDDED_HOST

    @property
    def is_local(self) -> bool:
        """Whether what is sent there stays in the local network."""
        if self.engine in RULE_BASED:
            return True
        try:
            return not ipaddress.ip_address(self.machine).is_global
        except ValueError:
            return self.machine == "localhost" or "." not in self.machine.removesuffix(".local")


@dataclass(frozen=True, slots=True)
class Host:
    """A machine or an account: it works on `capacity` runs at a time, whatever the engine."""

    name: str
    servers: tuple[Server, ...]
    capacity: int

    @property
    def is_embedded(self) -> bool:
        return self.name == EMBEDDED_HOST

    @property
    def queues(self) -> Mapping[str, str]:
        """The name of the server for each queue that is served here."""
        return {server.engine: server.name for server in self.servers}


# Servers and hosts --------------------------------------------------------------------------


def servers() -> tuple[Server, ...]:
    """Return every server that the settings name, the embedded ones first."""
    return tuple(server for engine in ENGINES.values() for server in _servers_of(engine))


def _servers_of(engine: Engine) -> Iterator[Server]:
    if engine.is_rule_based:
        yield Server(engine.key, engine.key)
        return
    own_urls = _given(engine.url)
    keys = _given(engine.api_key) or _fallback(engine.api_key)
    if not (keys or (own_urls and engine.place == Place.LOCAL)):
        return
    options = {argument: _given(setting) for argument, setting in engine.options.items()}
    options["api_key"] = keys
    given = tuple((argument, values[0]) for argument, values in options.items() if values)
    urls = own_urls or _fallback(engine.url)
    for number, url in enumerate(urls if engine.is_pooled else urls[:1], start=1):
        name = engine.key if number == 1 else f"{engine.key}-{number}"
        yield Server(name, engine.key, url.rstrip("/"), given)


def _given(setting: Setting | None) -> list[str]:
    return _values(setting.name) if setting else []


def _fallback(setting: Setting | None) -> list[str]:
    """Return the values that take the place of an empty `setting`."""
    if setting is None or not setting.fallback:
        return []
    if setting.fallback_unless and _values(setting.fallback_unless):
        return []
    return _values(setting.fallback)


def _values(name: str) -> list[str]:
    value = getattr(settings, name)
    return list(filter(None, [value] if isinstance(value, str) else value))


def hosts() -> tuple[Host, ...]:
    """Return where runs are made. Servers with a graphics card are grouped by their machine."""
    media = [
        server for server in servers() if ENGINES[server.engine].media or is_language_model(server)
    ]
    embedded = tuple(server for server in media if server.engine in RULE_BASED)
    machines: dict[str, list[Server]] = {}
    for server in media:
        if ENGINES[server.engine].is_pooled:
            machines.setdefault(server.machine, []).append(server)
    found = [Host(EMBEDDED_HOST, embedded, 1)]
    for machine, beside in machines.items():
        # A second server of one engine on a machine is a second card.
        rows: list[list[Server]] = []
        for server in beside:
            row = next((row for row in rows if server.engine not in engines_of(row)), None)
            if row is None:
                rows.append(row := [])
            row.append(server)
        found += [
            Host(machine if number == 1 else f"{machine}-{number}", tuple(row), 1)
            for number, row in enumerate(rows, start=1)
        ]
    for server in media:
        if not ENGINES[server.engine].is_pooled and server not in embedded:
            capacity = 1 if server.is_local else settings.CLOUD_RUNS
            found.append(Host(server.name, (server,), capacity))
    return tuple(found)


def engines_of(some: Collection[Server]) -> set[str]:
    return {server.engine for server in some}


def is_language_model(server: Server) -> bool:
    return ENGINES[server.engine].is_language_model


def hosts_of(queue: str) -> tuple[Host, ...]:
    return tuple(host for host in hosts() if queue in host.queues)


def competing_queues(queue: str) -> frozenset[str]:
    """Return the queues that compete with `queue` for a host, itself included."""
    return frozenset({queue}.union(*(host.queues for host in hosts_of(queue))))


def server_named(name: str) -> Server | None:
    return next((server for server in servers() if server.name == name), None)


def servers_of(engine: str) -> tuple[Server, ...]:
    return tuple(server for server in servers() if server.engine == engine)
