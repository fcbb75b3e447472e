"""Workflows: graphs of ComfyUI as data, and how a job's values get into them.

A workflow file holds a graph in ComfyUI's API form and says which value of a job goes to which
input of which node. Values are put in as values: no text is replaced, so no prompt can change the
graph. An input that stands as null in the file must be filled by a required binding.
"""

from __future__ import annotations

import copy
import math
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import Field

from pipelines.catalog.loading import CatalogError, Mistake, read_file
from pipelines.catalog.models import Chunk, normal_id
from pipelines.engines.comfyui.bindings import (
    OF_THE_JOB,
    Binding,
    Data,
    check_file,
    find_value,
    refusal,
    value_for,
)
from pipelines.engines.jobs import Lora, MediaJob

MODEL_FILE = re.compile(r"\.(safetensors|sft|ckpt|pth?|gguf|bin)$", re.IGNORECASE)
PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\$\{\w+\}|%\w+%|__[A-Z][A-Z0-9_]*__")
SAVES = "filename_prefix"


class Node(Data):
    class_type: str = Field(min_length=1)
    inputs: Mapping[str, Any]
    meta: Mapping[str, Any] = Field(default_factory=dict, alias="_meta")


class OutputNode(Data):
    node: str
    role: str = ""


class Socket(Data):
    """One output of a node."""

    node: str
    output: int = Field(default=0, ge=0)


class ModelLoader(Data):
    """Where LoRAs are put in: after this model, and after `clip` where they change that too."""

    model: Socket
    clip: Socket | None = None


@dataclass(frozen=True, slots=True)
class GraphOutput:
    node: str
    role: str


@dataclass(frozen=True, slots=True)
class Graph:
    """A graph as it is sent, and the nodes that save what is wanted, in their order."""

    nodes: dict[str, dict[str, Any]]
    outputs: tuple[GraphOutput, ...]


@dataclass(frozen=True, slots=True)
class Requirements:
    """What a server must have: node classes with the inputs that are set, and model files.

    A model is (class_type, input, file).
    """

    nodes: Mapping[str, frozenset[str]]
    models: tuple[tuple[str, str, str], ...]


class Workflow(Data):
    """A graph of ComfyUI with the places where a job's values go."""

    description: str
    graph: Mapping[str, Node] = Field(min_length=1)
    bindings: Mapping[str, Binding]
    outputs: tuple[OutputNode, ...] = Field(min_length=1)
    model_loaders: tuple[ModelLoader, ...] = ()

    def graph_for(
        self, job: MediaJob, *, prefix: str, uploaded: Mapping[str, str] = MappingProxyType({})
    ) -> Graph:
        """Return the graph filled from `job`.

        `prefix` begins the names of the files that are saved, `uploaded` says under which names
        the server has the job's pictures. Raises `EngineError` (bad_request) with the name of the
        value that is missing or wrong.
        """
        nodes = self._bare()
        for name, binding in self.bindings.items():
            value = value_for(job, uploaded, name, binding)
            if value is None:
                _leave_out(nodes, binding.nodes)
                continue
            for node, target in binding.targets:
                nodes[node]["inputs"][target] = value
        for lora in job.loras:
            _check_lora(lora)
        self._add_loras(nodes, job.loras)
        for number, output in enumerate(self.outputs, 1):
            inputs = nodes[output.node]["inputs"]
            if SAVES in inputs:
                inputs[SAVES] = f"{prefix}-{number}"
        return Graph(nodes, tuple(GraphOutput(each.node, each.role) for each in self.outputs))

    def requirements(self, job: MediaJob) -> Requirements:
        """Return what jobs like `job` need at the server; values that are missing are left out."""
        nodes = self._bare()
        files = {
            (node, target): value
            for node, inputs in ((node, entry["inputs"]) for node, entry in nodes.items())
            for target, value in inputs.items()
            if isinstance(value, str) and MODEL_FILE.search(value)
        }
        for name, binding in self.bindings.items():
            for place in binding.targets:
                if binding.type != "file":
                    files.pop(place, None)
                elif isinstance(value := find_value(job, name), str) and value:
                    files[place] = value
        self._add_loras(nodes, job.loras)
        models = [
            (nodes[node]["class_type"], target, value) for (node, target), value in files.items()
        ]
        classes: dict[str, frozenset[str]] = {}
        for node, entry in nodes.items():
            kind, inputs = entry["class_type"], entry["inputs"]
            classes[kind] = classes.get(kind, frozenset()) | inputs.keys()
            if node not in self.graph:
                models.append((kind, "lora_name", inputs["lora_name"]))
        return Requirements(MappingProxyType(classes), tuple(dict.fromkeys(models)))

    def mistakes(self) -> Iterator[tuple[str, str]]:
        """Yield what does not fit together, as field and message."""
        yield from self._node_mistakes()
        yield from self._binding_mistakes()
        yield from self._output_mistakes()
        yield from self._loader_mistakes()

    def misfits(self, chunk: Chunk) -> Iterator[tuple[str, str]]:
        """Yield what `chunk` and this workflow do not agree about, as field and message."""
        for name, about in chunk.inputs.items():
            binding = self.bindings.get(name)
            if binding is None:
                yield f"inputs.{name}", "the workflow has no place for it"
            elif (about.type == "image") != (binding.type == "picture"):
                yield f"inputs.{name}", f"the workflow takes a {binding.type} there"
            elif not set(about.choices) <= set(binding.choices or about.choices):
                yield f"inputs.{name}.choices", f"the workflow has {', '.join(binding.choices)}"
        given = {
            key
            for key, about in chunk.inputs.items()
            if about.required or about.default is not None
        }
        parameters = set()
        for key, value in chunk.parameters.items():
            elements = len(value) if isinstance(value, tuple) else None
            parameters |= {key} if elements is None else {f"{key}.{n}" for n in range(elements)}
        # An alternative engine may use what this one has no place for.
        for key in sorted(parameters - self.bindings.keys()) if not chunk.alternatives else ():
            yield f"parameters.{key}", "the workflow has no place for it"
        known = {*OF_THE_JOB, *given, *parameters} - ({"model"} if not chunk.model else set())
        for name, binding in self.bindings.items():
            if binding.required and name not in known:
                yield "workflow", f'the workflow needs "{name}", which the chunk does not bring'
        roles = tuple(output.role for output in self.outputs)
        if (chunk.roles or ("",)) != roles:
            yield "roles", f"the workflow has {', '.join(roles) or 'none'}"

    def _node_mistakes(self) -> Iterator[tuple[str, str]]:
        named = {output.node for output in self.outputs}
        for node, entry in self.graph.items():
            for target, value in entry.inputs.items():
                if message := self._input_mistake(node, target, value):
                    yield f"graph.{node}.inputs.{target}", message
            if SAVES in entry.inputs and node not in named:
                yield "outputs", f'node "{node}" saves files, but is not named'

    def _input_mistake(self, node: str, target: str, value: Any) -> str:
        if isinstance(value, list) and not self._is_link(value):
            return "a link is [node, output], and the node is one of the graph"
        if isinstance(value, str) and target != SAVES and PLACEHOLDER.search(value):
            return f'"{value}" looks like a placeholder: write null and bind it'
        if value is None and (node, target) not in self._sure_targets():
            return "null stands here, and no required binding fills it"
        return ""

    def _binding_mistakes(self) -> Iterator[tuple[str, str]]:
        seen: dict[tuple[str, str], str] = {}
        for name, binding in self.bindings.items():
            field = f"bindings.{name}"
            if bool(binding.choices) != (binding.type == "choice"):
                yield field, "a choice has choices, and nothing else has"
            for place in binding.targets:
                node, target = place
                if node not in self.graph or target not in self.graph[node].inputs:
                    yield f"{field}.to", f'the graph has no input "{node}.{target}"'
                elif isinstance(self.graph[node].inputs[target], list):
                    yield f"{field}.to", f'"{node}.{target}" is a link to another node'
                if place in seen:
                    yield f"{field}.to", f'"{node}.{target}" is bound by "{seen[place]}" already'
                seen[place] = name
            yield from self._optional_node_mistakes(field, binding)

    def _optional_node_mistakes(self, field: str, binding: Binding) -> Iterator[tuple[str, str]]:
        if binding.nodes and binding.required:
            yield f"{field}.nodes", "what is required leaves nothing out"
        saving = {output.node for output in self.outputs}
        for node in binding.nodes:
            if node not in self.graph:
                yield f"{field}.nodes", f'there is no node "{node}"'
            elif node in saving:
                yield f"{field}.nodes", f'node "{node}" saves a picture, which may not be left out'

    def _output_mistakes(self) -> Iterator[tuple[str, str]]:
        for index, output in enumerate(self.outputs):
            if output.node not in self.graph:
                yield f"outputs.{index}.node", f'there is no node "{output.node}"'
        if len({output.node for output in self.outputs}) < len(self.outputs):
            yield "outputs", "a node is named twice"

    def _loader_mistakes(self) -> Iterator[tuple[str, str]]:
        for index, loader in enumerate(self.model_loaders):
            for part, socket in (("model", loader.model), ("clip", loader.clip)):
                if socket and not self._consumers(self._bare(), [socket.node, socket.output]):
                    field = f"model_loaders.{index}.{part}"
                    yield field, "nothing in the graph takes this output"

    def _sure_targets(self) -> set[tuple[str, str]]:
        """The inputs that have a value wherever their node stands in the graph."""
        return {
            place
            for binding in self.bindings.values()
            for place in binding.targets
            if binding.required or place[0] in binding.nodes
        }

    def _is_link(self, value: list[Any]) -> bool:
        return len(value) == 2 and value[0] in self.graph and type(value[1]) is int

    def _bare(self) -> dict[str, dict[str, Any]]:
        """The graph as the file has it, to be written into."""
        return {
            node: {
                "class_type": entry.class_type,
                "inputs": copy.deepcopy(dict(entry.inputs)),
                "_meta": dict(entry.meta),
            }
            for node, entry in self.graph.items()
        }

    @staticmethod
    def _consumers(nodes: dict[str, dict[str, Any]], link: list[Any]) -> list[tuple[str, str]]:
        return [
            (node, target)
            for node, entry in nodes.items()
            for target, value in entry["inputs"].items()
            if value == link
        ]

    def _add_loras(self, nodes: dict[str, dict[str, Any]], loras: Sequence[Lora]) -> None:
        """Chain `loras` after each model loader; what took the loader's output takes the last's.

        A workflow without a place for them does without.
        """
        free = 1 + max((int(node) for node in nodes if node.isdecimal()), default=0)
        for loader in self.model_loaders:
            model: list[Any] = [loader.model.node, loader.model.output]
            clip: list[Any] = [loader.clip.node, loader.clip.output] if loader.clip else []
            takes_model, takes_clip = self._consumers(nodes, model), self._consumers(nodes, clip)
            for lora in loras:
                node, free = str(free), free + 1
                inputs = {"model": model, "lora_name": lora.name, "strength_model": lora.strength}
                if clip:
                    inputs |= {"clip": clip, "strength_clip": lora.strength}
                nodes[node] = {
                    "class_type": "LoraLoader" if clip else "LoraLoaderModelOnly",
                    "inputs": inputs,
                    "_meta": {"title": "LoRA"},
                }
                model, clip = [node, 0], [node, 1] if clip else []
            for node, target in takes_model:
                nodes[node]["inputs"][target] = list(model)
            for node, target in takes_clip:
                nodes[node]["inputs"][target] = list(clip)


def _leave_out(nodes: dict[str, dict[str, Any]], without: Collection[str]) -> None:
    for node in without:
        del nodes[node]
    for entry in nodes.values() if without else ():
        entry["inputs"] = {
            target: value
            for target, value in entry["inputs"].items()
            if not (isinstance(value, list) and value[0] in without)
        }


def load_workflows(folders: Sequence[Path]) -> Mapping[str, Workflow]:
    """Read the workflows of `folders` in their order, by name; a later one replaces an earlier.

    A folder that does not exist holds none. Raises `CatalogError` with every mistake.
    """
    found: dict[str, Workflow] = {}
    mistakes: list[Mistake] = []
    for folder in folders:
        for file in sorted(folder.glob("*.json")):
            workflow = read_file(file, Workflow, mistakes)
            if workflow is None:
                continue
            mistakes += [Mistake(file, field, message) for field, message in workflow.mistakes()]
            found[normal_id(file.stem)] = workflow
    if mistakes:
        raise CatalogError(tuple(sorted(set(mistakes))))
    return MappingProxyType(found)


def _check_lora(lora: Lora) -> None:
    if not lora.name.strip():
        raise refusal("loras", "a name is missing")
    check_file(lora.name, "loras")
    if not math.isfinite(lora.strength) or not -20 <= lora.strength <= 20:
        raise refusal("loras", "a strength is between -20 and 20")
