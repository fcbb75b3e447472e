"""Workflows: ours fit their chunks, a job's values land where they belong and nowhere else."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pipelines.catalog import BUILT_IN, CatalogError, Chunk, load_catalog
from pipelines.catalog.models import plain
from pipelines.engines.comfyui.graph import Graph, Workflow, load_workflows
from pipelines.engines.jobs import EngineError, ErrorKind, Lora, MediaJob

OURS = BUILT_IN / "workflows"
WORKFLOWS = load_workflows([OURS])
CATALOG = load_catalog([BUILT_IN], workflows=WORKFLOWS)
CHUNKS = {chunk.workflow: chunk for chunk in CATALOG.chunks.values() if chunk.workflow}
NAMES = sorted(WORKFLOWS)
PREFIX = "5a5b5cdc-e889-462b-a328-935cc85b61d4"
UPLOADED = {
    "input_image": "uploaded.png",
    "input_image1": "first.png",
    "input_image2": "second.png",
    "input_image3": "third.png",
}
VALUES = {"prompt1": "eine Stadt", "prompt2": "ein Meer"}


def job_for(name: str, **changes: Any) -> MediaJob:
    """A job as the chunk of this workflow makes it."""
    chunk = CHUNKS[name]
    inputs = {
        key: value
        for key, about in chunk.inputs.items()
        if (value := VALUES.get(key, about.default)) is not None
    }
    job = MediaJob(
        job_id=PREFIX,
        prompt="ein roter Drache",
        seed=123,
        width=chunk.width,
        height=chunk.height,
        model=chunk.model,
        negative_prompt=chunk.negative_prompt,
        parameters=chunk.parameters,
        workflow=chunk.workflow,
        inputs=inputs,
        roles=chunk.roles,
    )
    return dataclasses.replace(job, **changes)


def filled(name: str, **changes: Any) -> Graph:
    return WORKFLOWS[name].graph_for(job_for(name, **changes), prefix=PREFIX, uploaded=UPLOADED)


def values_of(graph: Graph, class_type: str, target: str) -> list[Any]:
    return [
        node["inputs"][target]
        for node in graph.nodes.values()
        if node["class_type"] == class_type and target in node["inputs"]
    ]


def refusal(name: str, **changes: Any) -> str:
    with pytest.raises(EngineError) as caught:
        filled(name, **changes)
    assert caught.value.kind == ErrorKind.BAD_REQUEST
    assert caught.value.permanent
    return caught.value.detail


# Our own workflows and the chunks that name them


def test_every_workflow_has_a_chunk_and_every_chunk_its_workflow() -> None:
    assert set(CHUNKS) == set(WORKFLOWS)
    assert NAMES == [
        "flux2",
        "flux2_img2img",
        "partial_elimination",
        "qwen",
        "qwen_2511_multi",
        "qwen_img2img",
        "split_and_combine",
        "surrealization",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_whatever_a_chunk_says_goes_into_the_graph(name: str) -> None:
    chunk, bound = CHUNKS[name], set(WORKFLOWS[name].bindings)
    lists = {key for key, value in chunk.parameters.items() if isinstance(value, tuple)}
    assert set(chunk.parameters) - lists <= bound
    assert {f"{key}.{i}" for key in lists for i in range(len(chunk.parameters[key]))} <= bound
    assert set(chunk.inputs) <= bound
    assert {"seed", "model"} <= bound


@pytest.mark.parametrize("name", NAMES)
def test_roles_are_those_of_the_chunk_in_the_same_order(name: str) -> None:
    roles = tuple(output.role for output in WORKFLOWS[name].outputs)
    assert roles == (CHUNKS[name].roles or ("",))


@pytest.mark.parametrize("name", NAMES)
def test_a_filled_graph_has_no_hole_and_every_value_of_the_job(name: str) -> None:
    workflow, job, graph = WORKFLOWS[name], job_for(name), filled(name)
    text = json.dumps(graph.nodes)
    assert "null" not in text
    for key, binding in workflow.bindings.items():
        expected = {
            "prompt": job.prompt,
            "negative_prompt": job.negative_prompt,
            "seed": job.seed,
            "width": job.width,
            "height": job.height,
            "model": job.model,
            **UPLOADED,
            **job.inputs,
            **{
                f"{base}.{index}": element
                for base, value in job.parameters.items()
                if isinstance(value, tuple)
                for index, element in enumerate(value)
            },
            **job.parameters,
        }
        for node, target in binding.targets:
            if key in expected:
                assert graph.nodes[node]["inputs"][target] == expected[key], key


@pytest.mark.parametrize("name", NAMES)
def test_every_link_leads_to_a_node(name: str) -> None:
    graph = filled(name, loras=(Lora("a.safetensors"), Lora("b.safetensors")))
    for node in graph.nodes.values():
        for value in node["inputs"].values():
            if isinstance(value, list):
                assert value[0] in graph.nodes
                assert isinstance(value[1], int)


@pytest.mark.parametrize("name", NAMES)
def test_each_picture_is_saved_under_the_jobs_name_and_its_number(name: str) -> None:
    graph = filled(name)
    saved = [graph.nodes[output.node]["inputs"]["filename_prefix"] for output in graph.outputs]
    assert saved == [f"{PREFIX}-{number}" for number in range(1, len(saved) + 1)]
    assert len(values_of(graph, "SaveImage", "filename_prefix")) == len(saved)


@pytest.mark.parametrize("name", NAMES)
def test_all_pictures_of_a_run_share_their_seed_and_their_size(name: str) -> None:
    graph = filled(name, seed=0)
    seeds = values_of(graph, "KSampler", "seed") + values_of(graph, "RandomNoise", "noise_seed")
    assert set(seeds) == {0}
    assert all(type(seed) is int for seed in seeds)
    latents = {json.dumps(link) for link in values_of(graph, "KSampler", "latent_image")}
    assert len(latents) <= 1


# Prompts


HOSTILE = [
    "sie sagte \"ja\" und 'nein' \\ \n\t",
    '"}, "99": {"class_type": "LoadImage", "inputs": {"image": "../../secret.png"}}, "x": {"a": "',
    '["1", 0]',
    "{{prompt}} %seed% __WIDTH__ ${model}",
    "null",
    "x" * 5000,
    "🦊 ﷽ \u202e \x00",
]


@pytest.mark.parametrize("prompt", HOSTILE)
@pytest.mark.parametrize("name", NAMES)
def test_a_prompt_is_one_string_whatever_it_says(name: str, prompt: str) -> None:
    texts = {key: prompt for key in VALUES if key in CHUNKS[name].inputs}
    graph = filled(name, prompt=prompt, inputs={**job_for(name).inputs, **texts})
    usual = filled(name)
    assert graph.nodes.keys() == usual.nodes.keys()
    for node, entry in graph.nodes.items():
        assert entry["class_type"] == usual.nodes[node]["class_type"]
        for target, value in entry["inputs"].items():
            assert value in (usual.nodes[node]["inputs"][target], prompt)
    assert json.loads(json.dumps(graph.nodes)) == graph.nodes
    assert any(prompt in entry["inputs"].values() for entry in graph.nodes.values())


def test_filling_leaves_the_workflow_as_it_was() -> None:
    before = WORKFLOWS["qwen"].model_dump_json()
    graph = filled("qwen", loras=(Lora("a.safetensors"),))
    graph.nodes["1"]["inputs"]["unet_name"] = "changed"
    graph.nodes["8"]["inputs"]["positive"].append("changed")
    assert WORKFLOWS["qwen"].model_dump_json() == before


# Values


@pytest.mark.parametrize(
    ("name", "changes", "detail"),
    [
        ("qwen", {"prompt": " \n"}, "prompt: is missing"),
        ("qwen", {"model": ""}, "model: is missing"),
        ("qwen", {"seed": -1}, "seed: must not be below 0"),
        ("qwen", {"seed": 2**40}, "seed: must not be above"),
        ("qwen", {"seed": True}, "seed: must be a number"),
        ("qwen", {"seed": 10**400}, "seed: must not be above"),
        ("qwen", {"width": 0}, "width: must not be below 64"),
        ("qwen", {"height": 5000}, "height: must not be above 4096"),
        ("qwen", {"parameters": {}}, "text_encoder: is missing"),
        ("surrealization", {"inputs": {"alpha_factor": 75.5}}, "alpha_factor: must not be above"),
        ("surrealization", {"inputs": {"alpha_factor": "20"}}, "alpha_factor: must be a number"),
        ("surrealization", {"inputs": {"alpha_factor": float("nan")}}, "alpha_factor: must be"),
        ("split_and_combine", {"inputs": {"prompt1": "x"}}, "prompt2: is missing"),
        (
            "split_and_combine",
            {"inputs": {**VALUES, "combination_type": "cubic"}},
            "combination_type: must be one of linear, spherical",
        ),
        ("qwen", {"model": "../../secret.safetensors"}, "model: must be a file name"),
        ("qwen", {"model": "C:\\secret.safetensors"}, "model: must be a file name"),
        ("qwen", {"loras": (Lora("/etc/passwd"),)}, "loras: must be a file name"),
        ("qwen", {"loras": (Lora(" "),)}, "loras: a name is missing"),
        ("qwen", {"loras": (Lora("a", float("inf")),)}, "loras: a strength"),
    ],
)
def test_a_missing_or_wrong_value_is_named(name: str, changes: dict[str, Any], detail: str) -> None:
    assert refusal(name, **changes).startswith(detail)


def test_a_wrong_parameter_is_named() -> None:
    parameters = {**job_for("qwen").parameters, "steps": 2.5}
    assert refusal("qwen", parameters=parameters) == "steps: must be a whole number"


def test_a_picture_that_was_not_uploaded_is_missing() -> None:
    with pytest.raises(EngineError, match="input_image: is missing"):
        WORKFLOWS["flux2_img2img"].graph_for(job_for("flux2_img2img"), prefix=PREFIX)


def test_no_text_of_a_request_can_name_a_file_in_place_of_the_upload() -> None:
    job = job_for("qwen_img2img", inputs={"input_image": "another_child.png"})
    graph = WORKFLOWS["qwen_img2img"].graph_for(job, prefix=PREFIX, uploaded=UPLOADED)
    assert values_of(graph, "LoadImage", "image") == ["uploaded.png"]


def test_zero_is_a_value_and_what_is_missing_keeps_the_graphs_own() -> None:
    at_zero = filled("surrealization", inputs={"alpha_factor": 0})
    assert values_of(at_zero, "Ai4ArtsedExtrapolate", "alpha") == [0]
    assert values_of(filled("surrealization", inputs={}), "Ai4ArtsedExtrapolate", "alpha") == [20]


def test_whole_numbers_that_came_as_decimals_are_whole_again() -> None:
    graph = filled("qwen", parameters={**job_for("qwen").parameters, "steps": 30.0})
    (steps,) = values_of(graph, "KSampler", "steps")
    assert (type(steps), steps) == (int, 30)


# LoRAs


@pytest.mark.parametrize(("name", "class_type"), [("qwen", "LoraLoaderModelOnly")])
def test_loras_stand_in_a_row_between_the_loader_and_what_took_from_it(
    name: str, class_type: str
) -> None:
    graph = filled(name, loras=(Lora("one.safetensors", 0.8), Lora("sub/two.safetensors", -1)))
    assert values_of(graph, class_type, "lora_name") == ["one.safetensors", "sub/two.safetensors"]
    assert values_of(graph, class_type, "strength_model") == [0.8, -1]
    first, second = (key for key, node in graph.nodes.items() if node["class_type"] == class_type)
    assert graph.nodes[first]["inputs"]["model"] == ["1", 0]
    assert graph.nodes[second]["inputs"]["model"] == [first, 0]
    assert graph.nodes["4"]["inputs"]["model"] == [second, 0]


def test_loras_change_the_text_encoders_too_where_the_workflow_says_so() -> None:
    graph = filled("split_and_combine", loras=(Lora("one.safetensors"), Lora("two.safetensors", 2)))
    first, second = (k for k, node in graph.nodes.items() if node["class_type"] == "LoraLoader")
    assert graph.nodes[first]["inputs"]["clip"] == ["2", 0]
    assert graph.nodes[second]["inputs"]["clip"] == [first, 1]
    assert values_of(graph, "LoraLoader", "strength_clip") == [1, 2]
    assert set(map(str, values_of(graph, "KSampler", "model"))) == {str([second, 0])}
    assert set(map(str, values_of(graph, "CLIPTextEncode", "clip"))) == {str([second, 1])}
    # The VAE comes from the loader still.
    assert set(map(str, values_of(graph, "VAEDecode", "vae"))) == {str(["1", 2])}


@pytest.mark.parametrize("name", NAMES)
def test_every_sampler_gets_its_model_through_the_lora(name: str) -> None:
    graph = filled(name, loras=(Lora("a.safetensors"),))
    loader = WORKFLOWS[name].model_loaders[0].model
    takers = [
        node["class_type"]
        for node in graph.nodes.values()
        if node["inputs"].get("model") == [loader.node, loader.output]
    ]
    assert [taker for taker in takers if not taker.startswith("Lora")] == []


def test_a_workflow_with_no_place_for_loras_does_without() -> None:
    bare = WORKFLOWS["qwen"].model_copy(update={"model_loaders": ()})
    job = job_for("qwen", loras=(Lora("a.safetensors"),))
    assert bare.graph_for(job, prefix=PREFIX).nodes == filled("qwen").nodes
    assert "LoraLoaderModelOnly" not in bare.requirements(job).nodes


# What a server must have


def test_needs_name_the_nodes_with_their_inputs_and_the_files() -> None:
    requirements = WORKFLOWS["qwen"].requirements(job_for("qwen", loras=(Lora("a.safetensors"),)))
    assert requirements.nodes["KSampler"] >= {"seed", "steps", "positive"}
    assert requirements.nodes["LoraLoaderModelOnly"] >= {"lora_name", "strength_model"}
    assert set(requirements.models) == {
        ("UNETLoader", "unet_name", "qwen_image_fp8_e4m3fn.safetensors"),
        ("CLIPLoader", "clip_name", "qwen_2.5_vl_7b_fp8_scaled.safetensors"),
        ("VAELoader", "vae_name", "qwen_image_vae.safetensors"),
        ("LoraLoaderModelOnly", "lora_name", "a.safetensors"),
    }


def test_needs_ask_for_no_file_that_a_child_wrote_and_for_no_value() -> None:
    bare = MediaJob(job_id=PREFIX, prompt="x.safetensors", seed=0, width=64, height=64)
    for workflow in WORKFLOWS.values():
        assert workflow.requirements(bare).models == ()


# Files with mistakes


def mistakes_after(tmp_path: Path, apply: Callable[[dict[str, Any]], object]) -> list[str]:
    data = json.loads((OURS / "qwen.json").read_text(encoding="utf-8"))
    apply(data)
    (tmp_path / "own.json").write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(CatalogError) as caught:
        load_workflows([OURS, tmp_path])
    assert {mistake.file.name for mistake in caught.value.mistakes} == {"own.json"}
    return [f"{mistake.field}: {mistake.message}" for mistake in caught.value.mistakes]


def optional(data: dict[str, Any], node: str) -> None:
    data["bindings"]["negative_prompt"].update(required=False, nodes=[node])


@pytest.mark.parametrize(
    ("apply", "part"),
    [
        (lambda d: d.pop("graph"), "graph: is missing"),
        (lambda d: d.update(graph={}), "graph: "),
        (lambda d: d.update(extra=1), "extra: unknown key"),
        (lambda d: d["graph"]["5"].pop("class_type"), "graph.5.class_type: is missing"),
        (lambda d: d["bindings"].pop("prompt"), "graph.5.inputs.text: null stands here"),
        (lambda d: d["bindings"]["prompt"].update(required=False), "graph.5.inputs.text: null"),
        (lambda d: d["bindings"]["prompt"].update(to=["55.text"]), 'no input "55.text"'),
        (lambda d: d["bindings"]["prompt"].update(to=["5.txt"]), 'no input "5.txt"'),
        (lambda d: d["bindings"]["prompt"].update(to=["5.clip"]), "is a link to another node"),
        (lambda d: d["bindings"]["prompt"]["to"].append("8.seed"), "is bound by"),
        (lambda d: d["bindings"]["prompt"].update(type="prose"), "bindings.prompt.type"),
        (lambda d: d["bindings"]["prompt"].update(type="choice"), "a choice has choices"),
        (lambda d: d["graph"]["6"]["inputs"].update(text="{{negative}}"), "a placeholder"),
        (lambda d: d["graph"]["6"]["inputs"].update(text="%negative%"), "a placeholder"),
        (lambda d: d["graph"]["6"]["inputs"].update(clip=["22", 0]), "graph.6.inputs.clip: a link"),
        (lambda d: d["outputs"][0].update(node="77"), 'there is no node "77"'),
        (lambda d: d["outputs"].append({"node": "10"}), "outputs: a node is named twice"),
        (
            lambda d: d["graph"].update({"11": d["graph"]["10"]}),
            'outputs: node "11" saves files, but is not named',
        ),
        (lambda d: d["model_loaders"][0]["model"].update(output=3), "model_loaders.0.model"),
        (lambda d: d["bindings"]["prompt"].update(nodes=["5"]), "bindings.prompt.nodes: what is"),
        (lambda d: optional(d, "77"), 'bindings.negative_prompt.nodes: there is no node "77"'),
        (lambda d: optional(d, "10"), 'bindings.negative_prompt.nodes: node "10" saves'),
    ],
)
def test_mistakes_in_a_file_are_told_by_field(
    tmp_path: Path, apply: Callable[[dict[str, Any]], object], part: str
) -> None:
    assert any(part in mistake for mistake in mistakes_after(tmp_path, apply))


def test_an_operators_workflow_stands_beside_ours_or_in_place_of_one(tmp_path: Path) -> None:
    data = json.loads((OURS / "qwen.json").read_text(encoding="utf-8"))
    data["description"] = "ours, changed"
    for name in ("qwen", "own"):
        (tmp_path / f"{name}.json").write_text(json.dumps(data), encoding="utf-8")
    both: Mapping[str, Workflow] = load_workflows([OURS, tmp_path, tmp_path / "nowhere"])
    assert both.keys() == {*WORKFLOWS, "own"}
    assert both["qwen"].description == "ours, changed"
    assert both["flux2"] == WORKFLOWS["flux2"]


@pytest.mark.parametrize("name", NAMES)
def test_our_chunks_and_workflows_agree(name: str) -> None:
    assert list(WORKFLOWS[name].misfits(CHUNKS[name])) == []


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("qwen", {"inputs": {"mode": {"type": "text"}}}, "inputs.mode: the workflow has no place"),
        ("flux2_img2img", {"inputs": {}}, 'workflow: the workflow needs "input_image"'),
        (
            "flux2_img2img",
            {"inputs": {"input_image": {"type": "text", "required": True}}},
            "inputs.input_image: the workflow takes a picture there",
        ),
        (
            "split_and_combine",
            {
                "inputs": {
                    "prompt1": {"type": "text", "required": True},
                    "prompt2": {"type": "text"},
                    "combination_type": {"type": "choice", "choices": ["linear", "cubic"]},
                }
            },
            "inputs.combination_type.choices: the workflow has linear, spherical",
        ),
        (
            "split_and_combine",
            {
                "inputs": {
                    "prompt1": {"type": "text", "required": True},
                    "prompt2": {"type": "text"},
                }
            },
            'workflow: the workflow needs "prompt2", which the chunk does not bring',
        ),
        ("qwen", {"model": ""}, 'workflow: the workflow needs "model"'),
        ("partial_elimination", {"roles": ["reference"]}, "roles: the workflow has reference, "),
        (
            "surrealization",
            {"parameters": {"text_encoders": ["a", "b"], "guidance": 3}},
            "parameters.guidance: the workflow has no place for it; workflow: the workflow needs",
        ),
    ],
)
def test_where_a_chunk_and_its_workflow_disagree_is_told(
    name: str, changes: dict[str, Any], said: str
) -> None:
    chunk = Chunk.model_validate_json(json.dumps({**plain(CHUNKS[name]), **changes}))
    misfits = WORKFLOWS[name].misfits(chunk)
    assert "; ".join(f"{field}: {message}" for field, message in misfits).startswith(said)


def test_a_chunk_with_an_unknown_workflow_is_a_mistake_of_the_catalog(tmp_path: Path) -> None:
    chunk: Chunk = CHUNKS["qwen"].model_copy(update={"workflow": "quen"})
    (tmp_path / "chunks").mkdir()
    file = tmp_path / "chunks" / f"{chunk.id}.json"
    file.write_text(json.dumps(plain(chunk)), encoding="utf-8")
    load_catalog([BUILT_IN, tmp_path])
    with pytest.raises(CatalogError, match='workflow: there is no workflow "quen"'):
        load_catalog([BUILT_IN, tmp_path], workflows=WORKFLOWS)
