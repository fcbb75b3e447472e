"""What older clients read before they begin: rules, texts, durations, what is set up."""

from __future__ import annotations

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def test_rules_come_with_their_groups_and_the_pairs_of_properties(client: Client) -> None:
    answer = client.get("/pipeline_configs_with_properties?_t=1768652106123").json()
    assert answer["symbols_enabled"] is True
    rules = {rule["id"]: rule for rule in answer["configs"]}
    assert {"planetarizer", "overdrive", "clichéfilter_v2", "user_defined"} <= set(rules)
    planetarizer = rules["planetarizer"]
    assert set(planetarizer["name"]) == set(planetarizer["short_description"]) == {"de", "en"}
    assert "contemporary" in planetarizer["traits"]
    assert planetarizer["pipeline"] == "text_transformation"
    assert planetarizer["media_preferences"] == {"default_output": "image"}
    pair = answer["property_pairs"][0]
    assert set(pair) == {"id", "pair", "symbols", "labels", "tooltips"}
    assert set(pair["symbols"]) == set(pair["pair"]) == set(pair["labels"]["de"])


# One bubble each; what clients know, and what we chose for the rest.
GROUPS = {
    "planetarizer": "critical_analysis",
    "overdrive": "aesthetics",
    "technicaldrawing": "aesthetics",
    "p5js_simplifier": "aesthetics",
    "bauhaus": "arts",
    "stillepost": "semantics",
    "theopposite": "semantics",
    "analog_photography_1870s": "technical_imaging",
    "user_defined": "freestyle",
    "partial_elimination": "research",
    "split_and_combine": "research",
    "surrealizer": "research",
}
SYMBOLS = {
    "technical_imaging",
    "arts",
    "aesthetics",
    "attitudes",
    "semantics",
    "critical_analysis",
    "freestyle",
    "research",
}


def test_the_start_page_of_older_clients_draws_one_known_bubble_per_config(client: Client) -> None:
    configs = client.get("/pipeline_configs_with_properties").json()["configs"]
    assert all(len(config["properties"]) == 1 for config in configs)
    groups = {config["id"]: config["properties"][0] for config in configs}
    assert set(groups.values()) == SYMBOLS
    assert groups | GROUPS == groups
    pairs = {"chill", "chaotic", "narrative", "algorithmic", "historical", "contemporary"} | {
        "explore",
        "create",
        "playful",
        "serious",
    }
    assert all(set(config["traits"]) <= pairs for config in configs)


@pytest.mark.parametrize(
    ("config_id", "is_listed"),
    [
        ("partial_elimination", True),
        ("split_and_combine", True),
        ("surrealizer", True),
        ("image_transformation", False),
        ("multi_image_transformation", False),
    ],
)
def test_older_clients_find_their_views_by_the_name_of_the_pipeline(
    client: Client, config_id: str, is_listed: bool
) -> None:
    way = client.get(f"/api/config/{config_id}/pipeline?_t=1768652106123").json()
    assert way["pipeline_name"] == way["config_id"] == config_id
    assert way["requires_interception_prompt"] is False
    text = client.get(f"/api/config/{config_id}/context?_t=1768652106123").json()
    assert text == {"config_id": config_id, "context": {"de": "", "en": ""}}
    listed = client.get("/pipeline_configs_with_properties?_t=1").json()["configs"]
    assert (config_id in [config["id"] for config in listed]) is is_listed
    assert client.get("/api/config/overdrive/pipeline").json()["pipeline_name"] == (
        "text_transformation"
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("post", "/api/chat"),
        ("post", "/api/image/analyze"),
        ("get", "/api/chat/history/run_1_a"),
        ("get", "/api/settings/preferences"),
        ("get", "/api/training/status"),
    ],
)
def test_what_older_clients_ask_of_others_is_404_in_json(
    client: Client, method: str, path: str
) -> None:
    answer = getattr(client, method)(path, {"message": "hello"}, "application/json")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].endswith("json")
    body = answer.json()
    assert body["status"] == "error"
    assert body["error"] == body["detail"]


def test_the_text_of_a_rule_comes_in_both_languages(client: Client) -> None:
    answer = client.get("/api/config/planetarizer/context?_t=1").json()
    assert answer["config_id"] == "planetarizer"
    assert set(answer["context"]) == {"de", "en"}
    assert client.get("/api/config/user_defined/context").json()["context"]["de"] == ""


def test_an_id_with_an_accent_is_found_in_either_unicode_form(client: Client) -> None:
    for form in ("clich%C3%A9filter_v2", "cliche%CC%81filter_v2"):
        assert client.get(f"/api/config/{form}/context").status_code == 200


def test_the_pipeline_of_a_rule(client: Client) -> None:
    answer = client.get("/api/config/overdrive/pipeline").json()
    assert set(answer) == {
        "config_id",
        "pipeline_name",
        "pipeline_type",
        "pipeline_stage",
        "requires_interception_prompt",
        "input_requirements",
        "description",
    }
    assert answer["input_requirements"] == {"texts": 1}


@pytest.mark.parametrize("path", ["context", "pipeline"])
def test_an_unknown_rule_is_404_with_an_error_to_read(client: Client, path: str) -> None:
    answer = client.get(f"/api/config/nosuchrule/{path}")
    assert answer.status_code == 404
    assert answer.json()["error"]
    assert answer.json()["status"] == "error"


def test_every_output_chunk_tells_how_long_it_takes(client: Client) -> None:
    answer = client.get("/api/schema/chunk-metadata").json()
    assert {"output_image_flux2", "output_image_sd35_large", "output_code_p5js"} <= set(answer)
    for name, chunk in answer.items():
        assert name.startswith("output_")
        assert chunk["name"] == name
        assert chunk["meta"]["estimated_duration_seconds"][0].isdigit()


def test_what_is_not_set_up_is_said_with_its_reason(client: Client) -> None:
    answer = client.get("/api/models/availability").json()
    assert answer["status"] == "success"
    assert answer["availability"]["formwerkstatt_szene"] is True
    assert answer["availability"]["flux2"] is False
    assert answer["reasons"]["flux2"]["de"]
    assert answer["reasons"]["flux2"]["de"] != answer["reasons"]["flux2"]["en"]
    assert "formwerkstatt_szene" not in answer["reasons"]


def test_instruction_and_duration_are_there_on_the_very_first_request(client: Client) -> None:
    answer = client.get("/api/schema/pipeline/optimize/meta/flux2").json()
    assert answer["success"] is True
    assert answer["estimated_duration_seconds"] == "90-120"
    assert answer["optimization_instruction"]
    embedded = client.get("/api/schema/pipeline/optimize/meta/formwerkstatt_szene").json()
    assert embedded["optimization_instruction"] == ""


def test_the_pages_list_of_machines_says_which_follow_rules_and_which_are_missing(
    client: Client,
) -> None:
    outputs = {output["id"]: output for output in client.get("/api/outputs/").json()}
    assert outputs["formwerkstatt_szene"]["rule_based"] is True
    assert outputs["formwerkstatt_szene"]["reason"] is None
    assert outputs["gpt_image_1"]["rule_based"] is False
    assert outputs["gpt_image_1"]["available"] is False
    assert outputs["gpt_image_1"]["reason"]["en"]
