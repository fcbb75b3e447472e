"""Small workflows for the lab's ComfyUI: what ours do, with the tiny checkpoint and the probes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SIZE = {
    "width": {"to": ["4.width"], "type": "integer"},
    "height": {"to": ["4.height"], "type": "integer"},
}
IMAGE = {
    "4": {
        "class_type": "EmptyImage",
        "inputs": {"width": 64, "height": 64, "batch_size": 1, "color": 255},
    },
}


def write_workflows(folder: Path) -> None:
    """Write the workflows tiny, sleep, raise, missing_model, missing_node and invert."""
    for name, workflow in {
        "tiny": _tiny("tiny.safetensors"),
        "missing_model": _tiny("gone.safetensors"),
        "sleep": _probe("ProbeSleep", {"seconds": 1.0, "steps": 20}, seconds=True),
        "raise": _probe("ProbeRaise", {"message": "boom"}),
        "missing_node": _probe("NoSuchNode", {}),
        "invert": _invert(),
    }.items():
        (folder / f"{name}.json").write_text(json.dumps(workflow))


def _tiny(checkpoint: str) -> dict[str, Any]:
    return {
        "description": "A picture of the tiny checkpoint.",
        "graph": {
            "1": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": checkpoint}},
            "2": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": None}},
            "3": {"class_type": "CLIPTextEncode", "inputs": {"clip": ["1", 1], "text": ""}},
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
                    "seed": None,
                    "steps": 2,
                    "cfg": 2.0,
                    "sampler_name": "euler",
                    "scheduler": "normal",
                    "denoise": 1.0,
                },
            },
            "6": {"class_type": "VAEDecode", "inputs": {"samples": ["5", 0], "vae": ["1", 2]}},
            "9": _save("6"),
        },
        "bindings": {
            "prompt": {"to": ["2.text"], "type": "text"},
            "seed": {"to": ["5.seed"], "type": "integer"},
            "steps": {"to": ["5.steps"], "type": "integer", "required": False},
            **SIZE,
        },
        "outputs": [{"node": "9"}],
    }


def _probe(kind: str, inputs: dict[str, Any], *, seconds: bool = False) -> dict[str, Any]:
    bindings: dict[str, Any] = dict(SIZE)
    if seconds:
        bindings["seconds"] = {"to": ["5.seconds"], "type": "number", "required": False}
    return {
        "description": "A grey picture on its way through a probe.",
        "graph": {
            **IMAGE,
            "5": {"class_type": kind, "inputs": {"image": ["4", 0], **inputs}},
            "9": _save("5"),
        },
        "bindings": bindings,
        "outputs": [{"node": "9"}],
    }


def _invert() -> dict[str, Any]:
    return {
        "description": "A picture turned into its negative.",
        "graph": {
            "4": {"class_type": "LoadImage", "inputs": {"image": None}},
            "5": {"class_type": "ImageInvert", "inputs": {"image": ["4", 0]}},
            "9": _save("5"),
        },
        "bindings": {"input_image": {"to": ["4.image"], "type": "picture"}},
        "outputs": [{"node": "9"}],
    }


def _save(node: str) -> dict[str, Any]:
    inputs = {"images": [node, 0], "filename_prefix": "ai4artsed"}
    return {"class_type": "SaveImage", "inputs": inputs}
