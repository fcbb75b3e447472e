"""The three layers as frozen data: chunks, pipelines, configs.

A *chunk* says how one call to an engine is made, a *pipeline* the way a request takes, a
*config* what people choose: a rule (interception) or a way to make a picture (output).
Nothing in here can be changed after loading: a participant's edited rule stays in the request.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer, model_validator

MediaType = Literal["image", "code", "audio", "video", "text"]

DEPLOYMENT_TEXT_ENGINE = "text"
"""As `backend_type`: the text engine that this deployment has chosen."""


def normal_id(text: str) -> str:
    """`text` in Unicode normal form C: some file systems and clients take letters apart."""
    return unicodedata.normalize("NFC", text)


def frozen(value: Any) -> Any:
    """`value` with its objects as read-only mappings and its lists as tuples, all the way down."""
    if isinstance(value, Mapping):
        return MappingProxyType({key: frozen(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return tuple(frozen(item) for item in value)
    return value


def plain(value: Any) -> Any:
    """The opposite of `frozen`: dicts and lists, ready for JSON."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


def _checked_id(text: str) -> str:
    text = normal_id(text)
    if not re.fullmatch(r"\w[\w-]{0,63}", text):
        raise ValueError("an id has 1 to 64 letters, digits, '_' or '-', and nothing else")
    return text


def _checked_duration(text: str) -> str:
    match = re.fullmatch(r"(\d{1,4})(?:-(\d{1,4}))?", text, re.ASCII)
    if not match:
        raise ValueError('give seconds as "30" or "20-60"')
    low, high = int(match[1]), int(match[2] or match[1])
    if not 0 < low <= high:
        raise ValueError("seconds begin above 0, the smaller number first")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise ValueError("the text is empty")
    return text


Id = Annotated[str, AfterValidator(_checked_id)]
Duration = Annotated[str, AfterValidator(_checked_duration)]
Words = Annotated[str, AfterValidator(_not_blank)]
Color = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Icon = Annotated[str, Field(pattern=r"^[a-z][a-z-]{0,31}$")]
FrozenMapping = Annotated[
    Mapping[str, Any], AfterValidator(frozen), PlainSerializer(plain, return_type=dict)
]


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Rule(_Data):
    """A rule's text in both languages; empty where the participants write it themselves."""

    de: str
    en: str

    def in_language(self, language: str) -> str:
        """The German text for "de" and "de-…", else the English one."""
        return self.de if language.split("-")[0] == "de" else self.en

    @model_validator(mode="after")
    def _both_or_neither(self) -> Rule:
        if bool(self.de.strip()) != bool(self.en.strip()):
            raise ValueError("one of the two translations is empty")
        return self


class Text(Rule):
    """A text in both languages, neither of them empty."""

    de: Words
    en: Words


class Route(_Data):
    """An engine and the model it is to use; an empty model leaves the choice to the deployment."""

    backend_type: str
    model: str = ""
    parameters: FrozenMapping = Field(default_factory=_nothing)


class Input(_Data):
    """A value that a request may bring for a chunk, such as `alpha_factor`."""

    type: Literal["text", "number", "choice", "image"]
    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[str, ...] = ()
    default: str | float | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Input:
        low, high = self.minimum, self.maximum
        if (self.type == "choice") != bool(self.choices):
            raise ValueError("a choice has choices, and nothing else has")
        if self.type != "number" and (low is not None or high is not None):
            raise ValueError("only a number has a minimum or a maximum")
        if low is not None and high is not None and low > high:
            raise ValueError("the minimum is above the maximum")
        if self.default is not None and not self._takes(self.default):
            raise ValueError("the default is not a value that the input takes")
        return self

    def _takes(self, value: str | float) -> bool:
        if self.type == "number":
            return (
                not isinstance(value, str)
                and (self.minimum is None or value >= self.minimum)
                and (self.maximum is None or value <= self.maximum)
            )
        if self.type == "choice":
            return value in self.choices
        return self.type == "text" and isinstance(value, str)


# They become names of files of the run.
InputName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Inputs = Annotated[
    Mapping[InputName, Input], AfterValidator(frozen), PlainSerializer(plain, return_type=dict)
]


class Meta(_Data):
    """What people and clients want to know of a chunk. Ratings go from 1 to 5."""

    estimated_duration_seconds: Duration = "30"
    optimization_instruction: str = ""
    quality_rating: int | None = Field(default=None, ge=1, le=5)
    speed_rating: int | None = Field(default=None, ge=1, le=5)


class Chunk(_Data):
    """How one call to an engine is made. Sizes in pixels.

    `alternatives` are tried in their order where the deployment has not set up `backend_type`;
    their parameters are added to those of the chunk.
    `instruction` is what a language model is told besides the rule.
    `roles` name the outputs in their order where there are several.
    """

    id: Id
    stage: int = Field(ge=1, le=4)
    backend_type: str
    model: str = ""
    alternatives: tuple[Route, ...] = ()
    media_type: MediaType
    requires_workflow: bool = False
    workflow: str = ""
    width: int = Field(default=1024, ge=64, le=4096)
    height: int = Field(default=1024, ge=64, le=4096)
    negative_prompt: str = ""
    instruction: Text | None = None
    parameters: FrozenMapping = Field(default_factory=_nothing)
    inputs: Inputs = Field(default_factory=_nothing)
    roles: tuple[str, ...] = ()
    meta: Meta = Meta()

    @property
    def routes(self) -> tuple[Route, ...]:
        """The engines that can serve this chunk, the preferred one first, with all parameters."""
        own = Route(backend_type=self.backend_type, model=self.model)
        return tuple(
            Route(
                backend_type=route.backend_type,
                model=route.model,
                parameters={**self.parameters, **route.parameters},
            )
            for route in (own, *self.alternatives)
        )

    def optimization_instructions(self) -> tuple[str, ...]:
        """What a text engine is told before stage 4, in German and English where they differ.

        Of what is code that is how to write it: existing clients show what comes of it as code.
        """
        if self.media_type == "code" and self.instruction is not None:
            return (self.instruction.de, self.instruction.en)
        instruction = self.meta.optimization_instruction
        return (instruction,) if instruction else ()

    def estimate_range(self) -> tuple[float, float]:
        """The shortest and the longest duration to expect, in seconds."""
        low, _, high = self.meta.estimated_duration_seconds.partition("-")
        return float(low), float(high or low)

    @model_validator(mode="after")
    def _workflow_is_named(self) -> Chunk:
        if self.requires_workflow != bool(self.workflow):
            raise ValueError("requires_workflow and workflow go together")
        return self


class Pipeline(_Data):
    """The way a request takes; `chunks` are the calls that are the same for all its configs."""

    id: Id
    type: Literal["text", "media"]
    stage: int = Field(ge=1, le=4)
    description: Text
    requires_interception_prompt: bool
    input_requirements: FrozenMapping
    chunks: tuple[str, ...] = ()


class Station(_Data):
    """One step of a chained rule; language "user" leads back to the participant's own."""

    language: str = Field(pattern=r"^([a-z]{2}|user)$")
    rule: Text


class InterceptionParameters(_Data):
    """`wortwerkstatt` names the rule-based counterpart; the rest is for language models."""

    wortwerkstatt: str = ""
    temperature: float = Field(default=0.7, ge=0, le=2)
    top_p: float = Field(default=1.0, gt=0, le=1)
    max_tokens: int = Field(default=800, ge=50, le=4000)


class MediaPreferences(_Data):
    default_output: MediaType = "image"


class LoraChoice(_Data):
    """A small addition to image models, by the file name that their server knows it by."""

    name: Words
    strength: float = Field(default=1.0, ge=-4, le=4)


class _Choice(_Data):
    id: Id
    name: Text
    short_description: Text
    description: Text
    icon: Icon
    color: Color
    order: int
    workshop_suitable: bool = True
    pipeline: str


Group = Literal[
    "technical_imaging",
    "arts",
    "aesthetics",
    "attitudes",
    "semantics",
    "critical_analysis",
    "freestyle",
    "research",
]


class _StartingPoint(_Choice):
    """What one can begin with. `age` is the youngest age in years it is meant for.

    Existing clients draw one bubble per value of `properties`, so they hold the group only.
    """

    properties: tuple[Group, ...] = Field(max_length=1)
    category: Text
    age: int = Field(ge=6, le=99)
    media_preferences: MediaPreferences = MediaPreferences()


class InterceptionConfig(_StartingPoint):
    """A rule that a participant can pick; `traits` are words of the pairs that describe it.

    `loras` go along to image models whose servers know such additions; others do without.
    """

    context: Rule
    properties: tuple[Group]
    traits: tuple[str, ...] = ()
    parameters: InterceptionParameters = InterceptionParameters()
    chain: tuple[Station, ...] = ()
    loras: tuple[LoraChoice, ...] = ()


class ViewConfig(_StartingPoint):
    """A page of existing clients that takes no rule; they find it by the name of its pipeline.

    One without a group is not listed where they start.
    """


class OutputParameters(_Data):
    OUTPUT_CHUNK: Id


class OutputConfig(_Choice):
    """A way of making the picture; the chunk that it names says which engine does it."""

    parameters: OutputParameters


class PairTexts(_Data):
    """Two texts per language, each keyed by the words of the pair."""

    de: FrozenMapping
    en: FrozenMapping


class PropertyPair(_Data):
    """Two opposite words that describe rules, for filtering."""

    id: Id
    pair: tuple[Words, Words]
    symbols: FrozenMapping
    labels: PairTexts
    tooltips: PairTexts

    @model_validator(mode="after")
    def _each_word_has_its_texts(self) -> PropertyPair:
        texts = (self.symbols, self.labels.de, self.labels.en, self.tooltips.de, self.tooltips.en)
        for words in texts:
            if set(words) != set(self.pair):
                raise ValueError(f"symbols, labels and tooltips need exactly {list(self.pair)}")
            if not all(isinstance(word, str) and word.strip() for word in words.values()):
                raise ValueError("a symbol, label or tooltip is empty")
        return self


class PropertyPairs(_Data):
    property_pairs: tuple[PropertyPair, ...]
