"""The engines that there are: what each is made of, and which settings connect it.

Settings, servers, hosts, diagnosis, `.env.example` and the table in docs/engines.md follow from it.
A new engine is a module here, an entry in this table, and a chunk that names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Place(StrEnum):
    """Where an engine works."""

    # In this process, by rules of ours; pages say so: no AI is at work.
    EMBEDDED = "embedded"
    # At addresses that operators name.
    LOCAL = "local"
    # At a vendor's, by a key. Its models are many, and cost: texts go there only where a setting
    # names one.
    CLOUD = "cloud"


@dataclass(frozen=True, slots=True)
class Setting:
    """A variable of the environment; `.env.example` explains it by `comment`."""

    name: str
    default: str = ""
    # Several values, with commas between.
    is_list: bool = False
    # The setting that counts where this one is empty, except where a third one is given.
    fallback: str = ""
    fallback_unless: str = ""
    comment: str = ""
    # A value as the docs show it.
    example: str = "…"


@dataclass(frozen=True, slots=True)
class Engine:
    """One kind of server, by the key that a chunk's `backend_type` names.

    `text` and `media` are what it offers, as dotted paths: a module is imported where it is used.
    `options` are further arguments of their constructors.
    """

    key: str
    place: Place
    title: str
    text: str = ""
    media: str = ""
    url: Setting | None = None
    api_key: Setting | None = None
    options: Mapping[str, Setting] = field(default_factory=dict)
    # Several addresses share the work; each is a machine with one graphics card.
    is_pooled: bool = False
    # What participants get by it, for the docs.
    serves: str = ""

    @property
    def is_rule_based(self) -> bool:
        return self.place == Place.EMBEDDED

    @property
    def is_language_model(self) -> bool:
        return bool(self.text) and not self.is_rule_based

    @property
    def settings(self) -> tuple[Setting, ...]:
        given = (self.url, self.api_key, *self.options.values())
        return tuple(setting for setting in given if setting is not None)

    @property
    def connected_by(self) -> Setting | None:
        """The setting that operators are told to give, None where nothing needs to be set."""
        return self.api_key if self.place == Place.CLOUD else self.url


# In the order in which servers are listed and a language model is looked for.
_TABLE = (
    Engine(
        "wortwerkstatt",
        Place.EMBEDDED,
        "Wortwerkstatt",
        text="pipelines.engines.embedded.wortwerkstatt.Wortwerkstatt",
    ),
    Engine(
        "formwerkstatt",
        Place.EMBEDDED,
        "Formwerkstatt",
        media="pipelines.engines.embedded.formwerkstatt.Formwerkstatt",
    ),
    Engine(
        "sketch_templates",
        Place.EMBEDDED,
        "Skizzenwerkstatt",
        media="pipelines.engines.embedded.p5.SketchTemplates",
    ),
    Engine(
        "swarmui",
        Place.LOCAL,
        "SwarmUI",
        media="pipelines.engines.swarmui.SwarmUI",
        url=Setting(
            "SWARMUI_URL",
            is_list=True,
            example="http://gpu-1:7801",
            comment="http://gpu-1:7801; several with commas share the work",
        ),
        options={"token": Setting("SWARMUI_TOKEN", comment="where SwarmUI asks for one")},
        is_pooled=True,
        serves="Stable Diffusion 3.5",
    ),
    Engine(
        "comfyui",
        Place.LOCAL,
        "ComfyUI",
        media="pipelines.engines.comfyui.ComfyUI",
        url=Setting(
            "COMFYUI_URL",
            is_list=True,
            example="http://gpu-1:8188",
            comment="http://gpu-1:8188 or, by SwarmUI's passthrough, "
            "http://gpu-1:7801/ComfyBackendDirect; several, too",
        ),
        options={
            "headers": Setting(
                "COMFYUI_HEADERS",
                comment="Name: value|Name: value, for a server behind a proxy with a key",
            )
        },
        is_pooled=True,
        serves="QWEN, FLUX.2, changing a picture, the three experiments with embeddings",
    ),
    Engine(
        "ollama",
        Place.LOCAL,
        "Ollama",
        text="pipelines.engines.ollama.Ollama",
        url=Setting(
            "OLLAMA_URL",
            is_list=True,
            example="http://gpu-1:11434",
            comment="http://gpu-1:11434",
        ),
        options={
            "keep_alive": Setting(
                "OLLAMA_KEEP_ALIVE",
                default="30m",
                comment="how long a model stays loaded after its last use",
            )
        },
        serves="rules worked by a language model, optimized prompts, p5.js sketches",
    ),
    Engine(
        "openai_images",
        Place.CLOUD,
        "OpenAI",
        media="pipelines.engines.openai_images.OpenAIImages",
        url=Setting("OPENAI_IMAGES_URL", default="https://api.openai.com/v1"),
        # A key goes to the address that it was given for and to no other.
        api_key=Setting(
            "OPENAI_IMAGES_API_KEY",
            fallback="OPENAI_API_KEY",
            fallback_unless="OPENAI_BASE_URL",
            comment="for GPT images; default: OPENAI_API_KEY where that is OpenAI's",
        ),
        serves="GPT Image; `OPENAI_API_KEY` alone will do, where it is OpenAI's",
    ),
    Engine(
        "gemini",
        Place.CLOUD,
        "Google",
        media="pipelines.engines.gemini.Gemini",
        url=Setting("GEMINI_URL", default="https://generativelanguage.googleapis.com/v1beta"),
        api_key=Setting("GEMINI_API_KEY"),
        serves="Gemini",
    ),
    Engine(
        "openrouter",
        Place.CLOUD,
        "OpenRouter",
        text="pipelines.engines.openrouter_chat.OpenRouterChat",
        media="pipelines.engines.openrouter_images.OpenRouterImages",
        url=Setting("OPENROUTER_URL", default="https://openrouter.ai/api/v1"),
        api_key=Setting("OPENROUTER_API_KEY"),
        serves="Gemini, where its own key is missing; chat, where `TEXT_MODEL` names it",
    ),
    Engine(
        "openai_chat",
        Place.LOCAL,
        "llama.cpp, vLLM, Mistral …",
        text="pipelines.engines.openai_chat.OpenAIChat",
        url=Setting(
            "OPENAI_BASE_URL",
            fallback="OPENAI_IMAGES_URL",
            example="http://gpu-1:8080",
            comment="any server with OpenAI's chat protocol: llama.cpp, vLLM, Mistral …",
        ),
        api_key=Setting(
            "OPENAI_API_KEY",
            comment="its key; without OPENAI_BASE_URL the one for OpenAI itself",
        ),
        serves="the same as by Ollama",
    ),
)

ENGINES: Mapping[str, Engine] = {engine.key: engine for engine in _TABLE}
SETTINGS = tuple(setting for engine in ENGINES.values() for setting in engine.settings)
RULE_BASED = frozenset(key for key, engine in ENGINES.items() if engine.is_rule_based)
# Where a chunk's media type is code, a language model writes it through this one.
CODE_ENGINE = "pipelines.engines.embedded.p5.SketchWriter"
