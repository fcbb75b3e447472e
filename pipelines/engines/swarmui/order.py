"""A job as SwarmUI's parameters, and its pictures' place there."""

from __future__ import annotations

import base64
import re
from collections.abc import Collection, Iterable
from typing import Any

from pipelines.engines.jobs import EngineError, ErrorKind, MediaJob

# Ours that SwarmUI calls otherwise; the others have the same name there.
NAMES = {"cfg": "cfgscale", "denoise": "initimagecreativity"}
INPUT_IMAGE = "input_image"
# Belongs to the request and is no parameter.
NO_PARAMETER = {"extra_metadata"}
# Sent where the server knows it: then the job's folder holds nothing but the finished picture.
WITHOUT_INTERMEDIATES = "donotsaveintermediates"
OPENING = str.maketrans({"<": "‹", "\0": None})


def folder(job: MediaJob) -> str:
    """Where SwarmUI keeps the pictures of `job`, within its folder of outputs."""
    return f"raw/jobs/{job.job_id}"


def plain(text: str) -> str:
    """Return `text` without anything that SwarmUI would take for a command.

    <random:…>, <lora:…>, <preset:…> and their like begin with "<", and SwarmUI knows no way to
    write that sign itself; the one that takes its place looks nearly the same.
    """
    return text.translate(OPENING)


def order_for(job: MediaJob, *, model: str, loras: Iterable[str]) -> dict[str, Any]:
    """Return the request for one picture; `model` and `loras` are the server's own names.

    Raises `EngineError` (bad_request).
    """
    if job.seed < 0:
        raise EngineError(ErrorKind.BAD_REQUEST, "", detail="seed: below 0 it would be random")
    order = {
        NAMES.get(name, parameter_id(name)): value
        for name, value in job.parameters.items()
        if value is not None and name != "denoise"
    }
    order |= {
        "images": 1,
        "prompt": plain(job.prompt),
        "negativeprompt": plain(job.negative_prompt),
        "model": model,
        "width": job.width,
        "height": job.height,
        "seed": job.seed,
        "donotsave": False,
        "overrideoutpathformat": f"{folder(job)}/[number]",
        "extra_metadata": {"job": job.job_id},
    }
    if job.loras:
        order["loras"] = list(loras)
        order["loraweights"] = [f"{lora.strength:g}" for lora in job.loras]
    if picture := job.pictures.get(INPUT_IMAGE):
        data = base64.b64encode(picture.data).decode()
        order["initimage"] = f"data:{picture.content_type};base64,{data}"
        if job.parameters.get("denoise") is not None:
            order[NAMES["denoise"]] = job.parameters["denoise"]
    return order


def unknown(order: Collection[str], known: Collection[str]) -> list[str]:
    """Return the names that SwarmUI would drop without a word."""
    return sorted(set(order) - set(known) - NO_PARAMETER)


def parameter_id(name: str) -> str:
    """A parameter's name as SwarmUI writes it in requests."""
    return re.sub(r"[^a-z]", "", name.lower())


def same_model(wanted: str, offered: Iterable[str]) -> str | None:
    """Return the server's name for `wanted`: of the same path, else of the same file name.

    SwarmUI itself takes any name that contains the wanted one, perhaps another model's.
    """
    names = {_model_id(name): name for name in offered}
    sought = _model_id(wanted)
    if sought in names:
        return names[sought]
    found = [name for key, name in names.items() if key.rpartition("/")[2] == sought]
    return found[0] if len(found) == 1 else None


def _model_id(name: str) -> str:
    return name.replace("\\", "/").lower().removesuffix(".safetensors")
