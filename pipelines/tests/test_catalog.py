"""The catalog: our content is whole, and nothing of it can be changed."""

from __future__ import annotations

import json
import unicodedata

import pytest
from pydantic import BaseModel, ValidationError

from pipelines.catalog import (
    BUILT_IN,
    Catalog,
    Chunk,
    InterceptionConfig,
    OutputConfig,
    Rule,
    Text,
    ViewConfig,
    load_catalog,
    plain,
)

ENGINES = [
    "wortwerkstatt",
    "formwerkstatt",
    "sketch_templates",
    "swarmui",
    "comfyui",
    "openai_images",
    "gemini",
    "openrouter",
    "ollama",
    "openai_chat",
]
RULES = [
    "planetarizer",
    "overdrive",
    "bauhaus",
    "renaissance",
    "confucianliterati",
    "clichéfilter_v2",
    "technicaldrawing",
    "stillepost",
    "theopposite",
    "jugendsprache",
    "piglatin",
    "forceful",
    "sensitive",
    "tellastory",
    "one_world",
    "mad_world",
    "hunkydoryharmonizer",
    "analog_photography_1870s",
    "analog_photography_1970s",
    "digital_photography",
    "analogue_copy",
    "p5js_simplifier",
    "user_defined",
]
PAIRS = {
    ("chill", "chaotic"),
    ("narrative", "algorithmic"),
    ("historical", "contemporary"),
    ("explore", "create"),
    ("playful", "serious"),
}
CHUNK_OF = {
    "sd35_large": ("output_image_sd35_large", "swarmui", "image", False),
    "qwen": ("output_image_qwen", "comfyui", "image", True),
    "flux2": ("output_image_flux2", "comfyui", "image", True),
    "qwen_2511_multi": ("output_image_qwen_2511_multi", "comfyui", "image", True),
    "qwen_img2img": ("output_image_qwen_img2img", "comfyui", "image", True),
    "flux2_img2img": ("output_image_flux2_img2img", "comfyui", "image", True),
    "gemini_3_pro_image": ("output_image_gemini_3_pro", "gemini", "image", False),
    "gpt_image_1": ("output_image_gpt_image_1", "openai_images", "image", False),
    "p5js_templates": ("output_code_sketch_templates", "sketch_templates", "code", False),
    "p5js_code": ("output_code_p5js", "openai_chat", "code", False),
    "partial_elimination_legacy": ("legacy_partial_elimination", "comfyui", "image", True),
    "split_and_combine_legacy": ("legacy_split_and_combine", "comfyui", "image", True),
    "surrealization_legacy": ("legacy_surrealization", "comfyui", "image", True),
    "formwerkstatt_geometrie": (
        "output_image_formwerkstatt_geometrie",
        "formwerkstatt",
        "image",
        False,
    ),
    "formwerkstatt_szene": ("output_image_formwerkstatt_szene", "formwerkstatt", "image", False),
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog([BUILT_IN], recipes=RULES, engines=ENGINES)


# Our own content


def test_every_rule_that_clients_and_archives_name_is_there(catalog: Catalog) -> None:
    assert set(RULES) == set(catalog.interceptions)
    for rule in catalog.interceptions.values():
        assert rule.pipeline == "text_transformation"
        assert rule.parameters.wortwerkstatt == rule.id


def test_every_output_config_is_routed_as_clients_expect(catalog: Catalog) -> None:
    routed = {}
    for output_id in catalog.outputs:
        chunk = catalog.chunk_of(output_id)
        routed[output_id] = (
            chunk.id,
            chunk.backend_type,
            chunk.media_type,
            chunk.requires_workflow,
        )
    assert routed == CHUNK_OF


@pytest.mark.parametrize(
    ("output_id", "size", "steps", "cfg", "scheduler"),
    [
        ("sd35_large", 1024, 25, 5.5, "normal"),
        ("qwen", 1328, 20, 2.5, "simple"),
        ("flux2", 1024, 20, 1, "normal"),
    ],
)
def test_local_models_get_their_sizes_and_steps(
    catalog: Catalog, output_id: str, size: int, steps: int, cfg: float, scheduler: str
) -> None:
    chunk = catalog.chunk_of(output_id)
    assert (chunk.width, chunk.height) == (size, size)
    assert chunk.parameters["steps"] == steps
    assert chunk.parameters["cfg"] == cfg
    assert chunk.parameters["sampler"] == "euler"
    assert chunk.parameters["scheduler"] == scheduler


@pytest.mark.parametrize(
    ("output_id", "seconds"),
    [
        ("formwerkstatt_szene", (1, 1)),
        ("sd35_large", (12, 12)),
        ("qwen", (30, 30)),
        ("flux2", (90, 120)),
        ("gemini_3_pro_image", (25, 50)),
        ("gpt_image_1", (45, 60)),
        ("surrealization_legacy", (60, 60)),
    ],
)
def test_estimates_are_seconds(
    catalog: Catalog, output_id: str, seconds: tuple[float, float]
) -> None:
    assert catalog.chunk_of(output_id).estimate_range() == seconds


def test_no_chunk_names_a_model_that_was_shut_down(catalog: Catalog) -> None:
    models = {route.model for chunk in catalog.chunks.values() for route in chunk.routes}
    assert not models & {"gpt-image-1", "dall-e-2", "dall-e-3", "gemini-3-pro-image-preview"}


def test_workflows_with_several_pictures_name_each_role(catalog: Catalog) -> None:
    roles = {name: len(chunk.roles) for name, chunk in catalog.chunks.items() if chunk.roles}
    assert roles == {"legacy_partial_elimination": 3, "legacy_split_and_combine": 4}
    alpha = catalog.chunks["legacy_surrealization"].inputs["alpha_factor"]
    assert (alpha.minimum, alpha.maximum) == (-75, 75)


def test_rule_texts_are_long_enough_to_work_and_short_enough_to_read(catalog: Catalog) -> None:
    for rule in catalog.interceptions.values():
        if rule.id == "user_defined":
            assert rule.context.de == rule.context.en == ""
            continue
        for text in (rule.context.de, rule.context.en):
            assert 60 <= len(text.split()) <= 180, rule.id
        assert rule.context.de != rule.context.en


def all_configs(
    catalog: Catalog,
) -> tuple[InterceptionConfig | OutputConfig | ViewConfig, ...]:
    return (
        *catalog.interceptions.values(),
        *catalog.outputs.values(),
        *catalog.views.values(),
    )


def test_card_texts_fit_their_card(catalog: Catalog) -> None:
    for config in all_configs(catalog):
        assert len(config.short_description.de) <= 90, config.id
        assert len(config.short_description.en) <= 90, config.id


def test_the_embedded_engine_says_that_no_ai_is_at_work(catalog: Catalog) -> None:
    for output_id in ("formwerkstatt_geometrie", "formwerkstatt_szene"):
        text = catalog.outputs[output_id].description
        assert "keine KI" in text.de
        assert "no ai" in text.en.lower()


def test_text_can_be_read_on_every_colour(catalog: Catalog) -> None:
    for config in all_configs(catalog):
        best = max(contrast(config.color, "#1b1b1b"), contrast(config.color, "#ffffff"))
        assert best >= 4.5, f"{config.id}: {best:.2f}"


def contrast(one: str, other: str) -> float:
    """The WCAG 2 contrast ratio of two colours."""
    lights = sorted((luminance(one), luminance(other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(color: str) -> float:
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_whispering_game_ends_in_the_language_of_the_participant(catalog: Catalog) -> None:
    languages = [station.language for station in catalog.interceptions["stillepost"].chain]
    assert len(set(languages)) == len(languages) >= 4
    assert languages[-1] == "user"


def test_property_pairs_are_the_five_that_clients_filter_by(catalog: Catalog) -> None:
    assert {pair.pair for pair in catalog.property_pairs} == PAIRS
    dumped = [pair.model_dump(mode="json") for pair in catalog.property_pairs]
    assert set(dumped[0]) == {"id", "pair", "symbols", "labels", "tooltips"}
    assert json.loads(json.dumps(dumped)) == dumped


def test_every_entry_can_be_written_as_json(catalog: Catalog) -> None:
    for layer in (
        catalog.chunks,
        catalog.pipelines,
        catalog.interceptions,
        catalog.outputs,
        catalog.views,
    ):
        for item in layer.values():
            assert type(item).model_validate_json(item.model_dump_json()) == item


# Unicode, order, languages


def test_an_id_is_found_in_either_unicode_form(catalog: Catalog) -> None:
    taken_apart = unicodedata.normalize("NFD", "clichéfilter_v2")
    assert taken_apart != "clichéfilter_v2"
    assert catalog.interception(taken_apart) is catalog.interceptions["clichéfilter_v2"]
    with pytest.raises(KeyError):
        catalog.interception("nothing")


def test_configs_come_in_the_order_of_the_page(catalog: Catalog) -> None:
    orders = [rule.order for rule in catalog.interceptions.values()]
    assert orders == sorted(orders)
    assert next(iter(catalog.interceptions)) == "overdrive"


def test_a_text_answers_in_the_language_asked_for() -> None:
    text = Text(de="Hallo", en="Hello")
    assert [text.in_language(tag) for tag in ("de", "de-AT", "en", "fr")] == [
        "Hallo",
        "Hallo",
        "Hello",
        "Hello",
    ]


# Nothing can be changed


def test_a_loaded_entry_cannot_be_changed(catalog: Catalog) -> None:
    rule = catalog.interceptions["overdrive"]
    with pytest.raises(ValidationError):
        rule.context = Rule(de="mine", en="mine")
    with pytest.raises(ValidationError):
        rule.context.de = "mine"
    with pytest.raises(TypeError):
        catalog.interceptions["overdrive"] = rule  # type: ignore[index]
    with pytest.raises(TypeError):
        catalog.chunks["output_image_flux2"].parameters["steps"] = 1  # type: ignore[index]
    with pytest.raises(TypeError):
        catalog.chunks["legacy_surrealization"].inputs["x"] = None  # type: ignore[index]
    assert isinstance(catalog.chunks["legacy_partial_elimination"].roles, tuple)


def test_lists_and_objects_inside_parameters_are_frozen_too() -> None:
    chunk = Chunk.model_validate(
        {
            "id": "c",
            "stage": 4,
            "backend_type": "gemini",
            "media_type": "image",
            "parameters": {"a": {"b": [1, {"c": 2}]}},
        }
    )
    assert chunk.parameters["a"]["b"][0] == 1
    with pytest.raises(TypeError):
        chunk.parameters["a"]["b"][1]["c"] = 3
    assert plain(chunk.parameters) == {"a": {"b": [1, {"c": 2}]}}


def test_a_route_carries_the_parameters_of_its_chunk() -> None:
    chunk = Chunk.model_validate_json(
        '{"id": "c", "stage": 4, "backend_type": "gemini", "model": "m", "media_type": "image",'
        ' "parameters": {"a": 1, "b": 2},'
        ' "alternatives": [{"backend_type": "openrouter", "model": "g/m", "parameters": {"b": 3}}]}'
    )
    assert [
        (route.backend_type, route.model, plain(route.parameters)) for route in chunk.routes
    ] == [
        ("gemini", "m", {"a": 1, "b": 2}),
        ("openrouter", "g/m", {"a": 1, "b": 3}),
    ]


def test_entries_are_plain_data_models(catalog: Catalog) -> None:
    for layer in (
        catalog.chunks,
        catalog.pipelines,
        catalog.interceptions,
        catalog.outputs,
        catalog.views,
    ):
        for name, item in layer.items():
            assert isinstance(item, BaseModel)
            assert getattr(item, "id", None) == name
