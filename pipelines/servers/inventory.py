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

from pipelines.engines import MEDIA_ENGINES, RULE_BASED, TEXT_ENGINES

EMBEDDED_HOST = "embedded"
# Engines of which several servers may be named, each a machine with one graphics card.
GPU_ENGINES = ("swarmui", "comfyui")


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
    return (
        *(Server(key, key) for key in ("wortwerkstatt", "formwerkstatt", "sketch_templates")),
        *_numbered("swarmui", settings.SWARMUI_URL, token=settings.SWARMUI_TOKEN),
        *_numbered("comfyui", settings.COMFYUI_URL, headers=settings.COMFYUI_HEADERS),
        *_numbered("ollama", settings.OLLAMA_URL[:1], keep_alive=settings.OLLAMA_KEEP_ALIVE),
        *_keyed("openai_images", settings.OPENAI_IMAGES_URL, settings.OPENAI_IMAGES_API_KEY),
        *_keyed("gemini", settings.GEMINI_URL, settings.GEMINI_API_KEY),
        *_keyed("openrouter", settings.OPENROUTER_URL, settings.OPENROUTER_API_KEY),
        *_chat_server(),
    )


def _numbered(engine: str, urls: list[str], **options: str) -> Iterator[Server]:
    given = tuple((key, value) for key, value in options.items() if value)
    for number, url in enumerate(urls, start=1):
        name = engine if number == 1 else f"{engine}-{number}"
        yield Server(name, engine, url.rstrip("/"), given)


def _keyed(engine: str, url: str, key: str) -> Iterator[Server]:
    if key:
        yield Server(engine, engine, url.rstrip("/"), (("api_key", key),))


def _chat_server() -> Iterator[Server]:
    url, key = settings.OPENAI_BASE_URL, settings.OPENAI_API_KEY
    if url or key:
        given = (("api_key", key),) if key else ()
        yield Server(
            "openai_chat", "openai_chat", (url or settings.OPENAI_IMAGES_URL).rstrip("/"), given
        )


def hosts() -> tuple[Host, ...]:
    """Return where runs are made. Servers with a graphics card are grouped by their machine."""
    media = [
        server
        for server in servers()
        if server.engine in MEDIA_ENGINES or is_language_model(server)
    ]
    embedded = tuple(server for server in media if server.engine in RULE_BASED)
    machines: dict[str, list[Server]] = {}
    for server in media:
        if server.engine in GPU_ENGINES:
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
        if server.engine not in GPU_ENGINES and server not in embedded:
            capacity = 1 if server.is_local else settings.CLOUD_RUNS
            found.append(Host(server.name, (server,), capacity))
    return tuple(found)


def engines_of(some: Collection[Server]) -> set[str]:
    return {server.engine for server in some}


def is_language_model(server: Server) -> bool:
    return server.engine in TEXT_ENGINES and server.engine not in RULE_BASED


def hosts_of(queue: str) -> tuple[Host, ...]:
    return tuple(host for host in hosts() if queue in host.queues)


def competing_queues(queue: str) -> frozenset[str]:
    """Return the queues that compete with `queue` for a host, itself included."""
    return frozenset({queue}.union(*(host.queues for host in hosts_of(queue))))


def server_named(name: str) -> Server | None:
    return next((server for server in servers() if server.name == name), None)


def servers_of(engine: str) -> tuple[Server, ...]:
    return tuple(server for server in servers() if server.engine == engine)
