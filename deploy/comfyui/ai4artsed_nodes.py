"""Three ComfyUI nodes that work on what a text becomes inside an image model.

A *conditioning* is ComfyUI's list of (embedding, settings): the embedding is a tensor of shape
(batch, tokens, width), the settings may hold a `pooled_output` of shape (batch, width of its own)
and an `attention_mask` of shape (batch, tokens). The nodes take embeddings of any width, fill up
unequal lengths with zeros, calculate in 32 bits and give back the number format that came in.
Where two conditionings have different numbers of entries, the shorter one's last entry serves for
the rest. The settings of a result are those of the first conditioning, but for the two named.

Install: copy this file into ComfyUI's folder `custom_nodes` and restart ComfyUI. It needs nothing
but torch, which ComfyUI brings along.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn.functional import pad

Conditioning = list[list[Any]]


def remove_dimensions(tensor: Tensor, start: float, end: float) -> Tensor:
    """Set the dimensions of `tensor` from share `start` up to share `end` (0…1) to zero."""
    width = tensor.shape[-1]
    kept = tensor.clone()
    kept[..., round(start * width) : round(end * width)] = 0
    return kept


def linear(one: Tensor, two: Tensor, share: float) -> Tensor:
    """The point at `share` on the straight line from `one` (0) to `two` (1) and beyond."""
    return one + share * (two - one)


def spherical(one: Tensor, two: Tensor, share: float) -> Tensor:
    """Turn each vector of `one` towards that of `two`; its length changes evenly meanwhile.

    Vectors that are zero, point the same way or exactly against each other have no one way to
    turn: between these it goes straight.
    """
    length_one = one.norm(dim=-1, keepdim=True)
    length_two = two.norm(dim=-1, keepdim=True)
    unit_one = one / length_one.clamp_min(1e-12)
    unit_two = two / length_two.clamp_min(1e-12)
    cosine = (unit_one * unit_two).sum(dim=-1, keepdim=True).clamp(-1, 1)
    angle = torch.acos(cosine)
    sine = torch.sin(angle)
    turns = (sine > 1e-4) & (length_one > 1e-12) & (length_two > 1e-12)
    divisor = torch.where(turns, sine, torch.ones_like(sine))
    direction = (
        torch.sin((1 - share) * angle) * unit_one + torch.sin(share * angle) * unit_two
    ) / divisor
    return torch.where(
        turns, direction * linear(length_one, length_two, share), linear(one, two, share)
    )


def matched(one: Tensor, two: Tensor) -> tuple[Tensor, Tensor]:
    """Both in 32 bits, on the device of `one`, filled up with zeros to the same shape."""
    one, two = one.float(), two.to(one.device).float()
    width = max(one.shape[-1], two.shape[-1])
    one, two = (pad(each, (0, width - each.shape[-1])) for each in (one, two))
    if one.dim() == 3:
        tokens = max(one.shape[1], two.shape[1])
        one, two = (pad(each, (0, 0, 0, tokens - each.shape[1])) for each in (one, two))
    return one, two


def pairs(one: Conditioning, two: Conditioning) -> list[tuple[list[Any], list[Any]]]:
    """The entries of both side by side, as many as the longer one has."""
    if not one or not two:
        raise ValueError("a conditioning is empty")
    count = max(len(one), len(two))
    return [(one[min(i, len(one) - 1)], two[min(i, len(two) - 1)]) for i in range(count)]


def joint_mask(one: list[Any], two: list[Any]) -> Tensor | None:
    """A mask that lets through the tokens that either lets through; None where neither has one."""
    masks = [entry[1].get("attention_mask") for entry in (one, two)]
    if all(mask is None for mask in masks):
        return None
    full = [
        torch.ones(entry[0].shape[:2]) if mask is None else mask
        for entry, mask in zip((one, two), masks, strict=True)
    ]
    tokens = max(mask.shape[-1] for mask in full)
    first, second = (pad(mask.float().cpu(), (0, tokens - mask.shape[-1])) for mask in full)
    like = next(mask for mask in masks if mask is not None)
    return torch.maximum(first, second).to(like.device, like.dtype)


def joined(one: list[Any], two: list[Any], embedding: Tensor, pooled: Tensor | None) -> list[Any]:
    """An entry with this embedding and pooled output, otherwise with the settings of `one`."""
    settings = dict(one[1])
    settings.pop("attention_mask", None)
    mask = joint_mask(one, two)
    if mask is not None:
        settings["attention_mask"] = mask
    if pooled is not None:
        settings["pooled_output"] = pooled
    # A long way may lead beyond what 16 bits can hold; infinite numbers would end in black.
    largest = torch.finfo(one[0].dtype).max
    return [embedding.clamp(-largest, largest).to(one[0].dtype), settings]


class Ai4ArtsedRemoveDimensions:
    """Erases a range of the dimensions of every token: what does the model do without them?

    `start` and `end` are shares of the width: 0 to 0.5 is the first half, 0.5 to 1 the second.
    The pooled output loses the same shares of its own width.
    """

    CATEGORY = "ai4artsed"
    RETURN_TYPES = ("CONDITIONING",)
    FUNCTION = "remove"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        share = {"min": 0.0, "max": 1.0, "step": 0.01}
        return {
            "required": {
                "conditioning": ("CONDITIONING",),
                "start": ("FLOAT", {"default": 0.0, **share}),
                "end": ("FLOAT", {"default": 0.5, **share}),
            }
        }

    def remove(self, conditioning: Conditioning, start: float, end: float) -> tuple[Conditioning]:
        result = []
        for embedding, settings in conditioning:
            settings = dict(settings)
            if settings.get("pooled_output") is not None:
                settings["pooled_output"] = remove_dimensions(settings["pooled_output"], start, end)
            result.append([remove_dimensions(embedding, start, end), settings])
        return (result,)


class Ai4ArtsedBlend:
    """Blends two conditionings, token by token; share 0 is the first, share 1 the second.

    `linear` goes along the straight line between them, `spherical` turns each token's vector
    around the origin. The pooled outputs are blended in the same way.
    """

    CATEGORY = "ai4artsed"
    RETURN_TYPES = ("CONDITIONING",)
    FUNCTION = "blend"
    WAYS = {"linear": linear, "spherical": spherical}

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        return {
            "required": {
                "conditioning_1": ("CONDITIONING",),
                "conditioning_2": ("CONDITIONING",),
                "combination_type": (list(cls.WAYS),),
                "share": ("FLOAT", {"default": 0.5, "min": 0.0, "max": 1.0, "step": 0.01}),
            }
        }

    def blend(
        self,
        conditioning_1: Conditioning,
        conditioning_2: Conditioning,
        combination_type: str,
        share: float,
    ) -> tuple[Conditioning]:
        way = self.WAYS[combination_type]
        result = []
        for one, two in pairs(conditioning_1, conditioning_2):
            embedding = way(*matched(one[0], two[0]), share)
            pooled_one, pooled_two = one[1].get("pooled_output"), two[1].get("pooled_output")
            pooled = pooled_two if pooled_one is None else pooled_one
            if pooled_one is not None and pooled_two is not None:
                pooled = way(*matched(pooled_one, pooled_two), share).to(pooled_one.dtype)
            result.append(joined(one, two, embedding, pooled))
        return (result,)


class Ai4ArtsedExtrapolate:
    """Goes from one text encoder's reading of a prompt towards another's, and beyond it.

    result = near + alpha · (far − near): alpha 0 is `near` untouched, 1 is `far`, 0.5 halfway;
    beyond 1 it overshoots, below 0 it goes away from `far`. The longer the way, the less the model
    has ever seen of what it is given there. The pooled output stays that of `near`: it is one
    vector that steers the whole picture, and multiplied by dozens it leaves nothing but noise.
    """

    CATEGORY = "ai4artsed"
    RETURN_TYPES = ("CONDITIONING",)
    FUNCTION = "extrapolate"

    @classmethod
    def INPUT_TYPES(cls) -> dict[str, Any]:
        alpha = {"default": 20.0, "min": -75.0, "max": 75.0, "step": 0.1}
        return {
            "required": {
                "near": ("CONDITIONING",),
                "far": ("CONDITIONING",),
                "alpha": ("FLOAT", alpha),
            }
        }

    def extrapolate(
        self, near: Conditioning, far: Conditioning, alpha: float
    ) -> tuple[Conditioning]:
        if alpha == 0:
            return (near,)
        result = []
        for one, two in pairs(near, far):
            embedding = linear(*matched(one[0], two[0]), alpha)
            pooled = one[1].get("pooled_output")
            if pooled is None:
                pooled = two[1].get("pooled_output")
            result.append(joined(one, two, embedding, pooled))
        return (result,)


NODE_CLASS_MAPPINGS = {
    node.__name__: node
    for node in (Ai4ArtsedRemoveDimensions, Ai4ArtsedBlend, Ai4ArtsedExtrapolate)
}
NODE_DISPLAY_NAME_MAPPINGS = {
    "Ai4ArtsedRemoveDimensions": "Remove dimensions (ai4artsed)",
    "Ai4ArtsedBlend": "Blend two texts (ai4artsed)",
    "Ai4ArtsedExtrapolate": "Between and beyond two encoders (ai4artsed)",
}
