"""What our ComfyUI nodes calculate. Run by ComfyUI's own Python, as it needs torch.

Prints a JSON object: each check's name with what went wrong, or "".
usage: node_checks.py <folder with ai4artsed_nodes.py>
"""

# mypy: ignore-errors
import json
import math
import sys
import traceback

import torch

sys.path.insert(0, sys.argv[1])

from ai4artsed_nodes import (
    NODE_CLASS_MAPPINGS,
    Ai4ArtsedBlend,
    Ai4ArtsedExtrapolate,
    Ai4ArtsedRemoveDimensions,
)


def text(tokens, width, pooled=None, seed=0, **settings):
    generator = torch.Generator().manual_seed(seed)
    if pooled is not None:
        settings["pooled_output"] = torch.randn(1, pooled, generator=generator)
    return [[torch.randn(1, tokens, width, generator=generator), settings]]


def same(one, two):
    return torch.allclose(one, two, atol=1e-5)


def removes_the_first_and_the_second_half():
    for width, pooled in ((4096, 2048), (768, None), (7, 5), (1, 1)):
        before = text(77, width, pooled)
        for start, end in ((0.0, 0.5), (0.5, 1.0)):
            ((after, settings),) = Ai4ArtsedRemoveDimensions().remove(before, start, end)[0]
            low, high = round(start * width), round(end * width)
            assert not after[..., low:high].any()
            assert torch.equal(after[..., :low], before[0][0][..., :low])
            assert torch.equal(after[..., high:], before[0][0][..., high:])
            if pooled:
                left = settings["pooled_output"]
                assert not left[..., round(start * pooled) : round(end * pooled)].any()


def the_two_halves_make_the_whole():
    before = text(77, 4096, 2048)
    first = Ai4ArtsedRemoveDimensions().remove(before, 0.0, 0.5)[0][0]
    second = Ai4ArtsedRemoveDimensions().remove(before, 0.5, 1.0)[0][0]
    assert torch.equal(first[0] + second[0], before[0][0])
    pooled = first[1]["pooled_output"] + second[1]["pooled_output"]
    assert torch.equal(pooled, before[0][1]["pooled_output"])


def nothing_that_came_in_is_changed():
    one, two = text(5, 8, 4, seed=1, guidance=3.0), text(9, 6, 4, seed=2)
    copies = [entry[0].clone() for entry in (*one, *two)]
    Ai4ArtsedRemoveDimensions().remove(one, 0.0, 1.0)
    for combination_type in ("linear", "spherical"):
        Ai4ArtsedBlend().blend(one, two, combination_type, 0.5)
    result = Ai4ArtsedExtrapolate().extrapolate(one, two, 20.0)[0]
    assert all(map(torch.equal, copies, (entry[0] for entry in (*one, *two))))
    assert set(one[0][1]) == {"guidance", "pooled_output"}
    assert result[0][1]["guidance"] == 3.0


def blends_lie_between_and_end_at_each():
    one, two = text(77, 64, 32, seed=1), text(77, 64, 32, seed=2)
    for way in ("linear", "spherical"):
        for share, whole in ((0.0, one), (1.0, two)):
            ((blend, settings),) = Ai4ArtsedBlend().blend(one, two, way, share)[0]
            assert same(blend, whole[0][0]), way
            assert same(settings["pooled_output"], whole[0][1]["pooled_output"]), way
    ((half, settings),) = Ai4ArtsedBlend().blend(one, two, "linear", 0.5)[0]
    assert same(half, (one[0][0] + two[0][0]) / 2)


def turning_keeps_the_length_of_vectors():
    one, two = torch.tensor([[[3.0, 0.0]]]), torch.tensor([[[0.0, 3.0]]])
    ((half, _),) = Ai4ArtsedBlend().blend([[one, {}]], [[two, {}]], "spherical", 0.5)[0]
    assert same(half, torch.tensor([[[3 / math.sqrt(2), 3 / math.sqrt(2)]]]))
    longer = Ai4ArtsedBlend().blend([[one, {}]], [[3 * two, {}]], "spherical", 0.5)[0][0][0]
    assert same(longer.norm(dim=-1), torch.tensor([[6.0]]))


def turning_goes_straight_where_there_is_no_way_to_turn():
    one = torch.tensor([[[1.0, 0.0], [1.0, 0.0], [0.0, 0.0], [0.0, 0.0]]])
    two = torch.tensor([[[2.0, 0.0], [-1.0, 0.0], [0.0, 4.0], [0.0, 0.0]]])
    blend = Ai4ArtsedBlend().blend([[one, {}]], [[two, {}]], "spherical", 0.25)[0][0][0]
    assert same(blend, torch.tensor([[[1.25, 0.0], [0.5, 0.0], [0.0, 1.0], [0.0, 0.0]]]))


def extrapolating_goes_through_both_and_beyond():
    near, far = text(77, 64, 32, seed=1), text(77, 64, 32, seed=2)
    node = Ai4ArtsedExtrapolate()
    assert node.extrapolate(near, far, 0.0)[0] is near
    assert same(node.extrapolate(near, far, 1.0)[0][0][0], far[0][0])
    for alpha in (-75.0, -1.0, 0.5, 20.0, 75.0):
        ((result, settings),) = node.extrapolate(near, far, alpha)[0]
        assert torch.allclose(result, near[0][0] + alpha * (far[0][0] - near[0][0]), rtol=1e-4)
        assert torch.equal(settings["pooled_output"], near[0][1]["pooled_output"])
        assert torch.isfinite(result).all()


def unequal_lengths_and_widths_are_filled_up():
    one, two = text(77, 768, 768, seed=1), text(154, 4096, 2048, seed=2)
    for way in ("linear", "spherical"):
        ((blend, settings),) = Ai4ArtsedBlend().blend(one, two, way, 0.5)[0]
        assert blend.shape == (1, 154, 4096)
        assert same(blend[:, 77:], two[0][0][:, 77:] / 2)
        assert settings["pooled_output"].shape == (1, 2048)
    assert Ai4ArtsedExtrapolate().extrapolate(two, one, 3.0)[0][0][0].shape == (1, 154, 4096)


def pooled_outputs_may_be_missing():
    with_it, without = text(5, 8, 4), text(5, 8, seed=1)
    bare = Ai4ArtsedBlend().blend(without, without, "linear", 0.5)[0][0]
    assert "pooled_output" not in bare[1]
    for one, two in ((with_it, without), (without, with_it)):
        for result in (
            Ai4ArtsedBlend().blend(one, two, "spherical", 0.5)[0][0],
            Ai4ArtsedExtrapolate().extrapolate(one, two, 2.0)[0][0],
        ):
            assert torch.equal(result[1]["pooled_output"], with_it[0][1]["pooled_output"])
    explicit = [[with_it[0][0], {"pooled_output": None}]]
    Ai4ArtsedRemoveDimensions().remove(explicit, 0.0, 0.5)


def masks_let_through_what_either_lets_through():
    one = text(3, 8, attention_mask=torch.tensor([[1, 1, 0]]))
    two = text(5, 8, attention_mask=torch.tensor([[1, 0, 0, 1, 0]]), seed=1)
    mask = Ai4ArtsedBlend().blend(one, two, "linear", 0.5)[0][0][1]["attention_mask"]
    assert mask.tolist() == [[1, 1, 0, 1, 0]]
    mask = Ai4ArtsedExtrapolate().extrapolate(text(4, 8), one, 2.0)[0][0][1]["attention_mask"]
    assert mask.tolist() == [[1, 1, 1, 1]]


def number_formats_stay():
    half = [[entry[0].half(), {"pooled_output": entry[1]["pooled_output"].half()}]
            for entry in text(5, 8, 4)]  # fmt: skip
    for result in (
        Ai4ArtsedBlend().blend(half, text(5, 8, 4), "spherical", 0.5)[0][0],
        Ai4ArtsedExtrapolate().extrapolate(half, text(5, 8, 4, seed=1), 75.0)[0][0],
        Ai4ArtsedRemoveDimensions().remove(half, 0.0, 0.5)[0][0],
    ):
        assert result[0].dtype == torch.float16
        assert result[1]["pooled_output"].dtype == torch.float16
        assert torch.isfinite(result[0]).all()
    large = [[entry[0].half() * 1e4, {}] for entry in text(5, 8)]
    far = Ai4ArtsedExtrapolate().extrapolate(large, half, -75.0)[0][0][0]
    assert torch.isfinite(far).all()


def several_entries_are_paired():
    one = text(5, 8, seed=1) + text(5, 8, seed=2)
    two = text(5, 8, seed=3)
    result = Ai4ArtsedBlend().blend(one, two, "linear", 1.0)[0]
    assert len(result) == 2
    assert all(same(entry[0], two[0][0]) for entry in result)


def every_node_says_what_it_takes():
    for name, node in NODE_CLASS_MAPPINGS.items():
        assert name.startswith("Ai4Artsed")
        assert node.__doc__
        assert callable(getattr(node, node.FUNCTION))
        assert node.RETURN_TYPES == ("CONDITIONING",)
        assert node.INPUT_TYPES()["required"]


CHECKS = (
    removes_the_first_and_the_second_half,
    the_two_halves_make_the_whole,
    nothing_that_came_in_is_changed,
    blends_lie_between_and_end_at_each,
    turning_keeps_the_length_of_vectors,
    turning_goes_straight_where_there_is_no_way_to_turn,
    extrapolating_goes_through_both_and_beyond,
    unequal_lengths_and_widths_are_filled_up,
    pooled_outputs_may_be_missing,
    masks_let_through_what_either_lets_through,
    number_formats_stay,
    several_entries_are_paired,
    every_node_says_what_it_takes,
)


def main():
    results = {}
    for check in CHECKS:
        try:
            check()
            results[check.__name__] = ""
        except Exception:
            results[check.__name__] = traceback.format_exc()
    sys.stdout.write(json.dumps(results))


main()
