"""The values that a request brings for its chunk are taken as the chunk declares them."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from pipelines.catalog import BUILT_IN, Chunk, load_catalog
from pipelines.inputs.values import WrongValue, values_for
from pipelines.labels import CHOICES, INPUTS, ROLES


def chunk_with(**inputs: dict[str, Any]) -> Chunk:
    return Chunk.model_validate_json(
        Chunk(id="own", stage=4, backend_type="comfyui", media_type="image")
        .model_copy(update={"inputs": inputs})
        .model_dump_json()
    )


ALPHA = {"type": "number", "minimum": -75, "maximum": 75, "default": 20}
BLEND = {"type": "choice", "choices": ["linear", "spherical"], "default": "linear"}
TEXT = {"type": "text", "required": True}


def taken(chunk: Chunk, **fields: Any) -> dict[str, Any]:
    return values_for(chunk, fields, text_limit=40)


def test_values_come_as_declared_and_the_rest_is_ignored() -> None:
    chunk = chunk_with(alpha_factor=ALPHA, prompt1=TEXT, combination_type=BLEND)
    assert taken(
        chunk, alpha_factor=-12.5, prompt1="  ein Fisch ", combination_type="spherical", mode="x"
    ) == {"alpha_factor": -12.5, "prompt1": "  ein Fisch ", "combination_type": "spherical"}


def test_what_is_left_out_has_its_default_and_zero_is_a_value() -> None:
    chunk = chunk_with(alpha_factor=ALPHA, combination_type=BLEND, mode={"type": "text"})
    assert taken(chunk) == {"alpha_factor": 20, "combination_type": "linear"}
    assert taken(chunk, alpha_factor=None, combination_type=" ") == taken(chunk)
    assert taken(chunk, alpha_factor=0)["alpha_factor"] == 0


def test_whole_numbers_stay_whole_and_forms_may_send_them_as_text() -> None:
    chunk = chunk_with(alpha_factor=ALPHA)
    for given in (30, 30.0, "30"):
        value = taken(chunk, alpha_factor=given)["alpha_factor"]
        assert value == 30
        assert isinstance(value, int)
    assert taken(chunk, alpha_factor="-2.5") == {"alpha_factor": -2.5}


@pytest.mark.parametrize(
    ("inputs", "fields", "field", "said"),
    [
        ({"alpha_factor": ALPHA}, {"alpha_factor": 76}, "alpha_factor", "between −75 and 75"),
        ({"alpha_factor": ALPHA}, {"alpha_factor": "viel"}, "alpha_factor", "a number"),
        ({"alpha_factor": ALPHA}, {"alpha_factor": True}, "alpha_factor", "a number"),
        ({"alpha_factor": ALPHA}, {"alpha_factor": [1]}, "alpha_factor", "a number"),
        ({"alpha_factor": ALPHA}, {"alpha_factor": "nan"}, "alpha_factor", "a number"),
        ({"alpha_factor": ALPHA}, {"alpha_factor": 10**400}, "alpha_factor", "a number"),
        ({"a": {"type": "number", "minimum": 2}}, {"a": 1}, "a", "at least 2"),
        ({"a": {"type": "number", "maximum": 2}}, {"a": 3}, "a", "at most 2"),
        ({"prompt1": TEXT, "prompt2": TEXT}, {"prompt1": "x"}, "prompt2", "second text"),
        ({"prompt1": TEXT}, {"prompt1": " \n"}, "prompt1", "first text"),
        ({"prompt1": TEXT}, {"prompt1": {"a": 1}}, "prompt1", "a text"),
        ({"prompt1": TEXT}, {"prompt1": "x" * 41}, "prompt1", "40 characters"),
        (
            {"combination_type": BLEND},
            {"combination_type": "x"},
            "combination_type",
            "along an arc",
        ),
        ({"input_image": {"type": "image", "required": True}}, {}, "input_image", "picture"),
    ],
)
def test_what_is_wrong_is_said_by_its_name_and_not_by_the_field(
    inputs: dict[str, Any], fields: dict[str, Any], field: str, said: str
) -> None:
    with translation.override("en"), pytest.raises(WrongValue) as caught:
        taken(chunk_with(**inputs), **fields)
    assert caught.value.field == field
    assert said in caught.value.message


def test_every_value_and_place_of_our_own_chunks_has_its_words() -> None:
    for chunk in load_catalog([BUILT_IN]).chunks.values():
        assert set(chunk.inputs) <= set(INPUTS)
        assert set(chunk.roles) <= set(ROLES)
        for about in chunk.inputs.values():
            assert set(about.choices) <= set(CHOICES)


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"type": "choice"}, "a choice has choices"),
        ({"type": "text", "choices": ["a"]}, "a choice has choices"),
        ({"type": "text", "minimum": 1}, "only a number"),
        ({"type": "number", "minimum": 2, "maximum": 1}, "above the maximum"),
        ({"type": "number", "maximum": 1, "default": 2}, "the default"),
        ({"type": "number", "default": "2"}, "the default"),
        ({"type": "choice", "choices": ["a"], "default": "b"}, "the default"),
        ({"type": "image", "default": "x.png"}, "the default"),
    ],
)
def test_a_declaration_that_contradicts_itself_is_a_mistake_of_the_catalog(
    about: dict[str, Any], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        chunk_with(value=about)
