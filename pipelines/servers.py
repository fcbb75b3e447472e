"""The machines and accounts that this installation can use, made from the settings.

A *server* is one engine at one address. Servers that share a machine share a *host*, which takes
only so many runs at a time. A *lane* is an engine's key: the runs that wait for any server of it.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import cast
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop

from pipelines import configured
from pipelines.catalog import Chunk, Route
from pipelines.engines import CODE_ENGINE, MEDIA_ENGINES, RULE_BASED, TEXT_ENGINES
from pipelines.engines.base import LanguageModel, MediaEngine, TextEngine

NOT_SET_UP = gettext_noop("not set up here: this installation has no connection to it yet")
NOT_ANSWERING = gettext_noop("does not answer right now")

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
    def in_house(self) -> bool:
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
    def lanes(self) -> Mapping[str, str]:
        """The name of the server for each lane that is served here."""
        return {server.engine: server.name for server in self.servers}


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A language model by server and name; an empty name leaves the choice to the server."""

    server: Server
    model: str = ""


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
    media = [server for server in servers() if server.engine in MEDIA_ENGINES or _writes(server)]
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
            row = next((row for row in rows if server.engine not in _engines(row)), None)
            if row is None:
                rows.append(row := [])
            row.append(server)
        found += [
            Host(machine if number == 1 else f"{machine}-{number}", tuple(row), 1)
            for number, row in enumerate(rows, start=1)
        ]
    for server in media:
        if server.engine not in GPU_ENGINES and server not in embedded:
            capacity = 1 if server.in_house else settings.CLOUD_RUNS
            found.append(Host(server.name, (server,), capacity))
    return tuple(found)


def _engines(some: Collection[Server]) -> set[str]:
    return {server.engine for server in some}


def _writes(server: Server) -> bool:
    return server.engine in TEXT_ENGINES and server.engine not in RULE_BASED


def hosts_of(lane: str) -> tuple[Host, ...]:
    return tuple(host for host in hosts() if lane in host.lanes)


def lanes_beside(lane: str) -> frozenset[str]:
    """Return the lanes that compete with `lane` for a host, itself included."""
    return frozenset({lane}.union(*(host.lanes for host in hosts_of(lane))))


def server_named(name: str) -> Server | None:
    return next((server for server in servers() if server.name == name), None)


def servers_of(engine: str) -> tuple[Server, ...]:
    return tuple(server for server in servers() if server.engine == engine)


# Routes -------------------------------------------------------------------------------------


def route_of(output_config: str) -> Route | None:
    """Return engine, model and parameters for `output_config` here, None where none is set up."""
    chunk = configured.get_catalog().chunk_of(output_config)
    if chunk.media_type == "code" and chunk.backend_type not in RULE_BASED:
        return _code_route(chunk)
    set_up = _engines(servers())
    return next((route for route in chunk.routes if route.backend_type in set_up), None)


def _code_route(chunk: Chunk) -> Route | None:
    chosen = code_model()
    if chosen is None:
        return None
    engine = chosen.server.engine
    for route in chunk.routes:
        if route.backend_type == engine:
            return route.model_copy(update={"model": chosen.model or route.model})
    return None


def is_available(output_config: str) -> bool:
    """Tell whether this installation is connected to what makes `output_config`."""
    return route_of(output_config) is not None


# Engines ------------------------------------------------------------------------------------


def media_engine(server: Server, media_type: str) -> MediaEngine:
    """Return the engine at `server` that makes things of `media_type`."""
    if media_type == "code" and server.engine in TEXT_ENGINES:
        return cast(MediaEngine, import_string(CODE_ENGINE)(language_model(server)))
    return cast(MediaEngine, _made(server, MEDIA_ENGINES[server.engine]))


def language_model(server: Server) -> LanguageModel:
    return cast(LanguageModel, _made(server, TEXT_ENGINES[server.engine]))


def text_engine() -> TextEngine:
    """Return the engine of stages 1–3."""
    chosen = text_model()
    if chosen.server.engine == "wortwerkstatt":
        path = TEXT_ENGINES[chosen.server.engine]
        engine: TextEngine = import_string(path)(words_per_second=settings.WORDS_PER_SECOND)
        return engine
    return language_model(chosen.server)


def text_model() -> ChosenModel:
    """Return the model of stages 1–3: the one that is set, else the first there is, else ours."""
    chosen = chosen_model(settings.TEXT_MODEL) or _first_language_model()
    return chosen or ChosenModel(Server("wortwerkstatt", "wortwerkstatt"))


def model_for(setting: str) -> ChosenModel | None:
    """Return the model that `setting` (TEXT_MODEL and its like) comes to, None where to none."""
    if setting == "TEXT_MODEL":
        return text_model()
    if setting == "CODE_MODEL":
        return code_model()
    return chosen_model(getattr(settings, setting))


def code_model() -> ChosenModel | None:
    """Return the model that writes sketches: the one that is set, else that of the rules."""
    chosen = chosen_model(settings.CODE_MODEL) or text_model()
    return chosen if _writes(chosen.server) else None


def chosen_model(setting: str) -> ChosenModel | None:
    """Read `engine:model`, as TEXT_MODEL and its like give it; None where it names nothing here."""
    engine, _, model = setting.partition(":")
    server = next(iter(servers_of(engine)), None) if engine in TEXT_ENGINES else None
    return ChosenModel(server, model) if server else None


def names_nothing(setting: str) -> bool:
    """Tell whether `setting` (TEXT_MODEL and its like) is given and names no model here."""
    value = getattr(settings, setting)
    return bool(value) and chosen_model(value) is None


def _first_language_model() -> ChosenModel | None:
    # A cloud's models are many, and cost: they are used only where a setting names one.
    for server in servers():
        if _writes(server) and server.engine != "openrouter" and not _is_openai(server):
            return ChosenModel(server)
    return None


def _is_openai(server: Server) -> bool:
    return server.machine.endswith("openai.com")


@cache
def _made(server: Server, path: str) -> object:
    options: dict[str, object] = dict(server.options)
    if "headers" in options:
        options["headers"] = _headers(str(options["headers"]))
    if server.engine == "comfyui":
        options["workflows"] = configured.get_workflows()
    return import_string(path)(*([server.url] if server.url else []), **options)


def _headers(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.split("|") if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}
