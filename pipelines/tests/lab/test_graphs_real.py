"""The graphs against a real ComfyUI: it knows every node and input, and the experiments differ.

The three experiments are run with a tiny checkpoint in place of Stable Diffusion 3.5: its loaders,
its latents and its text encoder stand in, the nodes in between are the real ones.
"""

from __future__ import annotations

import dataclasses
import io
import json
import os
import subprocess
import time
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from pipelines.engines.comfyui.graph import Graph
from pipelines.engines.jobs import Lora
from pipelines.tests.test_workflows import NAMES, UPLOADED, WORKFLOWS, job_for

pytestmark = pytest.mark.engine_lab

ROOT = Path(__file__).resolve().parents[3]
LAB = Path(os.environ.get("LAB", Path.home() / ".cache/ai4artsed-lab"))
# What only a server with the models has; everything else must be as the server lists it.
MODEL_FILES = frozenset(
    {"unet_name", "clip_name", "clip_name1", "clip_name2", "clip_name3", "vae_name", "ckpt_name"}
    | {"lora_name", "image"}
)
TINY = "tiny.safetensors"
Nodes = dict[str, dict[str, Any]]


# Every node, input, link and choice is one that the server knows


@pytest.fixture(scope="module")
def object_info(comfyui_url: str) -> Mapping[str, Any]:
    info: Mapping[str, Any] = requests.get(f"{comfyui_url}/object_info", timeout=60).json()
    return info


def graph_of(name: str, uploaded: Mapping[str, str] = UPLOADED) -> Graph:
    job = job_for(name, loras=(Lora("some.safetensors", 0.5),))
    # The lab's ComfyUI is older than the method of our chunk.
    older = {key: "index" for key in ("reference_method",) if key in job.parameters}
    job = dataclasses.replace(job, parameters={**job.parameters, **older})
    return WORKFLOWS[name].graph_for(job, prefix=job.job_id, uploaded=uploaded)


def objections(nodes: Nodes, object_info: Mapping[str, Any]) -> Iterator[str]:
    """What the server's own description of its nodes does not allow."""
    for node_id, node in nodes.items():
        name = node["class_type"]
        if name not in object_info:
            yield f"{name}: unknown node"
            continue
        sections = object_info[name]["input"]
        known = {**sections.get("required", {}), **sections.get("optional", {})}
        for missing in sections.get("required", {}).keys() - node["inputs"].keys():
            yield f"{node_id} {name}.{missing}: is missing"
        for target, value in node["inputs"].items():
            if target not in known:
                yield f"{node_id} {name}.{target}: unknown input"
                continue
            kind, *rest = known[target]
            options = rest[0] if rest else {}
            yield from (
                f"{node_id} {name}.{target}: {said}"
                for said in _objections_to(value, kind, options, target, nodes, object_info)
            )


def _objections_to(
    value: Any,
    kind: Any,
    options: Mapping[str, Any],
    target: str,
    nodes: Nodes,
    object_info: Mapping[str, Any],
) -> Iterator[str]:
    choices = kind if isinstance(kind, list) else options.get("options")
    if isinstance(value, list):
        outputs = object_info[nodes[value[0]]["class_type"]]["output"]
        if not 0 <= value[1] < len(outputs):
            yield f"output {value[1]} of {outputs}"
        elif outputs[value[1]] != kind:
            yield f"takes {kind}, is given {outputs[value[1]]}"
    elif choices is not None:
        if target not in MODEL_FILES and value not in choices:
            yield f"{value} is none of {choices}"
    elif kind in ("INT", "FLOAT"):
        right = type(value) is int if kind == "INT" else isinstance(value, int | float)
        if not right or not options["min"] <= value <= options["max"]:
            yield f"{value!r} does not fit {kind} {options}"
    elif kind == "STRING":
        if not isinstance(value, str):
            yield f"{value!r} is no text"
    else:
        yield f"{value!r} stands where {kind} must be linked"


@pytest.mark.parametrize("name", NAMES)
def test_the_server_knows_every_node_input_link_and_choice(
    name: str, object_info: Mapping[str, Any]
) -> None:
    assert list(objections(graph_of(name).nodes, object_info)) == []


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_server_takes_one_to_three_pictures(count: int, object_info: Mapping[str, Any]) -> None:
    names = [f"input_image{number}" for number in range(1, count + 1)]
    graph = graph_of("qwen_2511_multi", dict.fromkeys(names, "some.png"))
    kinds = [node["class_type"] for node in graph.nodes.values()]
    assert kinds.count("LoadImage") == count
    assert list(objections(graph.nodes, object_info)) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_a_workflow_needs_is_what_the_server_describes(
    name: str, object_info: Mapping[str, Any]
) -> None:
    requirements = WORKFLOWS[name].requirements(job_for(name, loras=(Lora("some.safetensors"),)))
    for class_type, inputs in requirements.nodes.items():
        described = object_info[class_type]["input"]
        assert inputs <= {*described["required"], *described.get("optional", {})}
    for class_type, target, _file in requirements.models:
        assert target in object_info[class_type]["input"]["required"]


def test_the_examination_finds_what_is_wrong(object_info: Mapping[str, Any]) -> None:
    nodes = graph_of("qwen").nodes
    nodes["8"]["inputs"]["sampler_name"] = "oiler"
    nodes["8"]["inputs"]["positive"] = ["1", 0]
    nodes["8"]["inputs"]["latent_image"] = ["7", 1]
    nodes["8"]["inputs"]["steps"] = 0
    nodes["8"]["inputs"]["stps"] = 1
    del nodes["8"]["inputs"]["cfg"]
    nodes["5"]["inputs"]["clip"] = "text"
    nodes["10"]["class_type"] = "SavePicture"
    assert len(list(objections(nodes, object_info))) == 8


@pytest.mark.parametrize("name", NAMES)
def test_the_server_refuses_a_graph_for_its_missing_models_only(
    name: str, comfyui_url: str
) -> None:
    answer = requests.post(
        f"{comfyui_url}/prompt",
        json={"prompt": graph_of(name).nodes, "prompt_id": str(uuid.uuid4())},
        timeout=60,
    )
    assert answer.status_code == 400, answer.text
    assert answer.json()["error"]["type"] == "prompt_outputs_failed_validation"
    for node in answer.json()["node_errors"].values():
        for error in node["errors"]:
            if error["type"] == "custom_validation_failed":
                assert node["class_type"] == "LoadImage"
            else:
                assert error["type"] == "value_not_in_list", error
                assert error["extra_info"]["input_name"] in MODEL_FILES, error


# The experiments, run


def tiny(nodes: Nodes, far_text: str = "") -> Nodes:
    """The graph with the tiny checkpoint's loader, latents and text encoder in place of SD3.5's.

    The tiny one has a single text encoder: `far_text` stands for what the other one reads.
    """
    nodes = json.loads(json.dumps(nodes).replace('["2", 0]', '["1", 1]'))
    del nodes["2"]
    nodes["1"]["inputs"]["ckpt_name"] = TINY
    nodes["3"]["class_type"] = "EmptyLatentImage"
    for node in nodes.values():
        if node["class_type"] == "CLIPTextEncodeSD3":
            text = node["inputs"]["clip_l"] or far_text
            node["class_type"] = "CLIPTextEncode"
            node["inputs"] = {"text": text, "clip": node["inputs"]["clip"]}
    return nodes


def small(name: str, **changes: Any) -> Graph:
    job = job_for(name, width=64, height=64, seed=7)
    job = dataclasses.replace(job, parameters={**job.parameters, "steps": 2}, **changes)
    graph = WORKFLOWS[name].graph_for(job, prefix=f"graphs/{uuid.uuid4()}")
    return Graph(tiny(graph.nodes, far_text="a lighthouse in the fog"), graph.outputs)


def plain(text: str, seed: int = 7) -> Graph:
    """A run as anybody would set it up by hand, with nothing of ours in between."""
    nodes: Nodes = {
        "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": TINY}},
        "2": {"class_type": "CLIPTextEncode", "inputs": {"text": text, "clip": ["1", 1]}},
        "3": {"class_type": "CLIPTextEncode", "inputs": {"text": "", "clip": ["1", 1]}},
        "4": {
            "class_type": "EmptyLatentImage",
            "inputs": {"width": 64, "height": 64, "batch_size": 1},
        },
        "5": {
            "class_type": "KSampler",
            "inputs": {
                "model": ["1", 0],
                "positive": ["2", 0],
                "negative": ["3", 0],
                "latent_image": ["4", 0],
                "seed": seed,
                "steps": 2,
                "cfg": 5.5,
                "sampler_name": "euler",
                "scheduler": "normal",
                "denoise": 1.0,
            },
        },
        "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
        "7": {
            "class_type": "SaveImage",
            "inputs": {"images": ["6", 0], "filename_prefix": f"graphs/{uuid.uuid4()}"},
        },
    }
    graph = WORKFLOWS["qwen"].graph_for(job_for("qwen"), prefix="")
    return Graph(nodes, (dataclasses.replace(graph.outputs[0], node="7"),))


def run(comfyui_url: str, graph: Graph) -> dict[str, bytes]:
    """Run `graph` and return the pixels of its outputs by role, in their order."""
    prompt_id = str(uuid.uuid4())
    answer = requests.post(
        f"{comfyui_url}/prompt", json={"prompt": graph.nodes, "prompt_id": prompt_id}, timeout=60
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["node_errors"] == {}
    deadline = time.monotonic() + 90
    while prompt_id not in (
        history := requests.get(f"{comfyui_url}/history/{prompt_id}", timeout=15).json()
    ):
        assert time.monotonic() < deadline, "the run does not end"
        time.sleep(0.2)
    entry = history[prompt_id]
    assert entry["status"]["status_str"] == "success", entry["status"]
    pictures = {}
    for output in graph.outputs:
        (file,) = entry["outputs"][output.node]["images"]
        content = requests.get(f"{comfyui_url}/view", params=file, timeout=60).content
        pictures[output.role] = Image.open(io.BytesIO(content)).convert("RGB").tobytes()
    return pictures


def test_partial_elimination_gives_the_plain_picture_and_two_others(comfyui_url: str) -> None:
    pictures = run(comfyui_url, small("partial_elimination", prompt="ein roter Drache"))
    assert list(pictures) == ["reference", "first_half_removed", "second_half_removed"]
    assert len(set(pictures.values())) == 3
    assert pictures["reference"] == run(comfyui_url, plain("ein roter Drache"))[""]


@pytest.mark.parametrize("combination_type", ["linear", "spherical"])
def test_split_and_combine_gives_the_blend_and_what_it_is_compared_with(
    comfyui_url: str, combination_type: str
) -> None:
    texts = {"prompt1": "eine Stadt", "prompt2": "ein Meer", "combination_type": combination_type}
    pictures = run(comfyui_url, small("split_and_combine", inputs=texts))
    assert list(pictures) == ["combined", "joined", "text_1", "text_2"]
    assert len(set(pictures.values())) == 4
    assert pictures["text_1"] == run(comfyui_url, plain("eine Stadt"))[""]
    assert pictures["text_2"] == run(comfyui_url, plain("ein Meer"))[""]
    assert pictures["joined"] == run(comfyui_url, plain("eine Stadt ein Meer"))[""]


def test_the_two_ways_of_blending_differ_and_a_text_blended_with_itself_stays(
    comfyui_url: str,
) -> None:
    def combined(one: str, two: str, way: str) -> bytes:
        inputs = {"prompt1": one, "prompt2": two, "combination_type": way}
        return run(comfyui_url, small("split_and_combine", inputs=inputs))["combined"]

    straight = combined("eine Stadt", "ein Meer", "linear")
    assert straight != combined("eine Stadt", "ein Meer", "spherical")
    assert (
        combined("eine Stadt", "eine Stadt", "linear") == run(comfyui_url, plain("eine Stadt"))[""]
    )


def test_surrealization_begins_at_the_plain_picture_and_leaves_it(comfyui_url: str) -> None:
    def at(alpha: float) -> bytes:
        graph = small("surrealization", prompt="ein Vogel", inputs={"alpha_factor": alpha})
        return run(comfyui_url, graph)[""]

    assert at(0) == run(comfyui_url, plain("ein Vogel"))[""]
    pictures = {alpha: at(alpha) for alpha in (-75, -1, 0, 0.5, 20, 75)}
    assert len(set(pictures.values())) == len(pictures)


def test_the_same_seed_gives_the_same_pictures_and_another_gives_others(comfyui_url: str) -> None:
    first = run(comfyui_url, small("partial_elimination", seed=0))
    again = run(comfyui_url, small("partial_elimination", seed=0))
    other = run(comfyui_url, small("partial_elimination", seed=1))
    assert first == again
    assert not set(first.values()) & set(other.values())


# What our nodes calculate

CHECKS = Path(__file__).with_name("node_checks.py")


def test_our_nodes_calculate_what_they_say() -> None:
    done = subprocess.run(
        [LAB / "comfy-venv/bin/python", CHECKS, ROOT / "deploy/comfyui"],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    results = json.loads(done.stdout)
    assert len(results) >= 13
    assert {name: said for name, said in results.items() if said} == {}
