"""Reading the three layers from folders, and telling every mistake at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.catalog.models import (
    DEPLOYMENT_TEXT_ENGINE,
    Chunk,
    InterceptionConfig,
    OutputConfig,
    Pipeline,
    PropertyPair,
    PropertyPairs,
    ViewConfig,
    normal_id,
)

BUILT_IN = Path(__file__).resolve().parent.parent / "schemas"
"""The folder with our own content; give it first."""

LAYERS: Mapping[str, type[BaseModel]] = {
    "chunks": Chunk,
    "pipelines": Pipeline,
    "configs/interception": InterceptionConfig,
    "configs/output": OutputConfig,
    "configs/view": ViewConfig,
}
PAIRS_FILE = "property_pairs.json"
READ_BY_OTHERS = ("workflows", "safety")

Item = TypeVar("Item", bound=BaseModel)


@dataclass(frozen=True, order=True)
class Mistake:
    """What is wrong where; `field` is a dotted path, empty where the whole file is meant."""

    file: Path
    field: str
    message: str

    def __str__(self) -> str:
        return f"{self.file}: {self.field}: {self.message}".replace(": : ", ": ")


class CatalogError(Exception):
    """The folders hold mistakes: all that were found, by file and field."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(str(mistake) for mistake in mistakes))
        self.mistakes = mistakes


@dataclass(frozen=True)
class Catalog:
    """All there is to choose from, in the order in which it is shown. Read-only."""

    chunks: Mapping[str, Chunk]
    pipelines: Mapping[str, Pipeline]
    interceptions: Mapping[str, InterceptionConfig]
    outputs: Mapping[str, OutputConfig]
    views: Mapping[str, ViewConfig]
    property_pairs: tuple[PropertyPair, ...]
    digest: str
    """SHA-256 over all files that were read, as 64 hex digits."""

    def interception(self, config_id: str) -> InterceptionConfig:
        """The rule with this id in any Unicode form. Raises `KeyError`."""
        return self.interceptions[normal_id(config_id)]

    def output(self, config_id: str) -> OutputConfig:
        """The output config with this id. Raises `KeyError`."""
        return self.outputs[normal_id(config_id)]

    def chunk_of(self, output_id: str) -> Chunk:
        """The chunk that this output config names. Raises `KeyError`."""
        return self.chunks[self.output(output_id).parameters.OUTPUT_CHUNK]


def load_catalog(
    folders: Sequence[Path],
    *,
    recipes: Collection[str] | None = None,
    engines: Collection[str] | None = None,
    workflows: Collection[str] | None = None,
) -> Catalog:
    """Read `folders` in their order; an id in a later one replaces that of an earlier one.

    `recipes`, `engines` and `workflows` are the names that configs and chunks may refer to; None
    leaves them unchecked. Raises `CatalogError` with every mistake.
    """
    reading = _Reading()
    for folder in folders:
        reading.read_folder(folder)
    reading.check_references(recipes=recipes, engines=engines, workflows=workflows)
    if reading.mistakes:
        raise CatalogError(tuple(sorted(set(reading.mistakes))))
    return Catalog(
        chunks=MappingProxyType(reading.items("chunks", Chunk)),
        pipelines=MappingProxyType(reading.items("pipelines", Pipeline)),
        interceptions=_in_order(reading.items("configs/interception", InterceptionConfig)),
        outputs=_in_order(reading.items("configs/output", OutputConfig)),
        views=_in_order(reading.items("configs/view", ViewConfig)),
        property_pairs=reading.pairs,
        digest=reading.digest.hexdigest(),
    )


Config = TypeVar("Config", InterceptionConfig, OutputConfig, ViewConfig)


def _in_order(configs: dict[str, Config]) -> Mapping[str, Config]:
    ordered = sorted(configs.items(), key=lambda entry: (entry[1].order, entry[0]))
    return MappingProxyType(dict(ordered))


@dataclass
class _Reading:
    """What has been read so far: valid entries with their file, names, mistakes."""

    entries: dict[str, dict[str, tuple[Path, BaseModel]]] = field(
        default_factory=lambda: {layer: {} for layer in LAYERS}
    )
    names: dict[str, set[str]] = field(default_factory=lambda: {layer: set() for layer in LAYERS})
    """Every id that has a file, even a faulty one: a broken chunk is one mistake, not several."""
    pairs: tuple[PropertyPair, ...] = ()
    mistakes: list[Mistake] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)

    def items(self, layer: str, kind: type[Item]) -> dict[str, Item]:
        found = self.entries[layer].items()
        return {name: item for name, (_, item) in found if isinstance(item, kind)}

    def blame(self, file: Path, field: str, message: str) -> None:
        self.mistakes.append(Mistake(file, field, message))

    def read_folder(self, folder: Path) -> None:
        if not folder.is_dir():
            self.blame(folder, "", "there is no such folder")
            return
        seen: dict[str, dict[str, Path]] = {layer: {} for layer in LAYERS}
        for file in sorted(folder.rglob("*.json")):
            place = file.relative_to(folder)
            layer = place.parent.as_posix()
            if place.parts[0] in READ_BY_OTHERS:
                continue
            if layer in LAYERS:
                self._read_entry(file, layer, seen[layer])
            elif place.as_posix() == PAIRS_FILE:
                pairs = self._parse(file, PropertyPairs)
                self.pairs = pairs.property_pairs if pairs else self.pairs
            else:
                self.blame(file, "", f"lies where nothing is read; layers are {', '.join(LAYERS)}")

    def _read_entry(self, file: Path, layer: str, seen: dict[str, Path]) -> None:
        name = normal_id(file.stem)
        self.names[layer].add(name)
        item = self._parse(file, LAYERS[layer])
        if name in seen:
            self.blame(file, "id", f"duplicate: {seen[name].name} has the same id")
            return
        seen[name] = file
        if item is None:
            return
        own_id = getattr(item, "id", name)
        if own_id != name:
            self.blame(file, "id", f'"{own_id}" differs from the file name "{name}"')
            return
        self.entries[layer][name] = (file, item)

    def _parse(self, file: Path, kind: type[Item]) -> Item | None:
        return read_file(file, kind, self.mistakes, self.digest)

    def check_references(
        self,
        *,
        recipes: Collection[str] | None,
        engines: Collection[str] | None,
        workflows: Collection[str] | None,
    ) -> None:
        for file, item in [entry for layer in self.entries.values() for entry in layer.values()]:
            if isinstance(item, Chunk):
                self._check_engines(file, item, engines)
                if workflows is not None and item.workflow and item.workflow not in workflows:
                    self.blame(file, "workflow", f'there is no workflow "{item.workflow}"')
            if isinstance(item, Pipeline):
                for index, chunk in enumerate(item.chunks):
                    self._check_name(file, f"chunks.{index}", "chunks", chunk)
            if isinstance(item, InterceptionConfig | OutputConfig | ViewConfig):
                self._check_name(file, "pipeline", "pipelines", item.pipeline)
            if isinstance(item, OutputConfig):
                chunk = item.parameters.OUTPUT_CHUNK
                self._check_name(file, "parameters.OUTPUT_CHUNK", "chunks", chunk)
            if isinstance(item, InterceptionConfig):
                self._check_interception(file, item, recipes)

    def _check_name(self, file: Path, field: str, layer: str, name: str) -> None:
        if name not in self.names[layer]:
            self.blame(file, field, f'there is no "{name}" in {layer}')

    def _check_engines(self, file: Path, chunk: Chunk, engines: Collection[str] | None) -> None:
        if engines is None:
            return
        known = {*engines, DEPLOYMENT_TEXT_ENGINE}
        for index, route in enumerate(chunk.routes):
            if route.backend_type not in known:
                field = f"alternatives.{index - 1}.backend_type" if index else "backend_type"
                message = f'unknown engine "{route.backend_type}"; there are '
                self.blame(file, field, message + ", ".join(sorted(known)))

    def _check_interception(
        self, file: Path, config: InterceptionConfig, recipes: Collection[str] | None
    ) -> None:
        recipe = config.parameters.wortwerkstatt
        if recipes is not None and recipe and recipe not in recipes:
            self.blame(file, "parameters.wortwerkstatt", f'there is no recipe "{recipe}"')
        for layer, kind in (("configs/output", "an output config"), ("configs/view", "a view")):
            if config.id in self.names[layer]:
                self.blame(file, "id", f"{kind} has the same id")
        words = {word for pair in self.pairs for word in pair.pair}
        for index, word in enumerate(config.traits):
            if word not in words:
                self.blame(file, f"traits.{index}", f'"{word}" stands in no pair')


def read_file(
    file: Path, kind: type[Item], mistakes: list[Mistake], digest: Any = None
) -> Item | None:
    """Return the content of `file`, or None after adding to `mistakes`.

    `digest` (a hash object) takes in the file's name and bytes.
    """
    try:
        content = file.read_bytes()
        if digest is not None:
            digest.update(normal_id(file.name).encode() + b"\0" + content + b"\0")
        repeated: list[str] = []
        json.loads(content, object_pairs_hook=lambda pairs: _note_repeats(pairs, repeated))
    except (OSError, ValueError) as error:
        mistakes.append(Mistake(file, "", f"cannot be read as JSON: {error}"))
        return None
    mistakes += [Mistake(file, key, "this key stands here twice") for key in repeated]
    try:
        return kind.model_validate_json(content)
    except ValidationError as error:
        for detail in error.errors():
            path = ".".join(str(part) for part in detail["loc"])
            message = _message(detail["type"], detail["loc"], detail["msg"])
            mistakes.append(Mistake(file, path, message))
        return None


def _note_repeats(pairs: list[tuple[str, Any]], repeated: list[str]) -> dict[str, Any]:
    keys = [key for key, _ in pairs]
    repeated.extend(sorted({key for key in keys if keys.count(key) > 1}))
    return dict(pairs)


def _message(kind: str, path: tuple[int | str, ...], message: str) -> str:
    if kind == "missing":
        return "the translation is missing" if path[-1] in ("de", "en") else "is missing"
    if kind == "extra_forbidden":
        return "unknown key"
    return message.removeprefix("Value error, ")
