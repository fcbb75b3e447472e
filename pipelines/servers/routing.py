"""Which server, engine and model does what here: routes of outputs and models of tasks."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string

from pipelines import registry
from pipelines.catalog import Chunk, Route
from pipelines.engines.base import LanguageModel, MediaEngine, TextEngine
from pipelines.engines.table import CODE_ENGINE, ENGINES, RULE_BASED, Place
from pipelines.servers import inventory
from pipelines.servers.inventory import Server

MODEL_SETTINGS = ("TEXT_MODEL", "CODE_MODEL", "SAFETY_MODEL", "VISION_MODEL")
# As the settings call it: OPENAI_BASE_URL, OPENAI_API_KEY.
SPELLINGS = {"openai": "openai_chat"}


@dataclass(frozen=True, slots=True)
class ChosenModel:
    """A language model by server and name; an empty name leaves the choice to the server."""

    server: Server
    model: str = ""


def route_of(output_config: str) -> Route | None:
    """Return engine, model and parameters for `output_config` here, None where none is set up."""
    chunk = registry.get_catalog().chunk_of(output_config)
    if chunk.media_type == "code" and chunk.backend_type not in RULE_BASED:
        return _code_route(chunk)
    set_up = inventory.engines_of(inventory.servers())
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


def media_engine(server: Server, media_type: str) -> MediaEngine:
    """Return the engine at `server` that makes things of `media_type`."""
    if media_type == "code" and ENGINES[server.engine].text:
        return cast(MediaEngine, import_string(CODE_ENGINE)(language_model(server)))
    return cast(MediaEngine, _made(server, ENGINES[server.engine].media))


def language_model(server: Server) -> LanguageModel:
    return cast(LanguageModel, _made(server, ENGINES[server.engine].text))


def text_engine() -> TextEngine:
    """Return the engine of stages 1–3."""
    chosen = text_model()
    if chosen.server.engine == "wortwerkstatt":
        path = ENGINES[chosen.server.engine].text
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
    return chosen if inventory.is_language_model(chosen.server) else None


def chosen_model(setting: str) -> ChosenModel | None:
    """Read `engine:model`, as TEXT_MODEL and its like give it; None where it names nothing here."""
    engine, _, model = setting.partition(":")
    engine = SPELLINGS.get(engine, engine)
    is_text = engine in ENGINES and bool(ENGINES[engine].text)
    server = next(iter(inventory.servers_of(engine)), None) if is_text else None
    return ChosenModel(server, model) if server else None


def names_no_engine(setting: str) -> bool:
    """Tell whether `setting` (TEXT_MODEL and its like) begins with what is no text engine."""
    engine = getattr(settings, setting).partition(":")[0]
    return bool(engine) and engine not in text_engine_names()


def text_engine_names() -> list[str]:
    """Return what TEXT_MODEL and its like may begin with."""
    return sorted({*SPELLINGS, *(engine.key for engine in ENGINES.values() if engine.text)})


def is_misconfigured(setting: str) -> bool:
    """Tell whether `setting` (TEXT_MODEL and its like) is given and names no model here."""
    value = getattr(settings, setting)
    return bool(value) and chosen_model(value) is None


def _first_language_model() -> ChosenModel | None:
    # A cloud's models are many, and cost: they are used only where a setting names one.
    for server in inventory.servers():
        if (
            inventory.is_language_model(server)
            and ENGINES[server.engine].place != Place.CLOUD
            and not _is_openai(server)
        ):
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
        options["workflows"] = registry.get_workflows()
    return import_string(path)(*([server.url] if server.url else []), **options)


def _headers(text: str) -> dict[str, str]:
    pairs = (line.partition(":") for line in text.split("|") if ":" in line)
    return {name.strip(): value.strip() for name, _, value in pairs}
